// SPDX-License-Identifier: Apache-2.0
#include "protection/breaker_rules.h"

#include <cmath>

namespace muster {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

std::uint64_t partsInAMillion(double share) noexcept
{
    return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(kMillion)));
}

bool reaches(std::uint32_t part, std::uint32_t calls, std::uint64_t threshold) noexcept
{
    return part > 0 && part * kMillion >= threshold * calls;
}

}  // namespace

BreakerRules::BreakerRules(const BreakerSettings& settings)
    : m_failureRate(partsInAMillion(settings.failureRate)),
      m_slowRate(partsInAMillion(settings.slowRate)),
      m_slowCall(settings.slowCall),
      m_consecutive(settings.consecutiveFailures)
{
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        const ClassRule& rule = settings.classes[i];
        m_classes[i] = {rule.counts, rule.rate ? partsInAMillion(*rule.rate) : 0, rule.consecutive};
        m_classRates = m_classRates || rule.rate;
    }
}

std::optional<MoveCause> BreakerRules::reachedBy(const CallTally& tally,
                                                 std::uint32_t minimum) const noexcept
{
    if (tally.calls < minimum) {
        return std::nullopt;
    }
    std::uint32_t failed = tally.failed();
    for (std::size_t i = 0; m_classRates && i < kFailureClasses; ++i) {
        if (m_classes[i].rate == 0) {
            continue;
        }
        if (reaches(tally.failures[i], tally.calls, m_classes[i].rate)) {
            return MoveCause::failureRate;
        }
        failed -= tally.failures[i];
    }
    if (reaches(failed, tally.calls, m_failureRate)) {
        return MoveCause::failureRate;
    }
    if (reaches(tally.slow, tally.calls, m_slowRate)) {
        return MoveCause::slowRate;
    }
    return std::nullopt;
}

bool BreakerRules::extend(Rows& rows, std::uint8_t failure) const noexcept
{
    if (failure == CountedCall::kSucceeded) {
        rows = {};
        return false;
    }
    rows.ofClass = rows.lastClass == failure ? rows.ofClass + 1 : 1;
    rows.lastClass = failure;
    const std::uint32_t ofClass = m_classes[failure].consecutive;
    if (ofClass != 0) {
        return rows.ofClass >= ofClass;
    }
    ++rows.all;
    return m_consecutive != 0 && rows.all >= m_consecutive;
}

}  // namespace muster
