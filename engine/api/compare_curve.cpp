// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>

#include "api/compare.h"
#include "storage/export_frames.h"
#include "telemetry/catalogue.h"
#include "telemetry/histogram.h"

namespace muster {

namespace {

constexpr std::uint64_t kMomentsBetweenLooks = 256;

/// "p99" as 0.99, "p999" as 0.999; 0 of what is no percentile.
double quantileOf(std::string_view figure)
{
    double value = 0;
    double unit = 1;
    for (const char digit : figure.substr(std::min<std::size_t>(1, figure.size()))) {
        if (digit < '0' || digit > '9') {
            return 0;
        }
        unit /= 10;
        value += unit * (digit - '0');
    }
    return figure.starts_with('p') ? value : 0;
}

/// The series that a row was worked out from.
const StoredSeries* seriesOf(const std::vector<StoredSeries>& all, const CompareRow& row)
{
    const MetricInfo* info = findMetric(row.metric);
    std::string whole = info != nullptr ? std::string(info->of) : std::string();
    if (whole.empty() && row.metric.ends_with("." + row.figure)) {
        whole = row.metric.substr(0, row.metric.size() - row.figure.size() - 1);
    }
    for (const std::string& name : {whole, row.metric}) {
        for (const StoredSeries& series : all) {
            if (series.name == name && series.labels == row.labels) {
                return &series;
            }
        }
    }
    return nullptr;
}

/// Gathers one series into points of one length each.
class CurveGather {
public:
    CurveGather(const StoredSeries& series, double quantile, TimeRange range, std::size_t points)
        : m_series(series), m_quantile(quantile), m_from(range.from)
    {
        const auto most = static_cast<std::int64_t>(std::max<std::size_t>(1, points));
        m_length = std::max<std::int64_t>(1, (range.to - range.from).count() / most);
    }

    void add(const StoredFrame& frame)
    {
        const std::int64_t place = (frame.at - m_from).count() / m_length;
        if (place != m_place) {
            close();
            m_place = place;
        }
        if (m_series.kind == MetricKind::histogram) {
            addBuckets(frame.buckets(m_series.number));
        } else {
            addValue(frame.at, frame.value(m_series.number));
        }
    }
    std::vector<CurvePoint> take()
    {
        close();
        return std::move(m_points);
    }

private:
    void addBuckets(std::string_view bytes)
    {
        if (bytes.empty()) {
            return;
        }
        if (const auto came = Histogram::decode(bytes)) {
            m_histogram.merge(*came);
        }
    }
    void addValue(WallTime at, double value)
    {
        if (std::isnan(value)) {
            return;
        }
        if (m_series.kind != MetricKind::counter) {
            m_sum += value;
            m_weight += 1;
            return;
        }
        if (m_last && value >= m_last->second) {
            m_sum += value - m_last->second;
            m_weight += std::chrono::duration<double>(at - m_last->first).count();
        }
        m_last = {at, value};
    }
    void close()
    {
        const Duration after{m_place * m_length + m_length / 2};
        if (!m_histogram.empty()) {
            m_points.push_back({after, m_histogram.quantile(m_quantile)});
        } else if (m_weight > 0) {
            m_points.push_back({after, m_sum / m_weight});
        }
        m_histogram = {};
        m_sum = m_weight = 0;
    }

    const StoredSeries& m_series;
    const double m_quantile;
    const WallTime m_from;
    std::int64_t m_length = 1;
    std::int64_t m_place = 0;
    Histogram m_histogram;
    double m_sum = 0;
    double m_weight = 0;  // samples, or seconds of a counter
    std::optional<std::pair<WallTime, double>> m_last;
    std::vector<CurvePoint> m_points;
};

}  // namespace

Result<std::vector<CurvePoint>> curveOf(const ComparedSide& side, const CompareRow& row,
                                        std::size_t mostPoints, const std::function<bool()>& goOn)
{
    auto reader = SessionReader::open(side.file);
    if (!reader) {
        return reader.error();
    }
    const auto all = storedSeries(**reader);
    if (!all) {
        return all.error();
    }
    const StoredSeries* series = seriesOf(*all, row);
    if (series == nullptr) {
        return std::vector<CurvePoint>{};
    }
    CurveGather gather(*series, quantileOf(row.figure), side.range, mostPoints);
    std::uint64_t moments = 0;
    bool cancelled = false;
    const auto done = visitFrames(**reader, StoredRange{side.range.from, side.range.to}, side.run,
                                  [&](const StoredFrame& frame) {
                                      gather.add(frame);
                                      cancelled =
                                          ++moments % kMomentsBetweenLooks == 0 && goOn && !goOn();
                                      return !cancelled;
                                  });
    if (!done || cancelled) {
        return done ? Error{ErrorCode::cancelled, "it was cancelled", {}, {}} : done.error();
    }
    return gather.take();
}

}  // namespace muster
