// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "calls/replay_plan.h"
#include "calls/service_limiter.h"

namespace muster {

/// What a limiter did, or would have done, with recorded calls.
struct LimiterReplay {
    std::uint64_t calls = 0;  ///< that asked
    std::uint64_t admitted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t wasAdmitted = 0;  ///< as it was recorded
    std::uint64_t otherwise = 0;    ///< answered otherwise than it was recorded
    Duration waited{};              ///< for tokens, by all that were admitted
    std::string ended;              ///< why it does not go to the end of the log; empty: it does
};

/// Tells a new limiter all that a recorded one was asked, as replayBreaker() does. With the
/// settings it had it gives the answers it gave. A proposed kind that has a limit for each caller
/// needs a log of such a kind, of the same callers, and the other way round: what the log does not
/// tell nobody knows. Errors: outOfRange for the settings, unavailable for such a kind.
[[nodiscard]] Result<LimiterReplay> replayLimiter(const ReplayPlan<LimiterSettings>& plan);

}  // namespace muster
