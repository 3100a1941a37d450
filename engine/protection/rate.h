// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// So many permits in each period, evenly spread: {500, 1 s} is 500/s. No permits: none come.
struct Rate {
    static constexpr std::uint64_t kMostPerSecond = 10'000'000;
    static constexpr Duration kLongestPeriod = std::chrono::hours(24 * 366);

    std::uint64_t permits = 500;
    Duration period = std::chrono::seconds(1);

    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Errors: outOfRange for a period that is not in (0, kLongestPeriod], or for more than
/// kMostPerSecond.
[[nodiscard]] Result<void> validate(const Rate& rate);
/// Errors: outOfRange for a burst of none or of more than 2^40 permits.
[[nodiscard]] Result<void> validateBurst(std::uint64_t burst);

/// Whether a call may pass.
struct LimitAnswer {
    bool admitted = false;
    Duration retryAfter{};  ///< none if admitted; kForever if it never will be
};

/// The same, with what the caller may do next.
struct LimitStatus : LimitAnswer {
    std::uint64_t limit = 0;      ///< the most that may pass at once
    std::uint64_t remaining = 0;  ///< that may pass now
    Duration resetAfter{};        ///< until all of the limit may pass again
};

/// The error for a call that costs more than could ever pass at once.
[[nodiscard]] Error costTooHigh(std::uint64_t cost, std::uint64_t most);

}  // namespace muster
