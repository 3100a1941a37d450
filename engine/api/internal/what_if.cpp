// SPDX-License-Identifier: Apache-2.0
#include "api/internal/what_if.h"

#include <fmt/format.h>

#include <algorithm>

#include "calls/breaker_replay.h"
#include "documents/json.h"
#include "events/catalogue.h"
#include "workload/service_spec.h"

namespace muster {

namespace {

[[nodiscard]] std::string textOf(const Value& data, std::string_view key)
{
    const Value* value = data.find(key);
    return value != nullptr && value->isText() ? value->asText() : std::string();
}

/// What a session tells of one service in one run.
class Recording {
public:
    Recording(SessionReader& reader, RunId run, const std::string& service)
        : m_reader(reader), m_run(run), m_service(service)
    {
    }

    [[nodiscard]] Result<void> read()
    {
        if (auto done = visit(EventType::serviceConfigured, &Recording::takeStart); !done) {
            return done;
        }
        if (m_steps.empty()) {
            return Error{ErrorCode::notFound,
                         fmt::format("run {} has no service \"{}\"", m_run.value, m_service),
                         {},
                         "Name one of the workload's [services]."};
        }
        for (const auto type :
             {EventType::limitChanged, EventType::breakerOpened, EventType::breakerHalfOpened,
              EventType::breakerClosed, EventType::breakerBypassed}) {
            const auto take =
                type == EventType::limitChanged ? &Recording::takeChange : &Recording::takeMove;
            if (auto done = visit(type, take); !done) {
                return done;
            }
        }
        std::ranges::sort(m_moves);
        return readLog();
    }

    /// The settings it had from its start on, and after each change; with these on top.
    [[nodiscard]] Result<std::vector<BreakerSettings>> settings(
        const std::vector<std::string>& proposed) const
    {
        std::vector<BreakerSettings> all;
        const std::optional<BreakerSettings>* before = nullptr;
        for (const ServiceSpec& step : m_steps) {
            // As it was: a change of something else than the breaker did not reach it.
            const bool reached = before == nullptr || step.settings.breaker != *before;
            before = &step.settings.breaker;
            if (!reached) {
                continue;
            }
            ServiceSpec asked = step;
            for (const std::string& each : proposed) {
                const auto equals = std::min(each.find('='), each.size());
                auto changed =
                    withSetting(asked, each.substr(0, equals),
                                std::string_view(each).substr(std::min(each.size(), equals + 1)));
                if (!changed) {
                    return changed.error();
                }
                asked = *std::move(changed);
            }
            if (!asked.settings.breaker) {
                return Error{ErrorCode::notFound, "the service has no circuit breaker",
                             "services." + m_service, "Ask about one that has."};
            }
            all.push_back(*asked.settings.breaker);
        }
        return all;
    }
    [[nodiscard]] const std::vector<CallLogBlock>& log() const noexcept { return m_log; }
    /// What its events tell: position in the session, and the move.
    [[nodiscard]] bool tellsOf(const std::vector<BreakerReplay::Move>& moves) const
    {
        return std::ranges::equal(m_moves, moves, [](const auto& told, const auto& made) {
            return told.second == fmt::format("{} {} {} {}", toString(made.move.to),
                                              toString(made.move.cause), made.move.tally.calls,
                                              made.move.tally.failed());
        });
    }

private:
    using Take = void (Recording::*)(const StoredEvent& event, const Value& data);

