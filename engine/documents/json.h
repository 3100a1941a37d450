// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/value.h"

namespace muster {

/// Reads one JSON value with the positions of its nodes. Integers beyond 64 bits signed become
/// numbers. Errors: invalidArgument with file and line.
[[nodiscard]] Result<Value> parseJson(std::string_view text, const std::string& source);

/// Writes JSON; `indent` < 0 is one line. Bytes that are not UTF-8 become U+FFFD, numbers that
/// are not finite become null.
[[nodiscard]] std::string toJson(const Value& value, int indent = -1);

}  // namespace muster
