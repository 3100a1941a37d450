// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/black_box.h"
#include "api/configuration.h"
#include "api/durable_queues.h"
#include "api/known.h"
#include "api/service_status.h"
#include "base/clock.h"
#include "base/ids.h"

namespace muster {

enum class RunState : std::uint8_t { idle, starting, running, paused, draining, finished, failed };
enum class PressureLevel : std::uint8_t { normal, elevated, severe, critical };
enum class Severity : std::uint8_t { info, warning, critical };

struct AgentTotals {
    std::uint64_t live = 0;  ///< the sum of the five states below
    std::uint64_t initializing = 0;
    std::uint64_t ready = 0;
    std::uint64_t busy = 0;
    std::uint64_t suspended = 0;
    std::uint64_t terminating = 0;
    std::uint64_t created = 0;  ///< since the start
    std::uint64_t ended = 0;
    std::uint64_t crashed = 0;
    std::uint64_t restarts = 0;
    std::int64_t liveChangeOneMinute = 0;
};

struct EventTotals {
    std::uint64_t published = 0;
    std::uint64_t stored = 0;
    std::uint64_t countedOnly = 0;
    std::uint64_t dropped = 0;
    double publishedPerSecond = 0;  ///< over Snapshot::rateWindow
    double storedPerSecond = 0;
    double countedOnlyPerSecond = 0;
};

/// Percentiles of one merged histogram over `window`; unknown while it holds no sample.
struct LatencySummary {
    std::uint64_t samples = 0;
    Duration window{};
    Known p50, p90, p95, p99, p999, max;  ///< nanoseconds
};

struct ActionTotals {
    std::uint64_t started = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    double perSecond = 0;  ///< completions over Snapshot::rateWindow
    double failuresPerSecond = 0;
    Known okShare;               ///< 0…1 over the rate window
    LatencySummary latency;      ///< from the intended start: waiting included
    LatencySummary serviceTime;  ///< from the moment an agent began
};

/// One configured action ("digest"), for the table on Overview.
struct ActionRow {
    std::string name;
    std::string kind;  ///< "files.digest"
    ActionTotals totals;
};

struct Waiting {
    std::uint64_t messages = 0;  ///< in all mailboxes
    Known oldest;                ///< nanoseconds; sampled
};

struct ResourceUse {
    std::string name;   ///< "memory"
    std::string title;  ///< "Memory"
    std::string unit;   ///< "B", "%", "1" (a count)
    Known used;         ///< of the limit: by this process, or by all who share it
    Known own;          ///< by this process
    Known limit;
    Known share;  ///< 0…1 of the limit
    PressureLevel level = PressureLevel::normal;
    Known secondsToLimit;     ///< linear forecast over the last minute
    std::string limitSource;  ///< "workload limits.memory", "cgroup v2", "machine"
    /// Shares from which it is elevated, severe and critical; infinite: never.
    std::array<double, 3> thresholds{0.80, 0.90, 0.95};
    bool presses = true;  ///< its level counts into the engine's
};

/// What one clean-up under pressure came to.
struct CleanupStatus {
    WallTime at;
    std::string resource;  ///< "memory"
    std::string stage;     ///< "garbage", "caches" or "low priority"
    std::string hook;      ///< "free heap"
    std::uint64_t asked = 0;
    Known freed;          ///< in the resource's unit
    std::string failure;  ///< empty: it did not fail
    bool slight = false;  ///< it gave back less than a hundredth of what was asked
};

struct CleanupTotals {
    std::uint64_t runs = 0;
    std::uint64_t failed = 0;
    std::map<std::string, std::uint64_t> freed;  ///< by resource, in its unit
};

/// An injected fault that goes on: of an action, or of the engine itself.
struct FaultStatus {
    std::string fault;  ///< "delay", "error", "hang"; "stall", "memory", "disk_full"
    std::string value;
    std::optional<Duration> left;  ///< empty: until somebody ends it
    std::string action{};          ///< the one that suffers it; empty: the engine does
    double share = 1;              ///< of the action's attempts
    std::uint64_t hits = 0;        ///< attempts of the action that had it
    std::string end{};             ///< the command that ends it
};

/// What pressure there was since the start, and what it did.
struct PressureTotals {
    PressureLevel highest = PressureLevel::normal;
    std::string highestCause;
    std::uint64_t changes = 0;     ///< of the level
    std::uint64_t recoveries = 0;  ///< of a resource, by clean-up or by itself
    CleanupTotals cleanups;
    std::uint64_t agentsRefused = 0;
    std::uint64_t eventsThinned = 0;  ///< counted, not kept
    std::uint64_t loadShed = 0;       ///< arrivals
};

enum class LoadModel : std::uint8_t { none, open, closed };

struct LoadStage {
    Duration length{};
    double target = 0;  ///< arrivals per second (open) or users (closed) at its end
};

struct LoadStatus {
    LoadModel model = LoadModel::none;
    bool paused = false;
    std::vector<LoadStage> stages;
    double startTarget = 0;  ///< where the first stage starts from
    Duration elapsed{};      ///< in the profile; stands still while paused
    std::size_t stage = 0;   ///< index; == stages.size() once over
    double offeredPerSecond = 0;
    double achievedPerSecond = 0;
    double droppedPerSecond = 0;
    double target = 0;        ///< now, after steps and overrides
    bool overridden = false;  ///< the operator holds the rate by hand
    std::uint64_t offered = 0;
    std::uint64_t achieved = 0;
    std::uint64_t dropped = 0;
    std::uint64_t droppedLate = 0;            ///< of them, because the generator came too late
    std::uint64_t shed = 0;                   ///< of the dropped because of pressure
    double pressureShare = 1;                 ///< what pressure leaves of the load now
    std::uint64_t outstanding = 0;            ///< dispatched, not answered
    std::optional<std::uint64_t> inputTotal;  ///< items, once the input was read to its end
    std::uint64_t inputTaken = 0;
    Known generatorLag;         ///< nanoseconds behind the intended start
    Known generatorSaturation;  ///< 0…1: share of its time that it works
};

struct StoreStatus {
    bool recording = false;
    std::string file;
    std::uint64_t bytes = 0;
    std::uint64_t waiting = 0;  ///< records in the writer's queue
    std::uint64_t failedWrites = 0;
    std::string problem;  ///< empty while all is well; else a sentence that says what to do
};

struct AttentionItem {
    Severity severity = Severity::info;
    std::string text;     ///< "Memory reaches its limit in about 9 min"
    std::string action;   ///< what to do next, as a button says it: "Show resources"
    std::string command;  ///< a command line, "page:<name>" or "session:<file>"
};

/// A change worth a line on every chart.
struct Mark {
    WallTime at;
    std::string
        kind;  ///< "load", "limit", "breaker", "fault", "restart", "pressure", "alert", "run"
    std::string text;
    std::uint64_t sequence = 0;  ///< rising; marks seen before are not new
};

struct ExpectationStatus {
    std::string key;        ///< "digest.p99"
    std::string condition;  ///< "< 50ms"
    Known value;
    std::string unit;
    std::optional<bool> met;  ///< empty while it cannot be said yet
};

/// The catalogue's unlabelled series at one moment, in the order of api/series.h.
struct MetricFrame {
    WallTime at;
    std::vector<double> values;  ///< NaN where not available
};

/// Everything the console's pages show of the engine at one moment. Immutable; published at a
/// fixed rate; the reader takes the newest and drops the rest.
struct Snapshot {
    std::uint64_t sequence = 0;
    WallTime at;
    Duration uptime{};
    Duration rateWindow{};  ///< what "per second" figures are averaged over
    RunState state = RunState::idle;
    std::string workload;  ///< its name; empty without one
    std::string workloadFile;
    std::string stateReason;  ///< why it failed or ended
    std::uint32_t workers = 0;
    bool simulated = false;

