// SPDX-License-Identifier: Apache-2.0
#include "telemetry/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace muster {
namespace {

constexpr auto kCounter = MetricKind::counter;
constexpr auto kGauge = MetricKind::gauge;
constexpr auto kHistogram = MetricKind::histogram;
constexpr auto kRate = MetricKind::rate;
constexpr auto kQuantile = MetricKind::quantile;
constexpr auto kNeutral = Direction::neutral;
constexpr auto kLower = Direction::lowerBetter;
constexpr auto kHigher = Direction::higherBetter;

constexpr std::array kMetrics{
    // Agents
    MetricInfo{"agents.live", kGauge, "1", kNeutral, "Agents that exist", "type", "", 0},
    MetricInfo{"agents.initializing", kGauge, "1", kNeutral, "Agents being set up", "", "", 0},
    MetricInfo{"agents.ready", kGauge, "1", kNeutral, "Agents waiting for mail", "", "", 0},
    MetricInfo{"agents.busy", kGauge, "1", kNeutral, "Agents at work or with mail", "", "", 0},
    MetricInfo{"agents.suspended", kGauge, "1", kNeutral, "Agents whose mail waits", "", "", 0},
    MetricInfo{"agents.terminating", kGauge, "1", kNeutral, "Agents on their way out", "", "", 0},
    MetricInfo{"agents.share", kGauge, "%", kLower, "Live agents of limits.agents", "", "", 0},
    MetricInfo{"agents.created", kCounter, "1", kNeutral, "Agents created", "type", "", 0},
    MetricInfo{"agents.ended", kCounter, "1", kNeutral, "Agents ended", "type", "", 0},
    MetricInfo{"agents.crashed", kCounter, "1", kLower, "Behaviours left by an error", "type", "",
               0},
    MetricInfo{"agents.restarts", kCounter, "1", kLower, "Restarts", "type", "", 0},
    MetricInfo{"agents.escalations", kCounter, "1", kLower, "Supervisors that gave up", "", "", 0},
    MetricInfo{"agents.stalls", kCounter, "1", kLower, "Handlers that held a worker too long", "",
               "", 0},
    MetricInfo{"agents.created.rate", kRate, "1/s", kHigher, "Creations per second", "type",
               "agents.created", 0},
    // Messages and mailboxes
    MetricInfo{"messages.handled", kCounter, "1", kNeutral, "Messages handled", "type", "", 0},
    MetricInfo{"messages.handled.rate", kRate, "1/s", kHigher, "Messages handled per second",
               "type", "messages.handled", 0},
    MetricInfo{"messages.dropped", kCounter, "1", kLower, "Messages given up, by cause", "cause",
               "", 0},
    MetricInfo{"requests.late", kCounter, "1", kLower, "Replies after their deadline", "", "", 0},
    MetricInfo{"requests.timed_out", kCounter, "1", kLower, "Requests without a reply in time", "",
               "", 0},
    MetricInfo{"mailbox.waiting", kGauge, "1", kLower, "Messages in all mailboxes", "", "", 0},
    MetricInfo{"mailbox.oldest", kGauge, "ns", kLower, "Age of the oldest message; sampled", "", "",
               0},
    // Events
    MetricInfo{"events.published", kCounter, "1", kNeutral, "Events published", "topic", "", 0},
    MetricInfo{"events.published.rate", kRate, "1/s", kHigher, "Events published per second",
               "topic", "events.published", 0},
    MetricInfo{"events.refused", kCounter, "1", kLower, "Events against the catalogue", "", "", 0},
    MetricInfo{"events.delivered", kCounter, "1", kNeutral, "Deliveries to subscribers", "", "", 0},
    MetricInfo{"events.delivered.rate", kRate, "1/s", kHigher,
               "Deliveries to subscribers per second", "", "events.delivered", 0},
    MetricInfo{"events.dropped", kCounter, "1", kLower,
               "Deliveries given up because a subscriber's queue was full", "", "", 0},
    MetricInfo{"events.stored", kCounter, "1", kNeutral, "Events kept in the session", "", "", 0},
    MetricInfo{"events.stored.rate", kRate, "1/s", kHigher, "Events kept per second", "",
               "events.stored", 0},
    MetricInfo{"events.counted_only", kCounter, "1", kNeutral,
               "Events that the capture policy only counted", "", "", 0},
    MetricInfo{"events.counted_only.rate", kRate, "1/s", kNeutral, "Events only counted per second",
               "", "events.counted_only", 0},
    // Durable queues
    MetricInfo{"jobs.ready", kGauge, "1", kLower, "Jobs that wait to be handed out", "queue", "",
               0},
    MetricInfo{"jobs.delayed", kGauge, "1", kNeutral, "Jobs whose time has not come", "queue", "",
               0},
    MetricInfo{"jobs.held", kGauge, "1", kNeutral, "Jobs that somebody holds", "queue", "", 0},
    MetricInfo{"jobs.oldest", kGauge, "ns", kLower, "Age of the oldest job that waits", "queue", "",
               0},
    MetricInfo{"jobs.letters", kGauge, "1", kLower, "Dead letters that wait", "queue", "", 0},
    MetricInfo{"jobs.pushed", kCounter, "1", kNeutral, "Jobs pushed", "queue", "", 0},
    MetricInfo{"jobs.pushed.rate", kRate, "1/s", kNeutral, "Jobs pushed per second", "queue",
               "jobs.pushed", 0},
    MetricInfo{"jobs.done", kCounter, "1", kHigher, "Jobs acknowledged", "queue", "", 0},
    MetricInfo{"jobs.done.rate", kRate, "1/s", kHigher, "Jobs acknowledged per second", "queue",
               "jobs.done", 0},
    MetricInfo{"jobs.failed", kCounter, "1", kLower, "Deliveries that failed and are tried again",
               "queue", "", 0},
    MetricInfo{"jobs.failed.rate", kRate, "1/s", kLower, "Deliveries that failed per second",
               "queue", "jobs.failed", 0},
    MetricInfo{"jobs.rescued", kCounter, "1", kLower, "Jobs whose holder was gone", "queue", "", 0},
    MetricInfo{"jobs.duplicates", kCounter, "1", kNeutral, "Pushes of a key that was known",
               "queue", "", 0},
    MetricInfo{"jobs.refused", kCounter, "1", kLower, "Pushes refused by a full queue", "queue", "",
               0},
    MetricInfo{"jobs.died", kCounter, "1", kLower, "Jobs given up, by class", "queue,class", "", 0},
    // Actions
    MetricInfo{"actions.started", kCounter, "1", kNeutral, "Actions started", "action", "", 0},
    MetricInfo{"actions.completed", kCounter, "1", kHigher, "Actions that came to an outcome",
               "action", "", 0},
    MetricInfo{"actions.completed.rate", kRate, "1/s", kHigher, "Actions' outcomes per second",
               "action", "actions.completed", 0},
    MetricInfo{"actions.ok", kCounter, "1", kHigher, "Actions with a result", "action", "", 0},
    MetricInfo{"actions.ok.rate", kRate, "1/s", kHigher, "Results per second", "action",
               "actions.ok", 0},
    MetricInfo{"actions.failed", kCounter, "1", kLower, "Actions that ended in an error", "action",
               "", 0},
    MetricInfo{"actions.failed.rate", kRate, "1/s", kLower, "Errors per second", "action",
               "actions.failed", 0},
    MetricInfo{"actions.abandoned", kCounter, "1", kLower,
               "Actions that still held a thread when their agent went on past their deadline",
               "action", "", 0},
    MetricInfo{"actions.latency", kHistogram, "ns", kLower,
               "From an action's intended start to its outcome", "action", "", 0},
    MetricInfo{"actions.latency.p50", kQuantile, "ns", kLower, "Median latency", "action",
               "actions.latency", 0.5},
    MetricInfo{"actions.latency.p90", kQuantile, "ns", kLower, "90th percentile of latency",
               "action", "actions.latency", 0.9},
    MetricInfo{"actions.latency.p95", kQuantile, "ns", kLower, "95th percentile of latency",
               "action", "actions.latency", 0.95},
    MetricInfo{"actions.latency.p99", kQuantile, "ns", kLower, "99th percentile of latency",
               "action", "actions.latency", 0.99},
    MetricInfo{"actions.latency.p999", kQuantile, "ns", kLower, "99.9th percentile of latency",
               "action", "actions.latency", 0.999},
    MetricInfo{"actions.latency.max", kQuantile, "ns", kLower, "Greatest latency", "action",
               "actions.latency", 1},
    MetricInfo{"actions.service_time", kHistogram, "ns", kLower,
               "From the moment an agent began an action to its outcome", "action", "", 0},
    MetricInfo{"actions.service_time.p50", kQuantile, "ns", kLower, "Median service time", "action",
               "actions.service_time", 0.5},
    MetricInfo{"actions.service_time.p99", kQuantile, "ns", kLower,
               "99th percentile of service time", "action", "actions.service_time", 0.99},
    // Protected calls
    MetricInfo{"calls.began", kCounter, "1", kNeutral, "Protected calls begun", "service", "", 0},
    MetricInfo{"calls.began.rate", kRate, "1/s", kNeutral, "Protected calls begun per second",
               "service", "calls.began", 0},
    MetricInfo{"calls.succeeded", kCounter, "1", kNeutral, "Protected calls that succeeded",
               "service", "", 0},
    MetricInfo{"calls.failed", kCounter, "1", kLower, "Protected calls that failed", "service", "",
               0},
    MetricInfo{"calls.failed.rate", kRate, "1/s", kLower, "Protected calls failed per second",
               "service", "calls.failed", 0},
    MetricInfo{"calls.rejected", kCounter, "1", kLower, "Protected calls that a stage rejected",
               "service", "", 0},
    MetricInfo{"calls.rejected.rate", kRate, "1/s", kLower, "Protected calls rejected per second",
               "service", "calls.rejected", 0},
    MetricInfo{"calls.latency", kHistogram, "ns", kLower, "From a call's begin to its end",
               "service", "", 0},
    MetricInfo{"calls.latency.p50", kQuantile, "ns", kLower, "Median latency of calls", "service",
               "calls.latency", 0.5},
    MetricInfo{"calls.latency.p99", kQuantile, "ns", kLower, "99th percentile of calls' latency",
               "service", "calls.latency", 0.99},
    MetricInfo{"calls.stage.passed", kCounter, "1", kNeutral, "Attempts that passed a stage",
               "service,stage", "", 0},
    MetricInfo{"calls.stage.rejected", kCounter, "1", kLower, "Attempts that a stage rejected",
               "service,stage", "", 0},
    MetricInfo{"calls.stage.time", kCounter, "ns", kLower, "Time that calls spent in a stage",
               "service,stage", "", 0},
    MetricInfo{"breaker.state", kGauge, "1", kNeutral,
               "0 closed, 1 open, 2 half-open, 3 forced open, 4 disabled, 5 metrics only",
               "service", "", 0},
    MetricInfo{"breaker.failure_rate", kGauge, "%", kLower, "Failures of the breaker's window",
               "service", "", 0},
    MetricInfo{"limiter.remaining", kGauge, "1", kHigher, "Tokens that may be taken now", "service",
               "", 0},
    MetricInfo{"retry.budget.used", kGauge, "%", kLower, "Of the retries that the budget allows",
               "service", "", 0},
    MetricInfo{"bulkhead.limit", kGauge, "1", kNeutral, "Calls at once, as set or as found out",
               "service", "", 0},
    MetricInfo{"bulkhead.in_use", kGauge, "1", kNeutral, "Calls under way", "service", "", 0},
    MetricInfo{"bulkhead.waiting", kGauge, "1", kLower, "Calls that wait for their turn", "service",
               "", 0},
    // Load
    MetricInfo{"load.target", kGauge, "1", kNeutral, "Arrivals per second, or users, wanted now",
               "", "", 0},
    MetricInfo{"load.offered", kCounter, "1", kNeutral, "Arrivals due", "", "", 0},
    MetricInfo{"load.offered.rate", kRate, "1/s", kNeutral, "Arrivals due per second", "",
               "load.offered", 0},
    MetricInfo{"load.achieved", kCounter, "1", kHigher, "Arrivals answered", "", "", 0},
    MetricInfo{"load.achieved.rate", kRate, "1/s", kHigher, "Arrivals answered per second", "",
               "load.achieved", 0},
    MetricInfo{"load.dropped", kCounter, "1", kLower, "Arrivals that no agent could take", "", "",
               0},
    MetricInfo{"load.shed", kCounter, "1", kLower, "Of the dropped because of pressure", "", "", 0},
    MetricInfo{"load.dropped.rate", kRate, "1/s", kLower, "Arrivals dropped per second", "",
               "load.dropped", 0},
    MetricInfo{"load.dropped.late", kCounter, "1", kLower,
               "Arrivals dropped because the generator itself came too late", "", "", 0},
    MetricInfo{"load.outstanding", kGauge, "1", kLower, "Dispatched and not answered", "", "", 0},
    MetricInfo{"load.lag", kGauge, "ns", kLower, "How far the generator is behind its plan", "", "",
               0},
    MetricInfo{"load.saturation", kGauge, "%", kLower,
               "Share of its time that the generator worked: at 100 % it can offer no more", "", "",
               0},
    // Machine
    MetricInfo{"process.cpu", kGauge, "1", kNeutral, "Cores in use", "", "", 0},
    MetricInfo{"process.cpu.share", kGauge, "%", kLower, "Cores in use of those allowed", "", "",
               0},
    MetricInfo{"process.memory", kGauge, "B", kLower, "Resident memory", "", "", 0},
    MetricInfo{"process.memory.share", kGauge, "%", kLower, "Resident memory of its limit", "", "",
               0},
    MetricInfo{"process.files", kGauge, "1", kNeutral, "Open files", "", "", 0},
    MetricInfo{"process.files.share", kGauge, "%", kLower, "Open files of their limit", "", "", 0},
    MetricInfo{"process.threads", kGauge, "1", kNeutral, "Threads", "", "", 0},
    MetricInfo{"process.threads.share", kGauge, "%", kLower, "Threads of their limit", "", "", 0},
    MetricInfo{"disk.used", kGauge, "B", kNeutral, "In use on the session's file system", "", "",
               0},
    MetricInfo{"disk.share", kGauge, "%", kLower, "In use of the session's file system", "", "", 0},
    MetricInfo{"queue.share", kGauge, "%", kLower, "Messages waiting of resources.queue.limit", "",
               "", 0},
    MetricInfo{"cleanup.runs", kCounter, "1", kLower, "Clean-ups run under pressure", "", "", 0},
    MetricInfo{"cleanup.failed", kCounter, "1", kLower, "Clean-ups that failed", "", "", 0},
    MetricInfo{"pressure.level", kGauge, "1", kLower, "0 normal, 1 elevated, 2 severe, 3 critical",
               "", "", 0},
    MetricInfo{"admission.refused", kCounter, "1", kLower, "Creations refused, by limit", "limit",
               "", 0},
    // Store
    MetricInfo{"store.waiting", kGauge, "1", kLower, "Records in the writer's queue", "", "", 0},
    MetricInfo{"store.bytes", kGauge, "B", kNeutral, "Size of the session's file", "", "", 0},
    MetricInfo{"store.failed", kCounter, "1", kLower, "Records that could not be written", "", "",
               0},
};

}  // namespace