    [[nodiscard]] Result<void> visit(EventType type, Take take)
    {
        StoredEventQuery query;
        query.type = eventInfo(type).name;
        query.run = m_run;
        query.newestFirst = false;
        query.limit = 0;
        const auto done = m_reader.visitEvents(query, [&](const StoredEvent& event) {
            if (const auto data = parseJson(event.data, "event"); data.ok()) {
                (this->*take)(event, *data);
            }
            return true;
        });
        return done ? Result<void>() : Result<void>(done.error());
    }
    void takeStart(const StoredEvent&, const Value& data)
    {
        if (textOf(data, "service") != m_service) {
            return;
        }
        const auto document = parseJson(textOf(data, "settings"), "settings");
        if (!document) {
            return;
        }
        if (const auto settings = readService(*document); settings.ok()) {
            m_steps.push_back({m_service, *settings, *document});
        }
    }
    void takeChange(const StoredEvent&, const Value& data)
    {
        const std::string limit = textOf(data, "limit");
        const std::string prefix = fmt::format("services.{}.", m_service);
        if (!limit.starts_with(prefix)) {
            return;
        }
        if (auto changed =
                withSetting(m_steps.back(), limit.substr(prefix.size()), textOf(data, "after"));
            changed.ok()) {
            m_steps.push_back(*std::move(changed));
        }
    }
    void takeMove(const StoredEvent& event, const Value& data)
    {
        if (textOf(data, "service") != m_service) {
            return;
        }
        const auto number = [&data](std::string_view key) {
            const Value* value = data.find(key);
            return value != nullptr && value->isNumeric() ? value->asInteger() : 0;
        };
        m_moves.emplace_back(event.id.sequence,
                             fmt::format("{} {} {} {}", textOf(data, "to"), textOf(data, "cause"),
                                         number("calls"), number("failed")));
    }
    [[nodiscard]] Result<void> readLog()
    {
        auto stored = m_reader.calls(m_run, m_service);
        if (!stored) {
            return stored.error();
        }
        if (stored->empty()) {
            return Error{
                ErrorCode::notFound,
                fmt::format("no call to \"{}\" was recorded in run {}", m_service, m_run.value),
                {},
                "Record a run in which it is called."};
        }
        for (CallLogRecord& record : *stored) {
            m_log.push_back({{record.begin},
                             record.asked,
                             record.entries,
                             record.lost,
                             std::move(record.data)});
        }
        return {};
    }

    SessionReader& m_reader;
    RunId m_run;
    std::string m_service;
    std::vector<ServiceSpec> m_steps;
    std::vector<std::pair<std::uint64_t, std::string>> m_moves;
    std::vector<CallLogBlock> m_log;
};

[[nodiscard]] WhatIfSide sideOf(const BreakerReplay& replay, MonoTime begin)
{
    WhatIfSide side{.moves = {}, .admitted = replay.admitted, .rejected = replay.rejected};
    for (const auto& [at, move] : replay.moves) {
        side.moves.push_back(
            {at - begin, std::string(toString(move.to)), std::string(toString(move.cause))});
    }
    return side;
}

[[nodiscard]] Result<RunId> runOf(SessionReader& reader, const std::optional<RunId>& asked)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    const auto found = std::ranges::find_if(info->runs, [&](const StoredRun& run) {
        return asked ? run.id == *asked : run.id == info->runs.back().id;
    });
    return found == info->runs.end()
               ? Result<RunId>(Error{ErrorCode::notFound,
                                     "the session has no such run",
                                     {},
                                     "musterctl export events names the runs."})
               : Result<RunId>(found->id);
}

}  // namespace

Result<WhatIf> askWhatIf(SessionReader& reader, const WhatIfQuery& query)
{
    const auto run = runOf(reader, query.run);
    if (!run) {
        return run.error();
    }
    Recording recording(reader, *run, query.service);
    if (auto done = recording.read(); !done) {
        return done.error();
    }
    const auto had = recording.settings({});
    const auto asked = recording.settings(query.settings);
    if (!had || !asked) {
        return had ? asked.error() : had.error();
    }
    const auto recorded = replayBreaker(recording.log(), *had);
    const auto proposed = replayBreaker(recording.log(), *asked);
    if (!recorded || !proposed) {
        return recorded ? proposed.error() : recorded.error();
    }
    const MonoTime begin = recording.log().front().begin;
    return WhatIf{.run = *run,
                  .service = query.service,
                  .calls = recorded->calls,
                  .recorded = sideOf(*recorded, begin),
                  .proposed = sideOf(*proposed, begin),
                  .unknown = proposed->unknown,
                  .reproduced = recording.tellsOf(recorded->moves) &&
                                recorded->admitted == recorded->wasAdmitted,
                  .note = recorded->ended};
}

}  // namespace muster