    AgentTotals agents;
    EventTotals events;
    ActionTotals actions;
    std::vector<ActionRow> actionRows;
    std::vector<ServiceStatus> services;
    std::vector<QueueRow> queues;            ///< durable ones, by name
    std::optional<TrialStatus> trial;        ///< a change that is taken back unless it is kept
    std::uint64_t configurationVersion = 0;  ///< 0: there is none yet
    Waiting waiting;
    PressureLevel pressure = PressureLevel::normal;
    std::string pressureCause;  ///< "memory 81 % of limit"
    std::vector<ResourceUse> resources;
    PressureTotals pressureTotals;
    std::vector<FaultStatus> faults;      ///< the engine's, then those of actions
    std::vector<CleanupStatus> cleanups;  ///< the last kCleanupsKept, oldest first
    LoadStatus load;
    StoreStatus store;
    BlackBoxStatus blackBox;
    std::vector<AttentionItem> attention;
    std::vector<Mark> marks;  ///< the last kMarksKept of the run, oldest first
    std::vector<ExpectationStatus> expectations;
    MetricFrame frame;
    std::uint64_t snapshotsDropped = 0;  ///< published while the reader was behind

    static constexpr std::size_t kMarksKept = 200;
    static constexpr std::size_t kCleanupsKept = 20;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

[[nodiscard]] std::string_view toString(RunState state) noexcept;
[[nodiscard]] std::string_view toString(PressureLevel level) noexcept;
[[nodiscard]] std::string_view toString(LoadModel model) noexcept;
/// What latencies under such a load leave out, in half a sentence.
[[nodiscard]] std::string_view omissionNote(LoadModel model) noexcept;

}  // namespace muster
