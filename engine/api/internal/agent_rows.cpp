// SPDX-License-Identifier: Apache-2.0
#include "api/internal/agent_rows.h"

#include <algorithm>
#include <chrono>

#include "api/internal/agent_filter.h"
#include "events/fields.h"

namespace muster {

namespace {

constexpr Duration kStateWithin = std::chrono::milliseconds(500);

[[nodiscard]] DirectorySort toSort(AgentColumn column)
{
    switch (column) {
        case AgentColumn::name:
            return DirectorySort::name;
        case AgentColumn::type:
            return DirectorySort::type;
        case AgentColumn::state:
            return DirectorySort::state;
        case AgentColumn::rate:
            return DirectorySort::rate;
        case AgentColumn::total:
            return DirectorySort::handled;
        case AgentColumn::mailbox:
            return DirectorySort::mailbox;
        case AgentColumn::oldest:
            return DirectorySort::oldest;
        case AgentColumn::p50:
            return DirectorySort::p50;
        case AgentColumn::p99:
            return DirectorySort::p99;
        case AgentColumn::memory:
            return DirectorySort::bytes;
        case AgentColumn::restarts:
            return DirectorySort::restarts;
        case AgentColumn::action:
            return DirectorySort::action;
        case AgentColumn::id:
        case AgentColumn::count:
            break;
    }
    return DirectorySort::id;
}

[[nodiscard]] Known toKnown(const std::optional<Duration>& duration, std::string_view missing)
{
    return duration ? Known{static_cast<double>(duration->count()), {}}
                    : Known{0, std::string(missing)};
}

[[nodiscard]] AgentRow toRow(const DirectoryRow& row)
{
    return {.id = row.id,
            .name = row.name,
            .type = row.type,
            .state = std::string(toString(row.state)),
            .action = row.action,
            .rate = row.rate ? Known{*row.rate, {}} : Known{0, "seen too short a while"},
            .total = row.handled,
            .mailbox = row.mailbox,
            .oldest = toKnown(row.oldest, "no message waits"),
            .p50 = toKnown(row.p50, "no message was timed yet"),
            .p99 = toKnown(row.p99, "no message was timed yet"),
            .memory = row.bytes,
            .restarts = row.restarts};
}

[[nodiscard]] AgentDetail toDetail(const DirectoryDetail& detail, const Clock& clock)
{
    AgentDetail all;
    all.row = toRow(detail.row);
    all.capabilities = detail.capabilities;
    all.attributes = detail.attributes;
    if (detail.supervisor) {
        all.supervisor = detail.supervisor;
        all.supervisorName = detail.supervisorName;
    }
    const auto sinceStart = clock.wall().nanoseconds - clock.now().nanoseconds;
    for (const auto& message : detail.recent) {
        all.lastMessages.push_back({.at = WallTime{message.at.nanoseconds + sinceStart},
                                    .type = std::string(message.type),
                                    .handling = {static_cast<double>(message.handling.count()), {}},
                                    .outcome = message.failed ? "failed" : "ok"});
    }
    all.messagesNote = "Sampled: not every message is timed.";
    return all;
}

}  // namespace

Result<AgentPage> agentPage(const Directory& directory, const AgentQuery& query, const Clock& clock)
{
    auto filter = parseAgentFilter(query.filter);
    if (!filter) {
        return filter.error();
    }
    const auto found = directory.page({.filter = *std::move(filter),
                                       .sort = toSort(query.sort),
                                       .descending = query.descending,
                                       .offset = query.offset,
                                       .limit = query.limit});
    AgentPage page{.total = found.total,
                   .matching = found.matching,
                   .offset = found.offset,
                   .rows = {},
                   .at = clock.wall()};
    page.rows.reserve(found.rows.size());
    for (const auto& row : found.rows) {
        page.rows.push_back(toRow(row));
    }
    return page;
}

void agentDetailOf(Runtime& runtime, const Clock& clock, AgentId id,
                   const std::function<void(Result<AgentDetail>)>& done)
{
    const auto found = runtime.directory().detail(id);
    if (!found) {
        done(found.error());
        return;
    }
    auto detail = std::make_shared<AgentDetail>(toDetail(*found, clock));
    runtime.inspect(id, kStateWithin, [detail, done](const Result<std::string>& state) {
        if (state) {
            detail->stateJson = *state;
        } else {
            detail->stateJson = "{\"not_available\":";
            appendJsonText(detail->stateJson, state.error().message);
            detail->stateJson += '}';
        }
        done(std::move(*detail));
    });
}

}  // namespace muster
