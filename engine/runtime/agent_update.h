// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace muster {

/// What changes in the directory's entry of a living agent; all else stays, through restarts too.
/// Taken away first, then given: an attribute that is there already gets the new value.
struct AgentUpdate {
    std::vector<std::pair<std::string, std::string>> attributes{};
    std::vector<std::string> withoutAttributes{};  ///< keys
    std::vector<std::string> capabilities{};
    std::vector<std::string> withoutCapabilities{};

    [[nodiscard]] bool empty() const noexcept
    {
        return attributes.empty() && withoutAttributes.empty() && capabilities.empty() &&
               withoutCapabilities.empty();
    }
};

}  // namespace muster
