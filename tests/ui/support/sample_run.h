// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "api/snapshot.h"

namespace muster::tests {

/// A run as an engine would tell of it, made up by a formula: a ramp, a steady time, an incident
/// with failures, a raised limit, recovery. The same every time.
struct SampleRun {
    static constexpr WallTime kStart{1'795'183'200'000'000'000};  // 2026-11-20 14:00:00 UTC
    static constexpr Duration kStep = std::chrono::milliseconds(100);
    static constexpr int kSteps = 12 * 60 * 10 + 410;  ///< up to "now", inside the recovery

    /// The snapshot of one step.
    [[nodiscard]] static std::shared_ptr<Snapshot> at(int step);
    /// Nothing has happened yet: every figure that needs a sample is missing, with its reason.
    [[nodiscard]] static std::shared_ptr<Snapshot> idle();
};

}  // namespace muster::tests
