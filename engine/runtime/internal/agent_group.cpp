// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/agent_group.h"

#include <fmt/format.h>

namespace muster::detail {

void AgentGroup::join(SlotTable& slots, std::uint32_t slot) noexcept
{
    if (!listed) {
        return;
    }
    const std::lock_guard guard(lock);
    Cell& cell = slots.at(slot);
    cell.groupPrevious = last;
    cell.groupNext = Cell::kNoSlot;
    (last == Cell::kNoSlot ? first : slots.at(last).groupNext) = slot;
    last = slot;
}

bool AgentGroup::leave(SlotTable& slots, std::uint32_t slot) noexcept
{
    Cell& cell = slots.at(slot);
    if (listed) {
        const std::lock_guard guard(lock);
        (cell.groupPrevious == Cell::kNoSlot ? first : slots.at(cell.groupPrevious).groupNext) =
            cell.groupNext;
        (cell.groupNext == Cell::kNoSlot ? last : slots.at(cell.groupNext).groupPrevious) =
            cell.groupPrevious;
    }
    if (kept) {
        cell.group.store(nullptr, std::memory_order_release);
        return false;
    }
    // Before it is counted out: who counts the last one out frees the group as soon as no scan
    // is under way, and a scan that begins then must find it in no cell.
    cell.group.store(nullptr, std::memory_order_seq_cst);
    return members.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

std::vector<std::uint32_t> AgentGroup::slotsInOrder(const SlotTable& slots) const
{
    std::vector<std::uint32_t> all;
    const std::lock_guard guard(lock);
    for (std::uint32_t at = first; at != Cell::kNoSlot; at = slots.at(at).groupNext) {
        all.push_back(at);
    }
    return all;
}

// Options that can be told apart by nothing here are the same; \x1f stands in no name.
std::string groupKey(const AgentOps& ops, const CreateOptions& options, bool repeatable)
{
    std::string key =
        fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}", static_cast<const void*>(&ops),
                    options.type, options.supervisor.packed(), options.mailbox.bound,
                    static_cast<int>(options.mailbox.overflow), static_cast<int>(options.restart),
                    options.shutdown.grace.count(), repeatable);
    for (const auto& capability : options.capabilities) {
        key += "\x1f+" + capability;
    }
    for (const auto& [name, value] : options.attributes) {
        key += "\x1f=" + name + "\x1f" + value;
    }
    return key;
}

std::unique_ptr<AgentGroup> GroupTable::make(const AgentOps& ops, const CreateOptions& options)
{
    auto group = std::make_unique<AgentGroup>();
    group->ops = &ops;
    group->type = options.type.empty() ? std::string(ops.name) : options.type;
    group->traits = {options.capabilities, options.attributes};
    group->supervisor = options.supervisor;
    group->mailbox = options.mailbox;
    group->restart = options.restart;
    group->shutdown = options.shutdown;
    group->listed = !options.capabilities.empty() || options.supervisor;
    return group;
}

AgentGroup& GroupTable::plain(const AgentOps& ops, bool repeatable)
{
    const std::lock_guard lock(m_mutex);
    AgentGroup*& place = m_plain[&ops][repeatable ? 1 : 0];
    if (place == nullptr) {
        auto group = make(ops, CreateOptions{});
        group->kept = true;
        group->repeatable = repeatable;
        place = group.get();
        m_all.emplace(place, std::move(group));
    }
    return *place;
}

AgentGroup& GroupTable::shared(const AgentOps& ops, const CreateOptions& options, bool repeatable)
{
    std::string key = groupKey(ops, options, repeatable);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_shared.find(key); found != m_shared.end()) {
            found->second->members.fetch_add(1, std::memory_order_relaxed);
            return *found->second;
        }
    }
    AgentGroup& made = own(ops, options, {}, repeatable, 1);
    const std::lock_guard lock(m_mutex);
    m_shared.emplace(std::move(key), &made);  // when two came at once, one stays its own
    return made;
}

AgentGroup& GroupTable::own(const AgentOps& ops, const CreateOptions& options, AgentRecipe recipe,
                            bool repeatable, std::uint64_t members)
{
    auto group = make(ops, options);
    if (!recipe) {
        group->key = groupKey(ops, options, repeatable);
    }
    group->repeatable = repeatable;
    group->recipe = std::move(recipe);
    group->members.store(members, std::memory_order_relaxed);
    AgentGroup& made = *group;
    const std::lock_guard lock(m_mutex);
    m_all.emplace(&made, std::move(group));
    return made;
}

void GroupTable::retire(AgentGroup& group)
{
    std::unique_ptr<AgentGroup> gone;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_all.find(&group);
        // Another may have joined, or retired it, meanwhile.
        if (found == m_all.end() || group.members.load(std::memory_order_acquire) != 0) {
            return;
        }
        if (const auto at = m_shared.find(group.key);
            at != m_shared.end() && at->second == &group) {
            m_shared.erase(at);
        }
        gone = std::move(found->second);
        m_all.erase(found);
    }
    m_reclaimer.retire([dead = std::shared_ptr<AgentGroup>(std::move(gone))] {});
}

std::vector<AgentGroup*> GroupTable::withCapability(std::string_view capability) const
{
    std::vector<AgentGroup*> found;
    const std::lock_guard lock(m_mutex);
    for (const auto& [group, owner] : m_all) {
        if (owner->traits.hasCapability(capability)) {
            found.push_back(owner.get());
        }
    }
    return found;
}

}  // namespace muster::detail
