// SPDX-License-Identifier: Apache-2.0
#include "events/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "events/internal/catalogue_fields.h"

namespace muster {
namespace {

constexpr bool kDurable = true;
constexpr bool kNotDurable = false;

// In the order of EventType, which a static assertion holds it to. A field that means something
// else, or goes, makes another version of its type, and a step for the data of the one before in
// storage/internal/upcasters.cpp.
constexpr std::array kTypes{
    EventInfo{EventType::engineStarted, "engine.started", 1, kDurable, Capture::all,
              "The engine is ready: all services run", fields::kEngineStarted},
    EventInfo{EventType::engineStopped, "engine.stopped", 1, kDurable, Capture::all,
              "The engine drained and ends", fields::kEngineStopped},
    EventInfo{EventType::runStarted, "run.started", 1, kDurable, Capture::all,
              "A run of a workload began", fields::kRunStarted},
    EventInfo{EventType::runEnded, "run.ended", 1, kDurable, Capture::all,
              "The run came to its end", fields::kRunEnded},
    EventInfo{EventType::agentCreated, "agent.created", 2, kNotDurable, Capture::all,
              "An agent, or a range of them in one go, was created", fields::kAgents},
    EventInfo{EventType::agentReady, "agent.ready", 2, kNotDurable, Capture::all,
              "An agent, or a range of them, finished initializing", fields::kAgents},
    EventInfo{EventType::agentEnded, "agent.ended", 2, kNotDurable, Capture::all,
              "An agent, or a range of them, is gone", fields::kAgents},
    EventInfo{EventType::agentCrashed, "agent.crashed", 1, kNotDurable, Capture::all,
              "An error left an agent's behaviour", fields::kAgentFailure},
    EventInfo{EventType::agentRestarted, "agent.restarted", 1, kNotDurable, Capture::all,
              "A supervisor or the operator started an agent anew under its id",
              fields::kAgentFailure},
    EventInfo{EventType::agentSuspended, "agent.suspended", 2, kNotDurable, Capture::all,
              "An agent, or a range of them, stopped taking mail; mail waits", fields::kAgents},
    EventInfo{EventType::agentResumed, "agent.resumed", 2, kNotDurable, Capture::all,
              "An agent, or a range of them, takes mail again", fields::kAgents},
    EventInfo{EventType::agentRegistered, "agent.registered", 2, kNotDurable, Capture::all,
              "A living agent, or a range of them, got a name", fields::kAgents},
    EventInfo{EventType::agentUnregistered, "agent.unregistered", 2, kNotDurable, Capture::all,
              "A living agent, or a range of them, lost its name", fields::kAgents},
    EventInfo{EventType::agentUpdated, "agent.updated", 2, kNotDurable, Capture::all,
              "Attributes or capabilities of a living agent, or of a range of them, changed",
              fields::kAgentUpdated},
    EventInfo{EventType::agentStalled, "agent.stalled", 1, kNotDurable, Capture::all,
              "A handler holds its worker longer than the watchdog allows", fields::kAgentStalled},
    EventInfo{EventType::supervisorEscalated, "supervisor.escalated", 1, kDurable, Capture::all,
              "More restarts than the intensity allows: the supervisor gave up",
              fields::kSupervisorEscalated},
    EventInfo{EventType::actionCompleted, "action.completed", 1, kNotDurable, Capture::sampled,
              "An action came to its result", fields::kActionCompleted},
    EventInfo{EventType::actionFailed, "action.failed", 1, kNotDurable, Capture::all,
              "An action ended in an error", fields::kActionFailed},
    EventInfo{EventType::serviceConfigured, "service.configured", 1, kDurable, Capture::all,
              "A service with what protects it, as its run began", fields::kServiceConfigured},
    EventInfo{EventType::callTraced, "call.traced", 1, kNotDurable, Capture::sampled,
              "A protected call came to its end: where its time went", fields::kCallTraced},
    EventInfo{EventType::breakerOpened, "breaker.opened", 1, kDurable, Capture::all,
              "A circuit breaker opened: calls to its service are rejected", fields::kBreakerMove},
    EventInfo{EventType::breakerHalfOpened, "breaker.half_opened", 1, kDurable, Capture::all,
              "A circuit breaker lets probes through", fields::kBreakerMove},
    EventInfo{EventType::breakerClosed, "breaker.closed", 1, kDurable, Capture::all,
              "A circuit breaker closed: calls to its service pass", fields::kBreakerMove},
    EventInfo{EventType::breakerBypassed, "breaker.bypassed", 1, kDurable, Capture::all,
              "The operator lets all calls pass a circuit breaker", fields::kBreakerMove},
    EventInfo{EventType::faultStarted, "fault.started", 1, kDurable, Capture::all,
              "Attempts of an action go wrong on purpose", fields::kFaultStarted},
    EventInfo{EventType::faultStopped, "fault.stopped", 1, kDurable, Capture::all,
              "A fault that was injected is over", fields::kFaultStopped},
    EventInfo{EventType::loadStarted, "load.started", 1, kDurable, Capture::all,
              "The load generator began its profile", fields::kLoadStarted},
    EventInfo{EventType::loadStageStarted, "load.stage_started", 1, kDurable, Capture::all,
              "The load profile entered a stage", fields::kLoadStageStarted},
    EventInfo{EventType::loadPaused, "load.paused", 1, kDurable, Capture::all,
              "The load stands still", fields::kLoadPaused},
    EventInfo{EventType::loadResumed, "load.resumed", 1, kDurable, Capture::all, "The load goes on",
              fields::kLoadPaused},
    EventInfo{EventType::loadChanged, "load.changed", 1, kDurable, Capture::all,
              "The load's target or stages were changed by hand", fields::kLoadChanged},
    EventInfo{EventType::loadFinished, "load.finished", 1, kDurable, Capture::all,
              "The load profile is over", fields::kLoadFinished},
    EventInfo{EventType::loadBurst, "load.burst", 1, kDurable, Capture::all,
              "A burst of arrivals was added by hand", fields::kLoadBurst},
    EventInfo{EventType::limitChanged, "limit.changed", 1, kDurable, Capture::all,
              "A limit was set to another value", fields::kLimitChanged},
    EventInfo{EventType::limitTried, "limit.tried", 1, kDurable, Capture::all,
              "A limit was changed on trial", fields::kLimitTried},
    EventInfo{EventType::limitKept, "limit.kept", 1, kDurable, Capture::all,
              "What was on trial stays", fields::kLimitKept},
    EventInfo{EventType::limitReverted, "limit.reverted", 1, kDurable, Capture::all,
              "What was on trial was taken back", fields::kLimitReverted},
    EventInfo{EventType::configurationChanged, "configuration.changed", 1, kDurable, Capture::all,
              "There is a new version of all that can be set while it runs",
              fields::kConfigurationChanged},
    EventInfo{EventType::pressureChanged, "pressure.changed", 1, kNotDurable, Capture::all,
              "The pressure level rose or fell", fields::kPressureChanged},
    EventInfo{EventType::resourceLevelChanged, "resource.level_changed", 1, kNotDurable,
              Capture::all, "The pressure level of one resource rose or fell",
              fields::kResourceLevelChanged},
    EventInfo{EventType::resourceCleanedUp, "resource.cleaned_up", 1, kNotDurable, Capture::all,
              "Under pressure something was given back", fields::kResourceCleanedUp},
    EventInfo{EventType::resourceCleanupFailed, "resource.cleanup_failed", 1, kNotDurable,
              Capture::all, "Something could not give back what it was asked for",
              fields::kResourceCleanupFailed},
    EventInfo{EventType::resourceRecovered, "resource.recovered", 1, kNotDurable, Capture::all,
              "A resource is below its warning again, by the minimum reclaim",
              fields::kResourceRecovered},
    EventInfo{EventType::commandExecuted, "command.executed", 1, kDurable, Capture::all,
              "A command of the operator was carried out", fields::kCommandExecuted},
    EventInfo{EventType::commandRefused, "command.refused", 1, kDurable, Capture::all,
              "A command of the operator was refused", fields::kCommandRefused},
    EventInfo{EventType::captureChanged, "capture.changed", 1, kDurable, Capture::all,
              "What is kept of a topic was changed", fields::kCaptureChanged},
    EventInfo{EventType::stateRecorded, "state.recorded", 1, kNotDurable, Capture::all,
              "What the events so far tell of the engine comes to this hash",
              fields::kStateRecorded},
    EventInfo{EventType::storeProblem, "store.problem", 1, kNotDurable, Capture::all,
              "The store cannot write", fields::kStoreProblem},
    EventInfo{EventType::storeRecovered, "store.recovered", 1, kDurable, Capture::all,
              "The store writes again", fields::kStoreRecovered},
    EventInfo{EventType::retentionApplied, "retention.applied", 1, kDurable, Capture::all,
              "Old records were removed from the session", fields::kRetentionApplied},
    EventInfo{EventType::helperStarted, "helper.started", 1, kDurable, Capture::all,
              "A helper process is ready", fields::kHelperStarted},
    EventInfo{EventType::helperEnded, "helper.ended", 1, kDurable, Capture::all,
              "A helper process ended", fields::kHelperEnded},
    EventInfo{EventType::expectationUnmet, "expectation.unmet", 1, kDurable, Capture::all,
              "A condition of the workload's [expect] does not hold", fields::kExpectationUnmet},
    EventInfo{EventType::logLevelChanged, "log.level_changed", 1, kDurable, Capture::all,
              "A component's log level was changed", fields::kLogLevelChanged},
    EventInfo{EventType::inputFinished, "input.finished", 1, kDurable, Capture::all,
              "The input was read to its end", fields::kInputFinished},
    EventInfo{EventType::metricUnavailable, "metric.unavailable", 1, kNotDurable, Capture::all,
              "A metric that was known has no value any more", fields::kMetricUnavailable},
    EventInfo{EventType::queueOpened, "queue.opened", 1, kDurable, Capture::all,
              "A queue of the session was taken up with what was in it", fields::kQueue},
    EventInfo{EventType::queuePaused, "queue.paused", 1, kDurable, Capture::all,
              "A queue hands nothing out", fields::kQueue},
    EventInfo{EventType::queueResumed, "queue.resumed", 1, kDurable, Capture::all,
              "A queue hands out again", fields::kQueue},
    EventInfo{EventType::queueDeadLettered, "queue.dead_lettered", 1, kDurable, Capture::all,
              "A job was given up and is a dead letter", fields::kQueue},
    EventInfo{EventType::queueRescued, "queue.rescued", 1, kDurable, Capture::all,
              "Jobs whose holder was gone were taken back", fields::kQueue},
    EventInfo{EventType::queueRetried, "queue.retried", 1, kDurable, Capture::all,
              "Dead letters are jobs again", fields::kQueue},
    EventInfo{EventType::queueEdited, "queue.edited", 1, kDurable, Capture::all,
              "The payload of a dead letter was changed", fields::kQueue},
    EventInfo{EventType::queueDiscarded, "queue.discarded", 1, kDurable, Capture::all,
              "Dead letters were discarded", fields::kQueue},
    EventInfo{EventType::replayStarted, "replay.started", 1, kDurable, Capture::all,
              "Events of another run began to be played into this one", fields::kReplayStarted},
    EventInfo{EventType::replayEnded, "replay.ended", 1, kDurable, Capture::all,
              "No further event of another run is played into this one", fields::kReplayEnded},
    EventInfo{EventType::blackboxSaved, "blackbox.saved", 1, kDurable, Capture::all,
              "What a run did last was written to a session of its own", fields::kBlackboxSaved},
};

consteval bool inOrder()
{
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
        if (kTypes[i].type.value != i + 1) {
            return false;
        }
    }
    return kTypes.size() + 1 == static_cast<std::size_t>(EventType::count);
}
static_assert(inOrder(), "the table follows the enumeration, without gaps");

}  // namespace

