// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/slot_table.h"

#include <algorithm>
#include <new>

namespace muster::detail {
namespace {

// Slots that lie unused in the threads' stocks must not count against the limit.
constexpr std::uint32_t kSlack = 64 * 2 * SlotStock::kBatch;

}  // namespace

std::uint32_t SlotStock::take()
{
    if (m_count == 0) {
        m_count = m_table.takeBatch(m_slots.data());
        if (m_count == 0) {
            return Cell::kNoSlot;
        }
    }
    return m_slots[--m_count];
}

void SlotStock::give(std::uint32_t slot) noexcept
{
    if (m_count == m_slots.size()) {
        m_table.giveBatch(m_slots.data(), kBatch);
        std::copy(m_slots.begin() + kBatch, m_slots.end(), m_slots.begin());
        m_count -= kBatch;
    }
    m_slots[m_count++] = slot;
}

void SlotStock::clear() noexcept
{
    m_table.giveBatch(m_slots.data(), m_count);
    m_count = 0;
}

SlotTable::SlotTable(std::uint32_t maxAgents) noexcept
    : m_capacity(maxAgents + kSlack),
      m_space(std::size_t{m_capacity} * sizeof(Cell)),
      m_cells(reinterpret_cast<Cell*>(m_space.data()))
{
}

SlotTable::~SlotTable() = default;

std::uint32_t SlotTable::takeBatch(std::uint32_t* out)
{
    const std::lock_guard lock(m_mutex);
    if (!m_free.empty()) {
        const auto count =
            static_cast<std::uint32_t>(std::min<std::size_t>(SlotStock::kBatch, m_free.size()));
        std::copy(m_free.end() - count, m_free.end(), out);
        m_free.resize(m_free.size() - count);
        return count;
    }
    const std::uint32_t from = m_used.load(std::memory_order_relaxed);
    const std::uint32_t count = std::min(SlotStock::kBatch, m_capacity - from);
    for (std::uint32_t i = 0; i < count; ++i) {
        Cell* cell = ::new (static_cast<void*>(m_cells + from + i)) Cell;
        cell->inbox.store(Cell::kClosed, std::memory_order_relaxed);
        out[count - 1 - i] = from + i;  // taken from the back: the lowest first
    }
    m_used.store(from + count, std::memory_order_release);
    return count;
}

void SlotTable::giveBatch(const std::uint32_t* slots, std::uint32_t count) noexcept
{
    const std::lock_guard lock(m_mutex);
    m_free.insert(m_free.end(), slots, slots + count);
}

}  // namespace muster::detail
