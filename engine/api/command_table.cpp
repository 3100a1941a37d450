// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "api/command.h"

namespace muster {

namespace {

using Kind = ParameterKind;
using Parameter = CommandParameter;

constexpr std::string_view kFilterHelp =
    "which agents: type:task, state:busy, name:index*, mailbox:>0, or a part of the name";

constexpr std::array kStreamAppend{
    Parameter{"stream", Kind::text, true, "its name; made when it is new", {}},
    Parameter{"type", Kind::text, true, "of the event: order.placed", {}},
    Parameter{"data", Kind::text, false, "a flat JSON object", {}},
    Parameter{"expected",
              Kind::text,
              false,
              "appended only when the stream is so: any, none, exists, or the number of its last "
              "event; default any",
              {}},
    Parameter{"id",
              Kind::text,
              false,
              "of the event, 32 hexadecimal digits: appended once however often it is asked",
              {}}};
constexpr std::array kReason{
    Parameter{"reason", Kind::text, false, "what there was to see, for who opens it", {}}};
constexpr std::array kRate{
    Parameter{"rate",
              Kind::rate,
              true,
              "arrivals per second (500/s, 3000/min), or users under a closed load (200)",
              {}}};
constexpr std::array kDelta{
    Parameter{"delta",
              Kind::rate,
              true,
              "what to add: +50/s, -10/s, +10%, or users under a closed load (+20)",
              {}}};
constexpr std::array kCount{
    Parameter{"count", Kind::number, true, "how many at once, 1 to 10,000,000", {}}};
constexpr std::array kStages{Parameter{
    "stages", Kind::stages, true, "LENGTH:TARGET, separated by commas: 10s:200/s,60s:200/s", {}}};
constexpr std::array kFilter{Parameter{"filter", Kind::filter, true, kFilterHelp, {}}};
constexpr std::array kFilterMessage{
    Parameter{"filter", Kind::filter, true, kFilterHelp, {}},
    Parameter{"message", Kind::text, false, "the text to deliver; default: ping", {}}};
constexpr std::array kLimit{
    Parameter{"key", Kind::choice, true,
              "the limit to set, as in the file: of a service services.NAME.limiter.rate, of a "
              "resource resources.memory.critical",
              "limits.agents|limits.memory|services.*|resources.*"},
    Parameter{"value",
              Kind::size,
              true,
              "agents: a count (200000); memory: a size (2GiB); else as in the file (200/s, 90%)",
              {}}};
constexpr std::array kTry{
    Parameter{"key", Kind::choice, true, "the limit to change, as of limits.set, or load.rate",
              "limits.agents|limits.memory|services.*|resources.*|load.rate"},
    Parameter{"value", Kind::text, true, "as of limits.set", {}},
    Parameter{"for",
              Kind::duration,
              false,
              "taken back after so long, 1s to 1h, unless it is kept; default 30s",
              {}},
    Parameter{"error_rate",
              Kind::text,
              false,
              "taken back above this share of what ended in the last 5 s; off: never; default: 10 "
              "points more than before",
              {}},
    Parameter{
        "p99",
        Kind::text,
        false,
        "likewise above this latency (500ms); default: twice that of before, 50 ms more at least",
        {}},
    Parameter{"rejections",
              Kind::text,
              false,
              "likewise above this share rejected by our own limits; default off",
              {}},
    Parameter{"pressure", Kind::choice, false, "likewise from this level on; default severe",
              "elevated|severe|critical|off"}};
constexpr std::array kVersion{
    Parameter{"version", Kind::number, true, "its number, as musterctl config lists them", {}}};
constexpr std::array kFault{
    Parameter{"action", Kind::text, true, "the action's name", {}},
    Parameter{"fault", Kind::choice, true,
              "delay: begins later; error: fails at once; hang: ends by its timeout only",
              "delay|error|hang"},
    Parameter{
        "value",
        Kind::text,
        false,
        "a delay's length (200ms); an error's class (network, timeout, application, rejected)",
        {}},
    Parameter{"share", Kind::text, false, "of the attempts; default 100%", {}},
    Parameter{"for", Kind::duration, false, "ends by itself after so long", {}}};
constexpr std::array kMachineFault{
    Parameter{"fault", Kind::choice, true,
              "agents are killed; workers held; memory taken; the disk is full; wall time jumps",
              "kill|stall|memory|disk_full|clock"},
    Parameter{"value",
              Kind::text,
              false,
              "which agents are killed (name:index*); how many workers are held; memory (512MiB); "
              "a jump (+1h, -1s)",
              {}},
    Parameter{"share", Kind::text, false, "of the agents to kill; default 100%", {}},
    Parameter{"for", Kind::duration, false, "of stall, memory and disk_full; default 10s", {}}};
constexpr std::array kMachineFaultKind{
    Parameter{"fault", Kind::choice, true, "which fault ends", "stall|memory|disk_full"}};
constexpr std::array kAction{Parameter{"action", Kind::text, true, "the action's name", {}}};
constexpr std::array kBreaker{
    Parameter{"service", Kind::text, true, "the service's name", {}},
    Parameter{"state", Kind::choice, true, "what its circuit breaker shall be",
              "closed|open|half_open|forced_open|disabled|metrics_only"}};
constexpr std::array kService{Parameter{"service", Kind::text, true, "the service's name", {}}};
constexpr std::array kLevel{
    Parameter{"component", Kind::text, true, "the part of the engine: runtime, storage, load", {}},
    Parameter{"level", Kind::choice, true, "from this level on",
              "trace|debug|info|warn|error|off"}};
constexpr std::array kCapture{
    Parameter{"pattern", Kind::text, true, "event types: action.*, load.**, agent.ready", {}},
    Parameter{"policy",
              Kind::text,
              true,
              "all, count (count only), 1/N (every N-th), N/s (at most), or default (no rule)",
              {}}};
constexpr std::string_view kLettersHelp =
    "which dead letters: * for all, id:17,18, queue:orders, class:network, code:timed_out, words";
constexpr std::array kQueue{Parameter{"queue", Kind::text, true, "the queue's name", {}}};
constexpr std::array kPush{
    Parameter{"queue", Kind::text, true, "the queue's name", {}},
    Parameter{"payload", Kind::text, true, "what the agent gets as its item", {}},
    Parameter{"priority", Kind::choice, false, "default normal", "low|normal|high|urgent"},
    Parameter{"delay", Kind::duration, false, "not handed out before", {}},
    Parameter{"key", Kind::text, false, "pushed again within the window it is a duplicate", {}}};
constexpr std::array kQueueSetting{
    Parameter{"queue", Kind::text, true, "the queue's name", {}},
    Parameter{"key", Kind::text, true, "as in the file: lease, deliveries, jobs, backoff.cap", {}},
    Parameter{"value", Kind::text, true, "as in the file", {}}};
constexpr std::array kLettersOptional{Parameter{"letters", Kind::text, false, kLettersHelp, {}}};
constexpr std::array kLetters{Parameter{"letters", Kind::text, true, kLettersHelp, {}}};
constexpr std::array kRetry{
    Parameter{"letters", Kind::text, true, kLettersHelp, {}},
    Parameter{"rate", Kind::rate, false, "at most so many a second (10/s); default: at once", {}},
    Parameter{"reason", Kind::text, false, "why, for the record", {}}};
constexpr std::array kDiscard{
    Parameter{"letters", Kind::text, true, kLettersHelp, {}},
    Parameter{"reason", Kind::text, true, "why, for the record that remains", {}}};
constexpr std::array kEdit{Parameter{"letter", Kind::text, true, "the id of one dead letter", {}},
                           Parameter{"payload", Kind::text, true, "what it shall be instead", {}},
                           Parameter{"reason", Kind::text, false, "why, for the record", {}}};
constexpr std::string_view kSpeedHelp = "times that of then, 0.01 to 1000, or max";
constexpr std::array kReplay{
    Parameter{"session", Kind::text, true, "the file of the session", {}},
    Parameter{"into", Kind::choice, true,
              "the agents of this run get the events and act on them: say live to confirm", "live"},
    Parameter{"type", Kind::text, false, "only types of this pattern: breaker.*", {}},
    Parameter{"source", Kind::text, false, "only of this source", {}},
    Parameter{"speed", Kind::text, false, kSpeedHelp, {}},
    Parameter{"from", Kind::duration, false, "since the start of the run that is played", {}},
    Parameter{"to", Kind::duration, false, "likewise", {}},
    Parameter{"run", Kind::number, false, "of the session; default its last", {}}};
constexpr std::array kReplayStep{
    Parameter{"count", Kind::number, false, "how many events; default 1", {}}};
constexpr std::array kReplaySpeed{Parameter{"speed", Kind::text, true, kSpeedHelp, {}}};
constexpr std::array kText{Parameter{"text", Kind::text, true, "what the mark says", {}}};
constexpr std::array kBound{
    Parameter{"bound", Kind::duration, false, "how long at most, 0s to 1h; default 5s", {}}};

constexpr std::array kCommands{
    CommandInfo{
        "load.pause", "Pause load", "Offers no more work until it is resumed.", "load.pause", {}},
    CommandInfo{
        "load.resume", "Resume load", "Goes on where the load was paused.", "load.resume", {}},
    CommandInfo{"load.rate", "Set load rate",
                "Holds the load at this target by hand, in place of the profile.",
                "load.rate 500/s", kRate},
    CommandInfo{"load.auto",
                "Return to load profile",
                "Hands the load back to the stages of the profile.",
                "load.auto",
                {}},
    CommandInfo{"load.step", "Step load", "Raises or lowers the target from where it is.",
                "load.step +50/s", kDelta},
    CommandInfo{"load.burst", "Burst", "Offers this many at once, on top of the load.",
                "load.burst 1000", kCount},
    CommandInfo{"load.stages", "Shape load", "Puts new stages in place of those to come.",
                "load.stages 10s:200/s,60s:200/s", kStages},
    CommandInfo{"agents.stop", "Stop agents", "Ends the agents that match; what they do now, ends.",
                "agents.stop type=task", kFilter, Confirmation::whenMany},
    CommandInfo{"agents.suspend", "Suspend agents",
                "Holds the agents that match; their mail waits.", "agents.suspend name:index*",
                kFilter},
    CommandInfo{"agents.resume", "Resume agents", "Lets suspended agents go on.",
                "agents.resume state:suspended", kFilter},
    CommandInfo{"agents.restart", "Restart agents",
                "Starts the behaviour anew; id, name and waiting mail stay.",
                "agents.restart name:index-7", kFilter, Confirmation::whenMany},
    CommandInfo{"agents.send", "Send to agents", "Delivers a text to each agent that matches.",
                "agents.send name:index-7 \"report\"", kFilterMessage},
    CommandInfo{"limits.set", "Set limit", "Changes a limit while the engine runs.",
                "limits.set limits.memory 2GiB", kLimit},
    CommandInfo{"limits.try", "Try limit",
                "Changes a limit on trial: it is taken back by itself unless you keep it.",
                "limits.try services.shop.limiter.rate 200/s for=30s error_rate=10%", kTry},
    CommandInfo{"limits.keep",
                "Keep what is on trial",
                "Ends the trial; the change stays.",
                "limits.keep",
                {}},
    CommandInfo{"limits.revert",
                "Revert what is on trial",
                "Ends the trial; all is as it was before.",
                "limits.revert",
                {}},
    CommandInfo{"config.rollback", "Roll back configuration",
                "Sets every limit and the load to what they were in an earlier version.",
                "config.rollback 3", kVersion, Confirmation::always},
    CommandInfo{"breaker.set", "Set circuit breaker",
                "Opens, closes or bypasses a service's circuit breaker by hand.",
                "breaker.set disk forced_open", kBreaker, Confirmation::always},
    CommandInfo{"breaker.reset", "Reset circuit breaker",
                "Closes a service's circuit breaker and forgets what it counted.",
                "breaker.reset disk", kService},
    CommandInfo{"fault.start", "Inject fault",
                "Makes a share of an action's attempts go wrong on purpose.",
                "fault.start digest delay 200ms share=50% for=10s", kFault, Confirmation::always},
    CommandInfo{"fault.stop", "Stop fault", "Lets an action go well again.", "fault.stop digest",
                kAction},
    CommandInfo{"fault.inject", "Break the engine",
                "Kills agents, holds workers, takes memory, fills the disk or moves the clock.",
                "fault.inject memory 512MiB for=10s", kMachineFault, Confirmation::always},
    CommandInfo{"fault.end", "End engine fault",
                "Gives back what a fault took, before its time is over.", "fault.end memory",
                kMachineFaultKind},
    CommandInfo{"log.level", "Set log level", "Changes what one part of the engine logs.",
                "log.level runtime debug", kLevel, Confirmation::none, false},
    CommandInfo{"capture.set", "Set capture policy",
                "Says which events of a type are kept and which only counted.",
                "capture.set action.completed 1/100", kCapture},
    CommandInfo{"mark.add", "Add mark", "Draws a line with a text on every chart.",
                "mark.add \"cache warmed\"", kText},
    CommandInfo{"blackbox.save", "Save black box",
                "Writes what the run did last to a session of its own.",
                "blackbox.save reason=\"looks slow\"", kReason, Confirmation::none, false},
    CommandInfo{"stream.append", "Append to stream",
                "Appends an event to a stream of the session; answered once it is on the disk.",
                "stream.append order-17 order.placed data=\"{\\\"sum\\\":3}\" expected=none",
                kStreamAppend},
    CommandInfo{"queue.pause", "Pause queue",
                "Hands out no job of a durable queue; it still takes jobs in.",
                "queue.pause orders", kQueue},
    CommandInfo{"queue.resume", "Resume queue", "Hands out jobs of a queue again.",
                "queue.resume orders", kQueue},
    CommandInfo{"queue.push", "Push job", "Puts a job into a durable queue.",
                "queue.push orders \"1001,lamp,2\" priority=high", kPush},
    CommandInfo{"queue.set", "Set queue", "Changes a setting of a queue; what is in it stays.",
                "queue.set orders lease 1min", kQueueSetting},
    CommandInfo{"dead.list", "List dead letters", "Counts the dead letters that wait, by cause.",
                "dead.list class:network", kLettersOptional, Confirmation::none, false},
    CommandInfo{"dead.retry", "Retry dead letters",
                "Makes new jobs of dead letters; waits while their service's breaker is open.",
                "dead.retry class:network rate=10/s", kRetry, Confirmation::whenMany},
    CommandInfo{"dead.stop",
                "Stop retries",
                "Leaves the dead letters whose retry did not come yet where they are.",
                "dead.stop",
                {}},
    CommandInfo{"dead.edit", "Edit dead letter", "Changes the payload of a dead letter.",
                "dead.edit 17 \"1017,lamp,2\"", kEdit},
    CommandInfo{"dead.dry_run", "Try a retry dry",
                "Says what a retry of dead letters would meet now, and does nothing.",
                "dead.dry_run queue:orders", kLetters, Confirmation::none, false},
    CommandInfo{"dead.discard", "Discard dead letters",
                "Gives dead letters up; a record of each stays in the session.",
                "dead.discard code:unavailable reason=\"test data\"", kDiscard,
                Confirmation::always},
    CommandInfo{"replay.start", "Replay into this run",
                "Plays the events of a recorded session into this run, marked as replayed.",
                "replay.start old.db live type=breaker.* speed=4", kReplay, Confirmation::always},
    CommandInfo{
        "replay.pause", "Pause replay", "Holds the replay; no event comes.", "replay.pause", {}},
    CommandInfo{"replay.resume", "Resume replay", "Lets the replay go on.", "replay.resume", {}},
    CommandInfo{"replay.step", "Step replay", "Pauses the replay and lets a few events come.",
                "replay.step 1", kReplayStep},
    CommandInfo{"replay.speed", "Set replay speed", "Plays faster or slower from here on.",
                "replay.speed 10", kReplaySpeed},
    CommandInfo{"replay.stop", "Stop replay", "Ends the replay where it is.", "replay.stop", {}},
    CommandInfo{"run.drain", "Drain run",
                "Ends the load, lets what is under way finish, then ends.", "run.drain 10s", kBound,
                Confirmation::always},
    CommandInfo{"run.stop",
                "Stop run",
                "Ends at once; what is under way is given up.",
                "run.stop",
                {},
                Confirmation::always},
};

}  // namespace

std::span<const CommandInfo> allCommands() noexcept
{
    return kCommands;
}

const CommandInfo* findCommand(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kCommands, name, &CommandInfo::name);
    return found == kCommands.end() ? nullptr : &*found;
}

}  // namespace muster
