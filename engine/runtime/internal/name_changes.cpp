// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "runtime/internal/agent_group.h"
#include "runtime/internal/name_table.h"
#include "runtime/internal/name_text.h"
#include "runtime/internal/orders.h"

// The names that living agents get and lose; see name_table.cpp for those of their making and end.

namespace muster::detail {
namespace {

// Names given or taken under one lock.
constexpr std::size_t kAtOnce = 256;

}  // namespace

void NameTable::give(std::span<const Named> names, const Refused& refused)
{
    // Some at a time: hashed, their places fetched, then entered.
    std::array<std::uint64_t, kAtOnce> hashes;
    for (std::size_t from = 0; from < names.size(); from += kAtOnce) {
        const auto some = names.subspan(from, std::min(kAtOnce, names.size() - from));
        const std::lock_guard lock(m_mutex);
        reserve(some.size());
        Table& table = *m_table.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < some.size(); ++i) {
            hashes[i] = hashOf(some[i].second);
            prefetch(table, hashes[i]);
            m_slots.prefetch(some[i].first);
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (const Outcome outcome = giveOne(table, some[i], hashes[i]);
                outcome != Outcome::done) {
                refused(from + i, outcome);
            }
        }
    }
}

NameTable::Outcome NameTable::giveOne(Table& table, const Named& named, std::uint64_t hash)
{
    const auto& [id, name] = named;
    Cell* cell = m_slots.find(id);
    const AgentGroup* group =
        cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
    if (group == nullptr) {
        return Outcome::gone;
    }
    if (cell->stem.load(std::memory_order_relaxed) != 0) {
        return Outcome::hasName;
    }
    if (lookUp(table, name, hash)) {
        return Outcome::taken;
    }
    // The mark is set under the lock: an agent that ends and sees it comes to remove().
    if (!order(*cell, id, control::kNamed)) {
        return Outcome::gone;
    }
    if (group->recipe) {
        cell->stem.store(acquireStem(name, 1) | kWhole, std::memory_order_seq_cst);
    } else {
        const NameParts parts = split(name);
        cell->ordinal.store(parts.ordinal, std::memory_order_relaxed);
        cell->stem.store(acquireStem(parts.stem, 1), std::memory_order_seq_cst);
    }
    insert(table, hash, id.slot);
    ++m_live;
    return Outcome::done;
}

void NameTable::take(std::span<const AgentId> ids, const Refused& refused)
{
    for (std::size_t from = 0; from < ids.size(); from += kAtOnce) {
        const auto some = ids.subspan(from, std::min(kAtOnce, ids.size() - from));
        const std::lock_guard lock(m_mutex);
        Table& table = *m_table.load(std::memory_order_relaxed);
        for (const AgentId id : some) {
            m_slots.prefetch(id);
        }
        for (const AgentId id : some) {
            if (const Cell* cell = m_slots.find(id)) {
                m_text.clear();
                append(m_text, *cell);
                if (!m_text.empty()) {
                    prefetch(table, hashOf(m_text));
                }
            }
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (const Outcome outcome = takeOne(table, some[i]); outcome != Outcome::done) {
                refused(from + i, outcome);
            }
        }
    }
}

NameTable::Outcome NameTable::takeOne(Table& table, AgentId id)
{
    Cell* cell = m_slots.find(id);
    // Marked though nothing is added: its end, should it come now, waits for the lock.
    if (cell == nullptr || !order(*cell, id, control::kNamed)) {
        return Outcome::gone;
    }
    if (cell->stem.load(std::memory_order_relaxed) == 0) {
        return Outcome::nameless;
    }
    removeLocked(table, *cell, id.slot);
    return Outcome::done;
}

}  // namespace muster::detail
