// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <new>

#include "runtime/internal/name_table.h"
#include "runtime/internal/name_text.h"
#include "runtime/internal/orders.h"

// The names that living agents get and lose; see name_table.cpp for those of their making and end.

namespace muster::detail {
namespace {

// Names given or taken under one lock.
constexpr std::size_t kAtOnce = 64;

}  // namespace

inline NameTable::Outcome NameTable::giveOne(Table& table, const Named& named, const NameRead& read)
{
    const auto& [id, name] = named;
    Cell* cell = m_slots.find(id);
    if (name.empty()) {
        return Outcome::empty;
    }
    if (cell == nullptr || cell->group.load(std::memory_order_seq_cst) == nullptr) {
        return Outcome::gone;
    }
    if (cell->stem.load(std::memory_order_relaxed) != 0) {
        return Outcome::hasName;
    }
    const std::size_t place = placeFor(table, name, read.hash);
    if (place == kTaken) {
        return Outcome::taken;
    }
    const std::uint32_t stem = acquireStem(read.parts.stem, 1);
    if (!mark(*cell, id, control::kNamed)) {
        releaseStem(stem);
        return Outcome::gone;
    }
    Apart& apart = m_apart[id.slot];
    apart.hash = static_cast<std::uint32_t>(read.hash);
    apart.name.store((std::uint64_t{stem} << kStemShift) | read.parts.ordinal,
                     std::memory_order_release);
    cell->stem.store(stem | kApart, std::memory_order_release);
    put(table, place, read.hash, id.slot);
    ++m_live;
    return Outcome::done;
}

void NameTable::give(std::span<const Named> names, const Refused& refused)
{
    // Some at a time: read, their places fetched, then entered.
    std::array<NameRead, kAtOnce> read;
    for (std::size_t from = 0; from < names.size(); from += kAtOnce) {
        const auto some = names.subspan(from, std::min(kAtOnce, names.size() - from));
        const std::lock_guard lock(m_mutex);
        makeApart();
        reserve(some.size());
        Table& table = *m_table.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < some.size(); ++i) {
            read[i] = NameRead(some[i].second);
            prefetch(table, read[i].hash);
            m_slots.prefetch(some[i].first);
            __builtin_prefetch(&m_apart[some[i].first.slot], 1);
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (const Outcome outcome = giveOne(table, some[i], read[i]);
                outcome != Outcome::done) {
                refused(from + i, outcome);
            }
        }
    }
}

void NameTable::makeApart()
{
    if (m_apart == nullptr) {
        m_apartSpace = AddressSpace(std::size_t{m_slots.capacity()} * sizeof(Apart));
        if (m_apartSpace.data() == nullptr) {
            throw std::bad_alloc();
        }
        static_assert(std::atomic<std::uint64_t>::is_always_lock_free);  // fresh pages are zeros
        m_apart = reinterpret_cast<Apart*>(m_apartSpace.data());
    }
}

inline NameTable::Outcome NameTable::takeOne(Table& table, AgentId id, std::uint64_t hash)
{
    Cell* cell = m_slots.find(id);
    // Marked though nothing is added: its end, should it come now, waits for the lock.
    if (cell == nullptr || !mark(*cell, id, control::kNamed)) {
        return Outcome::gone;
    }
    if (cell->stem.load(std::memory_order_relaxed) == 0) {
        return Outcome::nameless;
    }
    removeLocked(table, *cell, id.slot, hash);
    return Outcome::done;
}

void NameTable::take(std::span<const AgentId> ids, const Refused& refused)
{
    std::array<std::uint64_t, kAtOnce> hashes;
    for (std::size_t from = 0; from < ids.size(); from += kAtOnce) {
        const auto some = ids.subspan(from, std::min(kAtOnce, ids.size() - from));
        const std::lock_guard lock(m_mutex);
        Table& table = *m_table.load(std::memory_order_relaxed);
        for (const AgentId id : some) {
            m_slots.prefetch(id);
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            const Cell* cell = m_slots.find(some[i]);
            const bool named = cell != nullptr && cell->stem.load(std::memory_order_relaxed) != 0;
            hashes[i] = named ? hashOfName(*cell) : 0;
            prefetch(table, hashes[i]);
        }
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (const Outcome outcome = takeOne(table, some[i], hashes[i]);
                outcome != Outcome::done) {
                refused(from + i, outcome);
            }
        }
    }
}

}  // namespace muster::detail
