// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace muster {

/// Every event type, metric, command and queue there is, from the tables the engine runs by.
[[nodiscard]] std::string referenceMarkdown();
/// The same as one JSON object with the keys events, metrics, commands and queues.
[[nodiscard]] std::string referenceJson();

}  // namespace muster
