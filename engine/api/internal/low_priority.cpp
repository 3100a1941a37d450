// SPDX-License-Identifier: Apache-2.0
// The part of WorkloadRun that gives up work of low priority.
#include <algorithm>

#include "api/internal/workload_run.h"

namespace muster {

namespace {

/// The living agents of a group, those without work first.
[[nodiscard]] std::vector<AgentId> livingOf(const Directory& directory, const AgentGroupSpec& group)
{
    const std::string stem = group.name + "-";
    std::vector<AgentId> idle;
    std::vector<AgentId> busy;
    std::string name;
    directory.forEach([&](const DirectoryEntry& entry) {
        name.clear();
        entry.appendName(name);
        const bool own = entry.type() == group.type && name.starts_with(stem) &&
                         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(stem.size()),
                                     name.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (own && entry.state() != AgentState::terminating) {
            (entry.state() == AgentState::busy ? busy : idle).push_back(entry.id());
        }
        return true;
    });
    idle.insert(idle.end(), busy.begin(), busy.end());
    return idle;
}

}  // namespace

CleanupHook WorkloadRun::lowPriorityCleanup()
{
    return {"low-priority agents",
            CleanupStage::lowPriority,
            {Watched::memory, Watched::agents, Watched::queue},
            [this, &runtime = *m_core.runtime](const CleanupOrder& order) {
                return endOverQuota(runtime, order);
            }};
}

CleanupOutcome WorkloadRun::endOverQuota(Runtime& runtime, const CleanupOrder& order)
{
    std::uint64_t ended = 0;
    for (const AgentGroupSpec& group : m_spec.agents) {
        if (!group.quota) {
            continue;
        }
        auto agents = livingOf(runtime.directory(), group);
        std::uint64_t over = agents.size() - std::min<std::uint64_t>(agents.size(), *group.quota);
        if (order.resource == Watched::agents) {
            over = std::min(over, order.amount - std::min(order.amount, ended));
        }
        agents.resize(over);
        ended +=
            runtime.stopMany(agents, {EndKind::stopped, "of low priority, under pressure"}).done;
    }
    // What they held of another resource shows at the next look.
    return order.resource == Watched::agents || ended == 0 ? std::optional(ended) : std::nullopt;
}

}  // namespace muster
