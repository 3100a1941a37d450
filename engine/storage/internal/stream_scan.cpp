// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/stream_scan.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "storage/internal/event_decoder.h"
#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"

namespace muster {

namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

struct Head {
    std::int64_t id = 0;
    std::int64_t version = 0;
};

Error notFound(const SessionReader::State& session, const std::string& stream)
{
    return {ErrorCode::notFound, "there is no stream \"" + stream + "\" in the session",
            session.file.string(), "Check its name"};
}

Result<Head> headOf(SessionReader::State& session, const std::string& stream)
{
    auto statement = session.database.prepare("SELECT * FROM streams WHERE name = ?1");
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->bind(1, std::string_view(stream)).step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return notFound(session, stream);
    }
    if (!rowHolds(*statement)) {
        session.damage.add("streams", 0, 1);
        return Error{ErrorCode::corrupt, "what the session knows of the stream is damaged",
                     session.file.string(), "Its events are still among all events"};
    }
    return Head{statement->integer(1), statement->integer(2)};
}

/// One page, as it is filled.
class Page {
public:
    Page(SessionReader::State& session, const StreamQuery& query, const Head& head)
        : m_session(session), m_query(query), m_head(head)
    {
        m_page.version = static_cast<std::uint64_t>(head.version);
    }

    Result<StreamPage> read()
    {
        auto rows = RowScan::open(m_session.database, "events");
        auto decoder = EventDecoder::open(m_session);
        auto entries = m_session.database.prepare(fmt::format(
            "SELECT * FROM stream_events WHERE stream = ?1 AND version BETWEEN ?2 AND ?3 "
            "ORDER BY version {}",
            m_query.backwards ? "DESC" : "ASC"));
        for (const Error* error : {errorOf(rows), errorOf(decoder), errorOf(entries)}) {
            if (error != nullptr) {
                return *error;
            }
        }
        const auto from = m_query.from ? std::optional(clamped(*m_query.from)) : std::nullopt;
        m_next = m_query.backwards ? std::min(from.value_or(m_head.version), m_head.version)
                                   : from.value_or(-1);
        entries->bind(1, m_head.id)
            .bind(2, m_query.backwards ? 0 : std::max<std::int64_t>(0, m_next))
            .bind(3, m_query.backwards ? m_next : m_head.version);
        auto row = entries->step();
        for (; row && *row && !m_page.more; row = entries->step()) {
            if (auto done = show(*entries, *rows, *decoder); !done) {
                return done.error();
            }
        }
        if (!row) {
            return row.error();
        }
        // What retention took is gone from the start of a stream; its end must be there.
        if (!m_page.more && !m_query.backwards && !m_page.rows.empty() &&
            m_next <= m_head.version) {
            m_session.damage.add("stream_events", m_head.id, m_head.version + 1 - m_next);
        }
        return std::move(m_page);
    }

private:
    static std::int64_t clamped(std::uint64_t version)
    {
        return static_cast<std::int64_t>(std::min<std::uint64_t>(version, kEver - 1));
    }

    Result<void> show(const Statement& entry, RowScan& rows, const EventDecoder& decoder)
    {
        if (m_query.limit > 0 && m_page.rows.size() == m_query.limit) {
            m_page.more = true;
            return {};
        }
        if (!rowHolds(entry)) {
            m_session.damage.add("stream_events", entry.integer(1), 1);
            return {};
        }
        const std::int64_t version = entry.integer(1);
        noteGap(version);
        StreamRow row{.version = static_cast<std::uint64_t>(version), .event = {}};
        const std::int64_t position = entry.integer(2);
        const auto found = rows.visit(position, position, false, [&](const Statement& event) {
            decoder.decode(event, row.event);
            return true;
        });
        if (!found) {
            return found.error();
        }
        if (found->good == 0) {
            m_session.damage.add("events", position, 1);
            return {};
        }
        m_page.rows.push_back(std::move(row));
        return {};
    }

    void noteGap(std::int64_t version)
    {
        const bool first = m_next < 0 || (m_page.rows.empty() && !m_query.backwards);
        if (!first && version != m_next) {
            m_session.damage.add("stream_events", version, std::abs(version - m_next));
        }
        m_next = version + (m_query.backwards ? -1 : 1);
    }

    SessionReader::State& m_session;
    const StreamQuery& m_query;
    Head m_head;
    std::int64_t m_next = 0;  ///< the version that should come; below 0: any
    StreamPage m_page;
};

}  // namespace

Result<StreamPage> readStream(SessionReader::State& session, const StreamQuery& query)
{
    const auto head = headOf(session, query.stream);
    return head ? Page(session, query, *head).read() : head.error();
}

Result<std::vector<StoredStream>> readStreams(SessionReader::State& session, std::string_view after,
                                              std::uint64_t limit)
{
    auto statement =
        session.database.prepare("SELECT * FROM streams WHERE name > ?1 ORDER BY name");
    if (!statement) {
        return statement.error();
    }
    std::vector<StoredStream> all;
    auto row = statement->bind(1, after).step();
    for (; row && *row && (limit == 0 || all.size() < limit); row = statement->step()) {
        if (!rowHolds(*statement)) {
            session.damage.add("streams", statement->integer(1), 1);
            continue;
        }
        all.push_back(
            {std::string(statement->text(0)), static_cast<std::uint64_t>(statement->integer(2))});
    }
    return row ? Result<std::vector<StoredStream>>(std::move(all)) : row.error();
}

}  // namespace muster
