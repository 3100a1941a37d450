// SPDX-License-Identifier: Apache-2.0
#include "api/internal/past.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "api/internal/stored_fields.h"
#include "events/engine_state.h"

namespace muster {

namespace {

constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

std::vector<std::string> shapingTypes()
{
    std::vector<std::string> names;
    for (const EventInfo& info : allEventTypes()) {
        if (EngineState::shapedBy(static_cast<EventType>(info.type.value))) {
            names.emplace_back(info.name);
        }
    }
    return names;
}

Result<StoredRun> runOf(SessionReader& reader, const PastQuery& query)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        if (query.run ? run->id == *query.run : run->startedAt <= query.at.value_or(kEver)) {
            return *run;
        }
    }
    if (query.run) {
        return Error{ErrorCode::notFound,
                     "the session has no run " + std::to_string(query.run->value),
                     info->file.string(),
                     "It has " + std::to_string(info->runs.size()) + " of them, from 1"};
    }
    return Error{ErrorCode::notFound, "no run of the session began before that moment",
                 info->file.string(), "Name a later one"};
}

/// The last hash that was recorded before the moment; an id of none: there is none.
struct Recorded {
    WallTime at;
    EventId last;
    std::string hash;
};

Result<Recorded> lastRecorded(SessionReader& reader, RunId run, WallTime at)
{
    StoredEventQuery query;
    query.type = "state.recorded";
    query.run = run;
    query.range = StoredRange{{0}, at};
    query.limit = 1;
    const auto page = reader.events(query);
    if (!page) {
        return page.error();
    }
    Recorded recorded;
    if (!page->rows.empty()) {
        const Fields data = fieldsOf(page->rows.front().data);
        const auto text = [&data](std::string_view key) {
            const auto value = data.view().find(key);
            return std::string(value ? value->text() : std::string_view());
        };
        recorded = {page->rows.front().at, parseEventId(text("last")).value_or(EventId{}),
                    text("hash")};
    }
    return recorded;
}

/// The events of one run, one after the other.
class Fold {
public:
    Fold(PastState& out, Recorded recorded) : m_out(out), m_recorded(std::move(recorded)) {}

    bool add(const StoredEvent& event)
    {
        if (event.at > m_out.at) {
            return false;
        }
        const EventInfo* info = findEventType(event.type);
        if (info == nullptr) {
            return true;
        }
        if (m_out.changes++ == 0 && event.type != "engine.started") {
            m_out.note = "The first events of the run are gone, so what they told is missing";
        }
        m_state.apply(static_cast<EventType>(info->type.value),
                      parseSource(event.source).value_or(Source()), fieldsOf(event.data), event.at);
        m_out.changedAt = event.at;
        if (event.id == m_recorded.last) {
            m_out.provedAt = m_recorded.at;
            m_out.recorded = m_recorded.hash;
            m_out.rebuilt = m_state.hashText();
            m_out.proof = m_out.rebuilt == m_out.recorded ? PastState::Proof::holds
                                                          : PastState::Proof::differs;
        }
        return true;
    }

    void finish(const PastAgentVisitor& agents)
    {
        m_out.document = m_state.document();
        m_out.hash = m_state.hashText();
        if (!agents) {
            return;
        }
        m_state.agents().visit([&agents](const AgentRoll::Agent& agent) {
            return agents({agent.id, agent.name, std::string(agent.type), agent.suspended});
        });
    }

private:
    PastState& m_out;
    const Recorded m_recorded;
    EngineState m_state;
};

}  // namespace

Result<PastState> rebuildState(SessionReader& reader, const PastQuery& query,
                               const PastAgentVisitor& agents)
{
    const auto run = runOf(reader, query);
    if (!run) {
        return run.error();
    }
    PastState out;
    out.run = run->id;
    out.at = query.sinceStart ? run->startedAt + *query.sinceStart : query.at.value_or(kEver);
    if (out.at < run->startedAt) {
        return Error{ErrorCode::notFound, "the run began later than that moment", "",
                     "Name a moment within it"};
    }
    auto recorded = lastRecorded(reader, run->id, out.at);
    if (!recorded) {
        return recorded.error();
    }
    Fold fold(out, std::move(recorded).value());
    StoredEventQuery wanted;
    wanted.anyOf = shapingTypes();
    wanted.run = run->id;
    wanted.newestFirst = false;
    wanted.limit = 0;
    const auto visited =
        reader.visitEvents(wanted, [&fold](const StoredEvent& event) { return fold.add(event); });
    if (!visited) {
        return visited.error();
    }
    fold.finish(agents);
    if (out.at == kEver) {
        out.at = out.changedAt;
    }
    if (out.proof == PastState::Proof::none && out.note.empty()) {
        out.note = "No hash was recorded before this moment to hold it against";
    }
    return out;
}

}  // namespace muster
