// SPDX-License-Identifier: Apache-2.0
#include "protection/cycle_limiter.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {
namespace {

constexpr std::uint64_t kMostPermits = std::uint64_t{1} << 40;

Result<void> validate(const CycleLimiterSettings& settings)
{
    if (settings.permits == 0 || settings.permits > kMostPermits) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("{} permits a cycle are not in range", settings.permits),
                     "permits", fmt::format("Name 1 to {} permits", kMostPermits)};
    }
    if (settings.cycle <= Duration{} || settings.cycle > Rate::kLongestPeriod) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a cycle of {} ns is not in range", settings.cycle.count()),
                     "cycle", "Name a cycle above 0 and of at most 366 days"};
    }
    if (settings.longestWait < Duration{}) {
        return Error{ErrorCode::outOfRange, "a wait cannot be negative", "longest_wait",
                     "Name 0 to wait for nothing"};
    }
    return validateBurst(settings.burst.value_or(settings.permits));
}

}  // namespace

Result<CycleLimiter> CycleLimiter::create(const CycleLimiterSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return CycleLimiter(settings, now);
}

CycleLimiter::CycleLimiter(const CycleLimiterSettings& settings, MonoTime now)
    : m_settings(settings),
      m_nextCycle(saturatingAdd(m_time.at(now), settings.cycle)),
      m_permits(std::min(static_cast<std::int64_t>(settings.permits), most()))
{
}

std::int64_t CycleLimiter::most() const noexcept
{
    return static_cast<std::int64_t>(m_settings.burst.value_or(m_settings.permits));
}

void CycleLimiter::advance(MonoTime now)
{
    if (now < m_nextCycle) {
        return;
    }
    const std::int64_t cycles = (now - m_nextCycle) / m_settings.cycle + 1;
    const auto each = static_cast<std::int64_t>(m_settings.permits);
    m_permits = std::min(saturatingAdd(m_permits, saturatingMultiply(cycles, each)), most());
    m_nextCycle = saturatingAdd(m_nextCycle, m_settings.cycle * cycles);
}

Duration CycleLimiter::untilPermits(std::int64_t permits, MonoTime now) const noexcept
{
    if (m_permits >= permits) {
        return Duration{};
    }
    const auto each = static_cast<std::int64_t>(m_settings.permits);
    const std::int64_t cyclesAfterNext = (permits - m_permits + each - 1) / each - 1;
    const Duration more{saturatingMultiply(m_settings.cycle.count(), cyclesAfterNext)};
    return saturatingSubtract(saturatingAdd(m_nextCycle, more), now);
}

Result<LimitAnswer> CycleLimiter::tryTake(std::uint64_t cost, MonoTime now)
{
    const auto promise = reserve(cost, Duration{}, now);
    if (!promise.ok()) {
        return promise.error();
    }
    return LimitAnswer{promise->granted, promise->granted ? Duration{} : promise->wait};
}

Result<CycleLimiter::Promise> CycleLimiter::reserve(std::uint64_t cost, Duration longest,
                                                    MonoTime now)
{
    if (cost > static_cast<std::uint64_t>(most())) {
        return costTooHigh(cost, static_cast<std::uint64_t>(most()));
    }
    const MonoTime time = m_time.at(now);
    advance(time);
    const auto wanted = static_cast<std::int64_t>(cost);
    const Duration wait = untilPermits(wanted, time);
    const bool granted = wait <= std::min(longest, m_settings.longestWait);
    m_permits -= granted ? wanted : 0;
    return Promise{granted, wait};
}

LimitStatus CycleLimiter::status(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    advance(time);
    LimitStatus status;
    status.limit = static_cast<std::uint64_t>(most());
    status.remaining = static_cast<std::uint64_t>(std::max<std::int64_t>(0, m_permits));
    status.admitted = status.remaining > 0;
    status.retryAfter = untilPermits(1, time);
    status.resetAfter = untilPermits(most(), time);
    return status;
}

Result<void> CycleLimiter::change(const CycleLimiterSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    const MonoTime time = m_time.at(now);
    advance(time);
    if (settings.cycle != m_settings.cycle) {
        m_nextCycle = saturatingAdd(time, settings.cycle);
    }
    m_settings = settings;
    m_permits = std::min(m_permits, most());
    return {};
}

}  // namespace muster
