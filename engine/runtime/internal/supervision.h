// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "runtime/agent_type.h"
#include "runtime/create.h"
#include "runtime/internal/agent_group.h"

namespace muster::detail {

class Core;

/// Which children each supervisor has, in the order they were started. The decisions are the
/// supervisors' own, see supervisor_agent.h. Thread safety: any thread.
class Supervision {
public:
    explicit Supervision(Core& core) noexcept : m_core(core) {}
    Supervision(const Supervision&) = delete;
    Supervision& operator=(const Supervision&) = delete;

    /// A supervisor begins its life, its first or a later one.
    void open(AgentId supervisor);
    /// The most children it may have, restarting ones included.
    void setMost(AgentId supervisor, std::uint64_t children);
    /// The supervisor has ended for good: children that are down are released, the others killed.
    void close(ThreadContext& context, AgentId supervisor);

    /// The group for `members` more children. Errors: notFound; overloaded at the bound.
    [[nodiscard]] Result<AgentGroup*> adopt(const AgentOps& ops, const CreateOptions& options,
                                            AgentRecipe recipe, bool repeatable,
                                            std::uint64_t members);
    /// The last member of a group of its children left. The group may be gone already.
    void forget(AgentId supervisor, AgentGroup& group);

    /// It has not ended for good.
    [[nodiscard]] bool keeps(AgentId supervisor) const;
    /// Children in start order, those that are down too.
    [[nodiscard]] std::vector<AgentId> children(AgentId supervisor) const;
    [[nodiscard]] std::uint64_t count(AgentId supervisor) const;
    [[nodiscard]] std::vector<AgentId> supervisors() const;

private:
    struct Family {
        std::vector<AgentGroup*> groups;
        std::uint64_t most = UINT64_MAX;
    };
    [[nodiscard]] std::vector<AgentId> childrenLocked(AgentId supervisor) const;
    [[nodiscard]] static std::uint64_t membersOf(const Family& family) noexcept;

    Core& m_core;
    mutable std::mutex m_mutex;  // guards m_families
    std::unordered_map<AgentId, Family> m_families;
};

}  // namespace muster::detail
