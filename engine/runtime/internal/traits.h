// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/agent_update.h"

namespace muster::detail {

/// What the directory tells of an agent besides its name, type and figures. Thread safety: as
/// a plain value; those that several threads look at are never changed.
struct Traits {
    std::vector<std::string> capabilities;
    std::vector<std::pair<std::string, std::string>> attributes;

    [[nodiscard]] bool hasCapability(std::string_view capability) const noexcept;
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view key) const noexcept;
    /// As they are after the update.
    [[nodiscard]] Traits updated(const AgentUpdate& update) const;
    [[nodiscard]] std::size_t hash() const noexcept;

    friend bool operator==(const Traits&, const Traits&) = default;
};

}  // namespace muster::detail
