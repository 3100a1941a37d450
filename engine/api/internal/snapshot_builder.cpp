// SPDX-License-Identifier: Apache-2.0
#include "api/internal/snapshot_builder.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "api/internal/attention.h"
#include "api/internal/queue_rows.h"

namespace muster {

namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kMinute = std::chrono::minutes(1);

[[nodiscard]] Known toKnown(const Reading& reading)
{
    return {reading.value, reading.missing};
}

}  // namespace

SnapshotBuilder::SnapshotBuilder(EngineCore& core, const EngineTelemetry& telemetry,
                                 const Sources& sources)
    : m_core(core),
      m_telemetry(telemetry),
      m_run(sources.run),
      m_faults(sources.faults),
      m_configuration(sources.configuration),
      m_trial(sources.trial)
{
    if (core.workload) {
        for (const auto& action : core.workload->actions) {
            m_actionLabels.push_back(labelText({{"action", action.name}}));
        }
    }
}

SnapshotPtr SnapshotBuilder::build()
{
    auto snapshot = std::make_shared<Snapshot>();
    const auto status = m_core.status.get();
    snapshot->sequence = ++m_sequence;
    snapshot->at = m_core.clock->wall();
    snapshot->uptime = m_core.clock->now() - m_core.startedMono;
    snapshot->rateWindow = m_core.sampler->rateWindow();
    snapshot->state = status.state;
    snapshot->stateReason = status.reason;
    snapshot->workers = m_core.runtime->workers();
    snapshot->simulated = m_core.simulated();
    if (m_core.workload) {
        snapshot->workload = m_core.workload->name;
        snapshot->workloadFile = m_core.workload->file;
    }
    addAgents(*snapshot);
    addEvents(*snapshot);
    addActions(*snapshot);
    snapshot->faults = m_faults.active();
    if (m_run != nullptr) {
        snapshot->services = m_run->services().statuses();
        addQueues(*snapshot);
        snapshot->trial = m_trial.status();
        snapshot->configurationVersion = m_configuration.version();
        std::ranges::move(m_run->faults().active(), std::back_inserter(snapshot->faults));
    }
    addLoad(*snapshot);
    addStore(*snapshot);
    addExpectations(*snapshot);
    const auto& resources = m_telemetry.resources();
    snapshot->pressure = resources.pressure();
    snapshot->pressureCause = resources.cause();
    snapshot->resources = resources.resources();
    snapshot->pressureTotals = resources.totals();
    snapshot->cleanups = resources.cleanups().recent();
    snapshot->frame = m_telemetry.frame();
    snapshot->marks = m_core.marks.marks();
    snapshot->snapshotsDropped = m_core.snapshots.dropped();
    if (m_core.blackBox) {
        snapshot->blackBox = m_core.blackBox->status();
    }
    snapshot->attention = attentionList(
        *snapshot, m_core.stalls.current(m_core.runtime->directory(), m_core.clock->now()));
    return snapshot;
}

void SnapshotBuilder::addAgents(Snapshot& snapshot)
{
    const auto counts = m_core.runtime->directory().counts();
    auto& agents = snapshot.agents;
    agents.initializing = counts.in(AgentState::initializing);
    agents.ready = counts.in(AgentState::ready);
    agents.busy = counts.in(AgentState::busy);
    agents.suspended = counts.in(AgentState::suspended);
    agents.terminating = counts.in(AgentState::terminating);
    agents.live =
        agents.initializing + agents.ready + agents.busy + agents.suspended + agents.terminating;
    agents.created = counts.created;
    agents.ended = counts.ended;
    agents.crashed = counts.crashed;
    agents.restarts = counts.restarts;

    const auto now = m_core.clock->now();
    if (m_liveMinute.empty() || now - m_liveMinute.back().at >= kSecond) {
        m_liveMinute.push_back({now, agents.live});
    }
    while (now - m_liveMinute.front().at > kMinute) {
        m_liveMinute.pop_front();
    }
    agents.liveChangeOneMinute = static_cast<std::int64_t>(agents.live) -
                                 static_cast<std::int64_t>(m_liveMinute.front().count);

    const auto waiting = m_core.sampler->value("mailbox.waiting");
    snapshot.waiting.messages =
        waiting.known() ? static_cast<std::uint64_t>(std::max(0.0, waiting.value)) : 0;
    snapshot.waiting.oldest = toKnown(m_core.sampler->value("mailbox.oldest"));
}

void SnapshotBuilder::addQueues(Snapshot& snapshot)
{
    if (!m_core.queues) {
        return;
    }
    const auto now = m_core.clock->now();
    for (const QueueStatus& queue : m_core.queues->status()) {
        QueueRow row = toRow(queue);
        const std::string labels = labelText({{"queue", row.name}});
        row.pushedPerSecond = toKnown(m_core.sampler->value("jobs.pushed.rate", labels));
        row.donePerSecond = toKnown(m_core.sampler->value("jobs.done.rate", labels));
        auto& minute = m_diedMinute[row.name];
        if (minute.empty() || now - minute.back().at >= kSecond) {
            minute.push_back({now, row.died});
        }
        while (now - minute.front().at > kMinute) {
            minute.pop_front();
        }
        row.diedLastMinute = row.died - minute.front().count;
        snapshot.queues.push_back(std::move(row));
    }
}

