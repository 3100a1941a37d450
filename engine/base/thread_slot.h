// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace muster {

/// A small number for the calling thread, unlike that of every other living thread, given
/// when it first asks and handed on to a later thread once it ended. Structures sharded by
/// thread index with it. It names a thread as its system id does and belongs to no engine.
/// Thread safety: any thread.
class ThreadSlot {
public:
    /// Below kOwned the slot is the caller's alone; kOwned itself is shared by all the threads
    /// that found none free.
    static constexpr std::uint32_t kOwned = 63;
    static constexpr std::uint32_t kCount = kOwned + 1;

    [[nodiscard]] static std::uint32_t current() noexcept
    {
        return t_slot != kUnset ? t_slot : take();
    }

private:
    static constexpr std::uint32_t kUnset = ~std::uint32_t{0};

    static std::uint32_t take() noexcept;

    static thread_local constinit std::uint32_t t_slot;
};

/// Bytes that keep the hot fields of different writers off each other's cache line.
inline constexpr std::size_t kCacheLine = 64;

}  // namespace muster
