// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <thread>

namespace muster {

/// For sections of a few instructions that are hardly ever contended: one locked instruction,
/// where a mutex takes two. Gives its turn away when it has to wait for long.
class SpinLock {
public:
    void lock() noexcept
    {
        for (int tries = 0; m_taken.exchange(true, std::memory_order_acquire);) {
            while (m_taken.load(std::memory_order_relaxed)) {
                if (++tries >= kTries) {
                    std::this_thread::yield();
                }
            }
        }
    }
    void unlock() noexcept { m_taken.store(false, std::memory_order_release); }

private:
    static constexpr int kTries = 100;

    std::atomic<bool> m_taken{false};
};

}  // namespace muster
