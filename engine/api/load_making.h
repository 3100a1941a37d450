// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/queries.h"
#include "base/clock.h"
#include "base/ids.h"

namespace muster {

/// The arrivals of a stretch of a recorded run, to be made a load of.
struct LoadQuery {
    std::optional<RunId> run{};           ///< default: the last one that began before `to`
    std::optional<WallTime> from{};       ///< default: the run's start
    std::optional<WallTime> to{};         ///< default: its end, which none is beyond
    std::optional<Duration> fromStart{};  ///< in place of `from`: so long after the run's start
    std::optional<Duration> toStart{};    ///< in place of `to`
    double factor = 1;                    ///< times the rate, kLeastFactor to kMostFactor

    static constexpr double kLeastFactor = 0.5;
    static constexpr double kMostFactor = 10;
};

/// What such a load is.
struct LoadOutline {
    RunId run;
    std::string workload;
    TimeRange range;  ///< that was taken
    double factor = 1;
    std::uint64_t arrivals = 0;  ///< of the load, with the factor
    std::uint64_t runs = 0;      ///< stretches of even arrivals: lines of the file
    /// "arrivals": as they were due. "users": of a closed load, whose users waited for answers.
    /// "rates": of a session that keeps no arrivals, spread evenly over each sample.
    std::string source;
    Duration error{};               ///< an arrival is at most so far from where it was
    std::vector<double> perSecond;  ///< in each of kParts equal parts of the range
    std::string note;               ///< what is missing; empty: nothing is

    static constexpr std::size_t kParts = 120;
    [[nodiscard]] Duration length() const noexcept { return range.to - range.from; }
};

}  // namespace muster
