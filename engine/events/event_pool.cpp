// SPDX-License-Identifier: Apache-2.0
#include "events/event_pool.h"

#include <algorithm>
#include <new>

#include "events/internal/pool_core.h"

namespace muster {
namespace {

// Under the address sanitizer every event is the system's own, so that it can tell which are
// used after their end.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

}  // namespace

EventPool::Core::~Core()
{
    for (Depot& depot : m_depots) {
        for (std::byte* slab : depot.slabs) {
            ::operator delete (slab, std::align_val_t{kCacheLine});
        }
    }
}

std::uint8_t EventPool::Core::classOf(std::size_t bytes) noexcept
{
    if constexpr (!kPooled) {
        return kSingle;
    }
    return static_cast<std::uint8_t>(std::ranges::lower_bound(kSizes, bytes) - kSizes.begin());
}

EventPool::Core::Block EventPool::Core::take(std::size_t bytes)
{
    Block taken{};
    takeEach(
        1, [bytes](std::size_t) { return bytes; },
        [&taken](std::size_t, Block block) { taken = block; });
    return taken;
}

void EventPool::Core::give(Block block) noexcept
{
    const std::uint32_t slot = ThreadSlot::current();
    std::unique_lock<std::mutex> lock;
    if (slot == ThreadSlot::kOwned) {
        lock = std::unique_lock(m_sharedMutex);
    }
    Local& local = slot == ThreadSlot::kOwned ? m_shared : m_local[slot];
    if (block.sizeClass == kSingle) {
        ::operator delete(block.memory);
    } else {
        push(local.stocks[block.sizeClass], block.sizeClass, block.memory);
    }
    add(local.given, 1);
    if (m_orphaned.load(std::memory_order_relaxed)) [[unlikely]] {
        if (lock.owns_lock()) {
            lock.unlock();
        }
        if (m_orphans.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }
}

void EventPool::Core::prefetch(const Stock& stock) noexcept
{
    if (stock.count >= kAhead) {
        const auto* block = static_cast<const std::byte*>(stock.blocks[stock.count - kAhead]);
        __builtin_prefetch(block, 1);
        __builtin_prefetch(block + kCacheLine, 1);
    }
}

void* EventPool::Core::pop(Stock& stock, std::uint8_t sizeClass)
{
    if (stock.count == 0) [[unlikely]] {
        refill(stock, sizeClass);
    }
    prefetch(stock);
    return stock.blocks[--stock.count];
}

void EventPool::Core::push(Stock& stock, std::uint8_t sizeClass, void* memory) noexcept
{
    if (stock.count == stock.blocks.size()) [[unlikely]] {
        handIn(stock, sizeClass);
    }
    stock.blocks[stock.count++] = memory;
}

void EventPool::Core::refill(Stock& stock, std::uint8_t sizeClass)
{
    Depot& depot = m_depots[sizeClass];
    const std::scoped_lock lock(depot.mutex);
    if (depot.batches.empty()) {
        carve(depot, kSizes[sizeClass]);
        m_reserved.fetch_add(kSlabBytes, std::memory_order_relaxed);
    }
    std::ranges::copy(depot.batches.back(), stock.blocks.begin());
    stock.count = kBatch;
    depot.batches.pop_back();
}

void EventPool::Core::handIn(Stock& stock, std::uint8_t sizeClass) noexcept
{
    // The oldest go: what was released last is still in this core's cache.
    Batch batch;
    std::copy_n(stock.blocks.begin(), kBatch, batch.begin());
    std::copy_n(stock.blocks.begin() + kBatch, kBatch, stock.blocks.begin());
    stock.count = kBatch;
    Depot& depot = m_depots[sizeClass];
    const std::scoped_lock lock(depot.mutex);
    depot.batches.push_back(batch);
}

void EventPool::Core::carve(Depot& depot, std::size_t size)
{
    auto* slab = static_cast<std::byte*>(::operator new (kSlabBytes, std::align_val_t{kCacheLine}));
    depot.slabs.push_back(slab);
    const std::size_t batches = kSlabBytes / size / kBatch;
    // Room for all the blocks there are: giving one back never needs memory.
    depot.batches.reserve(depot.slabs.size() * batches);
    for (std::size_t first = batches * kBatch; first > 0; first -= kBatch) {
        Batch& batch = depot.batches.emplace_back();
        for (std::size_t i = 0; i < kBatch; ++i) {
            batch[i] = slab + (first - 1 - i) * size;
        }
    }
}

std::uint64_t EventPool::Core::live() const noexcept
{
    std::uint64_t taken = m_shared.taken.load(std::memory_order_relaxed);
    std::uint64_t given = m_shared.given.load(std::memory_order_relaxed);
    for (const Local& local : m_local) {
        taken += local.taken.load(std::memory_order_relaxed);
        given += local.given.load(std::memory_order_relaxed);
    }
    return taken - given;
}

void EventPool::Core::orphan() noexcept
{
    const auto alive = static_cast<std::int64_t>(live());
    if (alive == 0) {
        delete this;
        return;
    }
    m_orphans.store(alive, std::memory_order_relaxed);
    m_orphaned.store(true, std::memory_order_release);
}

EventPool::EventPool() : m_core(new Core) {}

EventPool::~EventPool()
{
    m_core->orphan();
}

Event* EventPool::make(void* memory, std::uint8_t sizeClass, const EventInfo& info,
                       std::size_t dataBytes) const noexcept
{
    Event* event = new (memory) Event;
    event->m_sizeClass = sizeClass;
    event->m_dataBytes = static_cast<std::uint32_t>(dataBytes);
    event->m_info = &info;
    event->m_pool = m_core;
    return event;
}

Event* EventPool::create(const EventInfo& info, std::size_t dataBytes)
{
    const auto block = m_core->take(sizeof(Event) + dataBytes);
    return make(block.memory, block.sizeClass, info, dataBytes);
}

void EventPool::createEach(std::span<Order> orders)
{
    m_core->takeEach(
        orders.size(), [orders](std::size_t i) { return sizeof(Event) + orders[i].dataBytes; },
        [this, orders](std::size_t i, Core::Block block) {
            Order& order = orders[i];
            order.event = make(block.memory, block.sizeClass, *order.info, order.dataBytes);
        });
}

std::uint64_t EventPool::live() const noexcept
{
    return m_core->live();
}

std::uint64_t EventPool::reserved() const noexcept
{
    return m_core->reserved();
}

void Event::recycle(const Event* event) noexcept
{
    // The pool made it non-const, and this was its last owner.
    auto* memory = const_cast<Event*>(event);
    auto* pool = static_cast<EventPool::Core*>(event->m_pool);
    const std::uint8_t sizeClass = event->m_sizeClass;
    memory->~Event();
    pool->give({memory, sizeClass});
}

}  // namespace muster
