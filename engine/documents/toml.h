// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/value.h"

namespace muster {

/// Reads TOML 1.0; `source` names it in positions and errors. Errors: invalidArgument with
/// file and line. Dates and times become text in their ISO form.
[[nodiscard]] Result<Value> parseToml(std::string_view text, const std::string& source);

/// Errors: notFound, permissionDenied, ioFailure or what parseToml() gives.
[[nodiscard]] Result<Value> readTomlFile(const std::filesystem::path& file);

/// Reads one value as it would stand right of `=`: `3`, `"a"`, `[1, 2]`, `{ for = "1s" }`.
[[nodiscard]] Result<Value> parseTomlValue(std::string_view text, const std::string& source);

}  // namespace muster
