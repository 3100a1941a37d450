// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace muster {

/// Every event type, metric and command there is, from the tables the engine runs by.
[[nodiscard]] std::string referenceMarkdown();
/// The same as one JSON object with the keys events, metrics and commands.
[[nodiscard]] std::string referenceJson();

}  // namespace muster
