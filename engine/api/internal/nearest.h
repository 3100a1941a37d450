// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace muster {

/// "Did you mean X?" when a known name is near enough to be a slip of the keyboard, else
/// `otherwise`.
[[nodiscard]] std::string adviceNearest(std::string_view name,
                                        std::span<const std::string_view> known,
                                        std::string_view otherwise);

}  // namespace muster
