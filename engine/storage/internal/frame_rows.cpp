// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/frame_rows.h"

#include <cstring>
#include <limits>
#include <span>

#include "storage/internal/row.h"

namespace muster {

namespace {

std::string keyOf(std::string_view name, std::string_view labels)
{
    std::string key(name);
    key += '\n';
    key += labels;
    return key;
}

void appendNumber(std::string& out, std::size_t number)
{
    const auto value = static_cast<std::uint32_t>(number);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

}  // namespace

Result<FrameRows> FrameRows::open(Database& database, RunId run)
{
    FrameRows rows;
    rows.m_run = run;
    auto all = database.prepare("SELECT * FROM metric_series ORDER BY id");
    auto series = database.prepare("INSERT INTO metric_series VALUES(?,?,?,?,?,?)");
    auto frame = database.prepare("INSERT INTO metric_frames VALUES(?,?,?,?,?,?)");
    const auto last = database.queryInteger("SELECT max(id) FROM metric_frames");
    for (const Error* error : {errorOf(all), errorOf(series), errorOf(frame), errorOf(last)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    for (;;) {
        const auto row = all->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        rows.m_lastSeries = static_cast<std::size_t>(all->integer(0));
        if (rowHolds(all.value())) {
            rows.m_series.emplace(keyOf(all->text(1), all->text(2)), rows.m_lastSeries);
        }
    }
    rows.m_insertSeries = std::move(series).value();
    rows.m_insertFrame = std::move(frame).value();
    rows.m_next = *last + 1;
    return rows;
}

Result<std::size_t> FrameRows::series(const MetricSample& sample)
{
    std::string key = keyOf(sample.info->name, sample.labels);
    if (const auto found = m_series.find(key); found != m_series.end()) {
        return found->second;
    }
    auto done = RowWriter(m_insertSeries)
                    .put(static_cast<std::uint64_t>(m_lastSeries + 1))
                    .put(sample.info->name)
                    .put(sample.labels)
                    .put(sample.info->unit)
                    .put(toString(sample.info->kind))
                    .insert();
    if (!done) {
        return done.error();
    }
    m_series.emplace(std::move(key), ++m_lastSeries);
    return m_lastSeries;
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
            appendNumber(m_buckets, *number);
            appendNumber(m_buckets, sample.buckets.size());
            m_buckets += sample.buckets;
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
    RowWriter row(m_insertFrame);
    row.put(m_next).put(std::int64_t{m_run.value}).put(at.nanoseconds);
    row.put(std::as_bytes(std::span(m_points)));
    m_buckets.empty() ? row.putNull()
                      : row.put(std::as_bytes(std::span(m_buckets.data(), m_buckets.size())));
    auto done = row.insert();
    if (done) {
        ++m_next;
    }
    m_points.clear();
    m_buckets.clear();
    return done;
}

}  // namespace muster
