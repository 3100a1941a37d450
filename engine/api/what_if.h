// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/queries.h"
#include "base/clock.h"
#include "base/ids.h"

namespace muster {

/// What a service's limiter and circuit breaker with other settings would have done with the
/// calls of a run.
struct WhatIfQuery {
    std::string service;
    std::vector<std::string> settings{};  ///< "breaker.failure_rate=30%"; none: those it had
    std::optional<RunId> run{};           ///< default: the last one
    /// The settings come into force at its begin, as if they had been changed then; only calls
    /// and moves in it are counted. Default: the whole run.
    std::optional<TimeRange> range{};
    std::uint32_t spans = 120;  ///< of time that the calls are counted by, 1 to 10,000
};

struct WhatIfMove {
    WallTime at;
    Duration after{};  ///< since WhatIf::begin
    std::string to;    ///< open, half_open, closed, …
    std::string cause;

    friend bool operator==(const WhatIfMove&, const WhatIfMove&) = default;
};

struct WhatIfSide {
    std::vector<WhatIfMove> moves;  ///< of a breaker
    std::uint64_t admitted = 0;
    std::uint64_t rejected = 0;
};

/// A span of time with the calls that asked in it.
struct WhatIfSpan {
    WallTime at;  ///< its begin
    std::uint64_t calls = 0;
    std::uint64_t recorded = 0;  ///< rejected, as it was
    std::uint64_t proposed = 0;  ///< rejected by the proposed settings
};

/// One stage told again by itself: what another stage would have kept from it, or let through to
/// it, with other settings is not known.
struct WhatIfStage {
    std::string stage;        ///< "limiter" or "breaker"
    std::uint64_t calls = 0;  ///< attempts that asked it
    WhatIfSide recorded;
    WhatIfSide proposed;
    /// Admitted by the proposed settings, but rejected then: how they would have ended nobody
    /// knows, and a breaker counts them for nothing.
    std::uint64_t unknown = 0;
    /// Told again with the settings it had, it gave each answer, and made each move, that was
    /// recorded.
    bool reproduced = false;
    /// Retention deleted the log before it: what the machine held then is not known. It is told
    /// the rest as a new one would be, and compared from `comparedFrom` on, when what was before
    /// matters no more. Empty: the log is there from its beginning.
    std::optional<WallTime> keptFrom{};
    std::optional<WallTime> comparedFrom{};
    std::string note;  ///< why the log does not tell all; empty: it does
    std::vector<WhatIfSpan> spans;
};

/// `proposed` is counterfactual: the calls come as they came, though with other rejections other
/// calls would have been made.
struct WhatIf {
    RunId run;
    std::string service;
    WallTime begin;     ///< of the first call to the service
    TimeRange range{};  ///< that was counted
    Duration span{};    ///< length of a WhatIfSpan
    std::vector<WhatIfStage>
        stages;  ///< those of the two that the service has, as calls come to them

    [[nodiscard]] const WhatIfStage* stage(std::string_view name) const noexcept
    {
        for (const WhatIfStage& each : stages) {
            if (each.stage == name) {
                return &each;
            }
        }
        return nullptr;
    }
};

}  // namespace muster
