// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace muster {

struct PastQuery {
    std::optional<RunId> run;            ///< empty: the newest that began before `at`
    std::optional<WallTime> at;          ///< empty: the end of what is stored of it
    std::optional<Duration> sinceStart;  ///< in place of `at`: so long after the run began
};

struct PastAgent {
    AgentId id;
    std::string name;  ///< empty: it has none, or nothing tells
    std::string type;  ///< likewise
    bool suspended = false;
};

/// Return false to stop.
using PastAgentVisitor = std::function<bool(const PastAgent&)>;

/// What an engine was at one moment, rebuilt from the events of its run: agents, breakers, limits,
/// load, pressure, faults, helpers and configuration. What is only sampled (mailboxes, rates) is
/// not in it.
struct PastState {
    RunId run;
    WallTime at;                ///< the moment that was asked for
    WallTime changedAt;         ///< of the last event that is part of it
    std::uint64_t changes = 0;  ///< events that made it
    std::string document;       ///< all but the agents one by one, as JSON in a fixed order
    std::string hash;           ///< of the document

    /// The last hash that the engine itself recorded before `at`, and what was rebuilt there.
    enum class Proof : std::uint8_t { none, holds, differs };
    Proof proof = Proof::none;
    WallTime provedAt;
    std::string recorded;
    std::string rebuilt;
    std::string note;  ///< what makes it less than whole; empty: nothing does
};

}  // namespace muster
