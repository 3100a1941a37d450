// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/atomic.h"
#include "base/thread_slot.h"
#include "runtime/internal/cell.h"

namespace muster::detail {

/// A worker's ready agents: a ring that its owner fills at one end and everybody empties at the
/// other, oldest first, by moving the head with a compare-and-swap. Thieves copy what they want
/// before they claim it, so that an owner who overtook them makes their claim fail (the scheme
/// of Go's runtime). Positions only grow, hence a claim cannot succeed by accident.
/// Thread safety: push() and the queue's space by the owner, the rest by any thread.
class RunQueue {
public:
    static constexpr std::uint32_t kSize = 256;

    /// False when full.
    [[nodiscard]] bool push(Cell& cell) noexcept
    {
        const std::uint64_t tail = m_tail.load(std::memory_order_relaxed);
        if (tail - m_head.load(std::memory_order_acquire) >= kSize) {
            return false;
        }
        m_ring[tail % kSize].store(&cell, std::memory_order_relaxed);
        // Ordered against the look at who sleeps, see WorkerPool::wakeOne.
        m_tail.store(tail + 1, std::memory_order_seq_cst);
        return true;
    }
    [[nodiscard]] Cell* pop() noexcept
    {
        std::uint64_t head = m_head.load(std::memory_order_acquire);
        while (head != m_tail.load(std::memory_order_relaxed)) {
            Cell* cell = m_ring[head % kSize].load(std::memory_order_relaxed);
            if (m_head.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
                return cell;
            }
        }
        return nullptr;
    }
    /// Takes the older half, at most `most`, into `out`; says how many.
    [[nodiscard]] std::uint32_t take(Cell** out, std::uint32_t most) noexcept
    {
        std::uint64_t head = m_head.load(std::memory_order_acquire);
        for (;;) {
            const std::uint64_t tail = m_tail.load(std::memory_order_acquire);
            const std::uint64_t there = tail - head;
            if (there == 0 || there > kSize) {
                return 0;
            }
            const auto count =
                static_cast<std::uint32_t>(std::min<std::uint64_t>(there - there / 2, most));
            for (std::uint32_t i = 0; i < count; ++i) {
                out[i] = m_ring[(head + i) % kSize].load(std::memory_order_relaxed);
            }
            if (m_head.compare_exchange_strong(head, head + count, std::memory_order_acq_rel,
                                               std::memory_order_acquire)) {
                return count;
            }
        }
    }
    [[nodiscard]] bool empty() const noexcept
    {
        return m_head.load(std::memory_order_seq_cst) == m_tail.load(std::memory_order_seq_cst);
    }

private:
    alignas(kCacheLine) Atomic<std::uint64_t> m_head{0};
    alignas(kCacheLine) Atomic<std::uint64_t> m_tail{0};
    std::array<Atomic<Cell*>, kSize> m_ring{};
};

}  // namespace muster::detail
