// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/stream_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "events/topic_pattern.h"
#include "storage/internal/row.h"
#include "storage/internal/text.h"

namespace muster {

namespace {

Error refusal(ErrorCode code, const StreamAppend& append, std::string message, std::string advice)
{
    return {code, std::move(message), "stream " + append.stream, std::move(advice)};
}

Error damaged(std::string_view table)
{
    return {ErrorCode::corrupt,
            fmt::format("what the session knows of its streams is damaged ({})", table),
            {},
            "Record to another file (--db); what is readable of this one can be exported"};
}

std::optional<std::string> wrongWith(const StreamEvent& event)
{
    if (event.id.origin == 0 || event.id.sequence == 0) {
        return "an event has no id";
    }
    const auto pattern = TopicPattern::parse(event.type);
    if (!pattern || event.type.find('*') != std::string::npos) {
        return "an event has no type, or one with a wildcard: \"" + event.type + "\"";
    }
    if (event.data.view().encoded().size() > StreamAppend::kLargestEvent ||
        event.source.size() > StreamAppend::kLongestName ||
        event.type.size() > StreamAppend::kLongestName) {
        return "an event is too large: " + toString(event.id);
    }
    return std::nullopt;
}

}  // namespace

Result<void> checkAppend(const StreamAppend& append)
{
    const auto wrong = [&append](std::string message, std::string advice) {
        return refusal(ErrorCode::invalidArgument, append, std::move(message), std::move(advice));
    };
    std::string buffer;
    if (append.stream.empty() || append.stream.size() > StreamAppend::kLongestName ||
        validUtf8(append.stream, buffer) != append.stream) {
        return wrong("this is no name of a stream",
                     fmt::format("Give 1 to {} bytes of UTF-8", StreamAppend::kLongestName));
    }
    if (append.events.empty() || append.events.size() > StreamAppend::kMostEvents) {
        return wrong(fmt::format("{} events are appended at once", append.events.size()),
                     fmt::format("Append 1 to {}", StreamAppend::kMostEvents));
    }
    std::unordered_set<EventId> ids;
    for (const StreamEvent& event : append.events) {
        if (const auto what = wrongWith(event)) {
            return wrong(*what, "Correct the event");
        }
        if (!ids.insert(event.id).second) {
            return wrong("two of the events have the id " + toString(event.id),
                         "Give each event an id of its own");
        }
    }
    return {};
}

Result<StreamRows> StreamRows::open(Database& database, Progress& progress)
{
    StreamRows rows;
    rows.m_progress = &progress;
    const struct {
        Statement& statement;
        const char* sql;
    } statements[] = {
        {rows.m_findHead, "SELECT * FROM streams WHERE name = ?1"},
        {rows.m_writeHead, "INSERT OR REPLACE INTO streams VALUES(?,?,?,?)"},
        {rows.m_findId, "SELECT * FROM stream_ids WHERE origin = ?1 AND sequence = ?2"},
        {rows.m_writeId, "INSERT INTO stream_ids VALUES(?,?,?,?,?)"},
        {rows.m_writeEntry, "INSERT INTO stream_events VALUES(?,?,?,?)"},
    };
    for (const auto& [statement, sql] : statements) {
        auto prepared = database.prepare(sql);
        if (!prepared) {
            return prepared.error();
        }
        statement = std::move(prepared).value();
    }
    return rows;
}

Result<StreamRows::Head> StreamRows::headOf(const std::string& stream)
{
    const auto row = m_findHead.bind(1, std::string_view(stream)).step();
    if (!row) {
        return row.error();
    }
    Head head;
    const bool holds = !*row || rowHolds(m_findHead);
    if (*row) {
        head = {m_findHead.integer(1), m_findHead.integer(2)};
    }
    m_findHead.reset();
    return holds ? Result<Head>(head) : damaged("streams");
}

Result<std::optional<StreamRows::Entry>> StreamRows::find(EventId id)
{
    const auto row = m_findId.bind(1, static_cast<std::int64_t>(id.origin))
                         .bind(2, static_cast<std::int64_t>(id.sequence))
                         .step();
    if (!row) {
        return row.error();
    }
    std::optional<Entry> entry;
    const bool holds = !*row || rowHolds(m_findId);
    if (*row) {
        entry = Entry{m_findId.integer(2), m_findId.integer(3)};
    }
    m_findId.reset();
    return holds ? Result<std::optional<Entry>>(entry) : damaged("stream_ids");
}

Result<std::optional<StreamRows::Answer>> StreamRows::known(const StreamAppend& append,
                                                            const Head& head)
{
    std::optional<Entry> first;
    const StreamEvent* stranger = nullptr;  // in the session, but not as this append has it
    std::size_t found = 0;
    for (std::size_t i = 0; i < append.events.size(); ++i) {
        const auto entry = find(append.events[i].id);
        if (!entry) {
            return entry.error();
        }
        if (!*entry) {
            continue;
        }
        if (++found == 1 && i == 0) {
            first = **entry;
        }
        const bool inOrder = first && head.id != 0 && (*entry)->stream == head.id &&
                             (*entry)->version == first->version + static_cast<std::int64_t>(i);
        if (!inOrder && stranger == nullptr) {
            stranger = &append.events[i];
        }
    }
    if (found == 0) {
        return std::optional<Answer>();
    }
    if (stranger == nullptr && found == append.events.size()) {
        const auto version = static_cast<std::uint64_t>(first->version);
        return std::optional<Answer>(StreamAppended{version, version + found - 1, true});
    }
    const StreamEvent& named = stranger != nullptr ? *stranger : append.events.front();
    return std::optional<Answer>(
        refusal(ErrorCode::conflict, append,
                fmt::format("{} of the {} events are in the session already, among them {}", found,
                            append.events.size(), toString(named.id)),
                "Repeat an append as a whole, or give new events new ids"));
}

Result<StreamRows::Answer> StreamRows::append(const StreamAppend& append, EventRows& events,
                                              NameTable& types)
{
    // Nothing is written yet: damage here is the append's bad luck, not the batch's.
    const auto failure = [](const Error& error) {
        return error.code == ErrorCode::corrupt ? Result<Answer>(Answer(error))
                                                : Result<Answer>(error);
    };
    auto head = headOf(append.stream);
    if (!head) {
        return failure(head.error());
    }
    auto before = known(append, *head);
    if (!before) {
        return failure(before.error());
    }
    if (*before) {
        return std::move(**before);
    }
    const bool exists = head->id != 0;
    const auto now = exists ? std::optional(static_cast<std::uint64_t>(head->version))
                            : std::optional<std::uint64_t>();
    if (!append.expected.holds(now)) {
        return Answer(
            refusal(ErrorCode::conflict, append,
                    fmt::format("{} was expected, {}", append.expected.text(),
                                exists ? fmt::format("the stream is at version {}", head->version)
                                       : std::string("there is no such stream")),
                    "Read the stream again and decide anew"));
    }
    if (!exists) {
        head->id = m_progress->lastOf(Numbered::streams) + 1;
    }
    const auto first = static_cast<std::uint64_t>(head->version + 1);
    for (const StreamEvent& event : append.events) {
        if (auto done = write(event, {head->id, ++head->version}, events, types); !done) {
            return done.error();
        }
    }
    if (auto done = writeHead(append.stream, *head); !done) {
        return done.error();
    }
    m_progress->lastOf(Numbered::streams) =
        std::max(m_progress->lastOf(Numbered::streams), head->id);
    return Answer(StreamAppended{first, static_cast<std::uint64_t>(head->version), false});
}

Result<void> StreamRows::write(const StreamEvent& event, Entry entry, EventRows& events,
                               NameTable& types)
{
    const auto type = types.number(event.type);
    if (!type) {
        return type.error();
    }
    m_data.clear();
    event.data.view().appendJson(m_data);
    auto done = events.append({.id = event.id,
                               .at = event.at,
                               .type = *type,
                               .source = validUtf8(event.source, m_source),
                               .data = m_data,
                               .trace = event.trace,
                               .cause = event.cause,
                               .correlation = event.correlation,
                               .version = event.version,
                               .durable = true});
    if (done) {
        done = RowWriter(m_writeId)
                   .put(event.id.origin)
                   .put(event.id.sequence)
                   .put(entry.stream)
                   .put(entry.version)
                   .insert();
    }
    if (done) {
        done = RowWriter(m_writeEntry)
                   .put(entry.stream)
                   .put(entry.version)
                   .put(m_progress->lastOf(Numbered::events))
                   .insert();
    }
    return done;
}

Result<void> StreamRows::writeHead(const std::string& stream, const Head& head)
{
    return RowWriter(m_writeHead)
        .put(std::string_view(stream))
        .put(head.id)
        .put(head.version)
        .insert();
}

}  // namespace muster
