// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/spin_lock.h"
#include "runtime/internal/address_space.h"
#include "runtime/internal/cell.h"
#include "runtime/internal/name_text.h"
#include "runtime/internal/reclaimer.h"
#include "runtime/internal/slot_table.h"

namespace muster::detail {

/// Agents by name. A name is kept as a stem and a number ("indexer-" and 17), so that a million
/// names made in bulk cost one string; the index holds a slot and 32 bits of the name's hash.
/// A name that an agent gets later has its number apart (kApart): who was made in bulk needs the
/// one in its cell, its place there, for its restarts.
/// Names that differ in their last character only are neighbours in it: a bulk creation walks
/// it in order. Look-ups take no lock. Thread safety: any thread.
class NameTable {
public:
    struct Name {
        std::uint32_t stem = 0;
        std::uint32_t ordinal = kNone;
    };
    static constexpr std::uint32_t kNone = kNoOrdinal;

    NameTable(const SlotTable& slots, Reclaimer& reclaimer);
    NameTable(const NameTable&) = delete;
    NameTable& operator=(const NameTable&) = delete;
    ~NameTable();

    /// The slot's name from now on, kept in its cell. False when another living agent has it.
    [[nodiscard]] bool add(std::string_view name, std::uint32_t slot);
    /// "<stem><from>" … for each slot in turn; those taken by others are left unnamed, and
    /// their place is appended to `taken`.
    void addMany(std::string_view stem, std::uint32_t from, const std::uint32_t* slots,
                 std::size_t count, std::vector<std::size_t>& taken);
    /// Makes room for that many more names, so that adding them does not grow it step by step.
    void prepare(std::size_t more);
    /// Of a slot that is about to be free. `changed`: its name may be changing right now.
    void remove(std::uint32_t slot, bool changed) noexcept;

    enum class Outcome : std::uint8_t {
        done,
        gone,      ///< the agent is not alive
        taken,     ///< the name is another's
        hasName,   ///< the agent has a name already
        nameless,  ///< the agent has none to lose
        empty,     ///< that is no name
    };
    /// Names for living agents, in order, some hundred under one lock. `refused(index, why)` for
    /// those that got none.
    using Refused = std::function<void(std::size_t index, Outcome why)>;
    using Named = std::pair<AgentId, std::string>;
    void give(std::span<const Named> names, const Refused& refused);
    /// Takes their names away.
    void take(std::span<const AgentId> ids, const Refused& refused);

    /// The living agent of that name; none when there is none.
    [[nodiscard]] AgentId find(std::string_view name) const noexcept;
    /// Empty for an unnamed one. For the caller under a ReadGuard.
    void append(std::string& out, const Cell& cell) const;
    /// A name as it is kept; the text is valid under a ReadGuard. Both empty for an unnamed one.
    [[nodiscard]] NameParts partsOf(const Cell& cell) const noexcept;
    /// The first of `count` numbers in a row that no other caller was or will be given for this
    /// stem, to be used with addMany; until dropOrdinals the stem stays, though nobody has it.
    [[nodiscard]] std::uint32_t takeOrdinals(std::string_view stem, std::uint32_t count);
    void dropOrdinals(std::string_view stem) noexcept;

private:
    /// In Cell::stem: what else belongs to the name is in m_apart, not in Cell::ordinal.
    static constexpr std::uint32_t kApart = 1U << 31;
    struct Apart {
        /// Stem above, ordinal below: one's stem and another's number are nobody's name.
        std::atomic<std::uint64_t> name;
        std::uint32_t hash;  // the half that the table keeps; under m_mutex
    };
    static constexpr int kStemShift = 32;

    struct Stem {
        std::string text;
        std::uint64_t uses = 0;
        std::uint32_t next = 1;
    };
    /// The numbers of stems that went, once nobody reads who may have seen them: a number that is
    /// read twice is the same stem's. Outlives the table, as what is retired may.
    struct FreeStems {
        SpinLock lock;
        std::vector<std::uint32_t> numbers;
    };
    using Entry = std::atomic<std::uint64_t>;  // hash above, slot plus kFirstSlot below
    static constexpr int kHashShift = 32;
    static constexpr std::uint64_t kFree = 0;
    static constexpr std::uint64_t kRemoved = 1;
    static constexpr std::uint32_t kFirstSlot = 2;
    struct Table {
        /// Throws std::bad_alloc.
        explicit Table(std::size_t size);
        AddressSpace space;  // large ones take huge pages: a table is touched all over
        std::size_t mask;
        Entry* entries;
    };
    // Stems by number, in chunks that never move.
    static constexpr std::size_t kChunk = 1024;
    static constexpr std::size_t kChunks = 4096;
    using Chunk = std::array<std::atomic<Stem*>, kChunk>;

