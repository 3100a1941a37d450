// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

// How quantities are written in files, commands and flags. Every reader takes the number and
// the unit with at most one space between, and refuses what is negative, not finite or out of
// range with a sentence that shows a right one.

/// "2s", "100ms", "1.5h": units ns, us, ms, s, min, h, d.
[[nodiscard]] Result<Duration> parseDuration(std::string_view text);
/// Per second: "500/s", "30/min", "2/h"; the number may carry k or M ("1M/s").
[[nodiscard]] Result<double> parseRate(std::string_view text);
/// Bytes: "1GiB", "64KiB", "10MB", "512B", "512".
[[nodiscard]] Result<std::uint64_t> parseSize(std::string_view text);
/// 0…1: "50%", "0.5".
[[nodiscard]] Result<double> parseShare(std::string_view text);
/// A plain finite number.
[[nodiscard]] Result<double> parseNumber(std::string_view text);

/// The shortest form that reads back to the same: "1500ms", "2s".
[[nodiscard]] std::string formatDuration(Duration duration);
/// "500/s".
[[nodiscard]] std::string formatRate(double perSecond);

}  // namespace muster
