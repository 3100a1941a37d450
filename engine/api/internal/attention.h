// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/snapshot.h"

namespace muster {

/// An agent whose handler holds a worker now.
struct StalledAgent {
    std::string name;
    std::string message;  ///< type of the message it handles
    Duration held{};
    std::uint32_t worker = 0;
};

/// What needs the operator, each item with what to do next; the gravest first.
/// A pure function of what the snapshot holds and the agents that stall.
[[nodiscard]] std::vector<AttentionItem> attentionList(const Snapshot& snapshot,
                                                       const std::vector<StalledAgent>& stalled);

}  // namespace muster
