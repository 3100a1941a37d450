// SPDX-License-Identifier: Apache-2.0
#include "protection/adaptive_limit.h"

#include <algorithm>

namespace muster {
namespace {

constexpr std::uint32_t kMostCalls = 1'000'000;
constexpr std::uint32_t kWarmup = 10;  // samples that are averaged plainly
constexpr double kLeastGradient = 0.5;
// The usual latency is let down faster when it is so many times that of now.
constexpr double kDrifted = 2;
constexpr double kDrift = 0.95;

Result<void> inRange(bool holds, const char* where, const char* advice)
{
    return holds ? Result<void>()
                 : Error{ErrorCode::outOfRange, "an adaptive limit's value is not in range", where,
                         advice};
}

}  // namespace

Result<void> validate(const AdaptiveSettings& settings)
{
    const bool bounds = settings.floor >= 1 && settings.floor <= settings.initial &&
                        settings.initial <= settings.ceiling && settings.ceiling <= kMostCalls;
    const bool shares = settings.inUse >= 0 && settings.inUse <= 1 && settings.backoff >= 0.5 &&
                        settings.backoff < 1;
    const bool gradient = settings.tolerance >= 1 && settings.tolerance <= 100 &&
                          settings.smoothing > 0 && settings.smoothing <= 1 &&
                          settings.longWindow > 0 && settings.longWindow <= kMostCalls &&
                          settings.queue <= kMostCalls;
    for (auto& result : {
             inRange(bounds, "floor", "Name 1 <= floor <= initial <= ceiling <= 1000000"),
             inRange(shares, "backoff", "Name in_use of 0 to 1 and a backoff of 0.5 to below 1"),
             inRange(gradient, "tolerance",
                     "Name a tolerance of 1 to 100, a smoothing above 0 "
                     "and up to 1, a long_window above 0"),
             inRange(settings.slow > Duration{} && settings.between >= Duration{}, "slow",
                     "Name a time above 0"),
         }) {
        if (!result.ok()) {
            return result;
        }
    }
    return {};
}

Result<AdaptiveLimit> AdaptiveLimit::create(const AdaptiveSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return AdaptiveLimit(settings);
}

AdaptiveLimit::AdaptiveLimit(const AdaptiveSettings& settings)
    : m_settings(settings), m_limit(settings.initial)
{
}

void AdaptiveLimit::add(const AdaptiveSample& sample, MonoTime now)
{
    const MonoTime time = m_time.at(now);
    if (m_settings.algorithm == AdaptiveSettings::Algorithm::aimd) {
        addAimd(sample, time);
    } else {
        addGradient(sample, time);
    }
}

void AdaptiveLimit::set(double limit) noexcept
{
    m_limit = std::clamp<double>(limit, m_settings.floor, m_settings.ceiling);
}

bool AdaptiveLimit::inUse(const AdaptiveSample& sample) const noexcept
{
    return sample.inFlight >= m_limit * m_settings.inUse;
}

void AdaptiveLimit::decrease(MonoTime time)
{
    if (saturatingSubtract(time, m_decreased) >= m_settings.between) {
        set(m_limit * m_settings.backoff);
        m_decreased = time;
    }
}

void AdaptiveLimit::addAimd(const AdaptiveSample& sample, MonoTime time)
{
    if (sample.dropped || sample.latency > m_settings.slow) {
        decrease(time);
    } else if (inUse(sample)) {
        set(m_limit + 1);
    }
}

void AdaptiveLimit::addGradient(const AdaptiveSample& sample, MonoTime time)
{
    if (sample.dropped) {
        decrease(time);
        return;
    }
    const auto latency = static_cast<double>(std::max<std::int64_t>(sample.latency.count(), 1));
    m_samples = std::min(m_samples + 1, kMostCalls);
    const double weight =
        m_samples <= kWarmup ? 1.0 / m_samples : 2.0 / (m_settings.longWindow + 1.0);
    m_usual += (latency - m_usual) * std::min(weight, 1.0);
    if (m_usual / latency > kDrifted) {
        m_usual *= kDrift;
    }
    if (!inUse(sample)) {
        return;
    }
    const double gradient =
        std::clamp(m_settings.tolerance * m_usual / latency, kLeastGradient, 1.0);
    const double wanted = m_limit * gradient + m_settings.queue;
    set(m_limit * (1 - m_settings.smoothing) + wanted * m_settings.smoothing);
}

Result<void> AdaptiveLimit::change(const AdaptiveSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    m_settings = settings;
    set(m_limit);
    return {};
}

}  // namespace muster
