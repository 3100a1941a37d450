// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/thread_slot.h"
#include "events/event_pool.h"

namespace muster {

/// What an EventPool is made of. Each thread keeps a stock of free blocks per size; it trades
/// whole batches with the depot when its stock is empty or holds two: Bonwick's magazines.
/// Thread safety: take and give from any thread.
class EventPool::Core {
public:
    struct Block {
        void* memory;
        std::uint8_t sizeClass;
    };

    Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    [[nodiscard]] Block take(std::size_t bytes);
    /// Calls `use(i, block)` for each of `count`, of `bytesOf(i)`; it must not give any back.
    template <class BytesOf, class Use>
    void takeEach(std::size_t count, BytesOf bytesOf, Use use)
    {
        const std::uint32_t slot = ThreadSlot::current();
        std::unique_lock<std::mutex> lock;
        if (slot == ThreadSlot::kOwned) {
            lock = std::unique_lock(m_sharedMutex);
        }
        Local& local = slot == ThreadSlot::kOwned ? m_shared : m_local[slot];
        std::size_t bytes = 0;
        std::uint8_t sizeClass = classOf(bytes);
        for (std::size_t i = 0; i < count; ++i) {
            if (bytesOf(i) != bytes) {
                bytes = bytesOf(i);
                sizeClass = classOf(bytes);
            }
            use(i, Block{sizeClass == kSingle ? ::operator new(bytes)
                                              : pop(local.stocks[sizeClass], sizeClass),
                         sizeClass});
            add(local.taken, 1);
        }
    }
    void give(Block block) noexcept;

    /// The pool's owner goes; the last event released deletes the core.
    void orphan() noexcept;
    [[nodiscard]] std::uint64_t live() const noexcept;
    [[nodiscard]] std::uint64_t reserved() const noexcept
    {
        return m_reserved.load(std::memory_order_relaxed);
    }

private:
    static constexpr std::array<std::size_t, 5> kSizes{128, 192, 320, 512, 1024};
    /// Of blocks too large for any of them, which come from the system one by one.
    static constexpr std::uint8_t kSingle = kSizes.size();
    static constexpr std::uint32_t kBatch = 32;
    /// How many blocks ahead of their use are fetched.
    static constexpr std::uint32_t kAhead = 4;
    static constexpr std::size_t kSlabBytes = std::size_t{64} * 1024;

    /// Free blocks by their addresses: a free block itself is not touched, since another core may
    /// still have it.
    using Batch = std::array<void*, kBatch>;
    struct Stock {
        std::array<void*, 2 * kBatch> blocks;
        std::uint32_t count = 0;
    };
    struct alignas(kCacheLine) Local {
        std::array<Stock, kSizes.size()> stocks;
        std::atomic<std::uint64_t> taken{0};
        std::atomic<std::uint64_t> given{0};
    };
    struct Depot {
        std::mutex mutex;
        std::vector<Batch> batches;
        std::vector<std::byte*> slabs;
    };

    ~Core();

    /// Written by one thread at a time.
    static void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) noexcept
    {
        counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
    }
    [[nodiscard]] static std::uint8_t classOf(std::size_t bytes) noexcept;
    [[nodiscard]] void* pop(Stock& stock, std::uint8_t sizeClass);
    void push(Stock& stock, std::uint8_t sizeClass, void* memory) noexcept;
    void refill(Stock& stock, std::uint8_t sizeClass);
    void handIn(Stock& stock, std::uint8_t sizeClass) noexcept;
    static void carve(Depot& depot, std::size_t size);
    static void prefetch(const Stock& stock) noexcept;

    std::array<Local, ThreadSlot::kOwned> m_local;
    std::array<Depot, kSizes.size()> m_depots;

    std::mutex m_sharedMutex;  // guards m_shared, of the threads without a slot of their own
    Local m_shared;

    std::atomic<std::uint64_t> m_reserved{0};
    std::atomic<bool> m_orphaned{false};
    std::atomic<std::int64_t> m_orphans{0};
};

}  // namespace muster
