// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/atomic.h"
#include "base/thread_slot.h"

namespace muster {

/// Lets many threads read what a few replace, without a lock: a reader says that it is inside,
/// and what was taken out is freed only once all who may have seen it have left. After Fraser's
/// epoch-based reclamation, with ordered operations in place of fences.
/// Thread safety: any thread; retire() by one thread at a time.
class Epochs {
public:
    /// Inside, for a scope. May be nested.
    class Guard {
    public:
        explicit Guard(Epochs& epochs) noexcept : m_epochs(epochs), m_slot(ThreadSlot::current())
        {
            m_epochs.enter(m_slot);
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() { m_epochs.leave(m_slot); }

    private:
        Epochs& m_epochs;
        std::uint32_t m_slot;
    };

    Epochs() = default;
    Epochs(const Epochs&) = delete;
    Epochs& operator=(const Epochs&) = delete;

    /// Keeps things that were taken out of reach of those who enter now, until nobody is inside
    /// who entered before. Returns what of them, and of those retired earlier, can go: to be
    /// dropped where their destructors may do as they like.
    [[nodiscard]] std::vector<std::shared_ptr<const void>> retire(
        std::vector<std::shared_ptr<const void>> things);
    /// Waits until all who were inside when it was called have left. Not from inside.
    void waitForOthers();
    [[nodiscard]] bool inside();

private:
    struct alignas(kCacheLine) Cell {
        Atomic<std::uint64_t> since{0};  // epoch of entry; 0: outside
        std::uint32_t depth = 0;         // the owning thread's alone
    };
    struct Retired {
        std::uint64_t epoch;
        std::vector<std::shared_ptr<const void>> things;
    };

    void enter(std::uint32_t slot) noexcept
    {
        if (slot >= ThreadSlot::kOwned) [[unlikely]] {
            enterShared();
            return;
        }
        Cell& cell = m_cells[slot];
        if (cell.depth++ == 0) {
            // Ordered before the reads that follow: see oldestReader().
            cell.since.store(m_epoch.load(std::memory_order_acquire), std::memory_order_seq_cst);
        }
    }
    void leave(std::uint32_t slot) noexcept
    {
        if (slot >= ThreadSlot::kOwned) [[unlikely]] {
            leaveShared();
            return;
        }
        Cell& cell = m_cells[slot];
        if (--cell.depth == 0) {
            cell.since.store(0, std::memory_order_release);
        }
    }
    void enterShared() noexcept;
    void leaveShared() noexcept;
    [[nodiscard]] std::uint64_t oldestReader();

    std::array<Cell, ThreadSlot::kOwned> m_cells;
    alignas(kCacheLine) Atomic<std::uint64_t> m_epoch{1};
    std::vector<Retired> m_retired;

    struct SharedEntry {
        std::uint64_t since;
        std::uint32_t depth;
    };
    Mutex m_sharedMutex;  // guards m_shared: the threads without a slot of their own
    std::map<std::thread::id, SharedEntry> m_shared;
};

}  // namespace muster
