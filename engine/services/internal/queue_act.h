// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "services/job_queues.h"

namespace muster {

/// One step of one queue, under the lock of all: finish() lets go of the lock, hands over what
/// was changed, and tells whom it concerns. Until then nobody else changes a queue.
/// Thread safety: one thread; within a function.
class JobQueues::Act {
public:
    Act(JobQueues& all, std::string_view queue)
        : m_all(all), m_lock(all.m_mutex), m_entry(all.find(queue)), m_time(all.time())
    {
        if (m_entry != nullptr) {
            m_before = m_entry->queue->counts();
        }
    }
    Act(const Act&) = delete;
    Act& operator=(const Act&) = delete;

    [[nodiscard]] explicit operator bool() const noexcept { return m_entry != nullptr; }
    [[nodiscard]] Entry& entry() noexcept { return *m_entry; }
    [[nodiscard]] JobQueue& queue() noexcept { return *m_entry->queue; }
    [[nodiscard]] QueueTime time() const noexcept { return m_time; }
    [[nodiscard]] QueueStep& step() noexcept { return m_step; }

    /// Who does it, and why.
    void as(LetterWord word) { m_word = std::move(word); }
    /// Without having done anything.
    Error release(Error error)
    {
        m_lock.unlock();
        return error;
    }
    void finish(Done done);

private:
    /// True: `done` is called once the step is durable; false: at once.
    [[nodiscard]] bool waits(Done& done);
    void announce(const std::string& queue, const QueueCounts& after) const;
    void announceDeath(const DeadLetterRecord& letter) const;

    JobQueues& m_all;
    std::unique_lock<std::mutex> m_lock;
    Entry* m_entry;
    QueueTime m_time;
    QueueCounts m_before;
    QueueStep m_step;
    LetterWord m_word;
    bool m_closed = false;
    std::vector<DeadLetterRecord> m_died;
};

}  // namespace muster
