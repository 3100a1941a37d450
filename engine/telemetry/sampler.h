// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// One value of one series at one moment, as the store keeps it. The text lives while the
/// batch is handed over.
struct MetricSample {
    const MetricInfo* info = nullptr;
    std::string_view labels;
    WallTime at;
    double value = 0;          ///< of a histogram: samples since the last batch
    std::string_view buckets;  ///< of a histogram: Histogram::encode() of those samples
};

/// Takes batches of samples from below. Must return soon and must not throw.
class MetricSink {
public:
    virtual ~MetricSink() = default;
    virtual void accept(std::span<const MetricSample> samples) = 0;
};

/// Percentiles of one merged histogram over the window it says.
struct LatencyWindow {
    std::uint64_t samples = 0;
    Duration window{};                      ///< what they were gathered over
    Reading p50, p90, p95, p99, p999, max;  ///< nanoseconds; unknown without samples
};

struct SamplerOptions {
    Duration rateWindow = std::chrono::seconds(2);
    Duration latencyWindow = std::chrono::seconds(10);
    Duration latencySlice = std::chrono::seconds(1);
    Duration sinkPeriod = std::chrono::seconds(1);  ///< between batches to the sinks
};

/// Reads every series when ticked, works out rates and windowed percentiles, and hands batches
/// to the sinks. Unknown values are left out of batches, never written as 0.
/// Thread safety: tick() from one thread at a time; the questions from any thread, answered
/// as of the last tick.
class Sampler {
public:
    Sampler(MetricRegistry& registry, std::shared_ptr<Clock> clock, SamplerOptions options = {});
    ~Sampler();

    /// Before the first tick.
    void addSink(MetricSink& sink);
    void tick();
    /// Hands the sinks what has come since their last batch: before the end of a run.
    void flush();

    /// The value of a series, derived ones included, at the last tick.
    [[nodiscard]] Reading value(std::string_view name, std::string_view labels = {}) const;
    /// Values of many names without labels, in their order; NaN where unknown.
    [[nodiscard]] std::vector<double> values(std::span<const std::string_view> names) const;
    [[nodiscard]] LatencyWindow latency(std::string_view histogram,
                                        std::string_view labels = {}) const;
    [[nodiscard]] Duration rateWindow() const noexcept;

private:
    class State;
    std::unique_ptr<State> m_state;
};

}  // namespace muster
