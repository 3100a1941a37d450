// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "runtime/internal/address_space.h"
#include "runtime/internal/agent_group.h"
#include "runtime/internal/reclaimer.h"
#include "runtime/internal/slot_table.h"
#include "runtime/internal/traits.h"

namespace muster::detail {

/// The traits of the agents that were updated while they lived; the others have those of their
/// group. Agents that are alike share theirs, whatever made them so: updating many costs a pointer
/// each, and their memory is that of the differences. Takes memory only once it is used.
/// Thread safety: any thread.
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
        std::size_t hash;
        std::uint64_t uses;
    };
    using Own = std::atomic<Shared*>;
    using Dead = std::vector<Shared*>;
    /// By what they hold.
    struct Content {
        using is_transparent = void;
        std::size_t operator()(const Shared* shared) const noexcept { return shared->hash; }
        std::size_t operator()(const Traits& traits) const noexcept { return traits.hash(); }
        bool operator()(const Shared* one, const Shared* other) const noexcept
        {
            return one == other;  // there are no two alike
        }
        bool operator()(const Traits& traits, const Shared* shared) const
        {
            return traits == shared->traits;
        }
    };
    /// What comes of the traits that were met in a call, with a use of its own of each: the last
    /// ones, which most agents have that the one before had, and the others.
    struct Memo {
        const void* before = nullptr;
        Shared* after = nullptr;
        std::unordered_map<const void*, Shared*> others{};
    };

    void updateSome(std::span<const AgentId> ids, const AgentUpdate& change, std::size_t first,
                    const std::function<void(std::size_t index)>& refused);
    [[nodiscard]] bool updateOne(AgentId id, const AgentUpdate& change, Memo& memo, Dead& dead);
    /// Lets `memo.after` be what becomes of those traits.
    void turnTo(Memo& memo, const void* before, const Traits& known, const AgentUpdate& change);
    void finish(const Memo& memo, Dead& dead);
    /// The one of that content, used once more.
    [[nodiscard]] Shared* sharing(Traits traits);
    void drop(Shared* shared, Dead& dead);
    void retire(const Dead& dead);

    const SlotTable& m_slots;
    Reclaimer& m_reclaimer;
    std::atomic<std::uint32_t> m_live{0};  // agents with traits of their own

    std::mutex m_mutex;  // guards what follows, and every change
    std::unordered_set<Shared*, Content, Content> m_all;
    AddressSpace m_space;
    Own* m_own = nullptr;  // by slot; set once, before m_live first grows
};

}  // namespace muster::detail
