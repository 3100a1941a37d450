// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace muster::ui {

/// How many ticks of a fixed length have begun since it was last asked: what a history with one
/// figure a tick grows by, however often snapshots come. A time before the last one is another
/// run's, and begins anew.
/// Thread safety: none.
class TickCounter {
public:
    TickCounter(Duration tick, int most) : m_tick(tick), m_most(most) {}

    /// 1 at first; at most `most`.
    [[nodiscard]] int until(WallTime at)
    {
        if (!m_last || at < *m_last) {
            m_last = at;
            return 1;
        }
        const std::int64_t ticks = (at - *m_last) / m_tick;
        *m_last = *m_last + ticks * m_tick;
        return static_cast<int>(std::min<std::int64_t>(ticks, m_most));
    }

    /// Whether a time lies before the last one: what was kept of then is not its past.
    [[nodiscard]] bool wentBack(WallTime at) const { return m_last && at < *m_last; }

private:
    Duration m_tick;
    int m_most;
    std::optional<WallTime> m_last;
};

}  // namespace muster::ui
