// SPDX-License-Identifier: Apache-2.0
#include "runtime/directory.h"

#include <algorithm>

#include "runtime/internal/core.h"
#include "runtime/internal/directory_scan.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/rate_book.h"

namespace muster {

using detail::Cell;
using detail::Count;
using detail::Phase;

namespace {

AgentState stateIn(const Cell& cell) noexcept
{
    switch (cell.phase.load(std::memory_order_relaxed)) {
        case Phase::ready:
            // Mail that no worker has come to yet is work, too.
            return cell.waiting() != 0 ? AgentState::busy : AgentState::ready;
        case Phase::busy:
            return AgentState::busy;
        case Phase::suspended:
            return AgentState::suspended;
        case Phase::terminating:
            return AgentState::terminating;
        case Phase::free:
        case Phase::unborn:
        case Phase::initializing:
        case Phase::down:
            break;
    }
    return AgentState::initializing;
}

}  // namespace

AgentId DirectoryEntry::id() const noexcept
{
    return m_id;
}

AgentState DirectoryEntry::state() const noexcept
{
    return stateIn(m_cell);
}

std::string_view DirectoryEntry::type() const noexcept
{
    return m_group.type;
}

std::string DirectoryEntry::name() const
{
    std::string out;
    appendName(out);
    return out;
}

void DirectoryEntry::appendName(std::string& out) const
{
    const std::size_t before = out.size();
    m_core.names.append(out, m_cell);
    if (out.size() == before) {
        out += m_group.type;
        out += '.';
        out += toString(m_id);
    }
}

bool DirectoryEntry::hasCapability(std::string_view capability) const noexcept
{
    return m_core.traits.of(m_id.slot, m_group).hasCapability(capability);
}

std::optional<std::string_view> DirectoryEntry::attribute(std::string_view key) const noexcept
{
    return m_core.traits.of(m_id.slot, m_group).attribute(key);
}

std::uint64_t DirectoryEntry::handled() const noexcept
{
    return m_cell.handled.load(std::memory_order_relaxed);
}

std::uint64_t DirectoryEntry::mailbox() const noexcept
{
    return m_cell.waiting();
}

std::uint64_t DirectoryEntry::restarts() const noexcept
{
    return m_cell.restarts.load(std::memory_order_relaxed);
}

Directory::Directory(detail::Core& core)
    : m_core(core), m_rates(std::make_unique<detail::RateBook>())
{
}

Directory::~Directory() = default;

bool Directory::alive(AgentId id) const noexcept
{
    const Cell* cell = m_core.slots.find(id);
    return cell != nullptr && cell->phase.load(std::memory_order_acquire) > Phase::unborn;
}

std::optional<AgentState> Directory::stateOf(AgentId id) const noexcept
{
    const Cell* cell = m_core.slots.find(id);
    if (cell == nullptr || cell->phase.load(std::memory_order_acquire) <= Phase::unborn) {
        return std::nullopt;
    }
    return stateIn(*cell);
}

AgentId Directory::find(std::string_view name) const noexcept
{
    const AgentId id = m_core.names.find(name);
    return id && alive(id) ? id : AgentId{};
}

Result<AgentId> Directory::byName(std::string_view name) const
{
    if (const AgentId id = find(name)) {
        return id;
    }
    // "<type>.<id>", as an unnamed agent is shown.
    const auto dot = name.find('.');
    if (const auto id =
            dot == std::string_view::npos ? std::nullopt : parseAgentId(name.substr(dot + 1));
        id && nameOf(*id) == name) {
        return *id;
    }
    return Error{ErrorCode::notFound, "no agent of that name", std::string(name), ""};
}

std::vector<AgentId> Directory::byType(std::string_view type) const
{
    std::vector<AgentId> found;
    forEach([&found, type](const DirectoryEntry& entry) {
        if (entry.type() == type) {
            found.push_back(entry.id());
        }
        return true;
    });
    return found;
}

std::vector<AgentId> Directory::byCapability(std::string_view capability) const
{
    std::vector<AgentId> found;
    const detail::ReadGuard guard(m_core.reclaimer);
    const auto add = [this, &found](std::uint32_t slot) {
        const AgentId id = m_core.slots.idOf(m_core.slots.at(slot));
        if (alive(id)) {
            found.push_back(id);
        }
    };
    for (const detail::AgentGroup* group : m_core.groups.withCapability(capability)) {
        for (const std::uint32_t slot : group->slotsInOrder(m_core.slots)) {
            if (m_core.traits.ownOf(slot) == nullptr) {
                add(slot);
            }
        }
    }
    std::ranges::for_each(m_core.traits.withCapability(capability), add);
    std::ranges::sort(found);
    // One that was updated meanwhile may have been seen both ways.
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

void Directory::forEach(const std::function<bool(const DirectoryEntry&)>& visit) const
{
    DirectoryScan(m_core).forEach(visit);
}

AgentCounts Directory::counts() const
{
    const auto& contexts = m_core.contexts;
    const auto level = [&contexts](Count count) {
        const auto value = static_cast<std::int64_t>(contexts.sum(count));
        return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
    };
    AgentCounts counts;
    counts.ended = contexts.sum(Count::ended);
    counts.created = contexts.sum(Count::created);
    counts.crashed = contexts.sum(Count::crashed);
    counts.restarts = contexts.sum(Count::restarts);
    counts.live = counts.created - std::min(counts.created, counts.ended);
    std::uint64_t left = counts.live;
    const auto put = [&counts, &left](AgentState state, std::uint64_t agents) {
        counts.byState[static_cast<std::size_t>(state)] = std::min(agents, left);
        left -= std::min(agents, left);
    };
    put(AgentState::suspended, level(Count::suspended));
    put(AgentState::initializing, level(Count::initializing));
    put(AgentState::terminating, level(Count::terminating));
    put(AgentState::busy, level(Count::awaiting) + contexts.running());
    put(AgentState::ready, left);
    return counts;
}

std::map<std::string, AgentCounts> Directory::countsByType() const
{
    std::map<std::string, AgentCounts> byType;
    forEach([&byType](const DirectoryEntry& entry) {
        AgentCounts& counts = byType[std::string(entry.type())];
        ++counts.live;
        ++counts.byState[static_cast<std::size_t>(entry.state())];
        return true;
    });
    return byType;
}

Result<DirectoryDetail> Directory::detail(AgentId id) const
{
    DirectoryDetail detail;
    {
        const detail::ReadGuard guard(m_core.reclaimer);
        const Cell* cell = m_core.slots.find(id);
        const detail::AgentGroup* group =
            cell == nullptr ? nullptr : cell->group.load(std::memory_order_seq_cst);
        if (group == nullptr) {
            return Error{ErrorCode::notFound, "no such agent", toString(id), ""};
        }
        const DirectoryScan scan(m_core);
        detail.row = scan.row(scan.entry(*cell, *group, id));
        const detail::Traits& traits = m_core.traits.of(id.slot, *group);
        detail.capabilities = traits.capabilities;
        detail.attributes = traits.attributes;
        detail.supervisor = group->supervisor;
        if (const detail::CellSide* side = cell->side.load(std::memory_order_acquire)) {
            for (std::size_t i = 0; i < detail::RecentMessages::kKept; ++i) {
                if (const auto entry = side->recent.read(i)) {
                    detail.recent.push_back(
                        {entry->at, entry->type->name, entry->handling, entry->failed});
                }
            }
        }
    }
    if (detail.supervisor) {
        detail.supervisorName = nameOf(detail.supervisor);
    }
    detail.children = m_core.supervision.children(id);
    return detail;
}

std::string Directory::nameOf(AgentId id) const
{
    return alive(id) ? detail::shownName(m_core, id) : std::string();
}

Directory::Waiting Directory::waiting() const
{
    Waiting waiting;
    const DirectoryScan scan(m_core);
    scan.forEachCell([&waiting, &scan](const Cell& cell) {
        if (const std::uint32_t there = cell.waiting(); there != 0) {
            waiting.messages += there;
            const auto oldest = scan.oldest(cell);
            waiting.oldest = std::max(waiting.oldest, oldest);
        }
    });
    return waiting;
}

}  // namespace muster
