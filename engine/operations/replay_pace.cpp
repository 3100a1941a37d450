// SPDX-License-Identifier: Apache-2.0
#include "operations/replay_pace.h"

#include <algorithm>

namespace muster {

Duration ReplayPace::position(MonoTime now) const noexcept
{
    if (m_paused || m_speed == kAtOnce) {
        return m_position;
    }
    const Duration passed = std::max(now - m_since, Duration::zero());
    return m_position +
           Duration{static_cast<std::int64_t>(static_cast<double>(passed.count()) * m_speed)};
}

void ReplayPace::pause(MonoTime now) noexcept
{
    holdAt(position(now), now);
    m_paused = true;
    m_steps = 0;
}

void ReplayPace::resume(MonoTime now) noexcept
{
    holdAt(position(now), now);
    m_paused = false;
    m_steps = 0;
}

void ReplayPace::setSpeed(double speed, MonoTime now) noexcept
{
    holdAt(position(now), now);
    m_speed = speed;
}

void ReplayPace::step(std::uint64_t count, MonoTime now) noexcept
{
    holdAt(position(now), now);
    m_paused = true;
    m_steps += count;
}

std::optional<Duration> ReplayPace::wait(Duration at, MonoTime now) const noexcept
{
    if (m_paused) {
        return m_steps > 0 ? std::optional(Duration::zero()) : std::nullopt;
    }
    const Duration left = at - position(now);
    if (m_speed == kAtOnce || left <= Duration::zero()) {
        return Duration::zero();
    }
    return Duration{static_cast<std::int64_t>(static_cast<double>(left.count()) / m_speed) + 1};
}

void ReplayPace::came(Duration at, MonoTime now) noexcept
{
    m_steps -= m_paused && m_steps > 0 ? 1 : 0;
    if (m_paused || m_speed == kAtOnce) {
        // What was stepped over the time shown takes that along.
        holdAt(std::max(m_position, at), now);
    }
}

}  // namespace muster
