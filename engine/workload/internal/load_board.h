// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agents/job.h"
#include "base/thread_slot.h"

namespace muster {

/// A job that an agent's end left untouched: for another agent.
struct ReturnedJob {
    std::uint64_t number = 0;
    MonoTime intended;
    std::unique_ptr<const std::string> item;
};

/// Where the load's jobs report: counts their ends and how many each agent has. Workers write
/// counts of their own, so that a million ends a second share no cache line.
/// Thread safety: ended() and the counts from any thread; the rest as said.
class LoadBoard final : public JobBoard {
public:
    /// A job was lost with its agent: the board's number of the agent, and the job.
    using Lost =
        std::function<void(std::uint32_t agent, std::uint64_t number, const std::string* item)>;

    /// How a job ended, if somebody wants to hear; not of those that another agent will get.
    using Heard = std::function<void(std::uint64_t number, JobEnd end)>;

    /// All before the first job. `ended` is called after each end, by whoever reports it.
    void setUp(std::size_t agents, Lost lost, std::function<void()> ended, Heard heard = {});

    void ended(JobEnd end, std::uint32_t agent, std::uint64_t number, MonoTime intended,
               std::unique_ptr<const std::string> item) noexcept override;

    // By the generator, on its thread:
    void sent(std::uint32_t agent) noexcept
    {
        m_perAgent[agent].fetch_add(1, std::memory_order_relaxed);
        m_sent.store(m_sent.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint16_t with(std::uint32_t agent) const noexcept
    {
        return m_perAgent[agent].load(std::memory_order_acquire);
    }
    [[nodiscard]] bool takeReturned(ReturnedJob& job);
    [[nodiscard]] bool anyReturned() const noexcept
    {
        return m_returnedSize.load(std::memory_order_acquire) != 0;
    }

    [[nodiscard]] std::uint64_t answered() const noexcept { return sum(&Cell::answered); }
    /// Given to agents and not heard of again so far.
    [[nodiscard]] std::uint64_t outstanding() const noexcept
    {
        // Ends first: one that comes in between makes it too large for a moment, never too small.
        const std::uint64_t ends = sum(&Cell::answered) + sum(&Cell::returned);
        const std::uint64_t sent = m_sent.load(std::memory_order_relaxed);
        return sent > ends ? sent - ends : 0;
    }

private:
    struct alignas(kCacheLine) Cell {
        std::atomic<std::uint64_t> answered{0};
        std::atomic<std::uint64_t> returned{0};
    };

    void count(std::atomic<std::uint64_t> Cell::*which) noexcept;
    [[nodiscard]] std::uint64_t sum(std::atomic<std::uint64_t> Cell::*which) const noexcept;

    std::array<Cell, ThreadSlot::kCount> m_cells;
    std::unique_ptr<std::atomic<std::uint16_t>[]> m_perAgent;
    std::atomic<std::uint64_t> m_sent{0};  // written by the generator only
    Lost m_lost;
    std::function<void()> m_ended;
    Heard m_heard;
    std::mutex m_mutex;  // guards m_returned
    std::vector<ReturnedJob> m_returned;
    std::atomic<std::size_t> m_returnedSize{0};
};

}  // namespace muster
