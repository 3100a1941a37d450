// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/queue_records.h"

namespace muster {

/// The attempts at a job as a JSON list; empty text for none.
void appendHistory(std::string& to, const std::vector<JobAttempt>& history);
/// What of the text is a history.
[[nodiscard]] std::vector<JobAttempt> readHistory(std::string_view text);

}  // namespace muster
