// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/sampler.h"

namespace muster {

/// One series as the sampler follows it: a series of the registry, or the sum of those that
/// share its name. Thread safety: one thread at a time.
class TrackedSeries {
public:
    TrackedSeries(const MetricInfo& info, std::string labels, const SamplerOptions& options);

    /// What it is read from; kept state goes on.
    void setParts(std::vector<std::shared_ptr<const MetricSeries>> parts);
    /// Reads the parts. Asks a gauge's function outside any lock of the sampler's users.
    void read();
    /// Takes over what read() found. True when a value that was known is not any more.
    bool advance(MonoTime now);

    [[nodiscard]] const MetricInfo& info() const noexcept { return m_info; }
    [[nodiscard]] const Reading& value() const noexcept { return m_value; }
    [[nodiscard]] Reading rate() const { return m_value.known() ? m_rate.perSecond() : m_value; }
    [[nodiscard]] const HistogramWindow& window() const noexcept { return m_window; }
    [[nodiscard]] const Histogram& total() const noexcept { return m_total; }

    /// Appends its samples, those worked out included; `buckets` keeps their text alive.
    void appendSamples(WallTime at, std::vector<MetricSample>& samples,
                       std::vector<std::unique_ptr<std::string>>& buckets);

private:
    const MetricInfo& m_info;
    std::string m_labels;
    std::vector<std::shared_ptr<const MetricSeries>> m_parts;
    std::vector<const MetricInfo*> m_derived;

    Reading m_readValue;
    Histogram m_readTotal;

    Reading m_value = Reading::unknown("not sampled yet");
    Histogram m_total;
    Histogram m_handedOver;  // the total at the last batch
    RateWindow m_rate;
    HistogramWindow m_window;
};

}  // namespace muster
