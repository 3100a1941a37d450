// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/reading.h"
#include "workload/workload.h"

namespace muster {

/// What a condition is about.
enum class ExpectedFigure : std::uint8_t {
    failedShare,  ///< "failed_share": of all outcomes
    throughput,   ///< "throughput": outcomes per second over the run
    dropped,      ///< "dropped": arrivals that no agent could take
    p50,
    p90,
    p95,
    p99,
    p999,
    max,          ///< "max": latency
    count,        ///< "count": outcomes
    jobsDone,     ///< "jobs_done": jobs of durable queues that were acknowledged
    deadLetters,  ///< "dead_letters": jobs that were given up
};

/// `"digest.p99" = "< 50ms"`, read.
struct Expectation {
    enum class Compare : std::uint8_t { less, lessEqual, greater, greaterEqual, equal };

    std::string key;
    std::string condition;  ///< as written
    std::string action;     ///< empty: all actions together
    ExpectedFigure figure = ExpectedFigure::failedShare;
    Compare compare = Compare::less;
    double bound = 0;  ///< in `unit`
    std::string unit;  ///< "%" (0…1), "ns", "1/s", "1"

    [[nodiscard]] bool holds(double value) const noexcept;
};

/// Errors: what was expected, and the nearest key; `actions` are the workload's.
[[nodiscard]] Result<Expectation> parseExpectation(const std::string& key,
                                                   const std::string& condition,
                                                   const std::vector<std::string>& actions);
/// All of a checked spec's; they parse, because reading the spec made sure.
[[nodiscard]] std::vector<Expectation> expectationsOf(const WorkloadSpec& spec);

/// How one stands: unknown figures leave `met` empty, with the reason in the reading.
struct ExpectationResult {
    Expectation expectation;
    Reading value;
    std::optional<bool> met;
};

/// `figure` gives the value now, in the expectation's unit, or why there is none.
[[nodiscard]] std::vector<ExpectationResult> evaluate(
    const std::vector<Expectation>& expectations,
    const std::function<Reading(const Expectation&)>& figure);

}  // namespace muster
