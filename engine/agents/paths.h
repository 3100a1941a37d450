// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace muster {

/// The path from the root, "." and ".." resolved by their letters only.
[[nodiscard]] std::string absolutePath(std::string_view path);

/// The code and sentence for an errno that came with a path.
[[nodiscard]] Error pathError(std::string_view path, int number);

}  // namespace muster
