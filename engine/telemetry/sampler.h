// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "telemetry/metric_registry.h"
#include "telemetry/windows.h"

namespace muster {

/// One value of one series at one moment, as the store keeps it. The text lives while the
/// batch is handed over.
struct MetricSample {
    const MetricInfo* info = nullptr;
    std::string_view labels;
    WallTime at;
    double value = 0;          ///< of a histogram: how many samples `buckets` hold
    std::string_view buckets;  ///< of a histogram: Histogram::encode() of what came since the
                               ///< last batch; merges with any other
};

/// Takes batches of samples from below. Must return soon and must not throw.
class MetricSink {
public:
    virtual ~MetricSink() = default;
    virtual void accept(std::span<const MetricSample> samples) = 0;
};

struct SamplerOptions {
    Duration rateWindow = std::chrono::seconds(2);
    Duration latencyWindow = std::chrono::seconds(10);
    Duration latencySlice = std::chrono::seconds(1);
    Duration sinkPeriod = std::chrono::seconds(1);  ///< between batches to the sinks
};

/// Reads every series when ticked, works out the rates and quantiles that the catalogue has of
/// them, and hands batches to the sinks. Unknown values are left out of a batch, never 0.
/// A name asked without labels means the unlabelled series; when there are only labelled ones,
/// the sum of counters, and of gauges of jobs, and the merged histogram of them all.
/// Thread safety: tick() and flush() from one thread at a time; the questions from any thread,
/// answered as of the last tick. A gauge's function runs inside tick() and must not ask back.
class Sampler {
public:
    Sampler(MetricRegistry& registry, std::shared_ptr<Clock> clock, SamplerOptions options = {});
    ~Sampler();

    /// Before the first tick.
    void addSink(MetricSink& sink);
    /// Called when a gauge that had a value has none any more, with the reason.
    void onUnavailable(std::function<void(std::string_view metric, const std::string& why)> call);

    void tick();
    /// Ticks and hands the sinks what came since their last batch: before a run ends.
    void flush();

    /// The value of a series, rates and quantiles included; unknown with its reason.
    [[nodiscard]] Reading value(std::string_view name, std::string_view labels = {}) const;
    /// Values of many names without labels, in their order; NaN where unknown.
    [[nodiscard]] std::vector<double> values(std::span<const std::string_view> names) const;
    [[nodiscard]] LatencyWindow latency(std::string_view histogram,
                                        std::string_view labels = {}) const;
    /// The whole run's histogram, for summaries and expectations.
    [[nodiscard]] Histogram total(std::string_view histogram, std::string_view labels = {}) const;
    [[nodiscard]] Duration rateWindow() const noexcept;

private:
    class State;
    std::unique_ptr<State> m_state;
};

}  // namespace muster
