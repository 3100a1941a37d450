// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "storage/session_reader.h"
#include "telemetry/catalogue.h"

namespace muster {

struct StoredSeries {
    std::size_t number = 0;  ///< from 1
    std::string name;
    std::string labels;
    std::string unit;
    MetricKind kind = MetricKind::gauge;
};

/// What was sampled at one moment. Lives while it is shown.
struct StoredFrame {
    WallTime at;
    RunId run;
    /// NaN where the series has no sample.
    std::function<double(std::size_t number)> value;
    /// Histogram::encode() of what came since the moment before; empty: nothing.
    std::function<std::string_view(std::size_t number)> buckets;
};

/// Every series of a session.
[[nodiscard]] Result<std::vector<StoredSeries>> storedSeries(SessionReader& session);

/// The samples of a range as they were taken, a moment at a time, oldest first, with flat memory.
/// Return false to stop.
[[nodiscard]] Result<void> visitFrames(SessionReader& session,
                                       const std::optional<StoredRange>& range,
                                       std::optional<RunId> run,
                                       const std::function<bool(const StoredFrame&)>& visit);

}  // namespace muster
