// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/supervision.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/internal/core.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/orders.h"

namespace muster::detail {

void Supervision::open(AgentId supervisor)
{
    const std::lock_guard lock(m_mutex);
    m_families.try_emplace(supervisor);
}

void Supervision::setMost(AgentId supervisor, std::uint64_t children)
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_families.find(supervisor); found != m_families.end()) {
        found->second.most = children;
    }
}

void Supervision::close(ThreadContext& context, AgentId supervisor)
{
    std::vector<AgentId> left;
    {
        // In one go: a child that joins its group later finds no family, see keeps(). The groups
        // live on with their members.
        const std::lock_guard lock(m_mutex);
        left = childrenLocked(supervisor);
        m_families.erase(supervisor);
    }
    for (auto child = left.rbegin(); child != left.rend(); ++child) {
        if (!releaseAgent(context, *child, {EndKind::shutdown, {}})) {
            orderEnd(context, *child, control::kKill, {EndKind::killed, "its supervisor is gone"});
        }
    }
}

std::uint64_t Supervision::membersOf(const Family& family) noexcept
{
    std::uint64_t members = 0;
    for (const AgentGroup* group : family.groups) {
        members += group->members.load(std::memory_order_relaxed);
    }
    return members;
}

Result<AgentGroup*> Supervision::adopt(const AgentOps& ops, const CreateOptions& options,
                                       AgentRecipe recipe, bool repeatable, std::uint64_t members)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_families.find(options.supervisor);
    if (found == m_families.end()) {
        return Error{ErrorCode::notFound, "no such supervisor", toString(options.supervisor), ""};
    }
    Family& family = found->second;
    if (family.most != UINT64_MAX && membersOf(family) + members > family.most) {
        return Error{ErrorCode::overloaded,
                     fmt::format("the supervisor may have {} children", family.most),
                     toString(options.supervisor), "Raise its bound on children"};
    }
    // Only the youngest group may grow: the order of groups is the order of starts.
    if (!recipe && !family.groups.empty()) {
        AgentGroup& youngest = *family.groups.back();
        if (!youngest.key.empty() && youngest.key == groupKey(ops, options, repeatable)) {
            youngest.members.fetch_add(members, std::memory_order_relaxed);
            return &youngest;
        }
    }
    AgentGroup& group = m_core.groups.own(ops, options, std::move(recipe), repeatable, members);
    family.groups.push_back(&group);
    return &group;
}

void Supervision::forget(AgentId supervisor, AgentGroup& group)
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_families.find(supervisor); found != m_families.end()) {
            auto& groups = found->second.groups;
            const auto place = std::ranges::find(groups, &group);
            if (place == groups.end() || group.members.load(std::memory_order_acquire) != 0) {
                return;  // another was here first, or it grew again
            }
            groups.erase(place);
        }
    }
    m_core.groups.retire(group);
}

bool Supervision::keeps(AgentId supervisor) const
{
    const std::lock_guard lock(m_mutex);
    return m_families.contains(supervisor);
}

std::vector<AgentId> Supervision::children(AgentId supervisor) const
{
    const std::lock_guard lock(m_mutex);
    return childrenLocked(supervisor);
}

std::vector<AgentId> Supervision::childrenLocked(AgentId supervisor) const
{
    std::vector<AgentId> all;
    const auto found = m_families.find(supervisor);
    if (found == m_families.end()) {
        return all;
    }
    for (const AgentGroup* group : found->second.groups) {
        for (const std::uint32_t slot : group->slotsInOrder(m_core.slots)) {
            all.push_back(m_core.slots.idOf(m_core.slots.at(slot)));
        }
    }
    return all;
}

std::uint64_t Supervision::count(AgentId supervisor) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_families.find(supervisor);
    return found == m_families.end() ? 0 : membersOf(found->second);
}

std::vector<AgentId> Supervision::supervisors() const
{
    std::vector<AgentId> all;
    const std::lock_guard lock(m_mutex);
    all.reserve(m_families.size());
    for (const auto& [supervisor, family] : m_families) {
        all.push_back(supervisor);
    }
    std::ranges::sort(all);
    return all;
}

}  // namespace muster::detail
