// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/load_board.h"

namespace muster {

void LoadBoard::setUp(std::size_t agents, Lost lost, std::function<void()> ended, Heard heard)
{
    m_perAgent = std::make_unique<std::atomic<std::uint16_t>[]>(agents);
    m_lost = std::move(lost);
    m_ended = std::move(ended);
    m_heard = std::move(heard);
}

void LoadBoard::ended(JobEnd end, std::uint32_t agent, std::uint64_t number, MonoTime intended,
                      std::unique_ptr<const std::string> item) noexcept
{
    if (end == JobEnd::untouched) {
        const std::lock_guard lock(m_mutex);
        m_returned.push_back({number, intended, std::move(item)});
        m_returnedSize.store(m_returned.size(), std::memory_order_release);
    } else if (end == JobEnd::lost) {
        m_lost(agent, number, item.get());
    }
    if (m_heard && end != JobEnd::untouched) {
        m_heard(number, end);
    }
    // Released: who sees none left may give the agent's place to another, which m_lost reads.
    m_perAgent[agent].fetch_sub(1, std::memory_order_release);
    count(end == JobEnd::untouched ? &Cell::returned : &Cell::answered);
    m_ended();
}

bool LoadBoard::takeReturned(ReturnedJob& job)
{
    if (!anyReturned()) {
        return false;
    }
    const std::lock_guard lock(m_mutex);
    job = std::move(m_returned.back());
    m_returned.pop_back();
    m_returnedSize.store(m_returned.size(), std::memory_order_release);
    return true;
}

void LoadBoard::count(std::atomic<std::uint64_t> Cell::*which) noexcept
{
    const std::uint32_t slot = ThreadSlot::current();
    auto& cell = m_cells[slot].*which;
    if (slot < ThreadSlot::kOwned) {
        // Released, so that who sees the end also sees the result that came before it.
        cell.store(cell.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    } else {
        cell.fetch_add(1, std::memory_order_release);
    }
}

std::uint64_t LoadBoard::sum(std::atomic<std::uint64_t> Cell::*which) const noexcept
{
    std::uint64_t total = 0;
    for (const auto& cell : m_cells) {
        total += (cell.*which).load(std::memory_order_acquire);
    }
    return total;
}

}  // namespace muster
