// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace muster {

/// A figure that may be unknown: the value, or the reason why there is none.
/// Never shown as 0 or blank.
struct Known {
    double value = 0;
    std::string missing;  ///< empty when the value is known; else why it is not

    [[nodiscard]] bool known() const noexcept { return missing.empty(); }
};

}  // namespace muster
