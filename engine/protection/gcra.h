// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>

#include "protection/pace.h"

namespace muster {

/// The generic cell rate algorithm over one integer a key: how far on the pace the key is spent.
/// What lies between that and now, up to the burst, it may still take. (This is the
/// theoretical arrival time of redis-cell and throttled, less the burst, counted in permits
/// rather than in time: a change of rate or burst keeps every key's fill.)
/// Pure: the integer is the caller's to keep and to swap. Thread safety: any thread.
struct Gcra {
    /// A key's that was not seen before, and may take the whole burst.
    static constexpr std::int64_t kFresh = std::numeric_limits<std::int64_t>::min();

    std::int64_t burst = 0;  ///< units of Pace

    struct Decision {
        bool admitted = false;
        std::int64_t spent =
            0;  ///< the key's from now on if admitted, else what it would have been
    };

    /// A cost in units, at most the burst, at a place on the pace.
    [[nodiscard]] Decision decide(std::int64_t spent, std::int64_t cost,
                                  std::int64_t here) const noexcept
    {
        const std::int64_t after = saturatingAdd(spentFrom(spent, here), cost);
        return {after <= here, after};
    }
    /// The key's integer without what overflowed its burst.
    [[nodiscard]] std::int64_t spentFrom(std::int64_t spent, std::int64_t here) const noexcept
    {
        return std::max(spent, saturatingSubtract(here, burst));
    }
    /// Forgetting such a key changes nothing.
    [[nodiscard]] bool isFull(std::int64_t spent, std::int64_t here) const noexcept
    {
        return spent <= saturatingSubtract(here, burst);
    }
    /// What to tell the key's caller; `after` is the decision's.
    [[nodiscard]] LimitStatus status(Decision decision, std::int64_t spentBefore, const Pace& pace,
                                     MonoTime now) const noexcept;
};

}  // namespace muster
