// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "storage/internal/frame_scan.h"
#include "storage/internal/metric_spans.h"
#include "telemetry/catalogue.h"

namespace muster {

/// One question for metrics carried out: reads spans of the length that the answer's points call
/// for, samples where those are not rolled up yet, coarser spans where the finer have ended. Each
/// sample counts once. Within the caller's ReadMoment. Thread safety: one thread at a time.
class MetricQuery {
public:
    MetricQuery(SessionReader::State& session, const StoredMetricQuery& query)
        : m_session(session), m_query(query)
    {
    }

    [[nodiscard]] Result<StoredMetricPage> run();

private:
    struct Level {
        std::optional<FrameScan> scan;
        std::int64_t first = 1;   ///< the first row that is still there
        std::int64_t last = 0;    ///< the last there ever was
        std::int64_t rolled = 0;  ///< the last row of the level before that went into it
    };
    /// A series that was asked for.
    struct Asked {
        std::size_t place = 0;  ///< number - 1
        MetricSpans spans;
        std::optional<std::size_t> histogram;  ///< of a quantile: place of what it is worked out of
        double quantile = 0;
    };

    [[nodiscard]] Result<void> openLevels();
    [[nodiscard]] Result<void> askFor(const std::vector<SeriesRow>& all, StoredMetricPage& page);
    /// The coarsest whose spans fit into a point's.
    [[nodiscard]] std::size_t levelFor(Duration resolution) const;
    [[nodiscard]] Result<void> readFiner(std::size_t level);
    /// Rows up to `last`, and what the coarser levels have of those that are gone.
    [[nodiscard]] Result<void> readFrom(std::size_t level, std::int64_t last);
    [[nodiscard]] Result<void> read(std::size_t level, const IdRange& ids);
    [[nodiscard]] Result<void> readRow(std::size_t level, const Statement& row);
    void add(std::size_t level, const Statement& row);
    void addBuckets(WallTime at, std::span<const std::byte> buckets);
    /// The last row of the level before that a row was made of; 0: not known.
    [[nodiscard]] Result<std::int64_t> sourceOf(std::size_t level, std::int64_t row);
    /// The first row of a level that was made of `source` or later ones.
    [[nodiscard]] Result<std::int64_t> firstWith(std::size_t level, std::int64_t source);

    SessionReader::State& m_session;
    const StoredMetricQuery& m_query;
    std::array<Level, kMetricLevels> m_levels;
    std::array<bool, kMetricLevels> m_used{};
    Duration m_resolution{};  // a point's span
    std::vector<Asked> m_asked;
    std::map<std::size_t, std::map<std::int64_t, Histogram>> m_histograms;  // by place and span
    std::vector<SeriesSpan> m_decoded;
};

}  // namespace muster
