// SPDX-License-Identifier: Apache-2.0
#include "api/internal/run_lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "documents/units.h"

namespace muster {

namespace {

/// Virtual time that passes before the reasons to end are looked at.
constexpr Duration kVirtualSlice = std::chrono::milliseconds(100);
/// Real time between two looks at what does not wake the thread by itself.
constexpr Duration kLook = std::chrono::milliseconds(5);
constexpr Duration kTenYears = std::chrono::hours(24 * 365 * 10);
/// What is left of the bound for the agents themselves when their work did not end in time.
constexpr Duration kLeastForAgents = std::chrono::milliseconds(200);

[[nodiscard]] LatencySummary percentiles(const Histogram& all)
{
    const auto quantile = [&all](double share) {
        return all.empty() ? Known{0, "no action ended"} : Known{all.quantile(share), {}};
    };
    LatencySummary summary;
    summary.samples = all.samples();
    summary.p50 = quantile(0.5);
    summary.p90 = quantile(0.9);
    summary.p95 = quantile(0.95);
    summary.p99 = quantile(0.99);
    summary.p999 = quantile(0.999);
    summary.max = quantile(1);
    return summary;
}

}  // namespace

RunLifecycle::RunLifecycle(Parts parts) : m_parts(std::move(parts)), m_core(m_parts.core) {}

RunLifecycle::~RunLifecycle()
{
    requestEnd("the engine was closed", Engine::kDrainBound);
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void RunLifecycle::begin()
{
    m_core.status.set(m_parts.run != nullptr ? RunState::starting : RunState::idle);
    m_thread = NamedThread("muster-engine", [this] { main(); });
}

void RunLifecycle::requestEnd(std::string reason, Duration bound)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_endReason) {
            m_drainBound = std::min(m_drainBound, bound);
        } else {
            m_endReason = std::move(reason);
            m_drainBound = bound;
        }
    }
    m_changed.notify_all();
}

RunSummary RunLifecycle::wait()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_finished; });
    return m_summary;
}

bool RunLifecycle::finished() const
{
    const std::lock_guard lock(m_mutex);
    return m_finished;
}

bool RunLifecycle::endRequested() const
{
    const std::lock_guard lock(m_mutex);
    return m_endReason.has_value();
}

void RunLifecycle::main()
{
    m_begin = m_real->now();
    if (m_parts.run == nullptr || startWorkload()) {
        waitForEnd();
    }
    finish();
    {
        const std::lock_guard lock(m_mutex);
        m_finished = true;
    }
    m_changed.notify_all();
}

bool RunLifecycle::startWorkload()
{
    const auto run = m_core.recorder ? m_core.recorder->run().value : 0;
    m_core.publisher->publish(EventType::runStarted, Component::engine,
                              {{"run", run},
                               {"workload", m_core.workload->name},
                               {"simulated", m_core.simulated()},
                               {"seed", static_cast<std::int64_t>(m_core.seed)}});
    const auto started = m_parts.run->start(m_parts.takeUp);
    if (!started) {
        m_summary.failure = started.error();
        m_core.logger.error("{}", started.error().text());
        requestEnd(started.error().text(), {});
        return false;
    }
    m_core.status.loadStarted(m_core.clock->now());
    m_core.status.set(RunState::running);
    return true;
}

void RunLifecycle::waitForEnd()
{
    const auto ended = [this] { return m_endReason.has_value(); };
    const auto& bound = m_core.options.runFor;
    if (m_core.sandbox) {
        m_core.sandbox->play(m_core, [this] { return endRequested(); });
        requestEnd("the replay is over", Engine::kDrainBound);
        return;
    }
    if (m_core.runtime->simulation() != nullptr) {
        simulateUntil([this] { return endRequested(); }, bound.value_or(kTenYears));
    } else {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, bound.value_or(kTenYears), ended);
    }
    if (!endRequested()) {
        requestEnd(
            fmt::format("it ran for {}, as asked", formatDuration(bound.value_or(kTenYears))),
            Engine::kDrainBound);
    }
}

void RunLifecycle::waitForAnswers(const LoadGenerator& load, MonoTime begin)
{
    const auto enough = [this, &load, begin] {
        return load.figures().outstanding == 0 || drainLeft(begin) <= kLeastForAgents;
    };
    if (m_core.runtime->simulation() != nullptr) {
        simulateUntil(enough, kTenYears);
        return;
    }
    while (!enough()) {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, kLook);
    }
}

Duration RunLifecycle::drainLeft(MonoTime begin) const
{
    const std::lock_guard lock(m_mutex);
    return m_drainBound - (m_core.clock->now() - begin);
}

void RunLifecycle::simulateUntil(const std::function<bool()>& done, Duration bound)
{
    const auto until = m_core.clock->now() + bound;
    while (!done() && m_core.clock->now() < until) {
        m_core.runtime->simulation()->runFor(std::min(until - m_core.clock->now(), kVirtualSlice));
    }
}

void RunLifecycle::finish()
{
    m_core.status.loadEnded(m_core.clock->now());
    m_core.status.set(RunState::draining);
    drain();
    m_parts.endBeat();
    m_parts.telemetry.flush();
    if (m_parts.run != nullptr) {
        m_parts.run->services().recordCalls();
        m_parts.run->recordArrivals();
    }
    concludeExpectations();
    publishEnd();
    m_parts.telemetry.flush();
    summarize();
    closeSession();
    m_core.snapshots.publish(m_parts.snapshots.build());
}

