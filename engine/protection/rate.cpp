// SPDX-License-Identifier: Apache-2.0
#include "protection/rate.h"

#include <fmt/format.h>

namespace muster {
namespace {

constexpr std::uint64_t kHighestBurst = std::uint64_t{1} << 40;

}  // namespace

Result<void> validate(const Rate& rate)
{
    if (rate.period <= Duration{} || rate.period > Rate::kLongestPeriod) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a rate's period of {} ns is not in range", rate.period.count()),
                     "period", "Name a period above 0 and of at most 366 days"};
    }
    const double seconds = std::chrono::duration<double>(rate.period).count();
    if (static_cast<double>(rate.permits) > seconds * static_cast<double>(Rate::kMostPerSecond)) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("{} permits in {} s are too many", rate.permits, seconds), "rate",
                     fmt::format("Name at most {} a second", Rate::kMostPerSecond)};
    }
    return {};
}

Result<void> validateBurst(std::uint64_t burst)
{
    if (burst == 0 || burst > kHighestBurst) {
        return Error{ErrorCode::outOfRange, fmt::format("a burst of {} is not in range", burst),
                     "burst", fmt::format("Name a burst of 1 to {}", kHighestBurst)};
    }
    return {};
}

Error costTooHigh(std::uint64_t cost, std::uint64_t most)
{
    return {ErrorCode::outOfRange,
            fmt::format("a call that costs {} can never pass: at most {} pass at once", cost, most),
            "burst", "Raise the burst or split the call"};
}

}  // namespace muster
