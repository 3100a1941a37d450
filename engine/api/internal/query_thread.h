// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "base/thread.h"

namespace muster {

/// Answers the console's questions one after the other on a thread of its own, so that neither
/// a worker nor the asker waits for them. Bounded: beyond kBound the asker is refused.
/// Thread safety: post() from any thread; stop() from one.
class QueryThread {
public:
    QueryThread();
    QueryThread(const QueryThread&) = delete;
    QueryThread& operator=(const QueryThread&) = delete;
    ~QueryThread();

    /// False when too many wait, or it was stopped: `query` will not run.
    [[nodiscard]] bool post(std::function<void()> query);
    /// Answers what waits, then ends.
    void stop();

    static constexpr std::size_t kBound = 256;

private:
    void run();

    std::mutex m_mutex;  // guards the next three
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_waiting;
    bool m_stopping = false;
    NamedThread m_thread;
};

}  // namespace muster
