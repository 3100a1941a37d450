// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/queries.h"
#include "operations/comparison.h"
#include "storage/session_reader.h"

namespace muster {

/// What a stretch of one run's history has of each series, at most some hundred cells each,
/// however long it is.
struct MeasuredStretch {
    MeasuredSide side;
    TimeRange range;  ///< of the first and the last moment
    std::uint64_t moments = 0;
};

/// Series that others are worked out from stand for those. `metrics`: names; empty: all.
/// Errors: invalidArgument when nothing was sampled in the range; cancelled when `goOn` says so;
/// those of reading.
[[nodiscard]] Result<MeasuredStretch> readMeasured(SessionReader& reader, RunId run,
                                                   const std::optional<TimeRange>& range,
                                                   const std::vector<std::string>& metrics,
                                                   const std::function<bool()>& goOn);

}  // namespace muster
