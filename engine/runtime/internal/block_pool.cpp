// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/block_pool.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <new>

namespace muster::detail {
namespace {

constexpr std::size_t kFirstChunk = 16 * 1024;
constexpr std::size_t kLargestChunk = 512 * 1024;
constexpr std::align_val_t kAlignment{64};

[[nodiscard]] std::size_t rounded(std::size_t bytes) noexcept
{
    return (bytes + 63) / 64 * 64;
}

}  // namespace

void BlockStock::refill(std::size_t size)
{
    Shelf& shelf = m_shelves[size];
    shelf.count = m_pool.take(size, shelf.blocks.data());
}

void BlockStock::drain(std::size_t size) noexcept
{
    // The bottom of the stack goes: it was touched longest ago.
    Shelf& shelf = m_shelves[size];
    m_pool.give(size, shelf.blocks.data(), kBatch);
    std::copy(shelf.blocks.begin() + kBatch, shelf.blocks.begin() + shelf.count,
              shelf.blocks.begin());
    shelf.count -= kBatch;
}

void BlockStock::clear() noexcept
{
    for (std::size_t size = 0; size < kSizes; ++size) {
        Shelf& shelf = m_shelves[size];
        if (shelf.count != 0) {
            m_pool.give(size, shelf.blocks.data(), shelf.count);
            shelf.count = 0;
        }
    }
}

void* BlockStock::allocate(std::size_t bytes)
{
    void* block = ::operator new(rounded(bytes), kAlignment);
    m_pool.countLarge(static_cast<std::ptrdiff_t>(rounded(bytes)));
    return block;
}

void BlockStock::release(void* block, std::size_t bytes) noexcept
{
    m_pool.countLarge(-static_cast<std::ptrdiff_t>(rounded(bytes)));
    ::operator delete(block, kAlignment);
}

BlockPool::BlockPool() noexcept
{
    const auto pages = static_cast<std::size_t>(std::max(1L, ::sysconf(_SC_PHYS_PAGES)));
    std::size_t bytes = 2 * pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    for (; !valid() && bytes >= AddressSpace::kHugePage; bytes /= 2) {
        m_space = AddressSpace(bytes);
    }
}

std::byte* BlockPool::chunk(std::size_t bytes)
{
    const std::size_t at = m_used.fetch_add(bytes, std::memory_order_relaxed);
    if (at + bytes > m_space.bytes()) {
        m_used.fetch_sub(bytes, std::memory_order_relaxed);
        throw std::bad_alloc();
    }
    return m_space.data() + at;
}

std::uint32_t BlockPool::take(std::size_t size, void** out)
{
    Shelf& shelf = m_shelves[size];
    const std::size_t bytes = size * BlockStock::kUnit;
    const std::lock_guard lock(shelf.lock);
    if (!shelf.free.empty()) {
        const auto count = static_cast<std::uint32_t>(
            std::min<std::size_t>(BlockStock::kBatch, shelf.free.size()));
        std::copy(shelf.free.end() - count, shelf.free.end(), out);
        shelf.free.resize(shelf.free.size() - count);
        return count;
    }
    if (shelf.next == shelf.end) {
        // The first chunks are small: a start-up touches many sizes and few blocks of each.
        const std::size_t whole = bytes * BlockStock::kBatch;
        const bool grown = shelf.end != nullptr;
        const std::size_t wanted = grown ? kLargestChunk : kFirstChunk;
        const std::size_t take = std::max<std::size_t>(1, wanted / whole) * whole;
        shelf.next = chunk((take + 63) / 64 * 64);
        shelf.end = shelf.next + take;
        m_carved.fetch_add(take, std::memory_order_relaxed);
    }
    for (std::uint32_t i = 0; i < BlockStock::kBatch; ++i) {
        // Handed out from the back: the lowest address is taken first.
        out[BlockStock::kBatch - 1 - i] = shelf.next + i * bytes;
    }
    shelf.next += BlockStock::kBatch * bytes;
    return BlockStock::kBatch;
}

void BlockPool::give(std::size_t size, void* const* blocks, std::uint32_t count) noexcept
{
    Shelf& shelf = m_shelves[size];
    const std::lock_guard lock(shelf.lock);
    shelf.free.insert(shelf.free.end(), blocks, blocks + count);
}

}  // namespace muster::detail
