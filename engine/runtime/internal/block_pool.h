// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/spin_lock.h"
#include "runtime/internal/address_space.h"

namespace muster::detail {

class BlockPool;

/// Under the address sanitizer every block is an allocation of its own, so that it sees misuse.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kBlocksPooled = false;
#else
inline constexpr bool kBlocksPooled = true;
#endif

/// One thread's stock of blocks, per size a stack of up to kDepth. Thread safety: its thread only.
class BlockStock {
public:
    static constexpr std::size_t kUnit = 32;
    static constexpr std::size_t kLargest = 1024;
    static constexpr std::size_t kSizes = kLargest / kUnit + 1;
    static constexpr std::uint32_t kBatch = 32;
    static constexpr std::uint32_t kDepth = 2 * kBatch;

    explicit BlockStock(BlockPool& pool) noexcept : m_pool(pool) {}

    [[nodiscard]] void* take(std::size_t bytes)
    {
        const std::size_t size = (bytes + kUnit - 1) / kUnit;
        if (size >= kSizes || !kBlocksPooled) [[unlikely]] {
            return allocate(bytes);
        }
        Shelf& shelf = m_shelves[size];
        if (shelf.count == 0) [[unlikely]] {
            refill(size);
        }
        void* block = shelf.blocks[--shelf.count];
        if (shelf.count > 1) {
            // The next one was last touched by another thread more often than not.
            __builtin_prefetch(shelf.blocks[shelf.count - 2], 1);
        }
        return block;
    }
    void give(void* block, std::size_t bytes) noexcept
    {
        const std::size_t size = (bytes + kUnit - 1) / kUnit;
        if (size >= kSizes || !kBlocksPooled) [[unlikely]] {
            release(block, bytes);
            return;
        }
        Shelf& shelf = m_shelves[size];
        if (shelf.count == kDepth) [[unlikely]] {
            drain(size);
        }
        shelf.blocks[shelf.count++] = block;
    }
    /// Everything goes back to the pool: before the thread ends.
    void clear() noexcept;

private:
    struct Shelf {
        std::uint32_t count = 0;
        std::array<void*, kDepth> blocks;
    };

    void refill(std::size_t size);
    void drain(std::size_t size) noexcept;
    [[nodiscard]] void* allocate(std::size_t bytes);
    void release(void* block, std::size_t bytes) noexcept;

    BlockPool& m_pool;
    std::array<Shelf, kSizes> m_shelves{};
};

/// Memory for envelopes, behaviours and coroutine frames: blocks of multiples of 32 bytes,
/// exchanged with the threads' stocks by the batch, so that a message made on one worker and
/// released on another costs no lock of its own.  Blocks
/// of a multiple of 64 bytes are aligned to 64. Reused, and given back when the pool goes.
/// Thread safety: any thread.
class BlockPool {
public:
    /// Sets aside address space for all sizes together: twice the machine's memory, or what
    /// the system grants. valid() tells whether it granted any.
    BlockPool() noexcept;
    BlockPool(const BlockPool&) = delete;
    BlockPool& operator=(const BlockPool&) = delete;

    [[nodiscard]] bool valid() const noexcept { return m_space.data() != nullptr; }
    /// Puts up to BlockStock::kBatch blocks into `out` and says how many. Throws
    /// std::bad_alloc when the address space is used up.
    [[nodiscard]] std::uint32_t take(std::size_t size, void** out);
    void give(std::size_t size, void* const* blocks, std::uint32_t count) noexcept;
    /// Bytes handed out to stocks so far, free ones included; large ones too.
    [[nodiscard]] std::size_t reserved() const noexcept
    {
        return m_carved.load(std::memory_order_relaxed) + m_large.load(std::memory_order_relaxed);
    }
    void countLarge(std::ptrdiff_t bytes) noexcept
    {
        m_large.fetch_add(static_cast<std::size_t>(bytes), std::memory_order_relaxed);
    }

private:
    struct alignas(64) Shelf {
        SpinLock lock;
        std::vector<void*> free;    // guarded by lock
        std::byte* next = nullptr;  // guarded by lock: of the chunk being cut up
        std::byte* end = nullptr;
    };

    [[nodiscard]] std::byte* chunk(std::size_t bytes);

    AddressSpace m_space;
    std::atomic<std::size_t> m_used{0};
    std::atomic<std::size_t> m_carved{0};
    std::atomic<std::size_t> m_large{0};
    std::array<Shelf, BlockStock::kSizes> m_shelves;
};

}  // namespace muster::detail
