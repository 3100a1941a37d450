// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/trait_table.h"

#include <memory>
#include <new>
#include <utility>

#include "runtime/internal/orders.h"

namespace muster::detail {
namespace {

// Agents updated under one lock: readers never wait, other updates not for long.
constexpr std::size_t kAtOnce = 1024;
// How far ahead of its turn an agent's place is fetched.
constexpr std::size_t kAhead = 8;

}  // namespace

TraitTable::~TraitTable()
{
    Dead dead;
    for (std::uint32_t slot = 0; m_own != nullptr && slot < m_slots.used(); ++slot) {
        if (Shared* shared = m_own[slot].load(std::memory_order_relaxed)) {
            drop(shared, dead);
        }
    }
    for (const Shared* shared : dead) {
        delete shared;
    }
}

std::vector<std::uint32_t> TraitTable::withCapability(std::string_view capability) const
{
    std::vector<std::uint32_t> found;
    if (m_live.load(std::memory_order_acquire) != 0) {
        for (std::uint32_t slot = 0; slot < m_slots.used(); ++slot) {
            const Traits* own = ownOf(slot);
            if (own != nullptr && own->hasCapability(capability)) {
                found.push_back(slot);
            }
        }
    }
    return found;
}

void TraitTable::update(std::span<const AgentId> ids, const AgentUpdate& change,
                        const std::function<void(std::size_t index)>& refused)
{
    for (std::size_t first = 0; first < ids.size(); first += kAtOnce) {
        updateSome(ids.subspan(first, std::min(kAtOnce, ids.size() - first)), change, first,
                   refused);
    }
}

void TraitTable::updateSome(std::span<const AgentId> ids, const AgentUpdate& change,
                            std::size_t first,
                            const std::function<void(std::size_t index)>& refused)
{
    Dead dead;
    {
        const ReadGuard guard(m_reclaimer);  // keeps the groups that are looked at
        const std::lock_guard lock(m_mutex);
        if (m_own == nullptr) {
            m_space = AddressSpace(std::size_t{m_slots.capacity()} * sizeof(Own));
            if (m_space.data() == nullptr) {
                throw std::bad_alloc();
            }
            m_own = reinterpret_cast<Own*>(m_space.data());  // fresh pages are null pointers
        }
        Memo memo;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i + kAhead < ids.size()) {
                m_slots.prefetch(ids[i + kAhead]);
            }
            if (!updateOne(ids[i], change, memo, dead)) {
                refused(first + i);
            }
        }
        if (memo.after != nullptr) {
            drop(memo.after, dead);
        }
    }
    retire(dead);
}

bool TraitTable::updateOne(AgentId id, const AgentUpdate& change, Memo& memo, Dead& dead)
{
    Cell* cell = m_slots.find(id);
    const AgentGroup* group =
        cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
    // The mark is set under the lock: an agent that ends and sees it comes to forget().
    if (group == nullptr || !order(*cell, id, control::kTraits)) {
        return false;
    }
    Shared* before = m_own[id.slot].load(std::memory_order_relaxed);
    const void* key = before == nullptr ? static_cast<const void*>(group) : before;
    if (memo.before != key) {
        const Traits& known = before == nullptr ? group->traits : before->traits;
        auto after = std::make_unique<Shared>(Shared{known.updated(change), 1});  // the memo's
        if (memo.after != nullptr) {
            drop(memo.after, dead);
        }
        memo = {key, after.release()};
    }
    ++memo.after->uses;
    m_own[id.slot].store(memo.after, std::memory_order_seq_cst);
    if (before != nullptr) {
        drop(before, dead);
    } else {
        m_live.fetch_add(1, std::memory_order_release);
    }
    return true;
}

void TraitTable::forget(std::uint32_t slot) noexcept
{
    Dead dead;
    {
        const std::lock_guard lock(m_mutex);
        Shared* shared = m_own[slot].exchange(nullptr, std::memory_order_seq_cst);
        if (shared == nullptr) {
            return;
        }
        m_live.fetch_sub(1, std::memory_order_relaxed);
        drop(shared, dead);
    }
    retire(dead);
}

void TraitTable::drop(Shared* shared, Dead& dead)
{
    if (--shared->uses == 0) {
        dead.push_back(shared);
    }
}

void TraitTable::retire(const Dead& dead)
{
    for (const Shared* shared : dead) {
        m_reclaimer.retire([shared] { delete shared; });
    }
}

}  // namespace muster::detail