void RunLifecycle::drain()
{
    const auto begin = m_core.clock->now();
    m_parts.endFaults();
    if (auto* load = m_parts.run != nullptr ? m_parts.run->load() : nullptr) {
        load->stop();
        waitForAnswers(*load, begin);
        load->conclude("the run ended");
    }
    // A second request to end shortens the bound of the first while it is waited for.
    const auto atLeast = m_core.clock->now() + kLeastForAgents;
    auto report =
        m_core.runtime->drain(std::max(drainLeft(begin), kLeastForAgents), [this, begin, atLeast] {
            return drainLeft(begin) <= Duration::zero() && m_core.clock->now() >= atLeast;
        });
    m_summary.notStopped = std::move(report.notStopped);
    if (auto* load = m_parts.run != nullptr ? m_parts.run->load() : nullptr) {
        load->conclude("the run ended");  // what came back from agents that were stopped
    }
    if (m_parts.run != nullptr) {
        for (auto& helper : m_parts.run->stopHelpers()) {
            m_summary.notStopped.push_back(fmt::format("helper {}, killed", helper));
        }
    }
}

void RunLifecycle::concludeExpectations()
{
    if (m_parts.run == nullptr || m_summary.failure) {
        return;
    }
    m_summary.expectations = m_parts.run->expectations(m_core.status.ran(m_core.clock->now()));
    for (const auto& status : m_summary.expectations) {
        if (status.met.value_or(false)) {
            continue;
        }
        const auto value =
            status.value.known() ? status.value.value : std::numeric_limits<double>::quiet_NaN();
        m_core.publisher->publish(EventType::expectationUnmet, Component::expectations,
                                  {{"key", status.key},
                                   {"condition", status.condition},
                                   {"value", value},
                                   {"unit", status.unit},
                                   {"reason", status.value.missing}});
    }
}

void RunLifecycle::publishEnd()
{
    std::string reason;
    {
        const std::lock_guard lock(m_mutex);
        reason = m_endReason.value_or("");
    }
    const auto state = m_summary.failure ? RunState::failed : RunState::finished;
    m_core.status.end(state, reason);
    const auto now = m_core.clock->now();
    const auto& sampler = *m_core.sampler;
    if (m_parts.run != nullptr) {
        m_core.publisher->publish(
            EventType::runEnded, Component::engine,
            {{"run", m_core.recorder ? m_core.recorder->run().value : 0},
             {"state", toString(state)},
             {"reason", reason},
             {"wall_ns", m_core.status.ran(now).count()},
             {"actions", static_cast<std::int64_t>(sampler.value("actions.completed").value)},
             {"ok", static_cast<std::int64_t>(sampler.value("actions.ok").value)},
             {"failed", static_cast<std::int64_t>(sampler.value("actions.failed").value)}});
    }
    if (m_core.recorder) {
        m_core.stateRecord.record();
    }
    m_core.publisher->publish(
        EventType::engineStopped, Component::engine,
        {{"reason", reason},
         {"uptime_ns", (now - m_core.startedMono).count()},
         {"not_stopped", static_cast<std::int64_t>(m_summary.notStopped.size())}});
}

void RunLifecycle::summarize()
{
    auto& summary = m_summary;
    const auto& sampler = *m_core.sampler;
    const auto total = [&sampler](std::string_view metric) {
        const auto reading = sampler.value(metric);
        return reading.known() ? static_cast<std::uint64_t>(reading.value) : 0;
    };
    summary.agents = m_core.runtime->directory().counts().created;
    summary.ok = total("actions.ok");
    summary.failed = total("actions.failed");
    summary.actions = summary.ok + summary.failed;
    summary.events = m_core.publisher->published();
    summary.countedOnly = summary.events;
    summary.latency = percentiles(sampler.total("actions.latency"));
    summary.serviceTime = percentiles(sampler.total("actions.service_time"));
    if (const auto* load = m_parts.run != nullptr ? m_parts.run->load() : nullptr) {
        const auto figures = load->figures();
        summary.load = LoadTotals{toModel(figures.model), figures.offered, figures.achieved,
                                  figures.dropped, figures.droppedLate};
    }
    if (m_parts.run != nullptr) {
        summary.services = m_parts.run->services().statuses();
    }
    summary.pressure = m_parts.telemetry.resources().totals();
    if (const auto* load = m_parts.run != nullptr ? m_parts.run->load() : nullptr) {
        summary.pressure.loadShed = load->figures().shed;
    }
    summary.wall = m_real->now() - m_begin;
    if (m_core.simulated()) {
        summary.simulated = m_core.status.ran(m_core.clock->now());
    }
    summary.build = buildDescription();
}

void RunLifecycle::closeSession()
{
    if (!m_core.recorder) {
        return;
    }
    auto& recorder = *m_core.recorder;
    const auto flushed = recorder.flush(Recorder::kCloseBound);
    if (m_core.queues) {
        m_core.queues->close();
    }
    countEvents();  // for the record, which the database gets before it is closed
    const auto closed = recorder.close({m_core.clock->wall(), m_summary.json()});
    countEvents();
    if (!closed && !m_summary.failure) {
        m_summary.failure = flushed ? closed.error() : flushed.error();
        m_core.status.end(RunState::failed, m_summary.failure->text());
    }
    if (closed && m_core.ledger && m_core.ledger->failure() && !m_summary.failure) {
        m_summary.failure = m_core.ledger->failure();
        m_core.status.end(RunState::failed, m_summary.failure->text());
    }
}

void RunLifecycle::countEvents()
{
    m_summary.stored = m_core.recorder->status().stored;
    m_summary.countedOnly = m_core.recorder->status().countedOnly;
    const auto accounted = m_summary.stored + m_summary.countedOnly;
    m_summary.dropped = m_summary.events - std::min(m_summary.events, accounted);
}

}  // namespace muster
