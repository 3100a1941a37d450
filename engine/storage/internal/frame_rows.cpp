// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/frame_rows.h"

#include <limits>
#include <span>

#include "storage/internal/rollup.h"
#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"

namespace muster {

namespace {

std::string keyOf(std::string_view name, std::string_view labels)
{
    std::string key(name);
    key += '\n';
    key += labels;
    return key;
}

}  // namespace

Result<FrameRows> FrameRows::open(Database& database, Progress& progress, RunId run)
{
    FrameRows rows;
    rows.m_progress = &progress;
    rows.m_run = run;
    auto known = RowScan::open(database, "metric_series");
    auto series = database.prepare("INSERT INTO metric_series VALUES(?,?,?,?,?,?)");
    auto frame = database.prepare("INSERT INTO metric_frames VALUES(?,?,?,?,?,?)");
    auto blocks =
        BlockTail::open(database, "frame_blocks", kFrameShift, progress.lastOf(Numbered::frames));
    for (const Error* error : {errorOf(known), errorOf(series), errorOf(frame), errorOf(blocks)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    const auto done =
        known->visit(1, progress.lastOf(Numbered::series), false, [&](const Statement& row) {
            rows.m_series.emplace(keyOf(row.text(1), row.text(2)),
                                  static_cast<std::size_t>(row.integer(0)));
            return true;
        });
    if (!done) {
        return done.error();
    }
    rows.m_insertSeries = std::move(series).value();
    rows.m_insertFrame = std::move(frame).value();
    rows.m_blocks = std::move(blocks).value();
    return rows;
}

Result<std::size_t> FrameRows::series(const MetricSample& sample)
{
    std::string key = keyOf(sample.info->name, sample.labels);
    if (const auto found = m_series.find(key); found != m_series.end()) {
        return found->second;
    }
    const std::int64_t number = m_progress->lastOf(Numbered::series) + 1;
    auto done = RowWriter(m_insertSeries)
                    .put(number)
                    .put(sample.info->name)
                    .put(sample.labels)
                    .put(sample.info->unit)
                    .put(toString(sample.info->kind))
                    .insert();
    if (!done) {
        return done.error();
    }
    m_progress->lastOf(Numbered::series) = number;
    m_series.emplace(std::move(key), static_cast<std::size_t>(number));
    return static_cast<std::size_t>(number);
}

Result<void> FrameRows::append(const SampleStock& samples)
{
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const MetricSample sample = samples[i];
        const auto number = series(sample);
        if (!number) {
            return number.error();
        }
        if (m_points.size() < *number) {
            m_points.resize(*number, std::numeric_limits<double>::quiet_NaN());
        }
        m_points[*number - 1] = sample.value;
        if (!sample.buckets.empty()) {
            appendBuckets(m_buckets, *number, sample.buckets);
        }
        if (i + 1 == samples.size() || samples[i + 1].at != sample.at) {
            if (auto done = write(sample.at); !done) {
                return done;
            }
        }
    }
    return {};
}

Result<void> FrameRows::write(WallTime at)
{
    const std::int64_t id = m_progress->lastOf(Numbered::frames) + 1;
    const auto block = m_blocks.blockOf(id);
    if (!block) {
        return block.error();
    }
    RowWriter row(m_insertFrame);
    row.put(id).put(std::int64_t{m_run.value}).put(at.nanoseconds);
    row.put(std::as_bytes(std::span(m_points)));
    m_buckets.empty() ? row.putNull()
                      : row.put(std::as_bytes(std::span(m_buckets.data(), m_buckets.size())));
    auto done = row.insert();
    if (done) {
        (*block)->add(at.nanoseconds, 0, m_run.value, 0, false);
        m_progress->lastOf(Numbered::frames) = id;
    }
    m_points.clear();
    m_buckets.clear();
    return done;
}

}  // namespace muster
