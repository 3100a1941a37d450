// SPDX-License-Identifier: Apache-2.0
#include "api/internal/query_thread.h"

#include <utility>

namespace muster {

QueryThread::QueryThread()
    : m_thread(
          "muster-query", [this] { run(); }, ThreadPriority::background)
{
}

QueryThread::~QueryThread()
{
    stop();
}

bool QueryThread::post(std::function<void()> query)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || m_waiting.size() >= kBound) {
            return false;
        }
        m_waiting.push_back(std::move(query));
    }
    m_changed.notify_one();
    return true;
}

void QueryThread::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_one();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void QueryThread::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
        if (m_waiting.empty()) {
            return;
        }
        auto query = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        query();
        query = nullptr;
        lock.lock();
    }
}

}  // namespace muster
