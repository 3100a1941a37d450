// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/frame_scan.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "storage/internal/row.h"

namespace muster {

namespace {

enum Column { kId, kRun, kAt, kPoints, kBuckets };

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
                                  const std::optional<StoredRange>& range, std::optional<RunId> run)
{
    FrameScan scan(session);
    scan.m_range = range;
    scan.m_run = run;
    auto rows = RowScan::open(session.database, "metric_frames");
    auto blocks = BlockTable::open(session.database, "frame_blocks");
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
    m_last = reached->last[static_cast<std::size_t>(Numbered::frames)];
    const auto frames = idRange(m_session.database, "metric_frames");
    const auto blocks = idRange(m_session.database, "frame_blocks");
    // Each of the two tables tells what the other should hold.
    const std::int64_t first =
        std::min(frames ? frames->first >> kFrameShift : 0, blocks ? blocks->first : 0);
    for (std::int64_t at = first; m_last > 0 && at <= m_last >> kFrameShift; ++at) {
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
    for (const std::int64_t at : m_wanted) {
        const auto block = m_blocks->find(at);
        const std::int64_t last = std::min(lastOfBlock(at, kFrameShift), m_last);
        const auto done =
            m_rows->visit(firstOfBlock(at, kFrameShift), last, false, [&](const Statement& row) {
                const WallTime time{row.integer(kAt)};
                const RunId run{static_cast<std::uint32_t>(row.integer(kRun))};
                if ((m_range && (time < m_range->from || time > m_range->to)) ||
                    (m_run && run != *m_run)) {
                    return true;
                }
                return visit({.at = time,
                              .run = run,
                              .points = FramePoints(row.blob(kPoints)),
                              .buckets = FrameBuckets(row.blob(kBuckets))});
            });
        if (!done) {
            return done.error();
        }
        const bool counted = block.ok() && block->has_value() && !done->stopped;
        m_session.damage.add("metric_frames", at,
                             counted ? (*block)->rows - done->good : done->damaged);
        if (done->stopped) {
            break;
        }
    }
    return {};
}

}  // namespace muster
