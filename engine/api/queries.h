// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/series.h"
#include "api/snapshot.h"
#include "base/clock.h"
#include "base/ids.h"

namespace muster {

struct TimeRange {
    WallTime from;
    WallTime to;
};

// ---- agents -------------------------------------------------------------------------------

enum class AgentColumn : std::uint8_t {
    id,
    name,
    type,
    state,
    rate,
    total,
    mailbox,
    oldest,
    p50,
    p99,
    memory,
    restarts,
    action,
    count
};

struct AgentRow {
    AgentId id;
    std::string name;
    std::string type;
    std::string state;   ///< initializing, ready, busy, suspended, terminating
    std::string action;  ///< what it is doing now; empty when nothing
    Known rate;          ///< messages per second over the last one to few seconds
    std::uint64_t total = 0;
    std::uint64_t mailbox = 0;
    Known oldest;              ///< nanoseconds
    Known p50, p99;            ///< nanoseconds
    std::uint64_t memory = 0;  ///< bytes: cell, behaviour, waiting mail
    std::uint64_t restarts = 0;
};

/// A window of the agent table: filtered, sorted and cut by the engine.
struct AgentQuery {
    /// Terms with spaces between, all must hold: `type:task`, `state:busy,ready`, `id:1a2f.3,b.1`,
    /// `name:index*`, `mailbox:>0`, `capability:text`, `attr.zone:=eu`, or a bare word that
    /// the name contains. Empty: all.
    std::string filter{};
    AgentColumn sort = AgentColumn::id;
    bool descending = false;
    std::uint64_t offset = 0;
    std::uint64_t limit = 100;
};

struct AgentPage {
    std::uint64_t total = 0;  ///< live agents
    std::uint64_t matching = 0;
    std::uint64_t offset = 0;
    std::vector<AgentRow> rows;
    WallTime at;
};

struct AgentMessage {
    WallTime at;
    std::string type;
    Known handling;  ///< nanoseconds
    std::string outcome;
};

/// One agent in full, for the detail pane.
struct AgentDetail {
    AgentRow row;
    std::string stateJson;
    std::vector<std::string> capabilities;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::optional<AgentId> supervisor;
    std::string supervisorName;
    std::vector<AgentMessage> lastMessages;  ///< newest first; sampled, and says so below
    std::string messagesNote;
    WallTime createdAt;
};

// ---- events -------------------------------------------------------------------------------

struct EventRow {
    EventId id;
    WallTime at;
    std::string type;
    std::string source;
    std::string data;  ///< JSON object
    TraceId trace;
    EventId cause;
    CorrelationId correlation;
    RunId run;
    bool durable = false;
    bool replayed = false;  ///< played again: `cause` is the event as it was
};

/// All conditions must hold; an empty one holds for every event.
struct EventQuery {
    std::string type{};  ///< pattern: "agent.*", "**", "breaker.opened"
    std::string source{};
    /// Words that must all occur in the type, the source or the data, whole: `limiter "a b"`;
    /// `fail*` begins one, `*fail*` stands anywhere in one. Case does not matter for ASCII.
    std::string text{};
    std::optional<TraceId> trace{};
    std::optional<CorrelationId> correlation{};
    std::optional<TimeRange> range{};
    std::optional<EventId> after{};  ///< key-set paging: strictly after this one in the order
    bool newestFirst = true;
    std::uint64_t limit = 200;  ///< 0: no limit
};

struct EventPage {
    std::vector<EventRow> rows;
    bool more = false;
};

// ---- history ------------------------------------------------------------------------------

struct HistoryQuery {
    std::vector<Series> series;
    TimeRange range;
    std::size_t maxPoints = 1000;  ///< per series
};

struct HistoryPoint {
    WallTime at;
    double value = 0;  ///< mean of the point's span
    double min = 0;
    double max = 0;
};

struct HistorySeries {
    Series series{};
    std::vector<HistoryPoint> points;
};

struct HistoryPage {
    std::vector<HistorySeries> series;
    std::vector<Mark> marks;
    Duration resolution{};
};

// ---- export -------------------------------------------------------------------------------

enum class ExportWhat : std::uint8_t { metrics, events, results, errors, session };
/// csv and jsonl are for all but the session, which is copied as sqlite; csvWide (a column for each
/// series), openMetrics and hdrLog (histograms only) are for metrics.
enum class ExportFormat : std::uint8_t { csv, jsonl, csvWide, openMetrics, hdrLog, sqlite };

struct ExportQuery {
    ExportWhat what = ExportWhat::events;
    ExportFormat format = ExportFormat::csv;
    std::optional<TimeRange> range{};
    std::optional<RunId> run{};  ///< default: every run of the session
    /// Of metrics only: names, or single series as "actions.latency{action=digest}"; empty: all.
    std::vector<std::string> metrics{};
    EventQuery events{};  ///< of events only; its range and limit hold too
};

}  // namespace muster
