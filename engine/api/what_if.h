// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace muster {

/// What a circuit breaker with other settings would have done with the calls of a run.
struct WhatIfQuery {
    std::string service;
    std::vector<std::string> settings{};  ///< "breaker.failure_rate=30%"; none: those it had
    std::optional<RunId> run{};           ///< default: the last one
};

struct WhatIfMove {
    Duration after{};  ///< since the first call to the service
    std::string to;    ///< open, half_open, closed, …
    std::string cause;

    friend bool operator==(const WhatIfMove&, const WhatIfMove&) = default;
};

struct WhatIfSide {
    std::vector<WhatIfMove> moves;
    std::uint64_t admitted = 0;
    std::uint64_t rejected = 0;
};

/// `proposed` is counterfactual: the calls come as they came, though with other rejections other
/// calls would have been made.
struct WhatIf {
    RunId run;
    std::string service;
    std::uint64_t calls = 0;  ///< attempts that asked the breaker
    WhatIfSide recorded;
    WhatIfSide proposed;
    /// Admitted by the proposed settings, but rejected then: how they would have ended nobody
    /// knows, and they count for nothing.
    std::uint64_t unknown = 0;
    /// Told again with the settings it had, the breaker made the moves that its events tell of.
    bool reproduced = false;
    std::string note;  ///< why the log does not tell all; empty: it does
};

}  // namespace muster
