// SPDX-License-Identifier: Apache-2.0
#include "telemetry/internal/tracked_series.h"

namespace muster {
namespace {

Reading readValue(const MetricSeries& series)
{
    if (series.read) {
        return series.read();
    }
    return Reading::of(series.info->kind == MetricKind::counter
                           ? static_cast<double>(series.counter.value())
                           : series.gauge.value());
}

}  // namespace

TrackedSeries::TrackedSeries(const MetricInfo& info, std::string labels,
                             const SamplerOptions& options)
    : m_info(info),
      m_labels(std::move(labels)),
      m_rate(options.rateWindow),
      m_window(options.latencyWindow, options.latencySlice)
{
    for (const MetricInfo& metric : allMetrics()) {
        if (metric.of == info.name) {
            m_derived.push_back(&metric);
        }
    }
}

void TrackedSeries::setParts(std::vector<std::shared_ptr<const MetricSeries>> parts)
{
    m_parts = std::move(parts);
}

void TrackedSeries::read()
{
    switch (m_info.kind) {
        case MetricKind::counter:
        case MetricKind::gauge:
            m_readValue = Reading::of(0);
            for (const auto& part : m_parts) {
                const Reading more = readValue(*part);
                m_readValue = more.known() ? Reading::of(m_readValue.value + more.value) : more;
                if (!more.known()) {
                    break;
                }
            }
            break;
        case MetricKind::histogram:
            m_readTotal.clear();
            for (const auto& part : m_parts) {
                m_readTotal.merge(part->histogram.total());
            }
            m_readValue = Reading::of(static_cast<double>(m_readTotal.samples()));
            break;
        case MetricKind::rate:
        case MetricKind::quantile:
            break;
    }
}

bool TrackedSeries::advance(MonoTime now)
{
    const bool lost = m_value.known() && !m_readValue.known();
    m_value = m_readValue;
    if (m_info.kind == MetricKind::counter && m_value.known()) {
        m_rate.add(now, static_cast<std::uint64_t>(m_value.value));
    } else if (m_info.kind == MetricKind::histogram) {
        std::swap(m_total, m_readTotal);
        m_window.update(now, m_total);
    }
    return lost;
}

void TrackedSeries::appendSamples(WallTime at, std::vector<MetricSample>& samples,
                                  std::vector<std::unique_ptr<std::string>>& buckets)
{
    if (m_info.kind == MetricKind::histogram) {
        Histogram came = m_total;
        came.subtract(m_handedOver);
        m_handedOver = m_total;
        if (!came.empty()) {
            buckets.push_back(std::make_unique<std::string>(came.encode()));
            samples.push_back(
                {&m_info, m_labels, at, static_cast<double>(came.samples()), *buckets.back()});
        }
    } else if (m_value.known()) {
        samples.push_back({&m_info, m_labels, at, m_value.value, {}});
    }
    for (const MetricInfo* derived : m_derived) {
        const Reading reading =
            derived->kind == MetricKind::rate ? rate() : m_window.quantile(derived->quantile);
        if (reading.known()) {
            samples.push_back({derived, m_labels, at, reading.value, {}});
        }
    }
}

}  // namespace muster
