// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/frame_scan.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "storage/internal/row.h"

namespace muster {

namespace {

MetricKind kindOf(std::string_view text) noexcept
{
    for (const auto kind :
         {MetricKind::counter, MetricKind::histogram, MetricKind::rate, MetricKind::quantile}) {
        if (toString(kind) == text) {
            return kind;
        }
    }
    return MetricKind::gauge;
}

}  // namespace

Result<std::vector<SeriesRow>> readSeries(SessionReader::State& session)
{
    std::vector<SeriesRow> series;
    const auto done = session.visitAll(Numbered::series, [&](const Statement& row) {
        series.push_back({.number = static_cast<std::size_t>(row.integer(0)),
                          .name = std::string(row.text(1)),
                          .labels = std::string(row.text(2)),
                          .unit = std::string(row.text(3)),
                          .kind = kindOf(row.text(4))});
        return true;
    });
    return done ? Result<std::vector<SeriesRow>>(std::move(series)) : done.error();
}

std::string SeriesRow::title() const
{
    return labels.empty() ? name : name + '{' + labels + '}';
}

std::string_view FrameBuckets::of(std::size_t number) const noexcept
{
    struct Head {
        std::uint32_t number;
        std::uint32_t size;
    } head;
    auto rest = m_bytes;
    while (rest.size() >= sizeof head) {
        std::memcpy(&head, rest.data(), sizeof head);
        rest = rest.subspan(sizeof head);
        if (head.size > rest.size()) {
            break;
        }
        if (head.number == number) {
            return {reinterpret_cast<const char*>(rest.data()), head.size};
        }
        rest = rest.subspan(head.size);
    }
    return {};
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
                                  const std::optional<StoredRange>& range, std::optional<RunId> run,
                                  std::size_t level)
{
    FrameScan scan(session, metricLevels()[level]);
    scan.m_range = range;
    scan.m_run = run;
    auto rows = RowScan::open(session.database, scan.m_level->rows);
    auto blocks = BlockTable::open(session.database, scan.m_level->blocks);
    if (!rows || !blocks) {
        return rows ? blocks.error() : rows.error();
    }
    scan.m_rows = std::move(rows).value();
    scan.m_blocks = std::move(blocks).value();
    if (auto done = scan.resolve(); !done) {
        return done.error();
    }
    return scan;
}

Result<void> FrameScan::resolve()
{
    const auto reached = m_session.progress();
    if (!reached) {
        return reached.error();
    }
    m_last = reached->lastOf(m_level->table);
    const auto frames = idRange(m_session.database, m_level->rows);
    const auto blocks = idRange(m_session.database, m_level->blocks);
    // Each of the two tables tells what the other should hold.
    const std::int64_t first =
        std::min(frames ? frames->first >> m_level->shift : 0, blocks ? blocks->first : 0);
    for (std::int64_t at = first; m_last > 0 && at <= m_last >> m_level->shift; ++at) {
        const auto block = m_blocks->find(at);
        if (!block && !isDamage(block.error())) {
            return block.error();
        }
        const bool known = block.ok() && block->has_value();
        if (known && m_range &&
            ((*block)->toAt < m_range->from.nanoseconds ||
             (*block)->fromAt > m_range->to.nanoseconds)) {
            continue;
        }
        m_wanted.push_back(at);
        if (known) {
            widen(**block);
        }
    }
    if (m_extent && m_range) {
        m_extent->from = std::max(m_extent->from, m_range->from);
        m_extent->to = std::min(m_extent->to, m_range->to);
    }
    return {};
}

void FrameScan::widen(const Block& block)
{
    if (!m_extent) {
        m_extent = StoredRange{{block.fromAt}, {block.toAt}};
    }
    m_extent->from = std::min(m_extent->from, WallTime{block.fromAt});
    m_extent->to = std::max(m_extent->to, WallTime{block.toAt});
}

Result<void> FrameScan::run(const std::function<bool(const Frame&)>& visit)
{
    return rows({1, m_last}, [&](const Statement& row) {
        const WallTime time{row.integer(FrameColumn::kAt)};
        if (m_range && (time < m_range->from || time > m_range->to)) {
            return true;
        }
        return visit({.at = time,
                      .run = RunId{static_cast<std::uint32_t>(row.integer(FrameColumn::kRun))},
                      .points = FramePoints(row.blob(FrameColumn::kPoints)),
                      .buckets = FrameBuckets(row.blob(FrameColumn::kBuckets))});
    });
}

Result<void> FrameScan::rows(const IdRange& ids, const RowScan::Visit& visit)
{
    for (const std::int64_t at : m_wanted) {
        const std::int64_t begin = firstOfBlock(at, m_level->shift);
        const std::int64_t first = std::max(begin, ids.first);
        const std::int64_t last = std::min({lastOfBlock(at, m_level->shift), m_last, ids.last});
        if (first > last) {
            continue;
        }
        const auto block = m_blocks->find(at);
        const auto done = m_rows->visit(first, last, false, [&](Statement& row) {
            return (m_run && row.integer(FrameColumn::kRun) != m_run->value) || visit(row);
        });
        if (!done) {
            return done.error();
        }
        const bool whole = first <= std::max<std::int64_t>(begin, 1) &&
                           last == std::min(lastOfBlock(at, m_level->shift), m_last);
        const bool counted = whole && block.ok() && block->has_value() && !done->stopped;
        m_session.damage.add(m_level->rows, at,
                             counted ? (*block)->rows - done->good : done->damaged);
        if (done->stopped) {
            break;
        }
    }
    return {};
}

}  // namespace muster
