// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace muster {

using TimerId = StrongId<struct TimerTag>;

/// Where periodic work and work that blocks is done, for everything beside the agents: the
/// sampler, the load generator, the pressure poll, retention. Two implementations, the same
/// code above them:
///  - threaded: callbacks run one after the other on the service thread; work that blocks
///    on an elastic pool of threads;
///  - simulated: everything runs inside SimulatedScheduler::run…(), in virtual time, in an
///    order drawn from the seed. The same seed gives the same order.
/// Callbacks must be short, must not block and must not throw.
/// Thread safety: every function from any thread.
class Scheduler {
public:
    virtual ~Scheduler() = default;

    [[nodiscard]] virtual const Clock& clock() const noexcept = 0;
    [[nodiscard]] virtual std::shared_ptr<Clock> sharedClock() const noexcept = 0;

    /// Calls `fn` each `period` (> 0), first after one period. Beats that were missed are
    /// skipped, never made up for. The name stands in logs and stall reports.
    virtual TimerId every(std::string name, Duration period, std::function<void()> fn) = 0;
    /// Calls `fn` once.
    virtual TimerId after(Duration delay, std::function<void()> fn) = 0;
    /// When it returns, `fn` is not running and never will again (called from within `fn`:
    /// it will not be called again). Unknown and past ids are ignored.
    virtual void cancel(TimerId id) = 0;

    /// Runs `fn`, which may block. Errors: overloaded when its queue is full, cancelled when
    /// the runtime is ending; then `fn` is not run.
    virtual Result<void> blocking(std::function<void()> fn) = 0;

    [[nodiscard]] virtual bool simulated() const noexcept = 0;
};

/// What only a simulation can do. Thread safety: run…() from one thread, never from a callback.
class SimulatedScheduler : public Scheduler {
public:
    /// Lets virtual time pass; handlers and callbacks due in it run on the calling thread.
    virtual void runFor(Duration time) = 0;
    /// Until nothing is ready and no one-off timer is pending (periodic ones do not count),
    /// or until `limit` of virtual time passed. True when it came to rest.
    virtual bool runUntilIdle(Duration limit = std::chrono::hours(24)) = 0;
    /// Only what is ready now; virtual time stands still. Returns the number of activations.
    virtual std::uint64_t runReady() = 0;
};

}  // namespace muster
