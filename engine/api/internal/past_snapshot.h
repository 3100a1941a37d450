// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "api/internal/past_sample.h"
#include "api/snapshot.h"
#include "events/engine_state.h"
#include "storage/session_reader.h"

namespace muster {

/// A stage of the load as it told of itself.
struct PastStage {
    WallTime at;  ///< it began
    Duration length{};
    double from = 0;
    double to = 0;
};

/// What the console's pages show of a run at one moment: from its state, and from the sample for
/// what is only sampled. What is neither is missing, and says so.
[[nodiscard]] SnapshotPtr pastSnapshot(const EngineState& state, const PastSample& sample,
                                       const StoredRun& run, const std::filesystem::path& file,
                                       WallTime at, std::vector<Mark> marks,
                                       const std::vector<PastStage>& stages);

/// The services of then, with the settings they had.
[[nodiscard]] std::vector<ServiceStatus> pastServices(const EngineState& state,
                                                      const PastSample& sample, WallTime at);

}  // namespace muster
