// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "protection/rate.h"
#include "protection/saturating.h"

namespace muster {

/// What a rate has brought forth up to a time, in thousandths of a permit. It is the clock of
/// the limiters: they remember how far on it they are spent, so that a change of the rate leaves
/// every fill as it was. Counted from one start, never summed up step by step: it does not drift,
/// is exact for months to years, and never more than one thousandth of a permit ahead.
/// Pure. Thread safety: reading from any thread, change() from one at a time.
class Pace {
public:
    static constexpr std::int64_t kUnit = 1000;  ///< a permit's

    /// The rate must be valid.
    Pace(Rate rate, MonoTime start) noexcept;

    /// Units brought forth at a time not before the start.
    [[nodiscard]] std::int64_t at(MonoTime time) const noexcept
    {
        return saturatingAdd(m_begin, units(saturatingSubtract(time, m_start)));
    }
    /// How long after `now` at() is at least `units`; kForever if never.
    [[nodiscard]] Duration until(std::int64_t units, MonoTime now) const noexcept;
    /// Goes on from where it is with another rate, which must be valid.
    void change(Rate rate, MonoTime now) noexcept;

private:
    friend class SharedPace;
    __extension__ using Wide = unsigned __int128;

    Pace() = default;
    void setRate(Rate rate) noexcept;
    [[nodiscard]] std::int64_t units(Duration elapsed) const noexcept
    {
        const auto positive = static_cast<std::uint64_t>(elapsed.count() > 0 ? elapsed.count() : 0);
        const Wide wide = (Wide{positive} * m_factor) >> m_shift;
        return wide > Wide{kMost} ? static_cast<std::int64_t>(kMost)
                                  : static_cast<std::int64_t>(wide);
    }

    static constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

    MonoTime m_start;
    std::int64_t m_begin = 0;    // units at m_start
    std::uint64_t m_factor = 0;  // units a nanosecond are m_factor / 2^m_shift, rounded up
    unsigned m_shift = 0;
};

}  // namespace muster
