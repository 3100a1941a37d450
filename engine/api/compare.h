// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/known.h"
#include "api/queries.h"
#include "base/result.h"

namespace muster {

/// One of the two stretches of time that are compared.
struct CompareSide {
    std::filesystem::path file;
    std::optional<RunId> run{};        ///< default: the session's last
    std::optional<TimeRange> range{};  ///< default: all of the run
};

struct CompareQuery {
    CompareSide a;
    CompareSide b;
    std::vector<std::string> metrics{};  ///< names from the catalogue; empty: all
    double least = 0.03;                 ///< a smaller change than this share is none
    std::uint64_t seed = 1;              ///< of the resampling: the same gives the same answer
};

/// `changed`: of a metric of which neither way is better.
enum class CompareVerdict : std::uint8_t { better, worse, changed, same, notComparable };

[[nodiscard]] std::string_view toString(CompareVerdict verdict) noexcept;

/// One figure on both sides: a mean, or a percentile of merged histograms.
struct CompareRow {
    std::string metric;  ///< "actions.latency.p99", "load.offered.rate"
    std::string labels;
    std::string unit;
    std::string figure;  ///< "mean", "p99"
    std::string better;  ///< "lower", "higher", "neither"
    Known a, b;
    std::optional<double> effect;  ///< (b - a) / a; none when a is 0
    double effectLow = 0;          ///< its interval, by itself with 95 % confidence
    double effectHigh = 0;
    double difference = 0;  ///< b - a, with its interval
    double low = 0;
    double high = 0;
    double chance = 1;  ///< of a difference this large when there is none
    CompareVerdict verdict = CompareVerdict::notComparable;
    std::string reason;  ///< of notComparable
};

/// What a side turned out to be.
struct ComparedSide {
    std::filesystem::path file;
    RunId run;
    WallTime runStartedAt;
    std::string workload;
    std::string build;
    std::string machine;
    TimeRange range;            ///< of its first and last sample
    std::uint64_t moments = 0;  ///< samples taken
};

struct CompareAnswer {
    ComparedSide a;
    ComparedSide b;
    double least = 0;
    std::vector<CompareRow> rows;  ///< in the order of the series of `a`

    [[nodiscard]] std::size_t count(CompareVerdict verdict) const noexcept;
};

struct CurvePoint {
    Duration after{};  ///< since the side's range began
    double value = 0;
};

/// What one figure of a comparison was over time on one side: the mean of a gauge or a rate, the
/// growth of a counter in a second, the percentile of the histograms, each of a share of the range.
/// Where nothing was sampled there is no point. Blocking. Errors as compareSessions().
[[nodiscard]] Result<std::vector<CurvePoint>> curveOf(const ComparedSide& side,
                                                      const CompareRow& row, std::size_t mostPoints,
                                                      const std::function<bool()>& goOn = {});

/// How the figures are worked out, in a few sentences for people.
[[nodiscard]] std::string_view compareMethod() noexcept;

/// Compares two runs, of one session or two, or two ranges. Blocking: for a background thread.
/// `goOn` is asked now and then; false cancels. Errors: those of opening a session, notFound for a
/// run or a metric that is not there, invalidArgument for a range without samples, cancelled.
[[nodiscard]] Result<CompareAnswer> compareSessions(const CompareQuery& query,
                                                    const std::function<bool()>& goOn = {});

}  // namespace muster
