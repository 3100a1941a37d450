// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agents/action.h"
#include "api/queries.h"
#include "storage/session_reader.h"

namespace muster {

/// How the calls of one action went in a stretch of a recorded run: what its events tell of single
/// ones, and its figures of how many failed when. Immutable once read.
struct RecordedCalls {
    struct Sample {
        Duration at{};  ///< since the beginning of the stretch
        Duration took{};
        FailureClass failure = FailureClass::application;  ///< of one that failed
        ErrorCode code = ErrorCode::unavailable;
    };
    struct Share {
        Duration at{};
        double failed = 0;  ///< 0…1
    };

    std::vector<Sample> ended;  ///< with a result
    std::vector<Sample> failed;
    std::vector<Share> shares;

    /// So many are kept of a kind; of more every other one.
    static constexpr std::size_t kMostSamples = 65'536;

    /// Empty where the run tells nothing of such an action.
    [[nodiscard]] static Result<std::shared_ptr<const RecordedCalls>> read(SessionReader& reader,
                                                                           RunId run,
                                                                           TimeRange range,
                                                                           const std::string& name);
    [[nodiscard]] double shareAt(Duration at) const noexcept;
};

/// An action that is not carried out: a call takes as long and ends as those that were recorded at
/// about the same time, drawn by its seed. A result's fields are the model's of `action`.
[[nodiscard]] std::shared_ptr<const Action> recordedAction(
    std::shared_ptr<const RecordedCalls> calls, std::shared_ptr<const Action> action);

}  // namespace muster
