// SPDX-License-Identifier: Apache-2.0
#include "api/internal/state_fold.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "api/internal/stored_fields.h"
#include "events/catalogue.h"

namespace muster {

namespace {

constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};
constexpr std::string_view kRecorded = "state.recorded";
/// Kept states are this many changes apart at first, or so many events.
constexpr std::uint64_t kFirstSpacing = 512;
constexpr std::uint64_t kEventsForChange = 32;
/// There may be many others between two of them.
constexpr std::uint64_t kChangesBetweenLooks = 16;
/// The last event of a recorded state is older than the record by less than this.
constexpr Duration kRecordedWithin = std::chrono::seconds(15);

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

std::string textIn(const Fields& data, std::string_view key)
{
    const auto value = data.view().find(key);
    return std::string(value ? value->text() : std::string_view());
}

std::size_t bytesOf(const FoldPoint& point)
{
    constexpr std::size_t kRest = 4096;
    return point.state.agents().bytes() + kRest;
}

Error cancelled()
{
    return {ErrorCode::cancelled, "it was cancelled", {}, {}};
}

}  // namespace

// ---- what was recorded --------------------------------------------------------------------

Result<void> StateProofs::refresh(SessionReader& reader, RunId run,
                                  const std::function<bool()>& goOn)
{
    bool stopped = false;
    StoredEventQuery query;
    query.anyOf = {std::string(kRecorded)};
    query.run = run;
    query.newestFirst = false;
    query.limit = 0;
    if (m_position > 0) {
        query.after = m_position;
    }
    const auto done = reader.visitEvents(query, [&](const StoredEvent& event) {
        stopped = goOn && !goOn();
        if (stopped) {
            return false;
        }
        const Fields data = fieldsOf(event.data);
        const EventId last = parseEventId(textIn(data, "last")).value_or(EventId{});
        m_bySequence.insert_or_assign(last.sequence, m_proofs.size());
        m_proofs.push_back(
            {.at = event.at, .last = last, .recorded = textIn(data, "hash"), .rebuilt = {}});
        m_position = event.position;
        return true;
    });
    if (!done || stopped) {
        return done ? cancelled() : done.error();
    }
    return {};
}

void StateProofs::applied(const StoredEvent& event, const EngineState& state)
{
    const auto found = m_bySequence.find(event.id.sequence);
    if (found != m_bySequence.end() && m_proofs[found->second].last == event.id &&
        m_proofs[found->second].rebuilt.empty()) {
        m_proofs[found->second].rebuilt = state.hashText();
    }
}

const StateProofs::Proof* StateProofs::before(WallTime at) const
{
    const auto after = std::ranges::upper_bound(m_proofs, at, {}, &Proof::at);
    return after == m_proofs.begin() ? nullptr : &*std::prev(after);
}

// ---- the way through a run ----------------------------------------------------------------

StateFold::StateFold(RunId run) : m_run(run), m_types(shapingTypes()), m_spacing(kFirstSpacing) {}

void StateFold::apply(FoldPoint& point, const StoredEvent& event)
{
    point.position = event.position;
    const EventInfo* info = findEventType(event.type);
    if (info == nullptr) {
        return;
    }
    if (point.changes++ == 0) {
        point.whole = event.type == "engine.started";
    }
    point.state.apply(static_cast<EventType>(info->type.value),
                      parseSource(event.source).value_or(Source()), fieldsOf(event.data), event.at);
    point.at = std::max(point.at, event.at);
    m_proofs.applied(event, point.state);
    keep(point);
}

void StateFold::keep(const FoldPoint& point)
{
    const std::uint64_t changes = m_kept.empty() ? 0 : m_kept.back().changes;
    const std::int64_t position = m_kept.empty() ? 0 : m_kept.back().position;
    const bool farther = point.position > position && point.changes > changes;
    if (!farther ||
        (point.changes - changes < m_spacing &&
         static_cast<std::uint64_t>(point.position - position) < m_spacing * kEventsForChange)) {
        return;
    }
    m_bytes += bytesOf(point);
    m_kept.push_back(point);
    while (m_bytes > kMostBytes && m_kept.size() > 1) {
        thinOut();
    }
}

void StateFold::thinOut()
{
    std::vector<FoldPoint> left;
    m_bytes = 0;
    for (std::size_t i = 1; i < m_kept.size(); i += 2) {
        m_bytes += bytesOf(m_kept[i]);
        left.push_back(std::move(m_kept[i]));
    }
    m_kept = std::move(left);
    m_spacing *= 2;
}

Result<void> StateFold::fold(SessionReader& reader, FoldPoint& point, WallTime at,
                             const std::function<bool()>& goOn)
{
    StoredEventQuery wanted;
    wanted.anyOf = m_types;
    wanted.anyOf.emplace_back(kRecorded);  // so that it ends soon after the moment
    wanted.run = m_run;
    wanted.newestFirst = false;
    wanted.limit = 0;
    if (point.position > 0) {
        wanted.after = point.position;
    }
    std::uint64_t looked = 0;
    bool stopped = false;
    const auto visited = reader.visitEvents(wanted, [&](const StoredEvent& event) {
        stopped = ++looked % kChangesBetweenLooks == 0 && goOn && !goOn();
        if (stopped || event.at > at) {
            return false;
        }
        if (event.type != kRecorded) {
            apply(point, event);
        }
        return true;
    });
    if (!visited) {
        return visited.error();
    }
    return stopped ? Result<void>(cancelled()) : Result<void>();
}

Result<const FoldPoint*> StateFold::to(SessionReader& reader, WallTime at,
                                       const std::function<bool()>& goOn)
{
    if (auto done = m_proofs.refresh(reader, m_run, goOn); !done) {
        return done.error();
    }
    const auto startFor = [this](WallTime moment) {
        const auto after = std::ranges::upper_bound(m_kept, moment, {}, &FoldPoint::at);
        return after == m_kept.begin() ? FoldPoint() : *std::prev(after);
    };
    const auto nearer = std::ranges::find_if(m_kept, [&](const FoldPoint& kept) {
        return kept.at <= at && kept.position > m_shown.position;
    });
    if (m_shown.at > at || nearer != m_kept.end()) {
        m_shown = startFor(at);
    }
    if (auto done = fold(reader, m_shown, at, goOn); !done) {
        return done.error();
    }
    const StateProofs::Proof* proof = m_proofs.before(at);
    if (proof != nullptr && proof->rebuilt.empty()) {
        // It was recorded of events that had been passed by then.
        m_shown = startFor(proof->at - kRecordedWithin);
        if (auto done = fold(reader, m_shown, at, goOn); !done) {
            return done.error();
        }
    }
    return &m_shown;
}

Result<void> StateFold::ahead(SessionReader& reader, const std::function<bool()>& goOn)
{
    if (auto done = m_proofs.refresh(reader, m_run, goOn); !done) {
        return done;
    }
    if (!m_kept.empty() && m_kept.back().position > m_ahead.position) {
        m_ahead = m_kept.back();
    }
    return fold(reader, m_ahead, kEver, goOn);
}

}  // namespace muster
