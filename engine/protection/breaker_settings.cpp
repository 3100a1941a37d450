// SPDX-License-Identifier: Apache-2.0
#include "protection/breaker_settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {
namespace {

constexpr std::uint32_t kMostCalls = 1'000'000;
constexpr std::uint32_t kMostBuckets = 1000;
constexpr Duration kLongestTime = std::chrono::hours(24 * 366);

Error wrong(std::string message, std::string where, std::string advice)
{
    return {ErrorCode::outOfRange, std::move(message), std::move(where), std::move(advice)};
}

bool isShare(double share) noexcept
{
    return share > 0 && share <= 1;
}

Result<void> checkShare(double share, const char* where)
{
    return isShare(share) ? Result<void>()
                          : wrong(fmt::format("a share of {} is not in range", share), where,
                                  "Name a share above 0 and up to 1");
}

Result<void> checkCount(std::uint32_t count, std::uint32_t most, const char* where)
{
    return count > 0 && count <= most ? Result<void>()
                                      : wrong(fmt::format("{} is not in range", count), where,
                                              fmt::format("Name a number of 1 to {}", most));
}

Result<void> checkTime(Duration time, Duration least, const char* where)
{
    return time >= least && time <= kLongestTime
               ? Result<void>()
               : wrong(fmt::format("{} ns are not in range", time.count()), where,
                       fmt::format("Name a time of {} ns to 366 days", least.count()));
}

Result<void> checkHalfOpen(const HalfOpenSettings& halfOpen)
{
    if (auto result = checkCount(halfOpen.probes, kMostCalls, "half_open.probes"); !result.ok()) {
        return result;
    }
    const auto& ramp = halfOpen.ramp;
    const bool rises = std::ranges::all_of(ramp, isShare) && std::ranges::is_sorted(ramp);
    if (ramp.empty() || ramp.size() > kMostBuckets || !rises) {
        return wrong("a ramp needs shares that rise", "half_open.ramp",
                     "Name at least one share above 0 and up to 1, and no lower one after it");
    }
    return checkTime(halfOpen.longest, Duration{1}, "half_open.longest");
}

Result<void> checkOpen(const OpenSettings& open)
{
    if (!(open.factor >= 1 && open.factor <= 1000)) {
        return wrong(fmt::format("a factor of {} is not in range", open.factor), "open.factor",
                     "Name a factor of 1 to 1000");
    }
    if (auto result = checkTime(open.longest, Duration{1}, "open.longest"); !result.ok()) {
        return result;
    }
    if (auto result = checkTime(open.calm, Duration{}, "open.calm"); !result.ok()) {
        return result;
    }
    return checkTime(open.wait, Duration{1}, "open.wait");
}

Result<void> checkWindow(const BreakerWindow& window)
{
    if (auto result = checkCount(window.calls, kMostCalls, "window.calls"); !result.ok()) {
        return result;
    }
    if (auto result = checkCount(window.buckets, kMostBuckets, "window.buckets"); !result.ok()) {
        return result;
    }
    return checkTime(window.length, Duration{window.buckets}, "window.length");
}

}  // namespace

Result<void> validate(const BreakerSettings& settings)
{
    std::vector<Result<void>> checks{
        checkWindow(settings.window),
        checkCount(settings.minimumCalls, kMostCalls, "minimum_calls"),
        checkShare(settings.failureRate, "failure_rate"),
        checkShare(settings.slowRate, "slow_rate"),
        checkTime(settings.slowCall, Duration{}, "slow_call"),
        checkOpen(settings.open),
        checkHalfOpen(settings.halfOpen),
    };
    for (const ClassRule& rule : settings.classes) {
        checks.push_back(checkShare(rule.rate.value_or(1), "classes"));
    }
    const bool byCount = settings.window.kind == BreakerWindow::Kind::count;
    if (byCount && settings.minimumCalls > settings.window.calls) {
        checks.emplace_back(wrong(fmt::format("{} calls never are in a window of {}",
                                              settings.minimumCalls, settings.window.calls),
                                  "minimum_calls", "Name at most as many as the window holds"));
    }
    const auto failed = std::ranges::find_if_not(checks, &Result<void>::ok);
    return failed == checks.end() ? Result<void>() : *failed;
}

}  // namespace muster
