// SPDX-License-Identifier: Apache-2.0
#include "events/agent_roll.h"

#include <utility>

namespace muster {

namespace {

/// More than any engine makes: what a damaged or foreign session tells of them is left out.
constexpr std::uint32_t kMostSlots = 1U << 26;

[[nodiscard]] bool possible(const AgentRun& run)
{
    return run.count > 0 && run.count <= kMostSlots && run.first.slot < kMostSlots &&
           (run.down ? run.count - 1 <= run.first.slot : run.first.slot + run.count <= kMostSlots);
}

/// The agents that an event is about: the source alone, or those that it lists.
void visitAgentsOf(Source source, FieldView data,
                   const std::function<void(const AgentRun& run, bool alone)>& told)
{
    const auto visit = [&told](const AgentRun& run, bool alone) {
        if (possible(run)) {
            told(run, alone);
        }
    };
    if (const auto ids = data.find("ids")) {
        // A text that is none was not written by this program: what it says first still holds.
        (void)visitAgentRuns(ids->text(), [&visit](const AgentRun& run) { visit(run, false); });
    } else if (const auto first = data.find("first")) {
        // Sessions before version 4 of the schema have the first one and how many.
        const auto id = parseAgentId(first->text());
        const auto count = data.find("count");
        if (id && count && count->integer() > 0 && count->integer() <= kMostSlots) {
            visit({*id, static_cast<std::uint32_t>(count->integer())}, false);
        }
    } else if (source.agent) {
        visit({source.agent}, true);
    }
}

std::string_view textOf(FieldView data, std::string_view key)
{
    const auto value = data.find(key);
    return value ? value->text() : std::string_view();
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of one moves half of the
/// other's.
std::uint64_t mixed(std::uint64_t value) noexcept
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

}  // namespace

void AgentRoll::apply(EventType type, Source source, FieldView data)
{
    const auto set = [&](Phase phase) {
        visitAgentsOf(source, data, [this, phase](const AgentRun& run, bool) {
            for (std::uint32_t i = 0; i < run.count; ++i) {
                setPhase(run.at(i), phase);
            }
        });
    };
    switch (type) {
        case EventType::agentCreated:
            made(source, data);
            break;
        case EventType::agentEnded:
            set(Phase::ended);
            break;
        case EventType::agentSuspended:
            set(Phase::suspended);
            break;
        case EventType::agentResumed:
            set(Phase::ready);
            break;
        case EventType::agentCrashed:
            ++m_totals.crashed;
            break;
        case EventType::agentRestarted:
            ++m_totals.restarts;
            break;
        case EventType::agentRegistered:
        case EventType::agentUnregistered:
            named(type == EventType::agentRegistered, source, data);
            break;
        default:
            break;
    }
}

void AgentRoll::made(Source source, FieldView data)
{
    const auto counted = data.find("ordinal");
    auto ordinal = static_cast<std::uint32_t>(counted ? counted->integer() : 0);
    visitAgentsOf(source, data, [&](const AgentRun& run, bool alone) {
        std::uint32_t birth = 0;
        if (m_names == Names::kept) {
            birth = newBirth({.type = std::string(textOf(data, "agent_type")),
                              .stem = std::string(textOf(data, "name")),
                              .ordinal = ordinal,
                              .run = run,
                              .alone = alone,
                              .left = run.count});
        }
        created(run, birth);
        ordinal += run.count;
    });
}

void AgentRoll::named(bool named, Source source, FieldView data)
{
    if (m_names == Names::left) {
        return;
    }
    // Of many that got names at once the event does not say which.
    visitAgentsOf(source, data, [&](const AgentRun& run, bool alone) {
        for (std::uint32_t i = 0; i < run.count; ++i) {
            m_renamed[run.at(i).packed()] = named && alone ? textOf(data, "name") : "";
        }
    });
}

void AgentRoll::created(const AgentRun& run, std::uint32_t birth)
{
    m_totals.created += run.count;
    const std::uint32_t top = run.down ? run.first.slot : run.first.slot + (run.count - 1);
    if (m_slots.size() <= top) {
        m_slots.resize(std::size_t{top} + 1);
    }
    for (std::uint32_t i = 0; i < run.count; ++i) {
        const AgentId id = run.at(i);
        Slot& slot = m_slots[id.slot];
        if (id.generation > slot.generation) {
            enter(id, slot, Phase::ready);
        }
        // Of those made in one go some may have been told of, or be gone, before all were.
        if (id.generation == slot.generation && slot.phase != Phase::ended) {
            slot.birth = birth;
        } else if (birth != 0 && --m_births[birth - 1].left == 0) {
            m_freeBirths.push_back(birth);
        }
    }
}

void AgentRoll::setPhase(AgentId id, Phase phase)
{
    if (m_slots.size() <= id.slot) {
        m_slots.resize(std::size_t{id.slot} + 1);
    }
    Slot& slot = m_slots[id.slot];
    m_totals.ended += phase == Phase::ended ? 1 : 0;
    if (id.generation >= slot.generation &&
        (id.generation > slot.generation || slot.phase != Phase::ended)) {
        enter(id, slot, phase);
    }
}

/// From whatever lived in the slot to `id` in that phase.
void AgentRoll::enter(AgentId id, Slot& slot, Phase phase)
{
    const auto counts = [](Phase of) { return of == Phase::ready || of == Phase::suspended; };
    const auto sumOf = [](AgentId of, Phase in) {
        return mixed(of.packed() * 4 + static_cast<std::uint64_t>(in));
    };
    if (counts(slot.phase)) {
        --m_totals.live;
        m_totals.suspended -= slot.phase == Phase::suspended ? 1 : 0;
        m_sum -= sumOf({id.slot, slot.generation}, slot.phase);
    }
    if (slot.generation != id.generation || phase == Phase::ended) {
        if (!m_renamed.empty()) {
            m_renamed.erase(AgentId{id.slot, slot.generation}.packed());
        }
        leaveBirth(slot);
    }
    slot.generation = id.generation;
    slot.phase = phase;
    if (counts(phase)) {
        ++m_totals.live;
        m_totals.suspended += phase == Phase::suspended ? 1 : 0;
        m_sum += sumOf(id, phase);
    }
}

void AgentRoll::leaveBirth(Slot& slot)
{
    const std::uint32_t birth = std::exchange(slot.birth, 0);
    if (birth != 0 && --m_births[birth - 1].left == 0) {
        m_freeBirths.push_back(birth);
    }
}

std::uint32_t AgentRoll::newBirth(Birth birth)
{
    if (m_freeBirths.empty()) {
        m_births.push_back(std::move(birth));
        return static_cast<std::uint32_t>(m_births.size());
    }
    const std::uint32_t free = m_freeBirths.back();
    m_freeBirths.pop_back();
    m_births[free - 1] = std::move(birth);
    return free;
}

std::string AgentRoll::nameOf(AgentId id, const Slot& slot) const
{
    if (const auto renamed = m_renamed.find(id.packed()); renamed != m_renamed.end()) {
        return renamed->second;
    }
    if (slot.birth == 0) {
        return {};
    }
    const Birth& birth = m_births[slot.birth - 1];
    if (birth.alone || birth.stem.empty()) {
        return birth.stem;
    }
    const std::uint32_t at =
        birth.run.down ? birth.run.first.slot - id.slot : id.slot - birth.run.first.slot;
    return birth.stem + "-" + std::to_string(birth.ordinal + at);
}

AgentRoll::Agent AgentRoll::agentOf(AgentId id, const Slot& slot) const
{
    return {.id = id,
            .name = nameOf(id, slot),
            .type = slot.birth == 0 ? std::string_view() : m_births[slot.birth - 1].type,
            .suspended = slot.phase == Phase::suspended};
}

void AgentRoll::visit(const std::function<bool(const Agent&)>& visit, std::uint64_t skip) const
{
    for (std::uint32_t i = 0; i < m_slots.size(); ++i) {
        const Slot& slot = m_slots[i];
        const bool lives = slot.phase == Phase::ready || slot.phase == Phase::suspended;
        if (lives && skip > 0) {
            --skip;
        } else if (lives && !visit(agentOf({i, slot.generation}, slot))) {
            return;
        }
    }
}

std::optional<AgentRoll::Agent> AgentRoll::find(AgentId id) const
{
    if (id.slot >= m_slots.size()) {
        return std::nullopt;
    }
    const Slot& slot = m_slots[id.slot];
    const bool lives = slot.phase == Phase::ready || slot.phase == Phase::suspended;
    return lives && slot.generation == id.generation ? std::optional(agentOf(id, slot))
                                                     : std::nullopt;
}

std::size_t AgentRoll::bytes() const noexcept
{
    constexpr std::size_t kTexts = 64;  // of what has a name or a type of its own
    return m_slots.size() * sizeof(Slot) + m_births.size() * (sizeof(Birth) + kTexts) +
           m_renamed.size() * (sizeof(std::string) + kTexts);
}

}  // namespace muster