std::string_view toString(MetricKind kind) noexcept
{
    switch (kind) {
        case MetricKind::counter:
            return "counter";
        case MetricKind::gauge:
            return "gauge";
        case MetricKind::histogram:
            return "histogram";
        case MetricKind::rate:
            return "rate";
        case MetricKind::quantile:
            return "quantile";
    }
    return "";
}

std::string_view toString(Direction direction) noexcept
{
    switch (direction) {
        case Direction::neutral:
            return "neutral";
        case Direction::lowerBetter:
            return "lower is better";
        case Direction::higherBetter:
            return "higher is better";
    }
    return "";
}

std::span<const MetricInfo> allMetrics() noexcept
{
    return kMetrics;
}

const MetricInfo* findMetric(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kMetrics, name, &MetricInfo::name);
    return found == kMetrics.end() ? nullptr : &*found;
}

std::string metricReference()
{
    std::string out =
        "# Metrics\n\nA share runs from 0 to 1. Percentiles come from merged histograms.\n\n"
        "| name | kind | unit | better | labels | meaning |\n|---|---|---|---|---|---|\n";
    for (const MetricInfo& metric : kMetrics) {
        out +=
            fmt::format("| `{}` | {} | {} | {} | {} | {}{} |\n", metric.name, toString(metric.kind),
                        metric.unit, toString(metric.direction), metric.labels, metric.help,
                        metric.of.empty() ? "" : fmt::format(" (of `{}`)", metric.of));
    }
    return out;
}

}  // namespace muster
