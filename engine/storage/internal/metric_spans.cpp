// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/metric_spans.h"

#include <algorithm>
#include <cmath>

namespace muster {

void MetricSpans::add(WallTime at, const SeriesSpan& samples)
{
    if (samples.count == 0) {
        return;
    }
    Span& span = spanOf(numberOf(at));
    StoredMetricPoint& point = span.point;
    if (span.count == 0) {
        point = {.at = at, .value = samples.sum, .min = samples.min, .max = samples.max};
    } else {
        point.at = std::max(point.at, at);
        point.value += samples.sum;
        point.min = std::min(point.min, samples.min);
        point.max = std::max(point.max, samples.max);
    }
    span.count += samples.count;
}

MetricSpans::Span& MetricSpans::spanOf(std::int64_t number)
{
    if (m_spans.empty() || m_spans.back().number < number) {
        return m_spans.emplace_back(Span{number, 0, {}});
    }
    const auto found = std::ranges::lower_bound(m_spans, number, {}, &Span::number);
    if (found->number == number) {
        return *found;
    }
    return *m_spans.insert(found, Span{number, 0, {}});
}

std::vector<StoredMetricPoint> MetricSpans::take(
    const std::function<double(std::int64_t span)>& value)
{
    std::vector<StoredMetricPoint> points;
    points.reserve(m_spans.size());
    for (Span& span : m_spans) {
        const double other = value ? value(span.number) : std::nan("");
        if (!std::isnan(other)) {
            span.point.value = other;
            span.point.min = std::min(span.point.min, other);
            span.point.max = std::max(span.point.max, other);
        } else {
            span.point.value =
                m_quantile ? span.point.max : span.point.value / static_cast<double>(span.count);
        }
        points.push_back(span.point);
    }
    return points;
}

Duration MetricSpans::spanFor(const StoredRange& range, std::size_t points)
{
    if (points == 0) {
        return Duration{0};
    }
    const std::int64_t length = (range.to - range.from).count() + 1;
    const auto count = static_cast<std::int64_t>(points);
    return Duration{std::max<std::int64_t>(1, (length + count - 1) / count)};
}

}  // namespace muster
