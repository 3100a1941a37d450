// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/task_setup.h"
#include "api/internal/engine_core.h"
#include "api/internal/fault_book.h"
#include "api/internal/result_recorder.h"
#include "api/internal/service_book.h"
#include "api/snapshot.h"
#include "protection/cleanup.h"
#include "workload/expectation.h"
#include "workload/helpers.h"
#include "workload/load_generator.h"

namespace muster {

[[nodiscard]] inline LoadModel toModel(ArrivalModel model) noexcept
{
    return model == ArrivalModel::open ? LoadModel::open : LoadModel::closed;
}

/// One workload at work: its helpers, its agents, their load and what is expected of it.
/// Must outlive the runtime's agents, which report to it.
/// Thread safety: start() and stopHelpers() from one thread; the rest from any.
class WorkloadRun {
public:
    /// `loadOver` is called once, on the service thread, when the load is over and answered.
    WorkloadRun(EngineCore& core, std::function<void(const std::string& reason)> loadOver);

    /// Starts the helpers, makes the agents and starts the load; blocks until it runs. Calls
    /// `announced` when its services have been announced, and before the first agent is made.
    /// Errors: a helper that is not ready, a limit, an input that cannot be read.
    [[nodiscard]] Result<void> start(const std::function<void()>& announced);
    /// Ends the helpers; gives the names of those that had to be killed.
    [[nodiscard]] std::vector<std::string> stopHelpers();

    /// Null without a load, and before start() made it.
    [[nodiscard]] LoadGenerator* load() const noexcept
    {
        return m_load.load(std::memory_order_acquire);
    }
    [[nodiscard]] ServiceBook& services() noexcept { return m_services; }
    [[nodiscard]] const ServiceBook& services() const noexcept { return m_services; }
    [[nodiscard]] FaultBook& faults() noexcept { return m_faults; }
    [[nodiscard]] const FaultBook& faults() const noexcept { return m_faults; }
    /// Called by start() once the agents are there, before the load; set before it.
    void onMade(std::function<void()> made) { m_made = std::move(made); }
    /// Puts into the session what arrivals were due since the last call.
    void recordArrivals();
    /// Ends agents of low priority beyond their groups' quotas.
    [[nodiscard]] CleanupHook lowPriorityCleanup();
    /// What a job of the queue would meet now at its action's parameters and at its service; empty:
    /// nothing that holds it up.
    [[nodiscard]] std::vector<std::string> retryFindings(std::string_view queue,
                                                         const std::string& payload) const;
    /// Whether attempts of the action can be held up.
    [[nodiscard]] bool mayWait(std::size_t action) const;
    /// As they stand now; `ran` is how long the load has run.
    [[nodiscard]] std::vector<ExpectationStatus> expectations(Duration ran) const;

private:
    [[nodiscard]] Result<void> startHelpers();
    [[nodiscard]] Result<void> bindActions();
    void makeLoad();
    [[nodiscard]] std::unique_ptr<InputSource> makeSource(std::uint64_t seed);
    /// Why dead letters of the queue must not be retried now; empty: they may.
    [[nodiscard]] std::string retriesHeld(std::string_view queue) const;
    [[nodiscard]] std::vector<ServiceStatus> servicesOf(std::string_view queue) const;
    [[nodiscard]] Result<void> makeAgents();
    [[nodiscard]] Result<void> makeGroup(const AgentGroupSpec& group, TaskSetup& setup);
    [[nodiscard]] CleanupOutcome endOverQuota(Runtime& runtime, const CleanupOrder& order);
    [[nodiscard]] Reading jobFigure(ExpectedFigure figure) const;
    [[nodiscard]] Reading figure(const Expectation& expectation, Duration ran) const;

    EngineCore& m_core;
    const WorkloadSpec& m_spec;
    std::function<void(const std::string&)> m_loadOver;
    std::function<void()> m_made;
    ResultRecorder m_results;
    ServiceBook m_services;
    FaultBook m_faults;
    std::vector<Expectation> m_expectations;
    std::unique_ptr<Helpers> m_helpers;
    std::vector<std::shared_ptr<const Action>>
        m_actions;                    ///< as they run, by WorkloadSpec::actions
    std::vector<bool> m_asRecorded;   ///< in a sandbox those of them that go as they went
    ResultSink* m_sink = &m_results;  ///< of the agents
    std::unique_ptr<LoadGenerator> m_generator;
    std::atomic<LoadGenerator*> m_load{nullptr};
    std::vector<std::unique_ptr<TaskSetup>> m_setups;  ///< one an agent group
};

}  // namespace muster
