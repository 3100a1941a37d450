// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace muster {

/// "a,b" as its parts; empty ones are left out.
[[nodiscard]] std::vector<std::string> splitList(std::string_view text);
/// Whether one of them fits all of the text: "index*", with `*` for any run of characters.
[[nodiscard]] bool matchesAny(const std::vector<std::string>& patterns, std::string_view text);

}  // namespace muster
