// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace muster {

/// A text that an operator sends to an agent. The agent keeps the last one and shows it in its
/// state; answering tells the operator that it came.
struct OperatorNote {
    static constexpr std::string_view kName = "operator.note";

    std::string text;
};

}  // namespace muster