    [[nodiscard]] const Stem* stem(std::uint32_t number) const noexcept;
    [[nodiscard]] std::uint32_t acquireStem(std::string_view text, std::uint64_t uses)
    {
        if (m_recent == nullptr || !same(m_recent->text, text)) {
            recall(text);
        }
        m_recent->uses += uses;
        return m_recentStem;
    }
    /// Makes the stem of that text the recent one.
    void recall(std::string_view text);
    [[nodiscard]] std::uint32_t makeStem(std::string_view text);
    [[nodiscard]] std::uint32_t freeStem();
    void releaseStem(std::uint32_t number) noexcept;
    [[nodiscard]] Stem& record(std::uint32_t number) const noexcept;
    [[nodiscard]] bool names(std::uint32_t slot, std::string_view name) const noexcept;
    [[nodiscard]] AgentId lookUp(const Table& table, std::string_view name,
                                 std::uint64_t hash) const noexcept;
    /// An agent whose name may be the one of that hash.
    [[nodiscard]] static bool holds(std::uint64_t entry, std::uint64_t hash) noexcept
    {
        return (entry >> kHashShift) == static_cast<std::uint32_t>(hash) &&
               static_cast<std::uint32_t>(entry) >= kFirstSlot;
    }
    /// The agent of that entry, if that is its name.
    [[nodiscard]] AgentId bearer(std::uint64_t entry, std::string_view name) const noexcept;
    /// Where the name goes; kTaken when a living agent has it.
    [[nodiscard]] std::size_t placeFor(const Table& table, std::string_view name,
                                       std::uint64_t hash) const noexcept
    {
        const std::size_t at = hash & table.mask;
        return table.entries[at].load(std::memory_order_relaxed) == kFree
                   ? at
                   : placeAfter(table, name, hash, at);
    }
    [[nodiscard]] std::size_t placeAfter(const Table& table, std::string_view name,
                                         std::uint64_t hash, std::size_t from) const noexcept;
    static constexpr std::size_t kTaken = ~std::size_t{0};
    static void prefetch(const Table& table, std::uint64_t hash) noexcept
    {
        __builtin_prefetch(&table.entries[hash & table.mask], 1);
    }
    [[nodiscard]] Outcome giveOne(Table& table, const Named& named, const NameRead& read);
    [[nodiscard]] Outcome takeOne(Table& table, AgentId id, std::uint64_t hash);
    void removeLocked(Table& table, Cell& cell, std::uint32_t slot, std::uint64_t hash) noexcept;
    /// Of the name that the agent has.
    [[nodiscard]] std::uint64_t hashOfName(const Cell& cell);
    void makeApart();
    /// The marks up to `last`, which a free entry follows: no search need pass them.
    void freeRemoved(Table& table, std::size_t last) noexcept;
    void erase(Table& table, std::uint64_t hash, std::uint32_t slot) noexcept;
    void put(Table& table, std::size_t place, std::uint64_t hash, std::uint32_t slot) noexcept
    {
        auto& entry = table.entries[place];
        m_filled += entry.load(std::memory_order_relaxed) == kFree ? 1 : 0;
        entry.store((hash << kHashShift) | (slot + kFirstSlot), std::memory_order_release);
    }
    void reserve(std::size_t more);

    const SlotTable& m_slots;
    Reclaimer& m_reclaimer;
    std::atomic<Table*> m_table;

    std::mutex m_mutex;  // guards what follows, and every change of the above
    std::size_t m_live = 0;
    std::size_t m_filled = 0;  // live ones and the marks of removed ones
    std::unordered_map<std::string_view, std::uint32_t> m_stems;
    const std::shared_ptr<FreeStems> m_freeStems = std::make_shared<FreeStems>();
    std::uint32_t m_nextStem = 1;
    std::uint32_t m_recentStem = 0;  // the one used last; names come in families
    Stem* m_recent = nullptr;        // its record
    std::string m_text;              // for putting a name together
    AddressSpace m_apartSpace;
    Apart* m_apart = nullptr;  // by slot; set once, before a stem says kApart
    std::array<std::atomic<Chunk*>, kChunks> m_chunks{};
};

}  // namespace muster::detail
