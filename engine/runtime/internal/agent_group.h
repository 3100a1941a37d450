// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/spin_lock.h"
#include "runtime/agent_type.h"
#include "runtime/create.h"
#include "runtime/create_options.h"
#include "runtime/internal/reclaimer.h"
#include "runtime/internal/slot_table.h"
#include "runtime/internal/traits.h"

namespace muster::detail {

/// What agents made alike have in common, so that an agent itself keeps one pointer for it: its
/// type, its options, how to make its behaviour again. Never changes but for its members.
/// Thread safety: any thread.
struct AgentGroup {
    const AgentOps* ops = nullptr;
    std::string type;
    Traits traits;  ///< of the members that were not updated since
    AgentId supervisor;
    MailboxOptions mailbox;
    Restart restart = Restart::permanent;
    Shutdown shutdown;
    AgentRecipe recipe;              ///< empty: by ops->constructDefault, or not at all
    bool repeatable = false;         ///< a behaviour can be made again as the first one was
    std::uint32_t firstOrdinal = 0;  ///< of a bulk creation: what index 0 is in Cell::ordinal
    bool kept = false;               ///< outlives its last member
    bool listed = false;             ///< its members are chained, in the order they came
    std::string key;  ///< equal options and no recipe give the same; empty: has a recipe

    // Members: counted for all, chained through their cells when listed.
    std::atomic<std::uint64_t> members{0};
    mutable SpinLock lock;
    std::uint32_t first = Cell::kNoSlot;  // guarded by lock
    std::uint32_t last = Cell::kNoSlot;   // guarded by lock

    void join(SlotTable& slots, std::uint32_t slot) noexcept;
    /// Takes the slot's cell out and its pointer to the group away. True when that was the last
    /// member of one that is not kept.
    [[nodiscard]] bool leave(SlotTable& slots, std::uint32_t slot) noexcept;
    [[nodiscard]] std::vector<std::uint32_t> slotsInOrder(const SlotTable& slots) const;
};

/// The same for the same type and options, whatever the name.
[[nodiscard]] std::string groupKey(const AgentOps& ops, const CreateOptions& options,
                                   bool repeatable);

/// The groups of a runtime. Thread safety: any thread.
class GroupTable {
public:
    explicit GroupTable(Reclaimer& reclaimer) noexcept : m_reclaimer(reclaimer) {}
    GroupTable(const GroupTable&) = delete;
    GroupTable& operator=(const GroupTable&) = delete;

    /// The group of agents of this type with default options; `repeatable` when they were made
    /// without arguments.
    [[nodiscard]] AgentGroup& plain(const AgentOps& ops, bool repeatable);
    /// The group that all unsupervised agents made with equal options and without a recipe
    /// share, held by one more member.
    [[nodiscard]] AgentGroup& shared(const AgentOps& ops, const CreateOptions& options,
                                     bool repeatable);
    /// A new one, held by `members`.
    [[nodiscard]] AgentGroup& own(const AgentOps& ops, const CreateOptions& options,
                                  AgentRecipe recipe, bool repeatable, std::uint64_t members);
    /// Its last member left.
    void retire(AgentGroup& group);
    /// Those with members chained that have the capability.
    [[nodiscard]] std::vector<AgentGroup*> withCapability(std::string_view capability) const;

private:
    [[nodiscard]] static std::unique_ptr<AgentGroup> make(const AgentOps& ops,
                                                          const CreateOptions& options);

    Reclaimer& m_reclaimer;
    mutable std::mutex m_mutex;  // guards what follows
    std::unordered_map<const AgentOps*, std::array<AgentGroup*, 2>> m_plain;
    std::unordered_map<std::string, AgentGroup*> m_shared;
    std::unordered_map<const AgentGroup*, std::unique_ptr<AgentGroup>> m_all;
};

}  // namespace muster::detail
