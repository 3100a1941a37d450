// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/frame_scan.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "storage/internal/row.h"

namespace muster {

namespace {

/// Rows looked at between two looks at what is damaged.
constexpr std::int64_t kPart = 1024;

enum Column { kId, kRun, kAt, kPoints };

}  // namespace

Result<std::vector<SeriesRow>> readSeries(SessionReader::State& session)
{
    auto rows = RowScan::open(session.database, "metric_series");
    const auto ids = idRange(session.database, "metric_series");
    if (!rows || !ids) {
        return rows ? ids.error() : rows.error();
    }
    std::vector<SeriesRow> series;
    const auto done = rows->visit(ids->first, ids->last, false, [&](const Statement& row) {
        series.push_back({.number = static_cast<std::size_t>(row.integer(0)),
                          .name = std::string(row.text(1)),
                          .labels = std::string(row.text(2)),
                          .unit = std::string(row.text(3))});
        return true;
    });
    if (!done) {
        return done.error();
    }
    session.damage.add("metric series", 0, done->damaged);
    return series;
}

double FramePoints::operator[](std::size_t series) const noexcept
{
    double value = std::numeric_limits<double>::quiet_NaN();
    if ((series + 1) * sizeof value <= m_bytes.size()) {
        std::memcpy(&value, m_bytes.data() + series * sizeof value, sizeof value);
    }
    return value;
}

Result<FrameScan> FrameScan::open(SessionReader::State& session,
                                  const std::optional<StoredRange>& range, std::optional<RunId> run)
{
    FrameScan scan(session);
    scan.m_range = range;
    scan.m_run = run;
    auto rows = RowScan::open(session.database, "metric_frames");
    if (!rows) {
        return rows.error();
    }
    scan.m_rows = std::move(rows).value();
    if (auto done = scan.resolve(); !done) {
        return done.error();
    }
    return scan;
}

Result<void> FrameScan::resolve()
{
    // The index on time gives the ends; between them the rows are read as they lie.
    auto ends = m_session.database.prepare(
        "SELECT min(id), max(id), min(at), max(at) FROM metric_frames "
        "WHERE at BETWEEN ?1 AND ?2");
    if (!ends) {
        return ends.error();
    }
    constexpr auto kLimits = std::numeric_limits<std::int64_t>();
    ends->bind(1, m_range ? m_range->from.nanoseconds : kLimits.min());
    ends->bind(2, m_range ? m_range->to.nanoseconds : kLimits.max());
    const auto row = ends->step();
    if (row && *row && !ends->isNull(0)) {
        m_ids = {ends->integer(0), ends->integer(1)};
        m_extent = StoredRange{{ends->integer(2)}, {ends->integer(3)}};
        return {};
    }
    if (row || !isDamage(row.error())) {
        return row ? Result<void>() : Result<void>(row.error());
    }
    // The index is damaged: look at all rows.
    m_session.damage.add("metric index", 0, 1);
    const auto ids = idRange(m_session.database, "metric_frames");
    if (!ids) {
        return ids.error();
    }
    m_ids = *ids;
    m_extent = m_range;
    return {};
}

Result<void> FrameScan::run(const std::function<bool(const Frame&)>& visit)
{
    for (std::int64_t part = m_ids.first; part != 0 && part <= m_ids.last; part += kPart) {
        const std::int64_t last = std::min(part + kPart - 1, m_ids.last);
        const auto done = m_rows->visit(part, last, false, [&](const Statement& row) {
            const WallTime at{row.integer(kAt)};
            const RunId run{static_cast<std::uint32_t>(row.integer(kRun))};
            if ((m_range && (at < m_range->from || at > m_range->to)) || (m_run && run != *m_run)) {
                return true;
            }
            return visit({.at = at, .run = run, .points = FramePoints(row.blob(kPoints))});
        });
        if (!done) {
            return done.error();
        }
        m_session.damage.add("metric samples", part / kPart, done->damaged);
        if (done->stopped) {
            break;
        }
    }
    return {};
}

}  // namespace muster
