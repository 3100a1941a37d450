// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/notices.h"

#include "events/publisher.h"
#include "runtime/internal/core.h"

namespace muster::detail {
namespace {

[[nodiscard]] std::string reasonText(const EndReason& reason)
{
    std::string text(toString(reason.kind));
    return reason.text.empty() ? text : text + ": " + reason.text;
}

[[nodiscard]] const std::string& typeOf(const Cell& cell)
{
    return cell.group.load(std::memory_order_relaxed)->type;
}

}  // namespace

std::string shownName(const Core& core, const Cell& cell)
{
    std::string name;
    const ReadGuard guard(core.reclaimer);  // its owner does not keep others from renaming it
    core.names.append(name, cell);
    if (name.empty()) {
        const AgentGroup* group = cell.group.load(std::memory_order_seq_cst);
        name = group == nullptr ? std::string() : group->type;
        name += '.';
        name += AgentIdText(core.slots.idOf(cell)).view();
    }
    return name;
}

std::string shownName(const Core& core, AgentId id)
{
    const ReadGuard guard(core.reclaimer);
    const Cell* cell = core.slots.find(id);
    return cell == nullptr ? std::string() : shownName(core, *cell);
}

namespace notice {

void created(Core& core, const Cell& cell)
{
    if (core.events == nullptr) {
        return;
    }
    core.events->publishEach({EventType::agentCreated, EventType::agentReady},
                             core.slots.idOf(cell),
                             {{"agent_type", typeOf(cell)}, {"name", shownName(core, cell)}});
}

void createdMany(Core& core, std::string_view agentType, AgentId first, std::string_view stem,
                 std::uint64_t count, Duration took)
{
    if (core.events == nullptr) {
        return;
    }
    core.events->publishEach({EventType::agentCreated, EventType::agentReady}, Component::runtime,
                             {{"agent_type", agentType},
                              {"name", stem},
                              {"count", count},
                              {"first", AgentIdText(first).view()},
                              {"took_ns", took.count()}});
}

void ended(Core& core, const Cell& cell, const EndReason& reason)
{
    if (core.events != nullptr) {
        core.events->publish(EventType::agentEnded, core.slots.idOf(cell),
                             {{"agent_type", typeOf(cell)},
                              {"name", shownName(core, cell)},
                              {"reason", reasonText(reason)}});
    }
}

void endedMany(Core& core, AgentId first, std::uint64_t count, const EndReason& reason)
{
    if (core.events != nullptr && count != 0) {
        core.events->publish(
            EventType::agentEnded, Component::runtime,
            {{"count", count}, {"first", toString(first)}, {"reason", reasonText(reason)}});
    }
}

void entryChanged(Core& core, EventType type, AgentId id, std::string_view name,
                  std::string_view change)
{
    if (core.events == nullptr) {
        return;
    }
    const ReadGuard guard(core.reclaimer);
    const Cell* cell = core.slots.find(id);
    const AgentGroup* group =
        cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
    const std::string_view agentType = group == nullptr ? std::string_view() : group->type;
    if (change.empty()) {
        core.events->publish(type, id, {{"agent_type", agentType}, {"name", name}});
    } else {
        core.events->publish(type, id,
                             {{"agent_type", agentType}, {"name", name}, {"change", change}});
    }
}

void entriesChanged(Core& core, EventType type, AgentId first, std::uint64_t count,
                    std::string_view change)
{
    if (core.events == nullptr || count == 0) {
        return;
    }
    const AgentIdText id(first);
    if (change.empty()) {
        core.events->publish(type, Component::runtime, {{"count", count}, {"first", id.view()}});
    } else {
        core.events->publish(type, Component::runtime,
                             {{"count", count}, {"first", id.view()}, {"change", change}});
    }
}

void crashed(Core& core, const Cell& cell, std::string_view reason, std::string_view message)
{
    if (core.events != nullptr) {
        const AgentId supervisor = cell.group.load(std::memory_order_relaxed)->supervisor;
        core.events->publish(
            EventType::agentCrashed, core.slots.idOf(cell),
            {{"agent_type", typeOf(cell)},
             {"name", shownName(core, cell)},
             {"reason", reason},
             {"restarts", cell.restarts.load(std::memory_order_relaxed)},
             {"message", message},
             {"supervisor", supervisor ? shownName(core, supervisor) : std::string()}});
    }
}

void restarted(Core& core, const Cell& cell, std::string_view reason)
{
    if (core.events != nullptr) {
        core.events->publish(EventType::agentRestarted, core.slots.idOf(cell),
                             {{"agent_type", typeOf(cell)},
                              {"name", shownName(core, cell)},
                              {"reason", reason},
                              {"restarts", cell.restarts.load(std::memory_order_relaxed)}});
    }
}

void suspended(Core& core, AgentId id, bool resumed)
{
    if (core.events == nullptr) {
        return;
    }
    const ReadGuard guard(core.reclaimer);
    const Cell* cell = core.slots.find(id);
    const AgentGroup* group =
        cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
    if (group != nullptr) {
        core.events->publish(resumed ? EventType::agentResumed : EventType::agentSuspended, id,
                             {{"agent_type", group->type}, {"name", shownName(core, *cell)}});
    }
}

void suspendedMany(Core& core, AgentId first, std::uint64_t count, bool resumed)
{
    if (core.events != nullptr) {
        core.events->publish(resumed ? EventType::agentResumed : EventType::agentSuspended,
                             Component::runtime, {{"count", count}, {"first", toString(first)}});
    }
}

void escalated(Core& core, AgentId supervisor, AgentId child, const EndReason& reason,
               std::uint64_t restarts, Duration period)
{
    if (core.events != nullptr) {
        core.events->publish(EventType::supervisorEscalated, supervisor,
                             {{"supervisor", shownName(core, supervisor)},
                              {"child", shownName(core, child)},
                              {"reason", reasonText(reason)},
                              {"restarts", restarts},
                              {"period_ns", period.count()}});
    }
}

void stalled(Core& core, const Stall& stall)
{
    if (core.events != nullptr) {
        core.events->publish(EventType::agentStalled, stall.agent,
                             {{"agent_type", stall.type},
                              {"name", stall.name},
                              {"message", stall.message},
                              {"held_ns", stall.held.count()},
                              {"worker", stall.worker}});
    }
}

}  // namespace notice
}  // namespace muster::detail
