// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/clock.h"
#include "base/rng.h"

namespace muster::tests {

using namespace std::chrono_literals;

inline MonoTime at(Duration time)
{
    return MonoTime{} + time;
}

inline constexpr Duration kTenYears = std::chrono::hours(24 * 3652);

/// What a clock may jump by, both ways.
inline constexpr std::array<Duration, 6> kJumps{1s, -1s, 1h, -1h, kTenYears, -kTenYears};

/// A clock as a machine may have it: it goes on in small steps and, if told so, jumps now and
/// then. It knows how much time went by in truth.
class ClockWalk {
public:
    explicit ClockWalk(std::uint64_t seed) : m_rng(seed) {}

    /// Up to `longest` further on.
    MonoTime step(Duration longest)
    {
        const Duration by{static_cast<std::int64_t>(
            m_rng.below(static_cast<std::uint64_t>(longest.count()) + 1))};
        m_passed += by;
        m_reading = m_reading + by;
        return m_reading;
    }
    /// Ahead counts as time that passed: nobody can tell it from a sleep.
    MonoTime jump(Duration by)
    {
        m_reading = m_reading + by;
        m_passed += by > Duration{} ? by : Duration{};
        return m_reading;
    }
    [[nodiscard]] MonoTime reading() const { return m_reading; }
    [[nodiscard]] Duration passed() const { return m_passed; }
    [[nodiscard]] Rng& rng() { return m_rng; }

private:
    Rng m_rng;
    MonoTime m_reading;
    Duration m_passed{};
};

}  // namespace muster::tests
