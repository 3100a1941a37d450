// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/task_setup.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "events/publisher.h"
#include "operations/arrivals.h"
#include "runtime/runtime.h"
#include "telemetry/metric_registry.h"
#include "telemetry/reading.h"
#include "workload/input.h"
#include "workload/load_profile.h"
#include "workload/workload.h"

namespace muster {

/// The load at one moment, as the console shows it.
struct LoadFigures {
    ArrivalModel model = ArrivalModel::closed;
    bool paused = false;
    bool held = false;  ///< the operator holds the target by hand
    bool finished = false;
    bool recorded = false;  ///< arrivals come as they were recorded; the stages are their outline
    std::string finishReason;
    std::vector<ProfileStage> stages;
    double start = 0;
    Duration elapsed{};
    std::size_t stage = 0;
    double target = 0;
    std::uint64_t offered = 0;      ///< arrivals due
    std::uint64_t achieved = 0;     ///< answered, with a result or an error
    std::uint64_t dropped = 0;      ///< due, but no agent could take them
    std::uint64_t droppedLate = 0;  ///< of them, because the generator itself came too late
    std::uint64_t outstanding = 0;  ///< dispatched and not answered
    std::uint64_t shed = 0;         ///< of the dropped because of pressure
    double share = 1;               ///< what pressure leaves of the load now
    bool heldBack = false;          ///< stands still because the store is behind
    InputKind inputKind = InputKind::none;
    InputFigures input;
    Reading lag;         ///< ns behind the plan at the last beat
    Reading saturation;  ///< 0…1: share of the last second that the generator worked
};

struct LoadGeneratorOptions {
    LoadSpec load;
    std::uint64_t seed = 1;
    Duration beat = std::chrono::milliseconds(1);
    bool logArrivals = false;  ///< for takeArrivals(), which somebody must then call
    /// While it says true nothing is dispatched: the store is behind.
    std::function<bool()> behind;
    /// What pressure leaves of the load, 0…1: of an open one the rest is dropped, of a closed one
    /// so many users rest.
    std::function<double()> share;
    /// Called once, on the service thread, when the load is over and everything was answered.
    std::function<void(const std::string& reason)> finished;
    MetricRegistry* metrics = nullptr;
    Publisher* publisher = nullptr;
    ResultSink* results = nullptr;  ///< errors of the input
    std::optional<Logger> log{};
};

/// Agents that perform one action for the load.
struct LoadTarget {
    TaskSetup* setup = nullptr;
    std::vector<AgentId> agents;
    std::uint32_t queue = 8;  ///< jobs one agent may have at once
    Duration lifetime{};      ///< until another takes an agent's place; zero: for ever
    /// Makes so many more of them; needed with a lifetime only. On the service thread.
    std::function<Result<BulkCreated>(std::uint64_t count)> create{};
};

/// Turns a load profile and an input into jobs for agents, in batches, on the scheduler's
/// service thread. Open load: arrivals are spaced evenly and keep their intended start, however
/// late they are sent; one that no agent can take is counted as dropped and uses up no item.
/// Closed load: a user has one job outstanding and gets the next upon the reply. Agents take
/// turns; those that are suspended, ended or full are passed by. Jobs that an agent's end left
/// untouched go to another agent. Never more than the bound is outstanding.
///
/// Lives longer than the runtime's agents, whose last jobs come back to it: stop() it, destroy
/// the Runtime, then this.
/// Thread safety: every function from any thread; changes take effect at the next beat.
class LoadGenerator {
public:
    LoadGenerator(Runtime& runtime, std::unique_ptr<InputSource> input,
                  LoadGeneratorOptions options);
    ~LoadGenerator();
    LoadGenerator(const LoadGenerator&) = delete;
    LoadGenerator& operator=(const LoadGenerator&) = delete;

    /// Before start().
    void addTarget(LoadTarget target);
    /// Errors: the input cannot be opened.
    [[nodiscard]] Result<void> start();
    /// No further job, and `finished` is not called any more; returns at once. What is
    /// outstanding is answered or lost with its agent.
    void stop();

    /// After stop(), once what was outstanding has been waited for: counts what came meanwhile,
    /// and says how the load ended unless it was over before.
    void conclude(std::string_view reason);

    void pause(std::string_view author = "operator");
    void resume(std::string_view author = "operator");
    void step(double by, std::string_view author = "operator");
    void hold(std::optional<double> target, std::string_view author = "operator");
    /// So many arrivals now, on top, even while paused.
    void burst(std::uint64_t count, std::string_view author = "operator");
    void reshape(double start, std::vector<ProfileStage> stages,
                 std::string_view author = "operator");

    [[nodiscard]] LoadFigures figures() const;
    /// When what was offered was due, since the last call, if that is logged.
    [[nodiscard]] std::vector<ArrivalBlock> takeArrivals();

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

}  // namespace muster
