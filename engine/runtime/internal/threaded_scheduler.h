// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/thread.h"
#include "runtime/internal/blocking_pool.h"
#include "runtime/scheduler.h"

namespace muster::detail {

class Core;

/// The scheduler of a threaded runtime: one service thread that sleeps until the earliest timer
/// and runs its callbacks, and the blocking pool. Thread safety: any thread but for stop().
class ThreadedScheduler final : public Scheduler {
public:
    explicit ThreadedScheduler(Core& core);
    ~ThreadedScheduler() override;

    [[nodiscard]] const Clock& clock() const noexcept override;
    [[nodiscard]] std::shared_ptr<Clock> sharedClock() const noexcept override;
    TimerId every(std::string name, Duration period, std::function<void()> fn) override;
    TimerId after(Duration delay, std::function<void()> fn) override;
    void cancel(TimerId id) override;
    Result<void> blocking(std::function<void()> fn) override;
    [[nodiscard]] bool simulated() const noexcept override { return false; }

    void start();
    /// No callback and no blocking job runs any more when it returns.
    void stop();

private:
    void loop();
    void wake();

    Core& m_core;
    BlockingPool m_pool;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    bool m_woken = false;
    bool m_stopping = false;
    NamedThread m_thread;
};

}  // namespace muster::detail
