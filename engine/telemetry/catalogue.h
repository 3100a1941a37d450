// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace muster {

/// What a metric is and where its values come from. `rate` and `quantile` are worked out by the
/// Sampler from the counter or histogram named in MetricInfo::of.
enum class MetricKind : std::uint8_t { counter, gauge, histogram, rate, quantile };

/// Which way is better, for comparisons: a gain is not a regression.
enum class Direction : std::uint8_t { neutral, lowerBetter, higherBetter };

struct MetricInfo {
    std::string_view name;  ///< "actions.latency.p99"
    MetricKind kind;
    std::string_view unit;  ///< "1", "1/s", "ns", "B", "%" (share: 0…1)
    Direction direction;
    std::string_view help;
    std::string_view labels;  ///< label keys it may carry, comma-separated; empty: none
    std::string_view of;      ///< of rate and quantile: the metric it is worked out from
    double quantile = 0;      ///< of quantile: 0…1; 1 is the greatest value
};

[[nodiscard]] std::string_view toString(MetricKind kind) noexcept;
[[nodiscard]] std::string_view toString(Direction direction) noexcept;

/// Every metric there is. The registry makes no other.
[[nodiscard]] std::span<const MetricInfo> allMetrics() noexcept;
[[nodiscard]] const MetricInfo* findMetric(std::string_view name) noexcept;

/// The catalogue of metrics as Markdown.
[[nodiscard]] std::string metricReference();

}  // namespace muster
