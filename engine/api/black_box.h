// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// Where a run keeps the last that it did, for the case that it ends badly.
struct BlackBoxSettings {
    std::filesystem::path boxes;    ///< of runs that go on, *.box
    std::filesystem::path bundles;  ///< sessions made of them, blackbox.*.db; the newest 20 stay
    std::uint64_t bytes = std::uint64_t{16} * 1024 * 1024;  ///< 1 MiB to 1 GiB
};

/// $XDG_DATA_HOME/muster/blackboxes, and the sessions' directory for what is made of them.
[[nodiscard]] BlackBoxSettings defaultBlackBox();

/// A bundle that was made: of this run, or of one before that ended badly.
struct SavedBlackBox {
    std::filesystem::path file;
    std::string cause;     ///< crash, killed, alert, signal or hand
    std::string detail;    ///< what alerted, or the signal and its thread
    std::string workload;  ///< of the run it is of
    WallTime startedAt;    ///< of that run
    std::uint64_t events = 0;
    bool ownRun = false;
};

struct BlackBoxStatus {
    std::filesystem::path file;        ///< empty: there is none
    std::string problem;               ///< why there is none
    std::uint64_t leftOut = 0;         ///< records that were too large for it
    std::vector<SavedBlackBox> saved;  ///< oldest first, the newest 20
};

/// A box that is filled, or was left: `musterctl blackbox`.
struct BlackBoxRow {
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    std::string workload;
    WallTime startedAt;
    std::uint32_t process = 0;
    std::string ending;  ///< alive, killed or crash
    std::string crash;   ///< "SIGSEGV in muster-worker-1"
};

/// Every box in the directory; those that cannot be read are told in `failures`.
[[nodiscard]] std::vector<BlackBoxRow> blackBoxes(const std::filesystem::path& boxes,
                                                  std::vector<Error>* failures = nullptr);
/// Makes a session of a box, filled or left; errors say what to do.
[[nodiscard]] Result<SavedBlackBox> saveBlackBox(const std::filesystem::path& box,
                                                 const std::filesystem::path& bundle);
/// Makes bundles of the boxes that were left, and removes those.
[[nodiscard]] std::vector<SavedBlackBox> collectLeftBlackBoxes(const BlackBoxSettings& settings);

/// A crash of this process is noted in its boxes, with its stack: for programs, once.
void noteCrashes();

}  // namespace muster
