// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "protection/saturating.h"

namespace muster {

/// The time by which a call's answer is of use, carried along the call chain: each step waits no
/// longer than what remains of it. It never has more left than it was given, whatever the clock
/// does. A value; pure. Thread safety: any thread.
class Deadline {
public:
    /// None: there is always time.
    constexpr Deadline() noexcept = default;
    /// So long from now; nothing left for a budget that is not above 0.
    Deadline(MonoTime now, Duration budget) noexcept
        : m_start(now), m_budget(std::max(budget, Duration{}))
    {
    }

    [[nodiscard]] bool exists() const noexcept { return m_budget != kForever; }
    /// 0 once it has passed; kForever if there is none.
    [[nodiscard]] Duration remaining(MonoTime now) const noexcept
    {
        if (!exists()) {
            return kForever;
        }
        const Duration passed = std::max(saturatingSubtract(now, m_start), Duration{});
        return std::max(m_budget - passed, Duration{});
    }
    [[nodiscard]] bool passed(MonoTime now) const noexcept { return remaining(now) == Duration{}; }
    /// Of two, the one of which less remains: a step may shorten what it was given, not
    /// lengthen it.
    [[nodiscard]] Deadline earlier(const Deadline& other, MonoTime now) const noexcept
    {
        return other.remaining(now) < remaining(now) ? other : *this;
    }
    /// For a step that may take so long at most.
    [[nodiscard]] Deadline within(Duration longest, MonoTime now) const noexcept
    {
        return longest == kForever ? *this : earlier(Deadline(now, longest), now);
    }

private:
    MonoTime m_start;
    Duration m_budget = kForever;
};

}  // namespace muster
