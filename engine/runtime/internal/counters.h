// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/mailbox.h"

namespace muster::detail {

/// What each thread counts for itself. Those marked (level) go up and down; only their sum over
/// all threads means something.
enum class Count : std::uint8_t {
    sent,
    handled,
    activations,
    steals,
    asks,
    asksTimedOut,
    blockingJobs,
    created,
    ended,
    crashed,
    restarts,
    escalations,
    stalls,
    initializing,  ///< (level) being set up, or between two lives
    awaiting,      ///< (level) at a co_await
    suspended,     ///< (level)
    terminating,   ///< (level)
    droppedFirst,  ///< one for each DropCause from here on
    end = static_cast<std::uint8_t>(droppedFirst) + static_cast<std::uint8_t>(DropCause::count),
};

/// One thread's counters. Thread safety: add() by the owner, read() by any.
class CounterShard {
public:
    void add(Count count, std::uint64_t by = 1) noexcept
    {
        auto& cell = m_cells[static_cast<std::size_t>(count)];
        cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    void subtract(Count count) noexcept { add(count, ~std::uint64_t{0}); }
    void dropped(DropCause cause, std::uint64_t by = 1) noexcept
    {
        add(static_cast<Count>(static_cast<std::uint8_t>(Count::droppedFirst) +
                               static_cast<std::uint8_t>(cause)),
            by);
    }
    [[nodiscard]] std::uint64_t read(Count count) const noexcept
    {
        return m_cells[static_cast<std::size_t>(count)].load(std::memory_order_relaxed);
    }
    void addAll(const CounterShard& other) noexcept
    {
        for (std::size_t i = 0; i < m_cells.size(); ++i) {
            add(static_cast<Count>(i), other.read(static_cast<Count>(i)));
        }
    }

private:
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::end)> m_cells{};
};

}  // namespace muster::detail
