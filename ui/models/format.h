// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "api/snapshot.h"

namespace muster::ui {

/// How the console writes a figure. One place, so that the same figure reads the same on every
/// page: three significant digits, a prefix, a space, and always the unit.
/// Thread safety: pure functions.
enum class Unit { count, perSecond, nanoseconds, bytes, share, level };

/// Of the unit names in api/series.h: "1", "1/s", "ns", "B", "%".
[[nodiscard]] Unit unitOf(std::string_view name) noexcept;

/// A number and its unit apart, for where they are set in different type.
struct Figure {
    QString number;
    QString unit;

    [[nodiscard]] QString text() const;
};

/// A prefix of a unit: a value divided by `divisor` is followed by `unit`.
struct Scale {
    double divisor = 1;
    QString unit;
};

/// The scale in which `reference` reads best: 4,810,000 ns reads in "ms".
[[nodiscard]] Scale scaleFor(double reference, Unit unit);
/// `value` in that scale, without the unit.
[[nodiscard]] QString numberIn(double value, const Scale& scale);

/// "312 k/s", "4.81 ms", "184 MiB", "81 %". Whole counts below 10,000 in full. NaN: "–".
[[nodiscard]] Figure figure(double value, Unit unit);
/// The same of a figure that may be missing: "not available".
[[nodiscard]] Figure figure(const Known& value, Unit unit);
[[nodiscard]] QString figureText(double value, Unit unit);
/// "4.81 ms", or "not available: no action ended yet".
[[nodiscard]] QString figureText(const Known& value, Unit unit);

/// "100,240": every digit, in groups of three.
[[nodiscard]] QString exactText(std::uint64_t value);
/// "+240", "−12", "±0".
[[nodiscard]] QString changeText(std::int64_t change);
/// "99.98 %": never rounds a share below one to 100 %, nor one above none to 0 %.
[[nodiscard]] QString shareText(double share);

/// "12 s", "9 min", "2 h 05 min", "3 d 4 h": for spans a person waits.
[[nodiscard]] QString spanText(Duration span);
/// "45 s", "14 min 12 s", "2 h 05 min": to the second below an hour.
[[nodiscard]] QString exactSpanText(Duration span);
/// "12:41", "1:02:03": for a clock that runs.
[[nodiscard]] QString clockText(Duration elapsed);
/// "63.4 ms", "3.21 s", "12:41": how long something took that is over.
[[nodiscard]] QString tookText(Duration elapsed);
/// Time of day, "14:08:31", or "14:08:31.2" with tenths.
[[nodiscard]] QString timeText(WallTime time, bool utc = false, bool tenths = false);

[[nodiscard]] QString notAvailable();

}  // namespace muster::ui
