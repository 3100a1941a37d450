// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/metric_spans.h"

#include <algorithm>

namespace muster {

void MetricSpans::add(WallTime at, double value)
{
    const std::int64_t number =
        m_span.count() == 0 ? at.nanoseconds : (at - m_from).count() / m_span.count();
    Span& span = spanOf(number);
    StoredMetricPoint& point = span.point;
    if (span.count == 0) {
        point = {.at = at, .value = value, .min = value, .max = value};
    } else {
        point.at = std::max(point.at, at);
        point.value += value;
        point.min = std::min(point.min, value);
        point.max = std::max(point.max, value);
    }
    ++span.count;
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

std::vector<StoredMetricPoint> MetricSpans::take()
{
    std::vector<StoredMetricPoint> points;
    points.reserve(m_spans.size());
    for (Span& span : m_spans) {
        span.point.value =
            m_quantile ? span.point.max : span.point.value / static_cast<double>(span.count);
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
