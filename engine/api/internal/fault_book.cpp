// SPDX-License-Identifier: Apache-2.0
#include "api/internal/fault_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/command.h"
#include "documents/nearest.h"
#include "documents/units.h"

namespace muster {

std::string_view toString(ActionFault::Kind kind) noexcept
{
    switch (kind) {
        case ActionFault::Kind::delay:
            return "delay";
        case ActionFault::Kind::error:
            return "error";
        case ActionFault::Kind::hang:
            return "hang";
    }
    return "";
}

std::string valueText(const ActionFault& fault)
{
    switch (fault.kind) {
        case ActionFault::Kind::delay:
            return formatDuration(fault.delay);
        case ActionFault::Kind::error:
            return std::string(toString(fault.failure));
        case ActionFault::Kind::hang:
            break;
    }
    return {};
}

FaultBook::FaultBook(EngineCore& core) : m_core(core)
{
    for (std::size_t i = 0; i < core.workload->actions.size(); ++i) {
        m_entries.push_back(std::make_unique<Entry>());
        m_entries.back()->faults = std::make_unique<ActionFaults>();
    }
}

Result<std::size_t> FaultBook::find(std::string_view action) const
{
    std::vector<std::string> names;
    for (const ActionSpec& each : m_core.workload->actions) {
        if (each.name == action) {
            return names.size();
        }
        names.push_back(each.name);
    }
    return Error{ErrorCode::notFound,
                 fmt::format("there is no action \"{}\", only {}{}", action, listed(names),
                             didYouMean(action, names)),
                 {},
                 {}};
}

void FaultBook::begin(std::size_t action, const ActionFault& fault, std::optional<Duration> length,
                      std::string_view author)
{
    end(action, "replaced");
    const std::lock_guard lock(m_mutex);
    Entry& entry = *m_entries[action];
    const std::uint64_t number = ++entry.number;
    entry.faults->set(fault);
    entry.until = length ? std::optional(m_core.clock->now() + *length) : std::nullopt;
    Fields fields{{"action", m_core.workload->actions[action].name},
                  {"fault", toString(fault.kind)},
                  {"share", fault.share},
                  {"author", author}};
    if (const std::string value = valueText(fault); !value.empty()) {
        fields.add("value", value);
    }
    if (length) {
        fields.add("length_ns", std::int64_t{length->count()});
        m_core.runtime->scheduler().after(*length, [this, action, number] {
            bool same = false;
            {
                const std::lock_guard guard(m_mutex);
                same = m_entries[action]->number == number;
            }
            if (same) {
                end(action, "its time was over");
            }
        });
    }
    m_core.publisher->publish(EventDraft{EventType::faultStarted, Component::actions, fields, {}});
}

bool FaultBook::end(std::size_t action, std::string_view reason)
{
    const std::lock_guard lock(m_mutex);
    Entry& entry = *m_entries[action];
    const auto fault = entry.faults->current();
    if (!fault) {
        return false;
    }
    const std::uint64_t hits = entry.faults->hits();
    ++entry.number;
    entry.faults->set(std::nullopt);
    publishEnd(action, *fault, hits, reason);
    return true;
}

std::vector<FaultStatus> FaultBook::active() const
{
    std::vector<FaultStatus> all;
    const auto now = m_core.clock->now();
    const std::lock_guard lock(m_mutex);
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const Entry& entry = *m_entries[i];
        const auto fault = entry.faults->current();
        if (!fault) {
            continue;
        }
        FaultStatus status{
            .fault = std::string(toString(fault->kind)),
            .value = valueText(*fault),
            .left = std::nullopt,
            .action = m_core.workload->actions[i].name,
            .share = fault->share,
            .hits = entry.faults->hits(),
            .end = Command{"fault.stop", {{"action", m_core.workload->actions[i].name}}}.text()};
        if (entry.until) {
            status.left = std::max(*entry.until - now, Duration::zero());
        }
        all.push_back(std::move(status));
    }
    return all;
}

void FaultBook::publishEnd(std::size_t action, const ActionFault& fault, std::uint64_t hits,
                           std::string_view reason)
{
    m_core.publisher->publish(EventType::faultStopped, Component::actions,
                              {{"action", m_core.workload->actions[action].name},
                               {"fault", toString(fault.kind)},
                               {"hits", hits},
                               {"reason", reason}});
}

}  // namespace muster