void SnapshotBuilder::addEvents(Snapshot& snapshot) const
{
    auto& events = snapshot.events;
    events.published = m_core.publisher->published();
    events.publishedPerSecond = rate("events.published.rate");
    events.storedPerSecond = rate("events.stored.rate");
    events.countedOnlyPerSecond = rate("events.counted_only.rate");
    if (!m_core.recorder) {
        events.countedOnly = events.published;
        return;
    }
    const auto status = m_core.recorder->status();
    events.stored = status.stored;
    events.countedOnly = status.countedOnly;
    events.dropped = status.drops.total();
}

void SnapshotBuilder::addActions(Snapshot& snapshot) const
{
    snapshot.actions = actionTotals({});
    if (!m_core.workload) {
        return;
    }
    for (std::size_t i = 0; i < m_actionLabels.size(); ++i) {
        const auto& action = m_core.workload->actions[i];
        snapshot.actionRows.push_back(
            {action.name, action.info->kind, actionTotals(m_actionLabels[i])});
    }
}

ActionTotals SnapshotBuilder::actionTotals(std::string_view labels) const
{
    ActionTotals totals;
    totals.started = total("actions.started", labels);
    totals.ok = total("actions.ok", labels);
    totals.failed = total("actions.failed", labels);
    totals.perSecond = rate("actions.completed.rate", labels);
    totals.failuresPerSecond = rate("actions.failed.rate", labels);
    totals.okShare = totals.perSecond > 0
                         ? Known{1 - std::min(1.0, totals.failuresPerSecond / totals.perSecond), {}}
                         : Known{0, "no action ended in the last seconds"};
    totals.latency = latency("actions.latency", labels);
    totals.serviceTime = latency("actions.service_time", labels);
    return totals;
}

LatencySummary SnapshotBuilder::latency(std::string_view histogram, std::string_view labels) const
{
    const auto window = m_core.sampler->latency(histogram, labels);
    return {.samples = window.samples,
            .window = window.window,
            .p50 = toKnown(window.p50),
            .p90 = toKnown(window.p90),
            .p95 = toKnown(window.p95),
            .p99 = toKnown(window.p99),
            .p999 = toKnown(window.p999),
            .max = toKnown(window.max)};
}

void SnapshotBuilder::addLoad(Snapshot& snapshot) const
{
    auto& load = snapshot.load;
    const auto* generator = m_run != nullptr ? m_run->load() : nullptr;
    if (generator == nullptr) {
        load.generatorLag = load.generatorSaturation = {0, "the workload has no load"};
        return;
    }
    const auto figures = generator->figures();
    load.model = toModel(figures.model);
    load.paused = figures.paused;
    for (const auto& stage : figures.stages) {
        load.stages.push_back({stage.length, stage.target});
    }
    load.startTarget = figures.start;
    load.elapsed = figures.elapsed;
    load.stage = figures.stage;
    load.offeredPerSecond = rate("load.offered.rate");
    load.achievedPerSecond = rate("load.achieved.rate");
    load.droppedPerSecond = rate("load.dropped.rate");
    load.target = figures.target;
    load.overridden = figures.held;
    load.offered = figures.offered;
    load.achieved = figures.achieved;
    load.dropped = figures.dropped;
    load.shed = figures.shed;
    load.pressureShare = figures.share;
    load.outstanding = figures.outstanding;
    load.inputTotal = figures.input.total;
    load.inputTaken = figures.input.taken;
    load.droppedLate = figures.droppedLate;
    load.generatorLag = toKnown(figures.lag);
    load.generatorSaturation = toKnown(figures.saturation);
    if (snapshot.state == RunState::running && figures.paused) {
        snapshot.state = RunState::paused;
    }
}

void SnapshotBuilder::addStore(Snapshot& snapshot) const
{
    if (!m_core.recorder) {
        return;
    }
    const auto status = m_core.recorder->status();
    snapshot.store = {.recording = status.recording,
                      .file = status.file.string(),
                      .bytes = status.bytes,
                      .waiting = status.waiting,
                      .failedWrites = status.failedWrites,
                      .problem = status.problem};
}

void SnapshotBuilder::addExpectations(Snapshot& snapshot)
{
    if (m_run == nullptr) {
        return;
    }
    const auto now = m_core.clock->now();
    const bool over = snapshot.state == RunState::finished || snapshot.state == RunState::failed;
    if (!m_expectedAt || over || now - *m_expectedAt >= kSecond) {
        m_expectedAt = now;
        m_expectations = m_run->expectations(m_core.status.ran(now));
    }
    snapshot.expectations = m_expectations;
}

double SnapshotBuilder::rate(std::string_view metric, std::string_view labels) const
{
    const auto reading = m_core.sampler->value(metric, labels);
    return reading.known() ? reading.value : 0;
}

std::uint64_t SnapshotBuilder::total(std::string_view metric, std::string_view labels) const
{
    const auto reading = m_core.sampler->value(metric, labels);
    return reading.known() ? static_cast<std::uint64_t>(reading.value) : 0;
}

}  // namespace muster
