// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "documents/schema.h"
#include "documents/value.h"

namespace muster {

/// Sets one key of a document as `--set` says it: `input.path=/srv`, `load.0.stages.1.to=500/s`,
/// `expect."digest.p99"=< 50ms`. The schema types the value: text and quantities are taken as
/// they are, lists and tables are written as in TOML, or a list as `a,b`. Tables in between are
/// made; a list index must exist. The result is not checked: call check() after the last one.
/// Errors name the flag, what was expected and the nearest key.
[[nodiscard]] Result<void> applyOverride(Value& document, const Schema& schema,
                                         std::string_view assignment);

}  // namespace muster
