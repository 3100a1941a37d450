// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <optional>

#include "protection/saturating.h"

namespace muster {

/// Time that never steps back, out of a clock that may. A reading behind the newest one gives
/// and takes nothing: time stands still. It may be a thread's that read the clock before
/// another; but once readings went on behind for kConfirm without one that caught up, the clock
/// was set back, and time goes on from where it stood. So nothing waits longer than that for
/// what a clock that had jumped ahead had promised.
/// Pure. Thread safety: one thread at a time.
class SteadyTime {
public:
    static constexpr Duration kConfirm = std::chrono::seconds(1);

    [[nodiscard]] MonoTime at(MonoTime reading) noexcept
    {
        if (reading >= m_newest) {
            m_newest = reading;
            m_behindSince.reset();
            return saturatingAdd(reading, m_offset);
        }
        return behind(reading);
    }
    /// What at() gave last.
    [[nodiscard]] MonoTime last() const noexcept { return saturatingAdd(m_newest, m_offset); }
    /// The newest reading that time went on with.
    [[nodiscard]] MonoTime newest() const noexcept { return m_newest; }
    /// What is added to a reading that is not behind.
    [[nodiscard]] Duration offset() const noexcept { return m_offset; }

private:
    MonoTime behind(MonoTime reading) noexcept
    {
        if (!m_behindSince || reading < *m_behindSince) {
            m_behindSince = reading;
        } else if (saturatingSubtract(reading, *m_behindSince) >= kConfirm) {
            m_offset = Duration{saturatingAdd(
                m_offset.count(), saturatingSubtract(m_newest, *m_behindSince).count())};
            m_newest = reading;
            m_behindSince.reset();
        }
        return last();
    }

    MonoTime m_newest{std::numeric_limits<std::int64_t>::min()};
    Duration m_offset{};
    std::optional<MonoTime> m_behindSince;
};

}  // namespace muster
