// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What threads share in the lock-free parts, under names of the engine's own: the standard
/// library's, except in a library of those parts that the tests make to be driven step by step.
/// It names the header with its own Atomic, Mutex, relaxCore() and yieldCore() by MUSTER_ATOMICS,
/// see tests/support/model.

#ifdef MUSTER_ATOMICS
#include MUSTER_ATOMICS
#else

#include <atomic>
#include <mutex>
#include <thread>

namespace muster {

template <class T>
using Atomic = std::atomic<T>;
using Mutex = std::mutex;

/// Tells the core that this thread only waits for another.
inline void relaxCore() noexcept
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// Lets another thread have the core, since this one waits for it.
inline void yieldCore() noexcept
{
    std::this_thread::yield();
}

}  // namespace muster

#endif
