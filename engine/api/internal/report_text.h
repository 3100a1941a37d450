// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/internal/report_data.h"

namespace muster {

/// "8.13 ms", "512 MiB", "12.5 %", "1,234", "99.1/s": a figure with its unit.
[[nodiscard]] std::string figureWithUnit(double value, std::string_view unit);
/// "not available (why)" when it is unknown.
[[nodiscard]] std::string figureWithUnit(const Known& figure, std::string_view unit);
/// "+9.8 % (+8.1 to +11.5 %)"; from 0 the difference itself; empty of what cannot be compared.
[[nodiscard]] std::string effectWithInterval(const CompareRow& row);
/// A glyph and the word, with the reason of what cannot be compared.
[[nodiscard]] std::string verdictWithGlyph(const CompareRow& row);
[[nodiscard]] std::string rowTitle(const CompareRow& row);
/// "2026-01-01 00:01:02.5 UTC".
[[nodiscard]] std::string shortTime(WallTime time);
/// "02:03.5" since the start, as minutes and seconds.
[[nodiscard]] std::string sinceStart(WallTime time, WallTime start);
/// Title and figure of each total that the run's summary has.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> totalsOf(const StoredRun& run);
/// The rows that say something, the worst first: those without a difference are left out.
[[nodiscard]] std::vector<const CompareRow*> notableRows(const CompareAnswer& answer);

}  // namespace muster
