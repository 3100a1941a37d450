// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/name_table.h"

#include <algorithm>
#include <new>

#include "runtime/internal/name_text.h"

namespace muster::detail {
namespace {

constexpr std::size_t kFirstSize = 1024;

}  // namespace

NameTable::Table::Table(std::size_t size)
    : space(size * sizeof(Entry)), mask(size - 1), entries(reinterpret_cast<Entry*>(space.data()))
{
    static_assert(Entry::is_always_lock_free && kFree == 0);  // fresh pages are free entries
    if (entries == nullptr) {
        throw std::bad_alloc();
    }
}

NameTable::NameTable(const SlotTable& slots, Reclaimer& reclaimer)
    : m_slots(slots), m_reclaimer(reclaimer), m_table(new Table(kFirstSize))
{
}

NameTable::~NameTable()
{
    delete m_table.load();
    for (auto& chunk : m_chunks) {
        if (Chunk* stems = chunk.load()) {
            for (auto& each : *stems) {
                delete each.load();
            }
            delete stems;
        }
    }
}

bool NameTable::add(std::string_view name, std::uint32_t slot)
{
    const NameParts parts = split(name);
    const std::uint64_t hash = hashOf(name);
    const std::lock_guard lock(m_mutex);
    reserve(1);
    Table& table = *m_table.load(std::memory_order_relaxed);
    const std::size_t place = placeFor(table, name, hash);
    if (place == kTaken) {
        return false;
    }
    Cell& cell = m_slots.at(slot);
    cell.ordinal.store(parts.ordinal, std::memory_order_relaxed);
    cell.stem.store(acquireStem(parts.stem, 1), std::memory_order_seq_cst);
    put(table, place, hash, slot);
    ++m_live;
    return true;
}

void NameTable::addMany(std::string_view stemText, std::uint32_t from, const std::uint32_t* slots,
                        std::size_t count, std::vector<std::size_t>& taken)
{
    std::string name(stemText);
    const std::lock_guard lock(m_mutex);
    reserve(count);
    Table& table = *m_table.load(std::memory_order_relaxed);
    const std::uint32_t number = acquireStem(stemText, count + 1);  // one to hold it meanwhile
    Stem& held = record(number);
    for (std::size_t i = 0; i < count; ++i) {
        const auto ordinal = static_cast<std::uint32_t>(from + i);
        name.resize(stemText.size());
        name += NumberText(ordinal).view();
        const std::uint64_t hash = hashOf(name);
        const std::size_t place = placeFor(table, name, hash);
        if (place == kTaken) {
            taken.push_back(i);
            --held.uses;
            continue;
        }
        Cell& cell = m_slots.at(slots[i]);
        cell.ordinal.store(ordinal, std::memory_order_relaxed);
        cell.stem.store(number, std::memory_order_seq_cst);
        put(table, place, hash, slots[i]);
        ++m_live;
    }
    releaseStem(number);
}

void NameTable::remove(std::uint32_t slot, bool changed) noexcept
{
    Cell& cell = m_slots.at(slot);
    if (!changed && cell.stem.load(std::memory_order_relaxed) == 0) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (cell.stem.load(std::memory_order_relaxed) != 0) {
        removeLocked(*m_table.load(std::memory_order_relaxed), cell, slot, hashOfName(cell));
    }
}

std::uint64_t NameTable::hashOfName(const Cell& cell)
{
    if ((cell.stem.load(std::memory_order_relaxed) & kApart) != 0) {
        return m_apart[m_slots.slotOf(cell)].hash;
    }
    m_text.clear();
    append(m_text, cell);
    return hashOf(m_text);
}

void NameTable::removeLocked(Table& table, Cell& cell, std::uint32_t slot,
                             std::uint64_t hash) noexcept
{
    erase(table, hash, slot);
    --m_live;
    const std::uint32_t number = cell.stem.load(std::memory_order_relaxed) & ~kApart;
    cell.stem.store(0, std::memory_order_release);
    releaseStem(number);
}

void NameTable::erase(Table& table, std::uint64_t hash, std::uint32_t slot) noexcept
{
    const std::uint64_t wanted = (hash << kHashShift) | (slot + kFirstSlot);
    for (std::size_t at = hash & table.mask;; at = (at + 1) & table.mask) {
        auto& entry = table.entries[at];
        const std::uint64_t found = entry.load(std::memory_order_relaxed);
        if (found == wanted) {
            // Free again where a search ends here anyway, and so the marks before it; else
            // searches must go on past it.
            entry.store(kRemoved, std::memory_order_release);
            if (table.entries[(at + 1) & table.mask].load(std::memory_order_relaxed) == kFree) {
                freeRemoved(table, at);
            }
            return;
        }
        if (found == kFree) {
            return;
        }
    }
}

void NameTable::freeRemoved(Table& table, std::size_t last) noexcept
{
    for (std::size_t at = last; table.entries[at].load(std::memory_order_relaxed) == kRemoved;
         at = (at - 1) & table.mask) {
        table.entries[at].store(kFree, std::memory_order_release);
        --m_filled;
    }
}

AgentId NameTable::find(std::string_view name) const noexcept
{
    if (name.empty()) {
        return {};
    }
    const ReadGuard guard(m_reclaimer);
    return lookUp(*m_table.load(std::memory_order_seq_cst), name, hashOf(name));
}

AgentId NameTable::bearer(std::uint64_t entry, std::string_view name) const noexcept
{
    const std::uint32_t slot = static_cast<std::uint32_t>(entry) - kFirstSlot;
    // The generation first: when it is still the same after, the name was this life's.
    const Cell& cell = m_slots.at(slot);
    const std::uint32_t generation = cell.generation.load(std::memory_order_acquire);
    return names(slot, name) && cell.generation.load(std::memory_order_acquire) == generation
               ? AgentId{slot, generation}
               : AgentId{};
}

AgentId NameTable::lookUp(const Table& table, std::string_view name,
                          std::uint64_t hash) const noexcept
{
    for (std::size_t at = hash & table.mask;; at = (at + 1) & table.mask) {
        const std::uint64_t entry = table.entries[at].load(std::memory_order_acquire);
        if (entry == kFree) {
            return {};
        }
        if (holds(entry, hash)) {
            if (const AgentId id = bearer(entry, name)) {
                return id;
            }
        }
    }
}

std::size_t NameTable::placeAfter(const Table& table, std::string_view name, std::uint64_t hash,
                                  std::size_t from) const noexcept
{
    std::size_t place = kTaken;
    for (std::size_t at = from;; at = (at + 1) & table.mask) {
        const std::uint64_t entry = table.entries[at].load(std::memory_order_relaxed);
        if (entry <= kRemoved && place == kTaken) {
            place = at;
        }
        if (entry == kFree) {
            return place;
        }
        if (holds(entry, hash) && bearer(entry, name)) {
            return kTaken;
        }
    }
}

bool NameTable::names(std::uint32_t slot, std::string_view name) const noexcept
{
    const NameParts parts = partsOf(m_slots.at(slot));
    const std::size_t size = parts.stem.size();
    if (size == 0 || size > name.size() || !same(name.substr(0, size), parts.stem)) {
        return false;
    }
    if (const NameParts wanted = split(name); wanted.stem.size() == size) {
        return wanted.ordinal == parts.ordinal;
    }
    // Made in bulk, after so many that its number has more digits than split() takes for one.
    const std::string_view rest = name.substr(parts.stem.size());
    return parts.ordinal == kNone ? rest.empty() : rest == NumberText(parts.ordinal).view();
}

void NameTable::append(std::string& out, const Cell& cell) const
{
    const NameParts parts = partsOf(cell);
    out += parts.stem;
    if (parts.ordinal != kNone) {
        out += NumberText(parts.ordinal).view();
    }
}

NameParts NameTable::partsOf(const Cell& cell) const noexcept
{
    std::uint32_t number = cell.stem.load(std::memory_order_seq_cst);
    std::uint32_t ordinal = 0;
    if ((number & kApart) != 0) {
        const std::uint64_t name =
            m_apart[m_slots.slotOf(cell)].name.load(std::memory_order_acquire);
        number = static_cast<std::uint32_t>(name >> kStemShift);
        ordinal = static_cast<std::uint32_t>(name);
    } else {
        ordinal = cell.ordinal.load(std::memory_order_relaxed);
    }
    const Stem* record = stem(number);
    return record == nullptr ? NameParts{{}, kNone} : NameParts{record->text, ordinal};
}

std::uint32_t NameTable::takeOrdinals(std::string_view stemText, std::uint32_t count)
{
    const std::lock_guard lock(m_mutex);
    Stem& held = record(acquireStem(stemText, 1));
    const std::uint32_t first = held.next;
    held.next += count;
    return first;
}

void NameTable::dropOrdinals(std::string_view stemText) noexcept
{
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_stems.find(stemText); found != m_stems.end()) {
        releaseStem(found->second);
    }
}

