// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/rollup_rows.h"

#include <fmt/core.h>

#include <utility>

#include "storage/internal/row.h"

namespace muster {

namespace {

/// Rows of a source that one slice takes at most, and how many must wait for one.
constexpr std::int64_t kSlice = 512;
constexpr std::int64_t kWorthIt = 10;

/// Columns of metric_frames.
enum FrameColumn { kFrameId, kFrameRun, kFrameAt, kFramePoints, kFrameBuckets };

std::int64_t windowOf(std::int64_t at, Duration length)
{
    const std::int64_t into = at % length.count();
    return at - (into < 0 ? into + length.count() : into);
}

}  // namespace

Result<RollupRows> RollupRows::open(Database& database, Progress& progress)
{
    RollupRows rows;
    rows.m_progress = &progress;
    const auto levels = metricLevels();
    for (std::size_t at = 1; at < levels.size(); ++at) {
        auto source = RowScan::open(database, levels[at - 1].rows);
        auto insert = database.prepare(
            fmt::format("INSERT INTO {} VALUES(?,?,?,?,?,?,?,?)", levels[at].rows));
        auto blocks = BlockTail::open(database, levels[at].blocks, levels[at].shift,
                                      progress.lastOf(levels[at].table));
        for (const Error* error : {errorOf(source), errorOf(insert), errorOf(blocks)}) {
            if (error != nullptr) {
                return *error;
            }
        }
        rows.m_levels[at] = {.source = std::move(source).value(),
                             .insert = std::move(insert).value(),
                             .blocks = std::move(blocks).value(),
                             .tried = progress.lastOf(levels[at].rolled)};
    }
    return rows;
}

bool RollupRows::waits() const noexcept
{
    return waits(1) || waits(2) || waits(3);
}

bool RollupRows::waits(std::size_t level) const noexcept
{
    return m_progress->lastOf(metricLevels()[level - 1].table) >= m_levels[level].tried + kWorthIt;
}

Result<void> RollupRows::advance()
{
    for (std::size_t level = 1; level < kMetricLevels; ++level) {
        if (waits(level)) {
            return advance(level);
        }
    }
    return {};
}

Result<void> RollupRows::advance(std::size_t level)
{
    const MetricLevel& into = metricLevels()[level];
    std::int64_t& rolled = m_progress->lastOf(into.rolled);
    const std::int64_t last = m_progress->lastOf(metricLevels()[level - 1].table);
    const std::int64_t end = std::min(rolled + kSlice, last);
    const std::int64_t before = rolled;
    Span span;
    Result<void> done;
    const auto walked =
        m_levels[level].source->visit(rolled + 1, end, false, [&](const Statement& row) {
            done = take(level, row, span);
            return done.ok();
        });
    if (!walked || !done) {
        return walked ? done : Result<void>(walked.error());
    }
    const bool full = end < last;
    if (span.source == 0 || (rolled == before && full)) {
        // Nothing was there any more; or a span of more samples than a slice takes.
        done = span.source == 0 ? Result<void>() : write(level, span);
        rolled = end;
    }
    m_levels[level].tried = full ? rolled : last;
    return done;
}

Result<void> RollupRows::take(std::size_t level, const Statement& row, Span& span)
{
    const bool frames = level == 1;
    const std::int64_t run = row.integer(frames ? int{kFrameRun} : int{RollupColumn::kRun});
    const std::int64_t at = row.integer(frames ? int{kFrameAt} : int{RollupColumn::kAt});
    const std::int64_t window = windowOf(at, metricLevels()[level].length);
    if (span.source != 0 && (span.run != run || span.at != window)) {
        if (auto done = write(level, span); !done) {
            return done;
        }
        m_progress->lastOf(metricLevels()[level].rolled) = span.source;
        span.source = 0;
    }
    if (span.source == 0) {
        span.run = run;
        span.at = window;
        span.toAt = at;
        span.rollup.clear();
    }
    span.source = row.integer(0);
    if (frames) {
        span.toAt = std::max(span.toAt, at);
        span.rollup.addFrame(row.blob(kFramePoints), row.blob(kFrameBuckets));
    } else {
        span.toAt = std::max(span.toAt, row.integer(RollupColumn::kToAt));
        if (!span.rollup.addSpan(row.blob(RollupColumn::kPoints),
                                 row.blob(RollupColumn::kBuckets))) {
            return Error{ErrorCode::corrupt, "a span of metrics is damaged", {}, {}};
        }
    }
    return {};
}

Result<void> RollupRows::write(std::size_t level, const Span& span)
{
    const MetricLevel& into = metricLevels()[level];
    const std::int64_t id = m_progress->lastOf(into.table) + 1;
    const auto block = m_levels[level].blocks.blockOf(id);
    if (!block) {
        return block.error();
    }
    const std::string points = span.rollup.encodedPoints();
    const std::string buckets = span.rollup.encodedBuckets();
    RowWriter row(m_levels[level].insert);
    row.put(id).put(span.run).put(span.at).put(span.toAt).put(span.source);
    row.put(std::as_bytes(std::span(points)));
    buckets.empty() ? row.putNull() : row.put(std::as_bytes(std::span(buckets)));
    auto done = row.insert();
    if (done) {
        (*block)->add(span.at, 0, span.run, 0, false);
        (*block)->toAt = std::max((*block)->toAt, span.toAt);
        m_progress->lastOf(into.table) = id;
    }
    return done;
}

Result<void> RollupRows::finish()
{
    for (std::size_t level = 1; level < kMetricLevels; ++level) {
        if (auto done = m_levels[level].blocks.finish(); !done) {
            return done;
        }
    }
    return {};
}

}  // namespace muster
