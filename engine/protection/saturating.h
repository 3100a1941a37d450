// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "base/clock.h"

namespace muster {

/// Longer than anything lasts: what a wait is that never ends.
inline constexpr Duration kForever = Duration::max();

/// Sums and products that stop at the ends of their range: a time that overflows would lie in
/// the past. Pure. Thread safety: any thread.
[[nodiscard]] constexpr std::int64_t saturatingAdd(std::int64_t a, std::int64_t b) noexcept
{
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) {
        return sum;
    }
    return a < 0 ? std::numeric_limits<std::int64_t>::min()
                 : std::numeric_limits<std::int64_t>::max();
}

[[nodiscard]] constexpr std::int64_t saturatingSubtract(std::int64_t a, std::int64_t b) noexcept
{
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(a, b, &difference)) {
        return difference;
    }
    return a < 0 ? std::numeric_limits<std::int64_t>::min()
                 : std::numeric_limits<std::int64_t>::max();
}

[[nodiscard]] constexpr std::int64_t saturatingMultiply(std::int64_t a, std::int64_t b) noexcept
{
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(a, b, &product)) {
        return product;
    }
    return (a < 0) != (b < 0) ? std::numeric_limits<std::int64_t>::min()
                              : std::numeric_limits<std::int64_t>::max();
}

[[nodiscard]] inline MonoTime saturatingAdd(MonoTime time, Duration by) noexcept
{
    return {saturatingAdd(time.nanoseconds, by.count())};
}

[[nodiscard]] inline Duration saturatingSubtract(MonoTime a, MonoTime b) noexcept
{
    return Duration{saturatingSubtract(a.nanoseconds, b.nanoseconds)};
}

/// A duration times a factor ≥ 0; kForever where it does not fit.
[[nodiscard]] inline Duration saturatingScale(Duration duration, double factor) noexcept
{
    const double scaled = static_cast<double>(duration.count()) * factor;
    return scaled < 9.2e18 ? Duration{static_cast<std::int64_t>(scaled)} : kForever;
}

}  // namespace muster
