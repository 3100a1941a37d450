// SPDX-License-Identifier: Apache-2.0
#include "messaging/internal/epochs.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace muster {

void Epochs::enterShared() noexcept
{
    const std::scoped_lock lock(m_sharedMutex);
    auto [entry, isNew] = m_shared.try_emplace(std::this_thread::get_id(), SharedEntry{0, 0});
    if (isNew) {
        entry->second.since = m_epoch.load(std::memory_order_acquire);
    }
    ++entry->second.depth;
}

void Epochs::leaveShared() noexcept
{
    const std::scoped_lock lock(m_sharedMutex);
    const auto entry = m_shared.find(std::this_thread::get_id());
    if (--entry->second.depth == 0) {
        m_shared.erase(entry);
    }
}

bool Epochs::inside()
{
    const std::uint32_t slot = ThreadSlot::current();
    if (slot < ThreadSlot::kOwned) {
        return m_cells[slot].depth != 0;
    }
    const std::scoped_lock lock(m_sharedMutex);
    return m_shared.contains(std::this_thread::get_id());
}

std::uint64_t Epochs::oldestReader()
{
    // A reader whose entry is not seen here reads after this, so after the thing was taken out:
    // its entry, its reads, the taking out and this are all in one order.
    std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
    for (const Cell& cell : m_cells) {
        const std::uint64_t since = cell.since.load(std::memory_order_seq_cst);
        oldest = since != 0 ? std::min(oldest, since) : oldest;
    }
    const std::scoped_lock lock(m_sharedMutex);
    for (const auto& [thread, entry] : m_shared) {
        oldest = std::min(oldest, entry.since);
    }
    return oldest;
}

std::vector<std::shared_ptr<const void>> Epochs::retire(
    std::vector<std::shared_ptr<const void>> things)
{
    m_retired.push_back({m_epoch.fetch_add(1, std::memory_order_seq_cst), std::move(things)});
    const std::uint64_t oldest = oldestReader();
    std::vector<std::shared_ptr<const void>> ready;
    std::erase_if(m_retired, [&](Retired& retired) {
        const bool free = retired.epoch < oldest;
        if (free) {
            std::ranges::move(retired.things, std::back_inserter(ready));
        }
        return free;
    });
    return ready;
}

void Epochs::waitForOthers()
{
    const std::uint64_t now = m_epoch.fetch_add(1, std::memory_order_seq_cst);
    while (oldestReader() <= now) {
        yieldCore();
    }
}

}  // namespace muster
