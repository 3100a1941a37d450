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
struct TargetValue {
    double amount = 0;  ///< per second when `perTime`, a share when `percent`, else users
    bool perTime = false;
    bool percent = false;  ///< of a step only
};

/// Stages as an operator writes them.
struct StagesValue {
    std::vector<LoadStage> stages;
    bool perTime = false;  ///< the targets are rates, else users
};

// What the kinds of command parameters mean beyond the quantities of documents/units.h. Each
// refuses with what was expected, and an example.

/// "500/s", "3000/min", "200".
[[nodiscard]] Result<TargetValue> parseTarget(std::string_view text);
/// "+50/s", "-10%", "+20".
[[nodiscard]] Result<TargetValue> parseStep(std::string_view text);
/// A whole number from 1 to 10,000,000.
[[nodiscard]] Result<std::uint64_t> parseBurst(std::string_view text);
/// "10s:200/s,60s:200/s".
[[nodiscard]] Result<StagesValue> parseStages(std::string_view text);

/// Whether `value` is of the parameter's kind.
[[nodiscard]] Result<void> checkValue(const CommandParameter& parameter, std::string_view value);

/// "500/s" or "200", as parseTarget() reads it back.
[[nodiscard]] std::string targetText(double amount, bool perTime);
/// "10s:200/s,60s:200/s", as parseStages() reads it back.
[[nodiscard]] std::string stagesText(const std::vector<LoadStage>& stages, bool perTime);

}  // namespace muster
