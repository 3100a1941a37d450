// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/notices.h"

#include "events/agent_runs.h"
#include "events/publisher.h"
#include "runtime/internal/core.h"

namespace muster::detail {
namespace {

[[nodiscard]] std::string reasonText(const EndReason& reason)
{
    std::string text(toString(reason.kind));
    return reason.text.empty() ? text : text + ": " + reason.text;
}

/// Calls `publish` with each text that it takes to say which agents.
template <class Publish>
void forEachText(const Core& core, std::span<const AgentId> ids, const Publish& publish)
{
    while (core.events != nullptr && !ids.empty()) {
        const AgentRunsText agents = agentRunsText(ids);
        publish(agents);
        ids = ids.subspan(agents.agents);
    }
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

void createdMany(Core& core, const Made& made)
{
    std::uint32_t ordinal = made.ordinal;
    forEachText(core, made.ids, [&](const AgentRunsText& agents) {
        core.events->publishEach({EventType::agentCreated, EventType::agentReady},
                                 Component::runtime,
                                 {{"agent_type", made.type},
                                  {"name", made.stem},
                                  {"ordinal", ordinal},
                                  {"count", agents.agents},
                                  {"ids", agents.text},
                                  {"took_ns", made.took.count()}});
        ordinal += static_cast<std::uint32_t>(agents.agents);
    });
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

void endedMany(Core& core, std::span<const AgentId> ids, const EndReason& reason)
{
    forEachText(core, ids, [&core, &reason](const AgentRunsText& agents) {
        core.events->publish(
            EventType::agentEnded, Component::runtime,
            {{"count", agents.agents}, {"ids", agents.text}, {"reason", reasonText(reason)}});
    });
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

void entriesChanged(Core& core, EventType type, std::span<const AgentId> ids,
                    std::string_view change)
{
    forEachText(core, ids, [&](const AgentRunsText& agents) {
        if (change.empty()) {
            core.events->publish(type, Component::runtime,
                                 {{"count", agents.agents}, {"ids", agents.text}});
        } else {
            core.events->publish(
                type, Component::runtime,
                {{"count", agents.agents}, {"ids", agents.text}, {"change", change}});
        }
    });
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

void suspendedMany(Core& core, std::span<const AgentId> ids, bool resumed)
{
    forEachText(core, ids, [&core, resumed](const AgentRunsText& agents) {
        core.events->publish(resumed ? EventType::agentResumed : EventType::agentSuspended,
                             Component::runtime, {{"count", agents.agents}, {"ids", agents.text}});
    });
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
