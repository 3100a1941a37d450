// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace muster {

/// One version of all that can be set while a run goes on: never changed again once it is made.
struct ConfigurationVersion {
    std::uint64_t version = 0;  ///< rises, of the session
    std::uint64_t parent = 0;   ///< the one in force before it; 0: there was none
    RunId run;
    WallTime at;
    /// started, set, tried, kept, reverted, rolled_back
    std::string kind;
    std::string author;
    std::string reason;
    std::string hash;      ///< SHA-256 of `document`
    std::string document;  ///< JSON: limits, services, load, capture
    /// What is in force instead once nobody keeps a change that is on trial; empty: none is.
    std::string kept;
};

/// The versions of a session, oldest first.
struct ConfigurationHistory {
    std::vector<ConfigurationVersion> versions;
    /// What is in force, or what a run that goes on from here takes up: the newest version, or
    /// when that was on trial as its run ended without a word, what was kept before it.
    std::string inForce;
    std::uint64_t version = 0;  ///< whose document that is; 0: none
    bool interrupted = false;   ///< the newest was on trial, and counts as reverted
};

/// A change on trial: it is taken back by itself unless it is kept, once its time is over or
/// what guards it is breached.
struct TrialStatus {
    std::string key;  ///< "services.shop.limiter.rate"
    std::string before;
    std::string after;
    std::string author;
    std::uint64_t version = 0;
    Duration length{};
    Duration left{};
    struct Guard {
        std::string name;  ///< "error rate", "p99", "pressure"
        std::string most;  ///< as an operator reads it: "15 %"
        std::string now;   ///< likewise; why it is not known
        double share = 0;  ///< of the most, where it is known
        bool known = false;
    };
    std::vector<Guard> guards;
};

}  // namespace muster
