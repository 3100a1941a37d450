// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/internal/address_space.h"
#include "runtime/internal/cell.h"

namespace muster::detail {

class SlotTable;

/// A thread's stock of free slots. Thread safety: its thread only.
class SlotStock {
public:
    static constexpr std::uint32_t kBatch = 64;

    explicit SlotStock(SlotTable& table) noexcept : m_table(table) {}
    /// Cell::kNoSlot when every slot is taken.
    [[nodiscard]] std::uint32_t take();
    void give(std::uint32_t slot) noexcept;
    void clear() noexcept;

private:
    SlotTable& m_table;
    std::uint32_t m_count = 0;
    std::array<std::uint32_t, 2 * kBatch> m_slots{};
};

/// All cells, side by side in address space of which only the used part takes memory.
/// Thread safety: any thread.
class SlotTable {
public:
    /// valid() is false when the system refused the address space.
    explicit SlotTable(std::uint32_t maxAgents) noexcept;
    SlotTable(const SlotTable&) = delete;
    SlotTable& operator=(const SlotTable&) = delete;
    ~SlotTable();

    [[nodiscard]] bool valid() const noexcept { return m_space.data() != nullptr; }

    /// The cell of a living agent, or null. Only a moment's truth: mail carries the generation
    /// it is for, and control words too.
    [[nodiscard]] Cell* find(AgentId id) const noexcept
    {
        if (id.slot >= used()) {
            return nullptr;
        }
        Cell& cell = m_cells[id.slot];
        return cell.generation.load(std::memory_order_acquire) == id.generation &&
                       id.generation != 0
                   ? &cell
                   : nullptr;
    }
    [[nodiscard]] Cell& at(std::uint32_t slot) const noexcept { return m_cells[slot]; }
    [[nodiscard]] std::uint32_t slotOf(const Cell& cell) const noexcept
    {
        return static_cast<std::uint32_t>(&cell - m_cells);
    }
    [[nodiscard]] AgentId idOf(const Cell& cell) const noexcept
    {
        return {slotOf(cell), cell.generation.load(std::memory_order_relaxed)};
    }
    /// Fetches the agent's cell, which a call over many will come to soon.
    void prefetch(AgentId id) const noexcept
    {
        if (id.slot < used()) {
            const auto* cell = reinterpret_cast<const std::byte*>(m_cells + id.slot);
            __builtin_prefetch(cell, 1);
            __builtin_prefetch(cell + kCacheLine, 1);
        }
    }
    /// Slots below this were in use at some time.
    [[nodiscard]] std::uint32_t used() const noexcept
    {
        return m_used.load(std::memory_order_acquire);
    }

    [[nodiscard]] std::uint32_t capacity() const noexcept { return m_capacity; }

    [[nodiscard]] std::uint32_t takeBatch(std::uint32_t* out);
    void giveBatch(const std::uint32_t* slots, std::uint32_t count) noexcept;

private:
    std::uint32_t m_capacity;
    AddressSpace m_space;
    Cell* m_cells = nullptr;
    alignas(kCacheLine) std::atomic<std::uint32_t> m_used{0};  // read by every look-up
    alignas(kCacheLine) std::mutex m_mutex;
    std::vector<std::uint32_t> m_free;  // guarded by m_mutex
};

}  // namespace muster::detail
