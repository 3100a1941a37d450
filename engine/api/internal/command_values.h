// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/command.h"
#include "api/snapshot.h"
#include "base/result.h"

namespace muster {

/// A load target as an operator writes it.
struct RateValue {
    double amount = 0;  ///< per second when `perTime`, a share (0.1) when `percent`, else users
    bool perTime = false;
    bool percent = false;
};

// What the kinds of command parameters mean. Each refuses with what was expected, and an
// example.

/// "500/s", "3000/min", "200"; with `signedStep` also "+50/s", "-10%".
[[nodiscard]] Result<RateValue> parseRate(std::string_view text, bool signedStep);
/// "250ms", "30s", "2m", "1h", "1m30s".
[[nodiscard]] Result<Duration> parseDuration(std::string_view text);
/// "200000", "1GiB", "500MB", "64k".
[[nodiscard]] Result<std::uint64_t> parseSize(std::string_view text);
[[nodiscard]] Result<std::uint64_t> parseCount(std::string_view text);

struct StagesValue {
    std::vector<LoadStage> stages;
    bool perTime = false;  ///< the targets are rates, else users
};
/// "10s:200/s,60s:200/s".
[[nodiscard]] Result<StagesValue> parseStages(std::string_view text);

/// Whether `value` is of the parameter's kind.
[[nodiscard]] Result<void> checkValue(const CommandParameter& parameter, std::string_view value);

/// "500/s" or "200", as parseRate() reads it back.
[[nodiscard]] std::string rateText(double amount, bool perTime);
/// "10s:200/s,60s:200/s", as parseStages() reads it back.
[[nodiscard]] std::string stagesText(const std::vector<LoadStage>& stages, bool perTime);
/// The shortest exact form: "250ms", "30s".
[[nodiscard]] std::string durationText(Duration duration);

}  // namespace muster
