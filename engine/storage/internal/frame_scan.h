// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/internal/block.h"
#include "storage/internal/reader_state.h"
#include "storage/internal/rollup.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/schema.h"
#include "telemetry/catalogue.h"

namespace muster {

struct SeriesRow {
    std::size_t number = 0;  ///< place in a frame, from 1
    std::string name;
    std::string labels;
    std::string unit;
    MetricKind kind = MetricKind::gauge;

    /// "actions.latency{action=digest}"; the name alone without labels.
    [[nodiscard]] std::string title() const;
};

/// All series of a session, by number; those whose row is damaged are left out.
[[nodiscard]] Result<std::vector<SeriesRow>> readSeries(SessionReader::State& session);

/// The points of one moment, by series number - 1; NaN where there was none.
class FramePoints {
public:
    explicit FramePoints(std::span<const std::byte> bytes) : m_bytes(bytes) {}
    /// NaN beyond the last.
    [[nodiscard]] double operator[](std::size_t series) const noexcept;

private:
    std::span<const std::byte> m_bytes;
};

/// The histograms of one moment: of each series that has one, its bytes (Histogram::encode()).
class FrameBuckets {
public:
    explicit FrameBuckets(std::span<const std::byte> bytes) : m_bytes(bytes) {}
    /// Empty: there is none of this series number.
    [[nodiscard]] std::string_view of(std::size_t number) const noexcept;

private:
    std::span<const std::byte> m_bytes;
};

struct Frame {
    WallTime at;
    RunId run;
    FramePoints points;
    FrameBuckets buckets;
};

/// Columns of metric_frames.
struct FrameColumn {
    enum : int { kId, kRun, kAt, kPoints, kBuckets };
};

/// Walks over the metric frames of a range, or over the spans of a level, in the order they were
/// written. Within the caller's ReadMoment.
class FrameScan {
public:
    [[nodiscard]] static Result<FrameScan> open(SessionReader::State& session,
                                                const std::optional<StoredRange>& range,
                                                std::optional<RunId> run, std::size_t level = 0);

    /// What the range holds of time; empty: nothing.
    [[nodiscard]] const std::optional<StoredRange>& extent() const noexcept { return m_extent; }
    /// Frames that a run() can show at most.
    [[nodiscard]] std::size_t atMost() const noexcept { return m_wanted.size() << m_level->shift; }
    /// Return false to stop.
    [[nodiscard]] Result<void> run(const std::function<bool(const Frame&)>& visit);
    /// The rows with first ≤ id ≤ last of the blocks that may hold some of the range, and those of
    /// the run only.
    [[nodiscard]] Result<void> rows(const IdRange& ids, const RowScan::Visit& visit);

private:
    FrameScan(SessionReader::State& session, const MetricLevel& level)
        : m_session(session), m_level(&level)
    {
    }
    [[nodiscard]] Result<void> resolve();
    void widen(const Block& block);

    SessionReader::State& m_session;
    const MetricLevel* m_level;
    std::optional<StoredRange> m_range;
    std::optional<RunId> m_run;
    std::optional<StoredRange> m_extent;
    std::optional<RowScan> m_rows;
    std::optional<BlockTable> m_blocks;
    std::vector<std::int64_t> m_wanted;  // blocks that may hold some of the range
    std::int64_t m_last = 0;
};

}  // namespace muster
