// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/records.h"

namespace muster {

/// A run's record as JSON, for a black box to carry.
[[nodiscard]] std::string runText(const RunRecord& run);
/// Errors: corrupt.
[[nodiscard]] Result<RunRecord> parseRun(std::string_view text);

}  // namespace muster
