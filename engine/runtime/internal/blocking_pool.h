// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>

#include "base/result.h"
#include "base/thread.h"

namespace muster::detail {

/// Threads for work that blocks: one more is started when all are busy, up to a limit, and one
/// that found nothing to do for a while ends. Jobs wait in a bounded queue.
/// Thread safety: any thread but for stop().
class BlockingPool {
public:
    BlockingPool(std::uint32_t threads, std::uint32_t queue);
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;
    ~BlockingPool();

    /// Errors: overloaded (queue full), cancelled (stopping), unavailable (no thread).
    [[nodiscard]] Result<void> run(std::function<void()> job);
    /// Drops what waits and returns when no job runs any more.
    void stop();
    [[nodiscard]] std::uint32_t threads() const;

private:
    struct Thread {
        NamedThread handle;
        bool done = false;
    };

    void loop(Thread& self);
    void joinDone(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] bool startThread();

    const std::uint32_t m_maxThreads;
    const std::uint32_t m_maxQueue;

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_work;
    std::deque<std::function<void()>> m_jobs;
    std::list<Thread> m_threads;
    std::uint32_t m_idle = 0;
    std::uint32_t m_living = 0;
    std::uint32_t m_number = 0;
    bool m_stopping = false;
};

}  // namespace muster::detail
