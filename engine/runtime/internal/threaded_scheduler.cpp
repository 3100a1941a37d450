// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/threaded_scheduler.h"

#include <algorithm>
#include <chrono>

#include "runtime/internal/core.h"

namespace muster::detail {
namespace {

// The longest real sleep while a timer is pending, so that a clock that is not the machine's
// (a test's) is looked at now and then.
constexpr Duration kLongestSleep = std::chrono::milliseconds(100);

}  // namespace

ThreadedScheduler::ThreadedScheduler(Core& core)
    : m_core(core), m_pool(core.options.blockingThreads, core.options.blockingQueue)
{
}

ThreadedScheduler::~ThreadedScheduler()
{
    stop();
}

const Clock& ThreadedScheduler::clock() const noexcept
{
    return *m_core.clock;
}

std::shared_ptr<Clock> ThreadedScheduler::sharedClock() const noexcept
{
    return m_core.clock;
}

TimerId ThreadedScheduler::every(std::string name, Duration period, std::function<void()> fn)
{
    const Duration least = std::max(period, Duration(1));
    return m_core.timers->callback(std::move(name), least, least, std::move(fn));
}

TimerId ThreadedScheduler::after(Duration delay, std::function<void()> fn)
{
    return m_core.timers->callback("after", delay, std::nullopt, std::move(fn));
}

void ThreadedScheduler::cancel(TimerId id)
{
    m_core.timers->cancel(id);
}

Result<void> ThreadedScheduler::blocking(std::function<void()> fn)
{
    return m_pool.run(std::move(fn));
}

void ThreadedScheduler::start()
{
    m_core.timers->onEarlier([this] { wake(); });
    m_thread = NamedThread("muster-service", [this] { loop(); });
}

void ThreadedScheduler::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_changed.notify_all();
    }
    m_thread.join();
    m_pool.stop();
}

void ThreadedScheduler::wake()
{
    const std::lock_guard lock(m_mutex);
    m_woken = true;
    m_changed.notify_all();
}

void ThreadedScheduler::loop()
{
    Timers& timers = *m_core.timers;
    for (;;) {
        // What is set while timers fire is seen below, what is set from there on wakes.
        timers.sleepsUntil(MonoTime{INT64_MIN});
        timers.fireDue(m_core.clock->now());
        timers.sleepsUntil(MonoTime{INT64_MAX});
        const std::optional<MonoTime> next = timers.earliest();
        if (next) {
            timers.sleepsUntil(*next);
        }
        std::unique_lock lock(m_mutex);
        const auto woken = [this] { return m_woken || m_stopping; };
        if (next) {
            const Duration left = std::min(*next - m_core.clock->now(), kLongestSleep);
            if (left > Duration::zero()) {
                m_changed.wait_for(lock, left, woken);
            }
        } else {
            m_changed.wait(lock, woken);
        }
        m_woken = false;
        if (m_stopping) {
            return;
        }
    }
}

}  // namespace muster::detail
