// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "events/catalogue.h"

/// The fields of each event type of the catalogue.
namespace muster::fields {

inline constexpr auto kBoolean = FieldKind::boolean;
inline constexpr auto kInteger = FieldKind::integer;
inline constexpr auto kReal = FieldKind::real;
inline constexpr auto kText = FieldKind::text;

inline constexpr FieldInfo kName{"name", kText, "", "Name of the agent, or of a range its stem"};
inline constexpr FieldInfo kAgentType{"agent_type", kText, "", "Type of the agent"};
inline constexpr FieldInfo kReason{"reason", kText, "", "Why, one sentence"};
inline constexpr FieldInfo kAuthor{"author", kText, "", "Who asked for it"};
inline constexpr FieldInfo kAction{"action", kText, "", "Name of the action in the workload"};
inline constexpr FieldInfo kActionKind{"kind", kText, "", "Kind of the action: files.digest"};
inline constexpr FieldInfo kDuration{"duration_ns", kInteger, "ns", "From start to outcome"};
inline constexpr FieldInfo kItem{"item", kText, "", "The input item it worked on"};
inline constexpr FieldInfo kCommand{"command", kText, "", "The command as text"};
inline constexpr FieldInfo kRestarts{"restarts", kInteger, "1", "Restarts so far"};

inline constexpr FieldInfo kEngineStarted[]{
    {"workers", kInteger, "1", "Worker threads"},
    {"simulated", kBoolean, "", "Under virtual time"},
    {"seed", kInteger, "", "Seed of every draw of chance"},
    {"build", kText, "", "Version, commit and compiler"},
    {"took_ns", kInteger, "ns", "From start to ready"},
};
inline constexpr FieldInfo kEngineStopped[]{
    kReason,
    {"uptime_ns", kInteger, "ns", "From ready to stop"},
    {"not_stopped", kInteger, "1", "Parts that did not end within the bound"},
};
inline constexpr FieldInfo kRunStarted[]{
    {"run", kInteger, "", "Number of the run in its session"},
    {"workload", kText, "", "Name of the workload"},
    {"simulated", kBoolean, "", "Under virtual time"},
    {"seed", kInteger, "", "Seed of every draw of chance"},
};
inline constexpr FieldInfo kRunEnded[]{
    {"run", kInteger, "", "Number of the run in its session"},
    {"state", kText, "", "finished or failed"},
    kReason,
    {"wall_ns", kInteger, "ns", "How long it took"},
    {"actions", kInteger, "1", "Actions that came to an outcome"},
    {"ok", kInteger, "1", "Of them with a result"},
    {"failed", kInteger, "1", "Of them with an error"},
};
inline constexpr FieldInfo kIds{"ids", kText, "",
                                "Which, in their order: 1a2f.3*17 is 17 from slot 1a2f up, "
                                "40.2-5 five from slot 40 down; missing: the source"};
inline constexpr FieldInfo kAgents[]{
    kAgentType,
    kName,
    {"ordinal", kInteger, "", "That the name of the first of them ends in, after its stem and -"},
    {"count", kInteger, "1", "How many; missing: one, the source"},
    kIds,
    kReason,
    {"took_ns", kInteger, "ns", "How long it took"},
};
inline constexpr FieldInfo kAgentUpdated[]{
    kAgentType,
    kName,
    {"count", kInteger, "1", "How many; missing: one, the source"},
    kIds,
    {"change", kText, "", "key=value, -key, +capability, -+capability, with commas between"},
};
inline constexpr FieldInfo kAgentFailure[]{
    kAgentType,
    kName,
    kReason,
    kRestarts,
    {"message", kText, "", "Type of the message being handled"},
    {"supervisor", kText, "", "Name of the supervisor"},
};
inline constexpr FieldInfo kAgentStalled[]{
    kAgentType,
    kName,
    {"message", kText, "", "Type of the message being handled"},
    {"held_ns", kInteger, "ns", "How long it has held the worker"},
    {"worker", kInteger, "", "Number of the worker"},
};
inline constexpr FieldInfo kSupervisorEscalated[]{
    {"supervisor", kText, "", "Name of the supervisor"},
    {"child", kText, "", "Name of the child whose end was one too many"},
    kReason,
    kRestarts,
    {"period_ns", kInteger, "ns", "The period they are counted in"},
};
inline constexpr FieldInfo kActionCompleted[]{
    kAction,
    kActionKind,
    kDuration,
    kItem,
    {"attempt", kInteger, "1", "1 for the first"},
    {"bytes", kInteger, "B", "Bytes read"},
};
inline constexpr FieldInfo kActionFailed[]{
    kAction,
    kActionKind,
    kDuration,
    kItem,
    {"attempt", kInteger, "1", "1 for the first"},
    {"error", kText, "", "Code: not_found, timed_out, …"},
    kReason,
};
inline constexpr FieldInfo kServiceConfigured[]{
    {"service", kText, "", "Name of the service"},
    {"settings", kText, "", "What stands under [services.NAME], as JSON"},
    {"steady_ns", kInteger, "ns", "The steady clock then, which the call log counts by"},
};
inline constexpr FieldInfo kCallTraced[]{
    {"service", kText, "", "Name of the service"},
    {"action", kText, "", "Action that called it"},
    {"number", kInteger, "", "Number of the job"},
    {"end", kText, "", "succeeded, failed or rejected"},
    {"stage", kText, "", "Where it ended: action, or the stage that rejected it"},
    {"stop", kText, "", "Why it was not tried again"},
    {"attempts", kInteger, "1", "With the first"},
    {"total_ns", kInteger, "ns", "From its begin to its end"},
    {"limiter_ns", kInteger, "ns", "Of it waiting for a token"},
    {"bulkhead_ns", kInteger, "ns", "Of it waiting for its turn"},
    {"action_ns", kInteger, "ns", "Of it in the action"},
    {"retry_ns", kInteger, "ns", "Of it between attempts"},
};
inline constexpr FieldInfo kBreakerMove[]{
    {"service", kText, "", "Name of the service"},
    {"from", kText, "", "State before"},
    {"to", kText, "", "State after: open, half_open, closed, forced_open, disabled, metrics_only"},
    {"cause", kText, "", "failure_rate, wait_over, probes_succeeded, operator, …"},
    {"calls", kInteger, "1", "Outcomes it was decided by"},
    {"failed", kInteger, "1", "Of them failures"},
    {"slow", kInteger, "1", "Of them slow"},
    {"wait_ns", kInteger, "ns", "How long it stays open"},
};
inline constexpr FieldInfo kFaultStarted[]{
    {"action", kText, "", "The action that suffers it; missing: the engine"},
    {"fault", kText, "", "delay, error, hang, kill, stall, memory, disk_full or clock"},
    {"value", kText, "", "Length, class, filter, count, size or jump"},
    {"share", kReal, "", "Of the attempts or the agents, 0…1"},
    {"length_ns", kInteger, "ns", "How long; missing: until it is stopped"},
    kAuthor,
};
inline constexpr FieldInfo kFaultStopped[]{
    {"action", kText, "", "The action that suffered it; missing: the engine"},
    {"fault", kText, "", "delay, error, hang, stall, memory or disk_full"},
    {"hits", kInteger, "1", "Attempts that had it"},
    kReason,
};
inline constexpr FieldInfo kLoadStarted[]{
    {"model", kText, "", "open or closed"},
    {"stages", kInteger, "1", "Stages of the profile"},
    {"target", kReal, "", "Where it starts: arrivals per second (open) or users (closed)"},
};
inline constexpr FieldInfo kLoadStageStarted[]{
    {"stage", kInteger, "", "Number of the stage, from 1"},
    {"from", kReal, "", "Target at its start: arrivals per second or users"},
    {"to", kReal, "", "Target at its end"},
    {"length_ns", kInteger, "ns", "How long it lasts"},
};
inline constexpr FieldInfo kLoadPaused[]{
    {"target", kReal, "", "Arrivals per second or users at that moment"},
    kAuthor,
    kReason,
};
inline constexpr FieldInfo kLoadChanged[]{
    {"from", kReal, "", "Target before: arrivals per second or users"},
    {"to", kReal, "", "Target after"},
    {"stages", kInteger, "1", "Stages of the new profile, when it was replaced"},
    kAuthor,
};
inline constexpr FieldInfo kLoadFinished[]{
    {"offered", kInteger, "1", "Arrivals that were due"},
    {"achieved", kInteger, "1", "Of them answered"},
    {"dropped", kInteger, "1", "Of them given up because no agent could take them"},
    kReason,
};
inline constexpr FieldInfo kLoadBurst[]{
    {"count", kInteger, "1", "Arrivals added"},
    kAuthor,
};
inline constexpr FieldInfo kReplayStarted[]{
    {"replay", kInteger, "", "Its number; the events played have it as their trace"},
    {"run", kInteger, "", "That is played again"},
    {"from_ns", kInteger, "ns", "The first moment of it, since 1970"},
    {"length_ns", kInteger, "ns", "How much of it"},
    {"type", kText, "", "Pattern of the types that are played; missing: all"},
    {"speed", kReal, "", "Times that of then; 0: as fast as it goes"},
    kAuthor,
};
inline constexpr FieldInfo kReplayEnded[]{
    {"replay", kInteger, "", "Its number"},
    {"played", kInteger, "1", "Events"},
    {"state", kText, "", "done, cancelled or failed"},
    kReason,
};
inline constexpr FieldInfo kLimitChanged[]{
    {"limit", kText, "", "Key of the limit: limits.memory"},
    {"from", kReal, "", "Value before, in the limit's unit; null: none"},
    {"to", kReal, "", "Value after"},
    {"unit", kText, "", "B or 1"},
    {"before", kText, "", "Of a service's setting: as it was written; off: a stage it had not"},
    {"after", kText, "", "Likewise: as it is now"},
    kAuthor,
};
inline constexpr FieldInfo kLimitTried[]{
    {"limit", kText, "", "Key of the limit"},
    {"before", kText, "", "As it was written"},
    {"after", kText, "", "As it is on trial"},
    kAuthor,
    {"for_ns", kInteger, "ns", "It is taken back after so long"},
    {"version", kInteger, "", "Of the configuration"},
    {"error_rate", kReal, "1", "Taken back above this share of errors; left out: never"},
    {"rejections", kReal, "1", "Likewise, of our own rejections"},
    {"p99_ns", kReal, "ns", "Likewise, a latency"},
    {"pressure", kText, "", "Likewise, from this level on; off: never"},
};
inline constexpr FieldInfo kLimitKept[]{
    {"limit", kText, "", "Key of the limit"},
    {"before", kText, "", "As it was before the trial"},
    {"after", kText, "", "As it stays"},
    kAuthor,
    {"version", kInteger, "", "Of the configuration"},
};
inline constexpr FieldInfo kLimitReverted[]{
    {"limit", kText, "", "Key of the limit; of a run before: the version that was on trial"},
    {"before", kText, "", "As it was on trial"},
    {"after", kText, "", "As it is again"},
    {"cause", kText, "",
     "operator, timeout, error_rate, rejections, p99, pressure, ended or interrupted"},
    {"detail", kText, "", "In words, with figures"},
    kAuthor,
    {"version", kInteger, "", "Of the configuration"},
};
inline constexpr FieldInfo kConfigurationChanged[]{
    {"version", kInteger, "", "Its number, of the session"},
    {"parent", kInteger, "", "The version before; 0: there was none"},
    {"kind", kText, "", "started, set, tried, kept, reverted or rolled_back"},
    kAuthor,
    {"reason", kText, "", "The command, or why it came about by itself"},
    {"hash", kText, "", "SHA-256 of its document"},
};
inline constexpr FieldInfo kPressureChanged[]{
    {"from", kText, "", "Level before"},
    {"to", kText, "", "Level after: normal, elevated, severe, critical"},
    {"cause", kText, "", "The resource that set it"},
    {"share", kReal, "", "Of its limit, 0…1"},
};
inline constexpr FieldInfo kResource{"resource", kText, "",
                                     "cpu, memory, disk, files, threads, agents or queue"};
inline constexpr FieldInfo kResourceLevelChanged[]{
    kResource,
    {"from", kText, "", "Level before"},
    {"to", kText, "", "Level after: normal, elevated, severe, critical"},
    {"share", kReal, "", "Of its limit, 0…1"},
    {"limit", kReal, "", "In the resource's unit"},
};
inline constexpr FieldInfo kHook{"hook", kText, "", "What gives back: free heap"};
inline constexpr FieldInfo kStage{"stage", kText, "", "garbage, caches or low priority"};
inline constexpr FieldInfo kResourceCleanedUp[]{
    kResource,
    kHook,
    kStage,
    {"asked", kInteger, "", "How much was wanted: bytes, or how many"},
    {"freed", kInteger, "", "How much it gave back; missing: it cannot say"},
    {"took_ns", kInteger, "ns", "How long it took"},
};
inline constexpr FieldInfo kResourceCleanupFailed[]{kResource, kHook, kStage, kReason};
inline constexpr FieldInfo kResourceRecovered[]{
    kResource,
    {"took_ns", kInteger, "ns", "Since it pressed"},
};
inline constexpr FieldInfo kCommandExecuted[]{
    kCommand,
    kAuthor,
    {"summary", kText, "", "What came of it"},
    {"affected", kInteger, "1", "How many it touched"},
    {"before", kText, "", "What it set, before; missing: it sets nothing"},
    {"after", kText, "", "What it set, after"},
};
inline constexpr FieldInfo kCommandRefused[]{kCommand, kAuthor, kReason};
inline constexpr FieldInfo kCaptureChanged[]{
    {"pattern", kText, "", "Topics it is about"},
    {"from", kText, "", "Rule before"},
    {"to", kText, "", "Rule after: all, 1/100, 1000/s, count"},
    kAuthor,
};
inline constexpr FieldInfo kStateRecorded[]{
    {"last", kText, "", "Id of the last event that is part of it"},
    {"hash", kText, "", "Of the state (EngineState), in hexadecimal"},
};
inline constexpr FieldInfo kStoreProblem[]{
    kReason,
    {"advice", kText, "", "What to do about it"},
    {"failed", kInteger, "1", "Records that could not be written so far"},
};
inline constexpr FieldInfo kStoreRecovered[]{
    {"failed", kInteger, "1", "Records that could not be written"},
    {"lasted_ns", kInteger, "ns", "How long it could not write"},
};
inline constexpr FieldInfo kRetentionApplied[]{
    {"rule", kText, "", "age, quota or floor"},
    {"rows", kInteger, "1", "Records removed"},
    {"bytes", kInteger, "B", "Space freed"},
    {"before", kText, "", "Everything older than this went"},
};
inline constexpr FieldInfo kHelperStarted[]{
    {"helper", kText, "", "Its name"},
    {"pid", kInteger, "", "Process id"},
    {"took_ns", kInteger, "ns", "From start to ready"},
    {"attempt", kInteger, "1", "1 for the first start"},
};
inline constexpr FieldInfo kHelperEnded[]{
    {"helper", kText, "", "Its name"},
    {"exit_code", kInteger, "", "Missing when a signal ended it"},
    {"signal", kInteger, "", "Missing when it ended by itself"},
    kReason,
};
inline constexpr FieldInfo kExpectationUnmet[]{
    {"key", kText, "", "Key in [expect]"},
    {"condition", kText, "", "What was expected"},
    {"value", kReal, "", "What it was; null: not available"},
    {"unit", kText, "", "Unit of the value"},
    kReason,
};
inline constexpr FieldInfo kLogLevelChanged[]{
    {"component", kText, "", "Component of the log"},
    {"from", kText, "", "Level before"},
    {"to", kText, "", "Level after"},
    kAuthor,
};
inline constexpr FieldInfo kInputFinished[]{
    {"kind", kText, "", "Kind of the input: tree, lines, csv, jsonl"},
    {"items", kInteger, "1", "Items taken from it"},
    {"skipped", kInteger, "1", "Entries that are no items, and why stands in the errors"},
    {"bytes", kInteger, "B", "Bytes read"},
};
inline constexpr FieldInfo kMetricUnavailable[]{
    {"metric", kText, "", "Name in the metric catalogue"},
    kReason,
};
inline constexpr FieldInfo kQueue[]{
    {"queue", kText, "", "Name of the queue"},
    {"job", kInteger, "", "Id of the job"},
    {"jobs", kInteger, "1", "How many"},
    {"held", kInteger, "1", "Of them held by who was there before, until their leases end"},
    {"letters", kInteger, "1", "Dead letters that wait"},
    {"attempts", kInteger, "1", "Times that it was handed out"},
    {"cause", kText, "", "Why it was given up: exhausted, terminated, not_retried"},
    {"class", kText, "", "Class of the last failure: network, timeout, application, rejected"},
    {"code", kText, "", "Code of the last failure"},
    {"message", kText, "", "The last failure, one sentence"},
    kAuthor,
    kReason,
};
inline constexpr FieldInfo kBlackboxSaved[]{
    {"file", kText, "", "The session it was written to; missing in that session itself"},
    {"cause", kText, "", "crash, killed, alert, signal or hand"},
    {"detail", kText, "", "What alerted, or what was said by hand"},
    {"workload", kText, "", "Workload of the run, where it was another run than this"},
    {"process", kInteger, "", "Process id of the run"},
    {"signal", kText, "", "The signal that the process ended itself by"},
    {"thread", kText, "", "Name of the thread that was in"},
    {"address", kText, "", "Address of the fault"},
    {"stack", kText, "", "Stack of that thread, a line a frame, innermost first"},
    {"events", kInteger, "1", "Events in it"},
};

}  // namespace muster::fields
