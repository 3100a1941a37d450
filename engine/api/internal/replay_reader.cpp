// SPDX-License-Identifier: Apache-2.0
#include "api/internal/replay_reader.h"

#include <fmt/format.h>

#include <limits>

#include "api/internal/stored.h"

namespace muster {

namespace {

constexpr std::uint64_t kPage = 1'000;
constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};

[[nodiscard]] Result<StoredRun> runOf(SessionReader& reader, const ReplayQuery& query)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        if (query.run ? run->id == *query.run : run->startedAt <= query.to.value_or(kEver)) {
            return *run;
        }
    }
    return Error{ErrorCode::notFound,
                 query.run ? fmt::format("the session has no run {}", query.run->value)
                           : "no run of the session began before that time",
                 query.file.string(), fmt::format("It has {} of them, from 1.", info->runs.size())};
}

/// Where the run ended; of one that was not closed with its last event.
[[nodiscard]] Result<WallTime> endOf(SessionReader& reader, const StoredRun& run)
{
    if (run.endedAt) {
        return *run.endedAt;
    }
    StoredEventQuery last;
    last.run = run.id;
    last.limit = 1;
    const auto page = reader.events(last);
    if (!page) {
        return page.error();
    }
    return page->rows.empty() ? run.startedAt : page->rows.front().at;
}

}  // namespace

ReplayReader::ReplayReader(std::unique_ptr<SessionReader> reader, const StoredRun& run,
                           TimeRange range, const ReplayQuery& query)
    : m_reader(std::move(reader)), m_run(run.id), m_range(range), m_query(toStored(query.events))
{
    m_query.range = StoredRange{range.from, range.to};
    m_query.run = run.id;
    m_query.newestFirst = false;
    m_query.afterId = {};
    m_query.limit = kPage;
}

Result<std::unique_ptr<ReplayReader>> ReplayReader::open(const ReplayQuery& query)
{
    auto reader = SessionReader::open(query.file);
    if (!reader) {
        return reader.error();
    }
    const auto run = runOf(**reader, query);
    if (!run) {
        return run.error();
    }
    const auto end = endOf(**reader, *run);
    if (!end) {
        return end.error();
    }
    TimeRange range{
        query.fromStart ? run->startedAt + *query.fromStart : query.from.value_or(run->startedAt),
        query.toStart ? run->startedAt + *query.toStart : query.to.value_or(*end)};
    range.from = std::max(range.from, run->startedAt);
    range.to = std::min(range.to, *end);
    if (range.from > range.to) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("run {} holds nothing of that time: it lasted from {} to {}",
                                 run->id.value, toString(run->startedAt), toString(*end)),
                     query.file.string(), "Name a time within it."};
    }
    std::unique_ptr<ReplayReader> made(new ReplayReader(*std::move(reader), *run, range, query));
    // Now, so that a wrong pattern is said before anything starts.
    if (const auto first = made->peek(); !first) {
        return first.error();
    }
    return made;
}

Result<const StoredEvent*> ReplayReader::peek()
{
    if (m_place == m_page.rows.size() && m_more) {
        if (!m_page.rows.empty()) {
            m_query.after = m_page.rows.back().position;
        }
        auto page = m_reader->events(m_query);
        if (!page) {
            return page.error();
        }
        m_page = *std::move(page);
        m_place = 0;
        m_more = m_page.more && !m_page.rows.empty();
    }
    return m_place < m_page.rows.size() ? &m_page.rows[m_place] : nullptr;
}

}  // namespace muster
