// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "calls/replay_plan.h"

namespace muster {

/// What a breaker did, or would have done, with recorded calls.
struct BreakerReplay {
    struct Move {
        MonoTime at;  ///< steady time of the recorded breaker
        BreakerMove move;
    };

    std::vector<Move> moves;
    std::uint64_t calls = 0;  ///< that asked
    std::uint64_t admitted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t wasAdmitted = 0;  ///< as it was recorded
    std::uint64_t otherwise = 0;    ///< answered otherwise than it was recorded
    /// Admitted here, but rejected when it was recorded: how they would have ended nobody knows;
    /// they are given back as if they had been cancelled.
    std::uint64_t unknown = 0;
    std::string ended;  ///< why it does not go to the end of the log; empty: it does
};

/// Tells a new breaker all that a recorded one was told, from its start on; moves and counts are
/// of the plan's time alone. With the settings it had it makes the moves it made; with others it
/// is counterfactual: the calls came as if nothing else had changed. Errors: outOfRange for the
/// settings.
[[nodiscard]] Result<BreakerReplay> replayBreaker(const ReplayPlan<BreakerSettings>& plan);

}  // namespace muster
