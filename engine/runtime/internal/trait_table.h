// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "runtime/internal/address_space.h"
#include "runtime/internal/agent_group.h"
#include "runtime/internal/reclaimer.h"
#include "runtime/internal/slot_table.h"
#include "runtime/internal/traits.h"

namespace muster::detail {

/// The traits of the agents that were updated while they lived; the others have those of their
/// group. Agents that became alike by one update share theirs, so that updating many costs a
/// pointer each. Takes memory only once it is used. Thread safety: any thread.
class TraitTable {
public:
    TraitTable(const SlotTable& slots, Reclaimer& reclaimer) noexcept
        : m_slots(slots), m_reclaimer(reclaimer)
    {
    }
    TraitTable(const TraitTable&) = delete;
    TraitTable& operator=(const TraitTable&) = delete;
    ~TraitTable();

    /// Of an agent of that group in that slot, for the caller under a ReadGuard.
    [[nodiscard]] const Traits& of(std::uint32_t slot, const AgentGroup& group) const noexcept
    {
        const Traits* own = ownOf(slot);
        return own == nullptr ? group.traits : *own;
    }
    /// Null when they are its group's.
    [[nodiscard]] const Traits* ownOf(std::uint32_t slot) const noexcept
    {
        if (m_live.load(std::memory_order_acquire) == 0) {
            return nullptr;
        }
        const Shared* shared = m_own[slot].load(std::memory_order_seq_cst);
        return shared == nullptr ? nullptr : &shared->traits;
    }
    /// Slots whose agents have traits of their own with that capability; under a ReadGuard.
    [[nodiscard]] std::vector<std::uint32_t> withCapability(std::string_view capability) const;

    /// Updates each that lives; `refused(index)` for the others. Throws std::bad_alloc.
    void update(std::span<const AgentId> ids, const AgentUpdate& change,
                const std::function<void(std::size_t index)>& refused);
    /// Of a slot whose agent ended.
    void forget(std::uint32_t slot) noexcept;

private:
    struct Shared {
        Traits traits;
        std::uint64_t uses;
    };
    using Own = std::atomic<Shared*>;
    /// What came of the traits last seen: most agents of one call have the same.
    struct Memo {
        const void* before = nullptr;
        Shared* after = nullptr;
    };
    using Dead = std::vector<Shared*>;

    void updateSome(std::span<const AgentId> ids, const AgentUpdate& change, std::size_t first,
                    const std::function<void(std::size_t index)>& refused);
    [[nodiscard]] bool updateOne(AgentId id, const AgentUpdate& change, Memo& memo, Dead& dead);
    void drop(Shared* shared, Dead& dead);
    void retire(const Dead& dead);

    const SlotTable& m_slots;
    Reclaimer& m_reclaimer;
    std::atomic<std::uint32_t> m_live{0};  // agents with traits of their own

    std::mutex m_mutex;  // guards what follows, and every change
    AddressSpace m_space;
    Own* m_own = nullptr;  // by slot; set once, before m_live first grows
};

}  // namespace muster::detail
