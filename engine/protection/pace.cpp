// SPDX-License-Identifier: Apache-2.0
#include "protection/pace.h"

#include <limits>

namespace muster {

Pace::Pace(Rate rate, MonoTime start) noexcept : m_start(start)
{
    setRate(rate);
}

void Pace::setRate(Rate rate) noexcept
{
    // Division by an invariant as a multiplication (Granlund and Montgomery, 1994). A valid
    // period is below 2^55, so that nothing here overflows 128 bits.
    const auto units = Wide{rate.permits} * static_cast<std::uint64_t>(kUnit);
    const auto period = static_cast<std::uint64_t>(rate.period.count());
    m_factor = 0;
    m_shift = 0;
    if (units == 0) {
        return;
    }
    constexpr unsigned kBits = 63;
    while ((units << (m_shift + 1)) / period < (Wide{1} << kBits)) {
        ++m_shift;
    }
    m_factor = static_cast<std::uint64_t>(((units << m_shift) + (period - 1)) / period);
}

Duration Pace::until(std::int64_t units, MonoTime now) const noexcept
{
    if (units <= at(now)) {
        return Duration{};
    }
    constexpr auto kLast = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto missing = Wide{static_cast<std::uint64_t>(saturatingSubtract(units, m_begin))};
    if (missing > ((Wide{kLast} * m_factor) >> m_shift)) {
        return kForever;
    }
    const Wide elapsed = ((missing << m_shift) + (m_factor - 1)) / m_factor;
    const MonoTime when = saturatingAdd(m_start, Duration{static_cast<std::int64_t>(elapsed)});
    return saturatingSubtract(when, now);
}

void Pace::change(Rate rate, MonoTime now) noexcept
{
    m_begin = at(now);
    m_start = now;
    setRate(rate);
}

}  // namespace muster
