// SPDX-License-Identifier: Apache-2.0
#include "agents/task_setup.h"

#include <algorithm>

#include "protection/saturating.h"

namespace muster {
namespace {

TaskWork::Way wayOf(const ActionInfo& info, bool simulated)
{
    if (simulated) {
        return TaskWork::Way::planned;
    }
    return info.outside    ? TaskWork::Way::outside
           : info.blocking ? TaskWork::Way::blocking
                           : TaskWork::Way::planned;
}

}  // namespace

TaskSetup::TaskSetup(Runtime& runtime, Options options)
    : m_options(std::move(options)),
      m_clock(runtime.scheduler().clock()),
      m_waits(runtime.scheduler().simulated() || m_options.info->blocking ||
              m_options.perform->waits() || m_options.service != nullptr ||
              m_options.fallback != nullptr),
      m_work{m_options.perform, wayOf(*m_options.info, runtime.scheduler().simulated()),
             Rng(m_options.seed).fork(m_options.action), m_options.faults},
      m_label(runtime.actionLabel(m_options.action))
{
    if (m_options.fallback != nullptr) {
        m_fallback =
            TaskWork{m_options.instead, wayOf(*m_options.fallback, runtime.scheduler().simulated()),
                     m_work.seed.fork("fallback"), nullptr};
    }
    if (MetricRegistry* metrics = m_options.metrics) {
        const std::string_view name = m_options.action;
        m_started = metrics->counter("actions.started", {{"action", name}});
        m_completed = metrics->counter("actions.completed", {{"action", name}});
        m_ok = metrics->counter("actions.ok", {{"action", name}});
        m_failed = metrics->counter("actions.failed", {{"action", name}});
        m_abandoned = metrics->counter("actions.abandoned", {{"action", name}});
        m_latency = metrics->histogram("actions.latency", {{"action", name}});
        m_serviceTime = metrics->histogram("actions.service_time", {{"action", name}});
    }
}

MonoTime TaskSetup::deadlineOf(MonoTime intended, std::optional<MonoTime> handedOn) const noexcept
{
    MonoTime deadline = handedOn.value_or(MonoTime{});
    if (m_options.deadline) {
        const MonoTime own = saturatingAdd(intended, *m_options.deadline);
        deadline = handedOn ? std::min(own, deadline) : own;
    }
    return deadline;
}

ActionCall TaskSetup::call(AgentId agent, std::string_view item, std::uint64_t number,
                           MonoTime begun, MonoTime itemDeadline) const noexcept
{
    ActionCall made;
    made.item = item;
    made.number = number;
    made.agent = agent;
    made.clock = &m_clock;
    made.itemDeadline = itemDeadline;
    made.deadline = itemDeadline;
    if (m_options.timeout) {
        const MonoTime own = saturatingAdd(begun, *m_options.timeout);
        made.deadline = itemDeadline == MonoTime{} ? own : std::min(own, itemDeadline);
    }
    return made;
}

bool TaskSetup::finish(const ActionCall& call, AgentId agent, const ActionOutcome& outcome,
                       MonoTime intended, MonoTime begun)
{
    const MonoTime now = m_clock.now();
    m_completed.add();
    m_latency.record(now - intended);
    m_serviceTime.record(now - begun);
    if (const auto* failure = std::get_if<ActionFailure>(&outcome)) {
        fail(call, agent, *failure, now, now - begun);
        return false;
    }
    m_ok.add();
    if (m_options.results != nullptr && !m_options.info->columns.empty()) {
        m_options.results->result(
            {m_options.action, call.item, call.number, agent, std::get<Fields>(outcome).view()});
    }
    if (m_options.publisher != nullptr && m_completedPace.pass(now)) {
        m_options.publisher->publish(EventType::actionCompleted, agent,
                                     {{"action", m_options.action},
                                      {"kind", m_options.info->kind},
                                      {"duration_ns", (now - begun).count()},
                                      {"item", call.item}});
    }
    return true;
}

void TaskSetup::lost(std::string_view item, std::uint64_t number, AgentId agent)
{
    const MonoTime now = m_clock.now();
    m_completed.add();
    fail(call(agent, item, number, now, {}), agent,
         {FailureClass::application,
          {ErrorCode::cancelled, "the agent ended before it was done", std::string(item), ""}},
         now, Duration::zero());
}

AgentId TaskSetup::nextAgent() noexcept
{
    return m_agents.empty() ? AgentId{} : m_agents[m_turn.fetch_add(1) % m_agents.size()];
}

void TaskSetup::refused(std::string_view item, std::uint64_t number, Error error)
{
    const MonoTime now = m_clock.now();
    m_started.add();
    m_completed.add();
    const auto failure =
        error.code == ErrorCode::timedOut ? FailureClass::timeout : FailureClass::rejected;
    fail(call({}, item, number, now, {}), {}, {failure, std::move(error)}, now, Duration::zero());
}

void TaskSetup::fail(const ActionCall& call, AgentId agent, const ActionFailure& failure,
                     MonoTime now, Duration took)
{
    m_failed.add();
    if (m_options.results != nullptr) {
        m_options.results->error(
            {m_options.action, call.item, call.number, agent, failure.failure, &failure.error});
    }
    if (m_options.publisher != nullptr && m_failedPace.pass(now)) {
        m_options.publisher->publish(EventType::actionFailed, agent,
                                     {{"action", m_options.action},
                                      {"kind", m_options.info->kind},
                                      {"duration_ns", took.count()},
                                      {"item", call.item},
                                      {"error", toString(failure.error.code)},
                                      {"reason", failure.error.message}});
    }
}

}  // namespace muster
