// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/atomic.h"

namespace muster {

/// Guards a few instructions that are hardly ever contended, in one byte: one locked
/// instruction, where a mutex takes two. Waiters yield after a while, since a niced holder may
/// have lost its core. Thread safety: any thread.
class SpinLock {
public:
    void lock() noexcept
    {
        int spins = 0;
        while (m_held.exchange(true, std::memory_order_acquire)) {
            while (m_held.load(std::memory_order_relaxed)) {
                if (++spins > kSpinsBeforeYield) {
                    yieldCore();
                } else {
                    relaxCore();
                }
            }
        }
    }
    void unlock() noexcept { m_held.store(false, std::memory_order_release); }

private:
    static constexpr int kSpinsBeforeYield = 64;
    Atomic<bool> m_held{false};
};

}  // namespace muster
