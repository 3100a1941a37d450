// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/engine_core.h"
#include "api/internal/engine_telemetry.h"
#include "api/internal/snapshot_builder.h"
#include "api/internal/workload_run.h"
#include "base/thread.h"

namespace muster {

/// Takes an engine from ready to its end, on a thread of its own ("muster-engine"): starts the
/// workload, waits for a reason to end, drains within the bound, and closes the session. Under
/// simulation that thread is the one that lets virtual time pass.
/// Thread safety: any thread.
class RunLifecycle {
public:
    struct Parts {
        EngineCore& core;
        EngineTelemetry& telemetry;
        SnapshotBuilder& snapshots;
        WorkloadRun* run;               ///< null: no workload; then it idles until it is stopped
        std::function<void()> endBeat;  ///< when it returns, no beat runs any more
        /// Gives back what injected faults hold, and lets none begin.
        std::function<void()> endFaults;
        /// Called before the first agent is made.
        std::function<void()> takeUp;
    };

    explicit RunLifecycle(Parts parts);
    RunLifecycle(const RunLifecycle&) = delete;
    RunLifecycle& operator=(const RunLifecycle&) = delete;
    ~RunLifecycle();

    void begin();
    /// The first reason counts. `bound`: for what is under way; zero gives it up at once.
    void requestEnd(std::string reason, Duration bound);
    [[nodiscard]] RunSummary wait();
    [[nodiscard]] bool finished() const;

private:
    void main();
    [[nodiscard]] bool startWorkload();
    void waitForEnd();
    void finish();
    /// Until nothing is outstanding any more.
    void waitForAnswers(const LoadGenerator& load, MonoTime begin);
    /// What is left of the drain that began then, as the bound is now.
    [[nodiscard]] Duration drainLeft(MonoTime begin) const;
    void simulateUntil(const std::function<bool()>& done, Duration bound);
    [[nodiscard]] bool endRequested() const;
    void drain();
    void concludeExpectations();
    void publishEnd();
    void summarize();
    void closeSession();
    void countEvents();

    Parts m_parts;
    EngineCore& m_core;
    RunSummary m_summary;                                 // the lifecycle thread's until m_finished
    const std::shared_ptr<Clock> m_real = systemClock();  // of the summary's wall time
    MonoTime m_begin;

    mutable std::mutex m_mutex;  // guards the next four
    std::condition_variable m_changed;
    std::optional<std::string> m_endReason;
    Duration m_drainBound = Engine::kDrainBound;
    bool m_finished = false;

    NamedThread m_thread;
};

}  // namespace muster
