// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/blocking_pool.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>

namespace muster::detail {
namespace {

// A thread's own rest needs no injected clock: it changes nothing that can be observed but
// the number of threads.
constexpr std::chrono::seconds kIdleTime{5};

}  // namespace

BlockingPool::BlockingPool(std::uint32_t threads, std::uint32_t queue)
    : m_maxThreads(threads == 0 ? 1 : threads), m_maxQueue(queue)
{
}

BlockingPool::~BlockingPool()
{
    stop();
}

Result<void> BlockingPool::run(std::function<void()> job)
{
    std::unique_lock lock(m_mutex);
    if (m_stopping) {
        return Error{ErrorCode::cancelled, "the runtime is ending", "", ""};
    }
    if (m_jobs.size() >= m_maxQueue) {
        return Error{ErrorCode::overloaded,
                     fmt::format("{} blocking jobs wait already", m_jobs.size()), "",
                     "Start fewer at once, or allow more blocking threads"};
    }
    joinDone(lock);
    if (m_stopping) {  // in the meantime
        return Error{ErrorCode::cancelled, "the runtime is ending", "", ""};
    }
    if (m_idle <= m_jobs.size() && m_living < m_maxThreads && !startThread() && m_living == 0) {
        return Error{ErrorCode::unavailable, "no thread could be started for blocking work", "",
                     "Raise the limit on threads"};
    }
    m_jobs.push_back(std::move(job));
    m_work.notify_one();
    return {};
}

bool BlockingPool::startThread()
{
    Thread& thread = m_threads.emplace_back();
    try {
        thread.handle = NamedThread(
            fmt::format("muster-block-{}", m_number++), [this, &thread] { loop(thread); },
            ThreadPriority::background);
    } catch (const std::system_error&) {
        m_threads.pop_back();
        return false;
    }
    ++m_living;
    return true;
}

void BlockingPool::joinDone(std::unique_lock<std::mutex>& lock)
{
    for (auto thread = m_threads.begin(); thread != m_threads.end();) {
        if (!thread->done) {
            ++thread;
            continue;
        }
        std::list<Thread> gone;
        gone.splice(gone.begin(), m_threads, thread++);
        lock.unlock();
        gone.front().handle.join();  // past its last statement
        lock.lock();
        thread = m_threads.begin();
    }
}

void BlockingPool::loop(Thread& self)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        ++m_idle;
        const bool found =
            m_work.wait_for(lock, kIdleTime, [this] { return m_stopping || !m_jobs.empty(); });
        --m_idle;
        if (!found || m_stopping) {
            break;
        }
        const auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
    --m_living;
    self.done = true;
}

void BlockingPool::stop()
{
    std::deque<std::function<void()>> dropped;
    std::list<Thread> threads;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        dropped.swap(m_jobs);
        threads.splice(threads.begin(), m_threads);
        m_work.notify_all();
    }
    for (Thread& thread : threads) {
        thread.handle.join();
    }
}

std::uint32_t BlockingPool::threads() const
{
    const std::lock_guard lock(m_mutex);
    return m_living;
}

}  // namespace muster::detail
