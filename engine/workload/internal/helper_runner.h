// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "base/thread.h"
#include "workload/helpers.h"
#include "workload/internal/child_process.h"
#include "workload/internal/probe.h"

namespace muster {

/// One helper and the thread that keeps it running. Times are real: there are no helpers in a
/// simulation. Thread safety: public functions from any thread.
class HelperRunner {
public:
    HelperRunner(const HelperSpec& spec, std::uint16_t port, Publisher* publisher, Logger logger);
    ~HelperRunner();
    HelperRunner(const HelperRunner&) = delete;
    HelperRunner& operator=(const HelperRunner&) = delete;

    /// Waits until it was ready for the first time, or never will be.
    [[nodiscard]] Result<void> awaitReady();
    void askToStop();
    /// After askToStop(): waits for its end. True: it had to be killed.
    [[nodiscard]] bool join();
    [[nodiscard]] HelperStatus status() const;

private:
    void run();
    [[nodiscard]] Result<void> runOnce();
    [[nodiscard]] Result<void> untilReady(ChildProcess& child, const Probe* probe);
    void settle(Result<void> outcome);
    void end(ChildProcess& child);
    void sayStarted(const ChildProcess& child, Duration took);
    void sayEnded(const ChildProcess& child, std::string_view reason);
    [[nodiscard]] bool stopping() const noexcept
    {
        return m_stopping.load(std::memory_order_acquire);
    }
    /// False: it is to stop.
    [[nodiscard]] bool pause(Duration time);

    const HelperSpec m_spec;
    const std::uint16_t m_port;
    Publisher* const m_publisher;
    const Logger m_logger;
    const std::shared_ptr<Clock> m_clock;
    Descriptor m_wake;  // an eventfd: readable once it is to stop
    std::atomic<bool> m_stopping{false};
    bool m_killed = false;    // of the thread, then of join()
    bool m_wasReady = false;  // of the thread

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    std::optional<Result<void>> m_first;
    HelperStatus m_status;

    NamedThread m_thread;
};

}  // namespace muster
