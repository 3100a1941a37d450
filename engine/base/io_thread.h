// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "base/thread.h"

namespace muster {

/// What an IoThread does. Both functions are called on its thread.
class IoWork {
public:
    /// Before each wait: takes what came from other threads and does what is due. Returns how
    /// long to wait at most; kIdle: until something happens.
    [[nodiscard]] virtual Duration turn() = 0;
    /// A watched descriptor has these epoll events. It may be called once more for one that was
    /// closed or reused in the same round.
    virtual void ready(int descriptor, std::uint32_t events) = 0;

    static constexpr Duration kIdle = Duration::max();

protected:
    ~IoWork() = default;
};

/// One thread that waits for many descriptors at once, by epoll, so that no other thread waits
/// for any of them. It sleeps while nothing happens.
/// Thread safety: wake() from any thread; start() and stop() from the owner's; the rest from the
/// thread itself.
class IoThread {
public:
    /// `work` must outlive the thread's run.
    IoThread(std::string name, IoWork& work) : m_name(std::move(name)), m_work(work) {}
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread() { stop(); }

    /// Errors: ioFailure, unavailable when the system gives no thread or descriptor.
    [[nodiscard]] Result<void> start();
    /// Ends after the turn under way, and waits for that. Harmless when it does not run.
    void stop();
    /// Makes it call IoWork::turn() soon; costs a system call only when it sleeps.
    void wake() noexcept;

    /// Adds the descriptor or changes what it is watched for; level-triggered.
    /// Errors: ioFailure.
    [[nodiscard]] Result<void> watch(int descriptor, std::uint32_t events, bool known);
    void forget(int descriptor) noexcept;

private:
    void run();

    const std::string m_name;
    IoWork& m_work;
    Descriptor m_poll;
    Descriptor m_wake;  // an eventfd
    std::atomic<bool> m_asleep{false};
    std::atomic<bool> m_stopping{false};
    NamedThread m_thread;
};

}  // namespace muster
