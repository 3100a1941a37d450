// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "runtime/directory.h"

namespace muster {

/// Whether an agent matches. Keeps a buffer inside: one thread at a time.
using AgentFilter = std::function<bool(const DirectoryEntry&)>;

/// Reads the filter of AgentQuery: terms with spaces between, all of which must hold. Empty
/// text gives an empty function, which stands for all. Errors name the term, what was expected
/// and the nearest key.
[[nodiscard]] Result<AgentFilter> parseAgentFilter(std::string_view text);

}  // namespace muster
