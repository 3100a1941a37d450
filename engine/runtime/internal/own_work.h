// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/atomic.h"
#include "runtime/internal/cell.h"

namespace muster::detail {

/// The agents that a worker runs next, outside of its queue: what a message made ready last, what
/// it keeps of a stream, and what another worker offered it. Only the owner fills next and kept,
/// only others fill offered, and anybody may empty a place.
/// Thread safety: each function says whose it is.
class OwnWork {
public:
    // ---- the owner ----

    /// Only this thread fills the place, so a free one stays free.
    [[nodiscard]] bool isNextFree() const noexcept
    {
        return m_next.load(std::memory_order_relaxed) == nullptr;
    }
    /// Where isNextFree().
    void setNext(Cell& cell) noexcept { m_next.store(&cell, std::memory_order_release); }
    /// Gives back what was there, unless somebody was faster.
    [[nodiscard]] Cell* swapNext(Cell& cell) noexcept
    {
        return m_next.exchange(&cell, std::memory_order_acq_rel);
    }
    /// False: both places are taken.
    [[nodiscard]] bool keep(Cell& cell) noexcept
    {
        for (const std::uint32_t place : {m_oldest, 1 - m_oldest}) {
            if (m_kept[place].load(std::memory_order_relaxed) == nullptr) {
                m_kept[place].store(&cell, std::memory_order_release);
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] bool isKept(const Cell& cell) const noexcept
    {
        return m_kept[0].load(std::memory_order_relaxed) == &cell ||
               m_kept[1].load(std::memory_order_relaxed) == &cell;
    }
    [[nodiscard]] Cell* takeNext() noexcept { return take(m_next); }
    [[nodiscard]] Cell* takeOffered() noexcept { return take(m_offered); }
    /// The next, else what was kept first.
    [[nodiscard]] Cell* take() noexcept
    {
        if (Cell* cell = takeNext()) {
            return cell;
        }
        if (Cell* cell = take(m_kept[m_oldest])) {
            m_oldest = 1 - m_oldest;
            return cell;
        }
        return take(m_kept[1 - m_oldest]);
    }
    [[nodiscard]] bool any() const noexcept
    {
        return m_next.load(std::memory_order_relaxed) != nullptr ||
               m_offered.load(std::memory_order_relaxed) != nullptr ||
               m_kept[0].load(std::memory_order_relaxed) != nullptr ||
               m_kept[1].load(std::memory_order_relaxed) != nullptr;
    }

    // ---- any thread ----

    /// False: not taken, it has an offer already or sleeps.
    template <class IsAsleep>
    [[nodiscard]] bool offer(Cell& cell, IsAsleep ownerIsAsleep) noexcept
    {
        Cell* none = nullptr;
        if (!m_offered.compare_exchange_strong(none, &cell, std::memory_order_seq_cst)) {
            return false;
        }
        // It may have gone to sleep meanwhile without seeing the offer: then it is taken back.
        return !ownerIsAsleep() ||
               m_offered.exchange(nullptr, std::memory_order_seq_cst) == nullptr;
    }
    /// Looked at by who goes to sleep.
    [[nodiscard]] bool hasOffer() const noexcept
    {
        return m_offered.load(std::memory_order_seq_cst) != nullptr;
    }
    /// Takes what there is and gives it to somebody else.
    template <class Give>
    void rescue(Give give)
    {
        for (Atomic<Cell*>* place : {&m_next, &m_offered, &m_kept[0], &m_kept[1]}) {
            if (Cell* cell = take(*place)) {
                give(*cell);
            }
        }
    }

private:
    [[nodiscard]] static Cell* take(Atomic<Cell*>& place) noexcept
    {
        return place.load(std::memory_order_relaxed) == nullptr
                   ? nullptr
                   : place.exchange(nullptr, std::memory_order_acq_rel);
    }

    Atomic<Cell*> m_next{nullptr};
    Atomic<Cell*> m_offered{nullptr};
    std::array<Atomic<Cell*>, 2> m_kept{};  // m_oldest says which came first
    std::uint32_t m_oldest = 0;             // the owner's
};

}  // namespace muster::detail
