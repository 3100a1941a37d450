// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace muster {

/// A measured value, or the reason why there is none. Never shown as 0 or blank.
struct Reading {
    double value = 0;
    std::string missing;  ///< empty when the value is known

    [[nodiscard]] bool known() const noexcept { return missing.empty(); }
    [[nodiscard]] static Reading of(double value) { return {value, {}}; }
    [[nodiscard]] static Reading unknown(std::string reason) { return {0, std::move(reason)}; }

    friend bool operator==(const Reading&, const Reading&) = default;
};

}  // namespace muster
