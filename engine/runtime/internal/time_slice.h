// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace muster::detail {

/// How long one agent, or one conversation, may keep a worker while others wait. A look at the
/// clock costs as much as a message, so it counts steps and looks only now and then: early, and
/// then as often as the steps seen so far are expensive. The first kFirst steps are free of it.
/// Thread safety: one thread.
class TimeSlice {
public:
    static constexpr std::uint32_t kFirst = 8;
    static constexpr std::uint32_t kMost = 128;

    explicit TimeSlice(Duration longest) noexcept : m_longest(longest) {}

    /// After kFirst steps, and then after as many as it said last: how many more may come before
    /// the next look, or 0 when the time is up.
    [[nodiscard]] std::uint32_t more(MonoTime now) noexcept
    {
        if (!m_since) {
            m_since = now;
            return m_next = kFirst;
        }
        m_steps += m_next;
        m_gone = now - *m_since;
        if (m_gone >= m_longest) {
            return 0;
        }
        const auto affordable =
            static_cast<std::uint64_t>((m_longest - m_gone).count()) * m_steps /
            static_cast<std::uint64_t>(std::max<std::int64_t>(1, m_gone.count()));
        m_next = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(affordable, 1, kMost));
        return m_next;
    }
    /// What a step took on average, between the first look and the last.
    [[nodiscard]] Duration step() const noexcept
    {
        return m_steps == 0 ? Duration::max() : m_gone / static_cast<std::int64_t>(m_steps);
    }
    void restart() noexcept { *this = TimeSlice(m_longest); }

private:
    Duration m_longest;
    std::optional<MonoTime> m_since;
    Duration m_gone{};
    std::uint32_t m_steps = 0;
    std::uint32_t m_next = kFirst;
};

}  // namespace muster::detail
