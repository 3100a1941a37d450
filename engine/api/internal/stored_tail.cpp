// SPDX-License-Identifier: Apache-2.0
#include "api/internal/stored_tail.h"

#include <algorithm>
#include <utility>

#include "api/internal/stored.h"

namespace muster {

namespace {

/// The last event there is; 0: none.
[[nodiscard]] Result<std::int64_t> newestPosition(SessionReader& session)
{
    StoredEventQuery newest;
    newest.limit = 1;
    const auto page = session.events(newest);
    if (!page) {
        return page.error();
    }
    return page->rows.empty() ? std::int64_t{0} : page->rows.front().position;
}

}  // namespace

StoredTail::StoredTail(StoredEventQuery query, std::uint32_t rowsPerSecond, Rows rows)
    : m_query(std::move(query)),
      m_rowsPerSecond(std::max<std::uint32_t>(1, rowsPerSecond)),
      m_rows(std::move(rows))
{
}

Result<StoredTail> StoredTail::start(SessionReader& session, const EventQuery& query,
                                     std::uint32_t rowsPerSecond, Rows rows)
{
    StoredEventQuery next;
    next.afterId = query.after;
    next.newestFirst = false;
    next.limit = 1;
    const auto newest = newestPosition(session);
    const auto page = session.events(next);
    if (!newest || !page) {
        return newest ? page.error() : newest.error();
    }
    StoredEventQuery wanted = toStored(query);
    wanted.afterId.reset();
    wanted.after = page->rows.empty() ? *newest : page->rows.front().position - 1;
    wanted.newestFirst = false;
    return StoredTail(std::move(wanted), rowsPerSecond, std::move(rows));
}

Result<void> StoredTail::flush(SessionReader& session, MonoTime now)
{
    const double passed =
        m_flushedAt ? static_cast<double>((now - *m_flushedAt).count()) / 1e9 : 0.1;
    m_flushedAt = now;
    m_allowed = std::min(m_rowsPerSecond, m_allowed + passed * m_rowsPerSecond);
    m_query.limit = static_cast<std::uint64_t>(std::max(m_allowed, 0.0));
    if (m_query.limit == 0) {
        return {};
    }
    // Looked at first: all up to there is in the answer, or was passed over by the query.
    const auto newest = newestPosition(session);
    const auto page = session.events(m_query);
    if (!newest || !page) {
        return newest ? page.error() : newest.error();
    }
    std::vector<EventRow> rows;
    for (const StoredEvent& event : page->rows) {
        rows.push_back(toRow(event));
        m_query.after = event.position;
    }
    if (!page->more) {
        m_query.after = std::max(*m_query.after, *newest);
    }
    m_allowed -= static_cast<double>(rows.size());
    if (!rows.empty()) {
        m_rows(std::move(rows), 0);
    }
    return {};
}

}  // namespace muster
