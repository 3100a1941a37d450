// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "telemetry/catalogue.h"
#include "telemetry/histogram.h"
#include "telemetry/reading.h"

namespace muster {

/// What one series was in one stretch of time, a cell for each moment it was sampled.
struct MeasuredSeries {
    std::string metric;
    std::string labels;
    std::string unit;
    MetricKind kind = MetricKind::gauge;
    /// Gauges and rates as they are; counters as their growth in a second.
    std::vector<double> values;
    std::vector<Histogram> histograms;  ///< of histograms, what came in each cell
};

using MeasuredSide = std::vector<MeasuredSeries>;

struct ComparisonOptions {
    double least = 0.03;       ///< a smaller change than this share is none
    double falseRate = 0.005;  ///< of the verdicts better, worse and changed: wrong ones, at most
    double confidence = 0.95;  ///< of each interval by itself
    std::size_t resamples = 400;
    std::uint64_t seed = 1;
};

/// `changed`: of a metric of which neither way is better.
enum class Verdict : std::uint8_t { better, worse, changed, same, notComparable };

[[nodiscard]] std::string_view toString(Verdict verdict) noexcept;

/// One figure on both sides.
struct Comparison {
    std::string metric;  ///< "actions.latency.p99", "load.offered.rate"
    std::string labels;
    std::string unit;
    std::string figure;  ///< "mean", "p99"
    Direction direction = Direction::neutral;
    Reading a;
    Reading b;
    double difference = 0;  ///< b - a, with its interval
    double low = 0;
    double high = 0;
    /// Of a, with its interval; none when a is 0.
    std::optional<double> effect;
    double effectLow = 0;
    double effectHigh = 0;
    double chance = 1;  ///< of a difference this large when there is none
    Verdict verdict = Verdict::notComparable;
    std::string reason;  ///< of notComparable
};

/// Compares what two stretches of time have of each series, in the order of `a`, then what only `b`
/// has. Means (of gauges, rates and counters) and percentiles (of merged histograms) with
/// standard errors by a circular block bootstrap, so that neighbours that resemble each other are
/// not taken for independent, and intervals by Student's t. Verdicts hold the share of false ones
/// over all figures (Benjamini and Hochberg). What varies from run to run, but not within
/// one, no interval from two runs can hold.
/// The same arguments give the same answer. `goOn` is asked before each series; false ends it with
/// the rows there are.
[[nodiscard]] std::vector<Comparison> compareSides(const MeasuredSide& a, const MeasuredSide& b,
                                                   const ComparisonOptions& options = {},
                                                   const std::function<bool()>& goOn = {});

}  // namespace muster
