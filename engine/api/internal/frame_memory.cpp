// SPDX-License-Identifier: Apache-2.0
#include "api/internal/frame_memory.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "telemetry/catalogue.h"

namespace muster {

namespace {

/// Adds one value to the points, into the last one while it is of the same span. Percentiles
/// are never averaged: of a quantile's values the greatest stands for the span.
class Spans {
public:
    Spans(Duration resolution, bool quantile)
        : m_length(std::max<std::int64_t>(1, resolution.count())), m_quantile(quantile)
    {
    }

    void add(WallTime at, double value)
    {
        const auto span = at.nanoseconds / m_length;
        if (m_points.empty() || span != m_span) {
            m_span = span;
            m_count = 0;
            m_points.push_back({at, 0, value, value});
        }
        auto& point = m_points.back();
        ++m_count;
        point.at = at;
        point.min = std::min(point.min, value);
        point.max = std::max(point.max, value);
        point.value = m_quantile
                          ? point.max
                          : point.value + (value - point.value) / static_cast<double>(m_count);
    }
    [[nodiscard]] std::vector<HistoryPoint> take() { return std::move(m_points); }

private:
    std::int64_t m_length;
    bool m_quantile;
    std::int64_t m_span = 0;
    std::uint64_t m_count = 0;
    std::vector<HistoryPoint> m_points;
};

}  // namespace

void FrameMemory::add(const MetricFrame& frame)
{
    Frame kept{frame.at, {}};
    kept.values.fill(std::numeric_limits<double>::quiet_NaN());
    std::copy_n(frame.values.begin(), std::min(frame.values.size(), kept.values.size()),
                kept.values.begin());
    const std::lock_guard lock(m_mutex);
    if (m_frames.size() == kFrames) {
        m_frames.pop_front();
    }
    m_frames.push_back(kept);
}

std::uint64_t FrameMemory::shrink()
{
    constexpr std::size_t kMinute = kFrames / 10;
    const std::lock_guard lock(m_mutex);
    const std::size_t gone = m_frames.size() - std::min(m_frames.size(), kMinute);
    m_frames.erase(m_frames.begin(), m_frames.begin() + static_cast<std::ptrdiff_t>(gone));
    m_frames.shrink_to_fit();
    return gone * sizeof(Frame);
}

std::optional<WallTime> FrameMemory::since() const
{
    const std::lock_guard lock(m_mutex);
    return m_frames.empty() ? std::nullopt : std::optional(m_frames.front().at);
}

std::vector<HistoryPoint> FrameMemory::points(Series series, TimeRange range,
                                              Duration resolution) const
{
    const MetricInfo* info = findMetric(seriesInfo(series).metric);
    Spans spans(resolution, info != nullptr && info->kind == MetricKind::quantile);
    const std::lock_guard lock(m_mutex);
    for (const auto& frame : m_frames) {
        const double value = frame.values[static_cast<std::size_t>(series)];
        if (frame.at >= range.from && frame.at <= range.to && std::isfinite(value)) {
            spans.add(frame.at, value);
        }
    }
    return spans.take();
}

}  // namespace muster
