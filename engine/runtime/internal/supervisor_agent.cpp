// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/supervisor_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/internal/core.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/orders.h"

namespace muster::detail {
namespace {

// The group of a child that is still there; valid while the child is down or this supervisor
// has not heard of its end.
[[nodiscard]] const AgentGroup* groupOf(AgentId child) noexcept
{
    const Cell* cell = insideContext().owner().slots.find(child);
    return cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
}

[[nodiscard]] bool isDown(AgentId child) noexcept
{
    const Cell* cell = insideContext().owner().slots.find(child);
    return cell != nullptr && cell->phase.load(std::memory_order_seq_cst) == Phase::down;
}

[[nodiscard]] Restart restartOf(AgentId child) noexcept
{
    const ReadGuard guard(insideContext().owner().reclaimer);
    const AgentGroup* group = groupOf(child);
    return group == nullptr ? Restart::temporary : group->restart;
}

[[nodiscard]] Shutdown shutdownOf(AgentId child) noexcept
{
    const ReadGuard guard(insideContext().owner().reclaimer);
    const AgentGroup* group = groupOf(child);
    if (group == nullptr) {
        return Shutdown::brutal();
    }
    return group->ops->mayStop != nullptr ? Shutdown::infinite() : group->shutdown;
}

}  // namespace

SupervisorAgent::SupervisorAgent(const SupervisorOptions& options)
    : m_options(options), m_intensity(options.intensity, options.period)
{
}

Result<void> SupervisorAgent::init()
{
    Supervision& supervision = insideContext().owner().supervision;
    supervision.setMost(self(), m_options.maxChildren);
    // In a later life the children of the last one wait to be started.
    for (const AgentId child : supervision.children(self())) {
        m_toStart.push_back(child);
    }
    if (!m_toStart.empty()) {
        m_mode = Mode::restarting;
        m_lastEnd = {EndKind::shutdown, "its supervisor restarted"};
        send(self(), Proceed{});
    }
    return {};
}

void SupervisorAgent::handle(const ChildDown& down)
{
    if (down.id == m_awaited) {
        m_awaited = {};
        releaseIfTemporary(down.id);
        proceed();
    } else if (m_together) {
        if (!down.gone) {
            releaseAgent(insideContext(), down.id, {EndKind::shutdown, {}});
        }
        proceed();
    } else if (m_mode == Mode::watching) {
        decide(down);
    } else if (!down.gone) {
        m_waiting.emplace_back(down);
    }
}

void SupervisorAgent::handle(const Proceed& message)
{
    static_cast<void>(message);
    proceed();
}

void SupervisorAgent::handle(const RestartDue& due)
{
    if (m_mode == Mode::endingAll || m_mode == Mode::done) {
        return;
    }
    if (m_mode == Mode::restarting) {
        m_waiting.emplace_back(due);
    } else if (isDown(due.child)) {
        due.again ? restart(due.child) : beginRestart(due.child);
    }
}

void SupervisorAgent::handle(const ShutdownOverdue& overdue)
{
    if (overdue.step != m_step) {
        return;
    }
    if (m_together) {
        for (const AgentId child : insideContext().owner().supervision.children(self())) {
            orderEnd(insideContext(), child, control::kKill, {EndKind::killed, {}});
        }
    } else if (m_awaited) {
        orderEnd(insideContext(), m_awaited, control::kHaltKill, {EndKind::killed, {}});
    }
}

bool SupervisorAgent::mayStop(const EndReason& reason)
{
    m_ordered = true;
    if (m_mode == Mode::watching || m_mode == Mode::restarting) {
        beginShutdown(reason);
    }
    return m_mode == Mode::done;
}

void SupervisorAgent::decide(const ChildDown& down)
{
    if (down.gone || !isDown(down.id)) {
        return;
    }
    const Restart rule = restartOf(down.id);
    if (rule == Restart::permanent || (rule == Restart::transient && down.reason.abnormal())) {
        m_lastEnd = down.reason;
        restart(down.id);
    } else {
        releaseAgent(insideContext(), down.id, down.reason);
    }
}

void SupervisorAgent::restart(AgentId child)
{
    if (!m_intensity.allow(now())) {
        escalate(child, m_lastEnd);
        return;
    }
    if (const Duration wait = backoff(); wait > Duration::zero()) {
        sendAfter(wait, RestartDue{child, false});
    } else {
        beginRestart(child);
    }
}

Duration SupervisorAgent::backoff()
{
    Duration wait = m_options.backoff.first;
    for (std::size_t i = 1; i < m_intensity.recent(now()) && wait < m_options.backoff.cap; ++i) {
        wait *= 2;
    }
    return std::min(wait, m_options.backoff.cap);
}

void SupervisorAgent::beginRestart(AgentId child)
{
    m_mode = Mode::restarting;
    if (eachAlone()) {
        m_toStart = {child};
    } else {
        const std::vector<AgentId> all = insideContext().owner().supervision.children(self());
        auto from = all.begin();
        if (m_options.strategy == SupervisorStrategy::restForOne) {
            from = std::ranges::find(all, child);
        }
        m_toEnd.assign(from, all.end());
        m_toStart.assign(from, all.end());
    }
    proceed();
}

bool SupervisorAgent::eachAlone() const noexcept
{
    return m_options.strategy == SupervisorStrategy::oneForOne ||
           m_options.strategy == SupervisorStrategy::dynamic;
}

void SupervisorAgent::escalate(AgentId child, const EndReason& reason)
{
    insideContext().counters.add(Count::escalations);
    notice::escalated(insideContext().owner(), self(), child, reason, m_intensity.recent(now()),
                      m_options.period);
    beginShutdown({EndKind::shutdown,
                   fmt::format("more than {} restarts in its period", m_options.intensity)});
}

void SupervisorAgent::beginShutdown(const EndReason& reason)
{
    m_mode = Mode::endingAll;
    m_reason = reason;
    m_toStart.clear();
    m_waiting.clear();
    m_toEnd = insideContext().owner().supervision.children(self());
    // One that was told to end already is still awaited.
    std::erase(m_toEnd, m_awaited);
    proceed();
}

void SupervisorAgent::proceed()
{
    if (m_mode == Mode::watching || m_mode == Mode::done || m_awaited) {
        return;
    }
    if (m_mode == Mode::endingAll && m_options.strategy == SupervisorStrategy::dynamic) {
        if (endTogether()) {
            finishShutdown();
        }
        return;
    }
    while (!m_toEnd.empty()) {
        if (!endNext()) {
            return;
        }
    }
    if (m_mode == Mode::endingAll) {
        finishShutdown();
    } else {
        startNext();
    }
}

bool SupervisorAgent::endNext()
{
    const AgentId child = m_toEnd.back();
    m_toEnd.pop_back();
    if (isDown(child)) {
        releaseIfTemporary(child);
        return true;
    }
    const Shutdown shutdown = shutdownOf(child);
    const bool brutal = shutdown == Shutdown::brutal();
    if (!orderEnd(insideContext(), child, brutal ? control::kHaltKill : control::kHalt,
                  {EndKind::shutdown, {}})) {
        return true;
    }
    m_awaited = child;
    ++m_step;
    if (!brutal && shutdown != Shutdown::infinite()) {
        sendAfter(shutdown.grace, ShutdownOverdue{m_step});
    }
    return false;
}

bool SupervisorAgent::endTogether()
{
    Supervision& supervision = insideContext().owner().supervision;
    if (!m_together) {
        m_together = true;
        Duration grace = Duration::zero();
        for (const AgentId child : m_toEnd) {
            grace = std::max(grace, shutdownOf(child).grace);
            if (!releaseAgent(insideContext(), child, {EndKind::shutdown, {}})) {
                orderEnd(insideContext(), child, control::kStop, {EndKind::shutdown, {}});
            }
        }
        m_toEnd.clear();
        ++m_step;
        if (grace != Shutdown::infinite().grace) {
            sendAfter(grace, ShutdownOverdue{m_step});
        }
    }
    return supervision.count(self()) == 0;
}

void SupervisorAgent::startNext()
{
    constexpr int kStartsInOneGo = 16;
    for (int i = 0; i < kStartsInOneGo && !m_toStart.empty(); ++i) {
        const AgentId child = m_toStart.front();
        m_toStart.pop_front();
        if (!isDown(child)) {
            continue;
        }
        const Result<void> begun = reviveAgent(insideContext(), child, toString(m_lastEnd.kind));
        if (!begun.ok() && isDown(child)) {
            // As another crash of it: counted, and tried again unless that was one too many.
            m_lastEnd = {EndKind::initFailed, begun.error().text()};
            if (!eachAlone()) {
                m_toStart.clear();  // the order of starts counts: what follows it waits for it
            }
            send(self(), RestartDue{child, true});
        }
    }
    if (m_toStart.empty()) {
        finishRestart();
    } else {
        send(self(), Proceed{});
    }
}

void SupervisorAgent::finishRestart()
{
    m_mode = Mode::watching;
    while (!m_waiting.empty() && m_mode == Mode::watching) {
        const std::variant<ChildDown, RestartDue> first = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (const auto* down = std::get_if<ChildDown>(&first)) {
            decide(*down);
        } else {
            handle(std::get<RestartDue>(first));
        }
    }
}

void SupervisorAgent::finishShutdown()
{
    m_mode = Mode::done;
    if (!m_ordered) {
        stop(m_reason);
    }
}

void SupervisorAgent::releaseIfTemporary(AgentId child)
{
    if (isDown(child) && restartOf(child) == Restart::temporary) {
        releaseAgent(insideContext(), child, {EndKind::shutdown, {}});
    }
}

std::string SupervisorAgent::stateJson() const
{
    static constexpr std::array<std::string_view, 4> modes{"watching", "restarting", "ending",
                                                           "done"};
    return fmt::format(R"({{"strategy":"{}","intensity":{},"period_ns":{},"mode":"{}"}})",
                       toString(m_options.strategy), m_options.intensity, m_options.period.count(),
                       modes[static_cast<std::size_t>(m_mode)]);
}

}  // namespace muster::detail
