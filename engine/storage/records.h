// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "events/fields.h"

namespace muster {

/// One item that an action worked through. Never dropped by the recorder.
struct ResultRecord {
    WallTime at;
    std::string action;  ///< as configured: "digest"
    std::string agent;   ///< its name
    std::string item;    ///< what it worked on: a path, a line, a number
    Fields data;         ///< the action's own figures, in the order they are shown and exported
};

/// One item that an action failed on. Never dropped by the recorder.
struct ErrorRecord {
    WallTime at;
    std::string action;
    std::string agent;
    std::string item;
    std::string failureClass;  ///< network, timeout, application, rejected, ignored
    std::string code;          ///< toString(ErrorCode)
    std::string message;
};

/// A change worth a line on every chart. Never dropped by the recorder.
struct MarkRecord {
    WallTime at;
    std::string kind;  ///< "load", "limit", "restart", "pressure", "alert", "run"
    std::string text;
};

/// A packed part of what a service's state machine was told. Never dropped by the recorder.
struct CallLogRecord {
    WallTime at;           ///< when it was handed over
    std::string service;   ///< as configured
    std::string machine;   ///< "breaker"
    std::int64_t begin{};  ///< these five as the log has them (CallLogBlock)
    std::uint64_t asked{};
    std::uint64_t entries{};
    std::uint64_t lost{};
    std::string data;
};

/// One version of the configuration, as it was set: never changed again. Durable; never dropped
/// by the recorder.
struct ConfigurationRecord {
    WallTime at;
    std::uint64_t version = 0;  ///< rises, of the session
    std::uint64_t parent = 0;   ///< the version in force before it; 0: there was none
    std::string kind;           ///< started, set, tried, kept, reverted, rolled_back
    std::string author;
    std::string reason;
    std::string hash;      ///< SHA-256 of `document`, in hexadecimal
    std::string document;  ///< all that was in force, as JSON
    /// What is in force instead once nobody keeps a change that is on trial; empty: none is.
    std::string kept;

    friend bool operator==(const ConfigurationRecord&, const ConfigurationRecord&) = default;
};

/// What is known of a run when it starts.
struct RunRecord {
    WallTime startedAt;
    std::uint64_t origin = 0;  ///< of its events' ids (PublisherOptions::origin)
    std::string workload;
    std::string workloadFile;
    std::string build;
    std::string machine;
    std::optional<std::uint64_t> seed;  ///< set: the run was simulated
};

/// What is known of it when it ends.
struct RunEndRecord {
    WallTime endedAt;
    std::string summaryJson;
};

}  // namespace muster