std::string_view toString(Capture capture) noexcept
{
    switch (capture) {
        case Capture::all:
            return "all";
        case Capture::sampled:
            return "sampled";
        case Capture::counted:
            return "counted";
    }
    return "";
}

std::span<const EventInfo> allEventTypes() noexcept
{
    return kTypes;
}

const EventInfo& eventInfo(EventType type) noexcept
{
    return kTypes[static_cast<std::size_t>(type) - 1];
}

const EventInfo* findEventType(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kTypes, name, &EventInfo::name);
    return found == kTypes.end() ? nullptr : &*found;
}

std::optional<std::string> checkFields(const EventInfo& info, FieldView fields)
{
    if (info.openFields) {
        return std::nullopt;
    }
    for (const Field field : fields) {
        const auto known = std::ranges::find(info.fields, field.key, &FieldInfo::key);
        if (known == info.fields.end()) {
            return fmt::format("{} has no field \"{}\"", info.name, field.key);
        }
        if (known->kind != field.value.kind()) {
            return fmt::format("{}: field \"{}\" is {}, given as {}", info.name, field.key,
                               toString(known->kind), toString(field.value.kind()));
        }
    }
    return std::nullopt;
}

std::string eventReference()
{
    std::string out = "# Events\n\nEvery field may be missing from an event of its type.\n";
    for (const EventInfo& type : kTypes) {
        out +=
            fmt::format("\n## {}\n\n{}. Version {}; kept by default: {}{}.\n", type.name, type.help,
                        type.version, toString(type.capture), type.durable ? "; durable" : "");
        out += "\n| field | kind | unit | meaning |\n|---|---|---|---|\n";
        for (const FieldInfo& field : type.fields) {
            out += fmt::format("| `{}` | {} | {} | {} |\n", field.key, toString(field.kind),
                               field.unit, field.help);
        }
    }
    return out;
}

}  // namespace muster
