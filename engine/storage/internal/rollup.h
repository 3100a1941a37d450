// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/internal/progress.h"
#include "telemetry/histogram.h"

namespace muster {

/// What a span of time holds of one series.
struct SeriesSpan {
    std::uint64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;

    void add(const SeriesSpan& other) noexcept
    {
        min = count == 0 ? other.min : std::min(min, other.min);
        max = count == 0 ? other.max : std::max(max, other.max);
        sum += other.sum;
        count += other.count;
    }
    friend bool operator==(const SeriesSpan&, const SeriesSpan&) = default;
};

/// Histograms stand in frames and spans as (series number, bytes, Histogram::encode()).
void appendBuckets(std::string& out, std::size_t series, std::string_view encoded);
/// What is cut short ends it.
void visitBuckets(std::span<const std::byte> bytes,
                  const std::function<void(std::size_t series, std::string_view encoded)>& visit);

/// What a span of time holds of all series: how many samples, their sum, least and greatest, and
/// the merged histograms. Spans of longer times are made of those of shorter ones, so that no
/// sample counts twice. Thread safety: one thread at a time.
class Rollup {
public:
    /// Of a frame: its points are doubles, NaN where there was none.
    void addFrame(std::span<const std::byte> points, std::span<const std::byte> buckets);
    /// Of a shorter span, as encoded. False: it is damaged, and was left out.
    [[nodiscard]] bool addSpan(std::span<const std::byte> points,
                               std::span<const std::byte> buckets);
    void clear();

    [[nodiscard]] bool empty() const noexcept { return m_series.empty(); }
    [[nodiscard]] std::string encodedPoints() const;
    [[nodiscard]] std::string encodedBuckets() const;

    /// By series number - 1. False: it is damaged.
    [[nodiscard]] static bool decode(std::span<const std::byte> points,
                                     std::vector<SeriesSpan>& out);

private:
    void addBuckets(std::span<const std::byte> buckets);

    std::vector<SeriesSpan> m_series;
    std::map<std::size_t, Histogram> m_histograms;
    std::vector<SeriesSpan> m_decoded;
};

/// One length of span, or the frames themselves.
struct MetricLevel {
    Duration length{};  ///< 0: the frames
    Numbered table{};
    Numbered rolled{};  ///< how far the level before it went into this one; of frames: unused
    std::string_view rows;
    std::string_view blocks;
    int shift = 0;
};

/// From the finest on.
[[nodiscard]] std::span<const MetricLevel> metricLevels() noexcept;
inline constexpr std::size_t kMetricLevels = 4;

/// Columns of a table of spans.
struct RollupColumn {
    enum : int { kId, kRun, kAt, kToAt, kSource, kPoints, kBuckets };
};

}  // namespace muster
