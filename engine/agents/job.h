// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace muster {

/// What became of a job.
enum class JobEnd : std::uint8_t {
    ok,
    failed,
    lost,       ///< its agent ended while working on it
    untouched,  ///< its agent ended before it began: may go to another one
};

/// Where jobs report their end. Thread safety: called from workers, from any of them.
class JobBoard {
public:
    /// `item` is given back with a job that is untouched or lost.
    virtual void ended(JobEnd end, std::uint32_t agent, std::uint64_t number, MonoTime intended,
                       std::unique_ptr<const std::string> item) noexcept = 0;

protected:
    ~JobBoard() = default;
};

/// One piece of work for an agent: made by the load generator, reported to its board exactly
/// once whatever happens to it on the way, because its destruction reports it too. Fits one
/// cache line with the envelope around it. Thread safety: one thread at a time.
class Job {
public:
    static constexpr std::string_view kName = "job";
    static constexpr std::uint32_t kAgentBits = 24;  ///< agents of one load
    static constexpr std::uint64_t kMostAgents = std::uint64_t{1} << kAgentBits;

    /// `agent` is the board's own number for the agent it goes to.
    Job(JobBoard& board, std::uint64_t number, std::uint32_t agent, MonoTime intended) noexcept
        : m_board(&board), m_packed((number << kAgentBits) | agent), m_intended(intended)
    {
    }
    Job(Job&& other) noexcept
        : m_board(std::exchange(other.m_board, nullptr)),
          m_packed(other.m_packed),
          m_intended(other.m_intended)
    {
    }
    Job& operator=(Job&&) = delete;
    ~Job() { report(JobEnd::untouched); }

    [[nodiscard]] std::uint64_t number() const noexcept { return m_packed >> kAgentBits; }
    [[nodiscard]] std::uint32_t agent() const noexcept
    {
        return static_cast<std::uint32_t>(m_packed & (kMostAgents - 1));
    }
    /// When it was due; its latency counts from here, however late it was sent.
    [[nodiscard]] MonoTime intended() const noexcept { return m_intended; }

    /// Says how it ended; only the first word counts.
    void report(JobEnd end, std::unique_ptr<const std::string> item = nullptr) noexcept
    {
        if (JobBoard* board = std::exchange(m_board, nullptr)) {
            board->ended(end, agent(), number(), m_intended, std::move(item));
        }
    }

private:
    JobBoard* m_board;
    std::uint64_t m_packed;
    MonoTime m_intended;
};

/// A job that has an item, or that waits for something on its way.
class ItemJob : public Job {
public:
    ItemJob(JobBoard& board, std::uint64_t number, std::uint32_t agent, MonoTime intended,
            std::unique_ptr<const std::string> item) noexcept
        : Job(board, number, agent, intended), m_item(std::move(item))
    {
    }
    ItemJob(ItemJob&&) noexcept = default;
    ItemJob& operator=(ItemJob&&) = delete;
    ~ItemJob() { report(m_begun ? JobEnd::lost : JobEnd::untouched, std::move(m_item)); }

    /// From here on it cannot go to another agent.
    void begin() noexcept { m_begun = true; }
    [[nodiscard]] std::string_view item() const noexcept
    {
        return m_item ? std::string_view(*m_item) : std::string_view();
    }

private:
    std::unique_ptr<const std::string> m_item;
    bool m_begun = false;
};

/// What one group's agent made of an item, for an agent of the group that goes on with it. Its
/// asker stands still until all that follows is done, so that a slow stage holds back those
/// before it.
struct StageItem {
    static constexpr std::string_view kName = "stage.item";

    std::string item;
    std::uint64_t number = 0;  ///< of the job it began as
    /// Of one with a deadline: set by the agent that begins it, or by its asker when that waits no
    /// longer. Who sets it counts it.
    std::shared_ptr<std::atomic<bool>> taken{};
};

struct StageDone {
    static constexpr std::string_view kName = "stage.done";

    bool ok = false;
};

}  // namespace muster
