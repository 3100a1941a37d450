// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace muster {

/// Agents whose slots follow each other, up or down, in one generation.
struct AgentRun {
    AgentId first;
    std::uint32_t count = 1;
    bool down = false;

    [[nodiscard]] AgentId at(std::uint32_t index) const noexcept
    {
        return {down ? first.slot - index : first.slot + index, first.generation};
    }
};

/// Which agents an event is about, in their order: "1a2f.3*17 20.1 40.2-5" is 17 agents from slot
/// 1a2f up, one, and five from slot 40 down. Those that were made in one go are one run or a few.
struct AgentRunsText {
    static constexpr std::size_t kMostRuns = 2048;

    std::string text;
    std::size_t agents = 0;
};

/// As many of `ids` as fit into one text, from the first on; at least one, unless there is none.
[[nodiscard]] AgentRunsText agentRunsText(std::span<const AgentId> ids);

/// Calls `visit` for each run of such a text. False: it is none; the runs before were visited.
[[nodiscard]] bool visitAgentRuns(std::string_view text,
                                  const std::function<void(const AgentRun&)>& visit);

}  // namespace muster
