// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace muster {

/// When what was recorded may come again: at a multiple of its own speed, as fast as it goes, or
/// step by step. A pure state machine; recorded times count from the beginning of what is played.
/// Thread safety: one thread at a time.
class ReplayPace {
public:
    /// Of speed: as fast as it goes.
    static constexpr double kAtOnce = 0;

    /// `speed`: times that of then, or kAtOnce.
    ReplayPace(double speed, bool paused, MonoTime now) noexcept
        : m_speed(speed), m_paused(paused), m_since(now)
    {
    }

    /// Its time begins now; what was said before holds.
    void begin(MonoTime now) noexcept { m_since = now; }
    /// Whoever plays is behind: its time is not later than that.
    void holdBack(Duration most, MonoTime now) noexcept
    {
        if (position(now) > most) {
            holdAt(std::max(most, m_position), now);
        }
    }
    void pause(MonoTime now) noexcept;
    void resume(MonoTime now) noexcept;
    void setSpeed(double speed, MonoTime now) noexcept;
    /// Pauses, but lets this many more come.
    void step(std::uint64_t count, MonoTime now) noexcept;

    /// How long until what was recorded then may come; zero: now; none: not while nothing changes.
    [[nodiscard]] std::optional<Duration> wait(Duration at, MonoTime now) const noexcept;
    /// It came.
    void came(Duration at, MonoTime now) noexcept;
    /// The recorded time that it is now; as fast as it goes: that of what came last.
    [[nodiscard]] Duration position(MonoTime now) const noexcept;

    [[nodiscard]] bool paused() const noexcept { return m_paused; }
    [[nodiscard]] bool stepping() const noexcept { return m_steps > 0; }
    [[nodiscard]] double speed() const noexcept { return m_speed; }

private:
    void holdAt(Duration position, MonoTime now) noexcept
    {
        m_position = position;
        m_since = now;
    }

    double m_speed;
    bool m_paused;
    std::uint64_t m_steps = 0;
    Duration m_position{};  // as of m_since
    MonoTime m_since;
};

}  // namespace muster
