// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/action.h"
#include "agents/action_faults.h"
#include "agents/result_sink.h"
#include "base/rng.h"
#include "calls/protected_service.h"
#include "events/event_pace.h"
#include "events/publisher.h"
#include "runtime/runtime.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// An action as it is carried out.
struct TaskWork {
    /// In a simulation it is always planned.
    enum class Way : std::uint8_t { planned, blocking, outside };

    std::shared_ptr<const Action> action;
    Way way = Way::planned;
    Rng seed{1};
    ActionFaults* faults = nullptr;  ///< what goes wrong with it on purpose
};

/// What the agents of a group share: their action and where its outcomes go. Lives longer than
/// they do. Thread safety: any thread.
class TaskSetup {
public:
    struct Options {
        std::string action;  ///< its name in the workload
        const ActionInfo* info = nullptr;
        std::shared_ptr<const Action> perform;
        std::optional<Duration> timeout;
        /// Of an item, from when it was due, with all that follows it in other groups.
        std::optional<Duration> deadline;
        ProtectedService* service = nullptr;    ///< protects its calls; lives longer
        const ActionInfo* fallback = nullptr;   ///< answers when it has failed
        std::shared_ptr<const Action> instead;  ///< of the fallback
        ActionFaults* faults = nullptr;         ///< of the action; lives longer
        std::uint64_t seed = 1;
        ResultSink* results = nullptr;
        MetricRegistry* metrics = nullptr;
        Publisher* publisher = nullptr;
    };

    TaskSetup(Runtime& runtime, Options options);

    [[nodiscard]] const Options& options() const noexcept { return m_options; }
    [[nodiscard]] const Action& action() const noexcept { return *m_options.perform; }
    [[nodiscard]] const TaskWork& work() const noexcept { return m_work; }
    /// Neither protected nor with a fallback.
    [[nodiscard]] bool plain() const noexcept
    {
        return m_options.service == nullptr && !m_fallback;
    }
    /// Null without one.
    [[nodiscard]] const TaskWork* fallback() const noexcept
    {
        return m_fallback ? &*m_fallback : nullptr;
    }
    /// Before the load begins: the group whose agents go on with each result; null: nobody does.
    void handOnTo(TaskSetup* next) noexcept { m_next = next; }
    [[nodiscard]] TaskSetup* next() const noexcept { return m_next; }
    /// Before the load begins: who takes what is handed on, in turns.
    void takeTurns(std::vector<AgentId> agents) { m_agents = std::move(agents); }
    [[nodiscard]] AgentId nextAgent() noexcept;

    /// Whether its jobs must be ItemJobs even without an item.
    [[nodiscard]] bool waits() const noexcept { return m_waits || m_next != nullptr; }

    // For TaskAgent.
    [[nodiscard]] ActionCall call(AgentId agent, std::string_view item, std::uint64_t number,
                                  MonoTime begun, MonoTime itemDeadline) const noexcept;
    /// Of an item that was due then; what it was handed on with may be earlier. 0: none.
    [[nodiscard]] MonoTime deadlineOf(MonoTime intended,
                                      std::optional<MonoTime> handedOn = {}) const noexcept;
    void started() const noexcept { m_started.add(); }
    /// Its agent went on at its deadline; a thread is still held by it.
    void abandoned() const noexcept { m_abandoned.add(); }
    /// Counts and records the outcome and publishes it, unless there are too many a second.
    /// True: it is a result.
    bool finish(const ActionCall& call, AgentId agent, const ActionOutcome& outcome,
                MonoTime intended, MonoTime begun);
    /// The agent ended while working on it: a failure too.
    void lost(std::string_view item, std::uint64_t number, AgentId agent);
    /// What was handed on and found no agent: a failure as well.
    void refused(std::string_view item, std::uint64_t number, Error error);
    [[nodiscard]] ActionLabel label() const noexcept { return m_label; }

private:
    void fail(const ActionCall& call, AgentId agent, const ActionFailure& failure, MonoTime now,
              Duration took);

    Options m_options;
    const Clock& m_clock;
    bool m_waits;
    TaskWork m_work;
    std::optional<TaskWork> m_fallback;
    TaskSetup* m_next = nullptr;
    std::vector<AgentId> m_agents;
    std::atomic<std::uint64_t> m_turn{0};
    ActionLabel m_label;
    Counter m_started;
    Counter m_completed;
    Counter m_ok;
    Counter m_failed;
    Counter m_abandoned;
    HistogramRecorder m_latency;      // from the intended start
    HistogramRecorder m_serviceTime;  // from when its agent began
    EventPace m_completedPace;
    EventPace m_failedPace;
};

}  // namespace muster