NameTable::Stem& NameTable::record(std::uint32_t number) const noexcept
{
    return *m_chunks[number / kChunk]
                .load(std::memory_order_relaxed)
                ->at(number % kChunk)
                .load(std::memory_order_relaxed);
}

const NameTable::Stem* NameTable::stem(std::uint32_t number) const noexcept
{
    number &= ~kApart;
    if (number == 0) {
        return nullptr;
    }
    const Chunk* chunk = m_chunks[number / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : (*chunk)[number % kChunk].load(std::memory_order_seq_cst);
}

void NameTable::recall(std::string_view text)
{
    const auto found = m_stems.find(text);
    m_recentStem = found == m_stems.end() ? makeStem(text) : found->second;
    m_recent = &record(m_recentStem);
}

std::uint32_t NameTable::makeStem(std::string_view text)
{
    const std::uint32_t number = freeStem();
    auto& place = m_chunks.at(number / kChunk);
    if (place.load(std::memory_order_relaxed) == nullptr) {
        place.store(new Chunk{}, std::memory_order_release);
    }
    auto* record = new Stem{std::string(text)};
    place.load(std::memory_order_relaxed)
        ->at(number % kChunk)
        .store(record, std::memory_order_seq_cst);
    m_stems.emplace(record->text, number);
    return number;
}

std::uint32_t NameTable::freeStem()
{
    const std::lock_guard lock(m_freeStems->lock);
    if (m_freeStems->numbers.empty()) {
        return m_nextStem++;
    }
    const std::uint32_t number = m_freeStems->numbers.back();
    m_freeStems->numbers.pop_back();
    return number;
}

void NameTable::releaseStem(std::uint32_t number) noexcept
{
    Stem* record = number == m_recentStem ? m_recent : &this->record(number);
    if (--record->uses != 0) {
        return;
    }
    if (record == m_recent) {
        m_recent = nullptr;
        m_recentStem = 0;
    }
    auto& place = (*m_chunks[number / kChunk].load(std::memory_order_relaxed))[number % kChunk];
    m_stems.erase(record->text);
    place.store(nullptr, std::memory_order_seq_cst);
    m_reclaimer.retire([record, number, free = m_freeStems] {
        delete record;
        const std::lock_guard lock(free->lock);
        free->numbers.push_back(number);
    });
}

void NameTable::prepare(std::size_t more)
{
    const std::lock_guard lock(m_mutex);
    reserve(more);
}

void NameTable::reserve(std::size_t more)
{
    Table* old = m_table.load(std::memory_order_relaxed);
    if ((m_filled + more) * 5 <= (old->mask + 1) * 3) {
        return;
    }
    std::size_t size = kFirstSize;
    while ((m_live + more) * 2 > size) {
        size *= 2;
    }
    auto* table = new Table(size);
    m_filled = 0;
    for (std::size_t at = 0; at <= old->mask; ++at) {
        const std::uint64_t entry = old->entries[at].load(std::memory_order_relaxed);
        if (static_cast<std::uint32_t>(entry) > kRemoved) {
            // The bits of the hash that are kept are those a place is found by.
            std::size_t place = (entry >> kHashShift) & table->mask;
            while (table->entries[place].load(std::memory_order_relaxed) != kFree) {
                place = (place + 1) & table->mask;
            }
            put(*table, place, entry >> kHashShift, static_cast<std::uint32_t>(entry) - kFirstSlot);
        }
    }
    m_table.store(table, std::memory_order_seq_cst);
    m_reclaimer.retire([old] { delete old; });
}

}  // namespace muster::detail
