// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/trait_table.h"

#include <algorithm>
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
    for (const Shared* shared : m_all) {
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
            if (i + kAhead < ids.size() && ids[i + kAhead].slot < m_slots.used()) {
                __builtin_prefetch(&m_slots.at(ids[i + kAhead].slot).control, 1);
            }
            if (!updateOne(ids[i], change, memo, dead)) {
                refused(first + i);
            }
        }
        finish(memo, dead);
    }
    retire(dead);
}

bool TraitTable::updateOne(AgentId id, const AgentUpdate& change, Memo& memo, Dead& dead)
{
    // Its second line alone: the control word has the generation too.
    if (!id || id.slot >= m_slots.used()) {
        return false;
    }
    Cell& cell = m_slots.at(id.slot);
    const AgentGroup* group = cell.group.load(std::memory_order_seq_cst);
    if (group == nullptr || !mark(cell, id, control::kTraits)) {
        return false;
    }
    Shared* before = m_own[id.slot].load(std::memory_order_relaxed);
    if (before == nullptr) {
        turnTo(memo, group, group->traits, change);
        m_live.fetch_add(1, std::memory_order_release);
    } else {
        turnTo(memo, before, before->traits, change);
        if (memo.after == before) {
            return true;
        }
        drop(before, dead);
    }
    ++memo.after->uses;
    m_own[id.slot].store(memo.after, std::memory_order_seq_cst);
    return true;
}

void TraitTable::turnTo(Memo& memo, const void* before, const Traits& known,
                        const AgentUpdate& change)
{
    if (memo.before == before) {
        return;
    }
    if (memo.before != nullptr) {
        memo.others.emplace(memo.before, memo.after);
    }
    const auto met = memo.others.find(before);
    memo.after = met != memo.others.end() ? met->second : sharing(known.updated(change));
    memo.before = before;
}

void TraitTable::finish(const Memo& memo, Dead& dead)
{
    if (memo.after != nullptr && !memo.others.contains(memo.before)) {
        drop(memo.after, dead);
    }
    for (const auto& [before, after] : memo.others) {
        drop(after, dead);
    }
}

TraitTable::Shared* TraitTable::sharing(Traits traits)
{
    if (const auto known = m_all.find(traits); known != m_all.end()) {
        ++(*known)->uses;
        return *known;
    }
    const std::size_t hash = traits.hash();
    auto shared = std::make_unique<Shared>(Shared{std::move(traits), hash, 1});
    m_all.insert(shared.get());
    return shared.release();
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
        m_all.erase(shared);
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
