// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "storage/internal/rollup.h"
#include "storage/session_reader.h"

namespace muster {

/// Gathers samples into spans of time of one length, each with mean, least and greatest value.
/// Percentiles are never averaged: of a quantile's samples the greatest stands for the span, where
/// there is no histogram to ask.
/// Thread safety: one thread at a time.
class MetricSpans {
public:
    /// `span` 0: every sample is a point.
    MetricSpans(WallTime from, Duration span, bool quantile)
        : m_from(from), m_span(span), m_quantile(quantile)
    {
    }

    /// Samples may come out of order: a span that has one already takes it in.
    void add(WallTime at, double value)
    {
        add(at, {.count = 1, .sum = value, .min = value, .max = value});
    }
    void add(WallTime at, const SeriesSpan& samples);
    /// `value`: what stands for the span instead of the mean, by its number; NaN: nothing does.
    [[nodiscard]] std::vector<StoredMetricPoint> take(
        const std::function<double(std::int64_t span)>& value = {});
    [[nodiscard]] std::int64_t numberOf(WallTime at) const noexcept
    {
        return m_span.count() == 0 ? at.nanoseconds : (at - m_from).count() / m_span.count();
    }

    /// So that `range` makes at most `points` spans; 0 for 0 points.
    [[nodiscard]] static Duration spanFor(const StoredRange& range, std::size_t points);

private:
    struct Span {
        std::int64_t number;
        std::uint64_t count;
        StoredMetricPoint point;  // value: the sum
    };

    [[nodiscard]] Span& spanOf(std::int64_t number);

    WallTime m_from;
    Duration m_span;
    bool m_quantile;
    std::vector<Span> m_spans;  // by number
};

}  // namespace muster
