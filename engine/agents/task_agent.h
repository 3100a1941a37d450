// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "agents/action.h"
#include "agents/job.h"
#include "agents/result_sink.h"
#include "base/rng.h"
#include "events/publisher.h"
#include "runtime/agent.h"
#include "runtime/runtime.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// What all the agents of a group share: their action and where its outcomes go. Lives longer
/// than they do. Thread safety: immutable once its agents run, but for what is atomic.
class TaskSetup {
public:
    struct Options {
        std::string action;  ///< its name in the workload
        const ActionInfo* info = nullptr;
        std::shared_ptr<const Action> perform;
        std::optional<Duration> timeout;
        std::uint64_t seed = 1;
        ResultSink* results = nullptr;
        MetricRegistry* metrics = nullptr;
        Publisher* publisher = nullptr;
    };

    TaskSetup(Runtime& runtime, Options options);

    [[nodiscard]] const Options& options() const noexcept { return m_options; }
    [[nodiscard]] bool simulated() const noexcept { return m_simulated; }
    /// Whether its jobs must be ItemJobs: they block or wait, or have items.
    [[nodiscard]] bool waits() const noexcept { return m_waits; }

    // For TaskAgent.
    [[nodiscard]] ActionCall call(std::string_view item, std::uint64_t number,
                                  MonoTime now) const noexcept;
    void started() const noexcept { m_started.add(); }
    /// Counts, records and, of some, publishes the outcome.
    void finish(const ActionCall& call, AgentId agent, const ActionOutcome& outcome,
                MonoTime intended, MonoTime begun, MonoTime now);
    [[nodiscard]] ActionLabel label() const noexcept { return m_label; }
    [[nodiscard]] const Rng& seed() const noexcept { return m_seed; }

    /// Events of outcomes that were not published because there were too many a second.
    [[nodiscard]] std::uint64_t unpublished() const noexcept;

private:
    /// Lets through about kEventsPerSecond.
    class Pace {
    public:
        [[nodiscard]] bool pass(MonoTime now) noexcept;
        [[nodiscard]] std::uint64_t held() const noexcept;

    private:
        static constexpr std::int64_t kEventsPerSecond = 1000;
        static constexpr std::int64_t kSlice = 10'000'000;  // ns

        std::atomic<std::int64_t> m_slice{-1};
        std::atomic<std::int64_t> m_left{0};
        std::atomic<std::uint64_t> m_held{0};
    };

    void publish(const ActionCall& call, AgentId agent, const ActionOutcome& outcome,
                 Duration took);

    Options m_options;
    const Clock& m_clock;
    bool m_simulated;
    bool m_waits;
    Rng m_seed;
    ActionLabel m_label;
    Counter m_started, m_completed, m_ok, m_failed;
    HistogramRecorder m_latency;
    Pace m_completedPace, m_failedPace;
};

/// Performs its group's action for one job after another. Work that blocks is done on the
/// blocking pool, waiting by a timer; in a simulation all of it is drawn beforehand.
class TaskAgent : public Agent<TaskAgent, Handles<Job, ItemJob>> {
public:
    static constexpr std::string_view kType = "task";

    explicit TaskAgent(TaskSetup& setup) noexcept : m_setup(&setup) {}

    void handle(Job&& job);
    [[nodiscard]] Async<void> handle(ItemJob&& job);
    [[nodiscard]] std::string stateJson() const;

private:
    [[nodiscard]] Async<ActionOutcome> perform(const ActionCall& call);

    TaskSetup* m_setup;
    std::uint32_t m_ok = 0;
    std::uint32_t m_failed = 0;
};

}  // namespace muster
