// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/atomic.h"
#include "base/thread_slot.h"

namespace muster::detail {

/// Lets any thread walk the directory without a lock: what a reader may still hold is put aside
/// and freed at a moment when nobody reads. Who retires an object must first have taken away
/// the last pointer to it by a sequentially consistent store; readers load such pointers the
/// same way. Thread safety: any thread.
class Reclaimer {
public:
    Reclaimer() = default;
    Reclaimer(const Reclaimer&) = delete;
    Reclaimer& operator=(const Reclaimer&) = delete;
    ~Reclaimer();

    /// Frees it now when nobody reads, else with a later one.
    void retire(std::function<void()> free);

private:
    friend class ReadGuard;
    struct alignas(kCacheLine) Readers {
        Atomic<std::uint32_t> inside{0};
    };

    [[nodiscard]] bool anyReader() const noexcept;

    mutable std::array<Readers, ThreadSlot::kCount> m_readers;
    Mutex m_mutex;
    std::vector<std::function<void()>> m_retired;  // guarded by m_mutex
};

/// Keeps retired objects alive for a scope.
class ReadGuard {
public:
    explicit ReadGuard(const Reclaimer& reclaimer) noexcept
        : ReadGuard(reclaimer, ThreadSlot::current())
    {
    }
    ReadGuard(const ReadGuard&) = delete;
    ReadGuard& operator=(const ReadGuard&) = delete;
    ~ReadGuard()
    {
        if (m_owned) {
            m_inside.store(m_inside.load(std::memory_order_relaxed) - 1, std::memory_order_release);
        } else {
            m_inside.fetch_sub(1, std::memory_order_release);
        }
    }

private:
    ReadGuard(const Reclaimer& reclaimer, std::uint32_t slot) noexcept
        : m_inside(reclaimer.m_readers[slot].inside), m_owned(slot < ThreadSlot::kOwned)
    {
        m_inside.fetch_add(1, std::memory_order_seq_cst);
    }

    Atomic<std::uint32_t>& m_inside;
    const bool m_owned;  // no other thread writes it: leaving needs no locked operation
};

}  // namespace muster::detail
