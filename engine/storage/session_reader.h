// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "storage/capture_policy.h"
#include "storage/queue_records.h"
#include "storage/records.h"

namespace muster {

struct StreamQuery;
struct StreamPage;

/// Both ends belong to it.
struct StoredRange {
    WallTime from;
    WallTime to;
};

struct StoredRun {
    RunId id;
    WallTime startedAt;
    std::optional<WallTime> endedAt;  ///< empty: not closed (still running, or it crashed)
    std::uint64_t origin = 0;
    std::string workload;
    std::string workloadFile;
    std::string build;
    std::string machine;
    std::optional<std::uint64_t> seed;
    std::string summaryJson;
};

struct StoredSession {
    std::filesystem::path file;
    std::uint64_t bytes = 0;  ///< with its write-ahead log
    int schemaVersion = 0;
    bool readOnly = false;  ///< it cannot be appended to: permission, or damage
    bool live = false;      ///< a recorder is writing to it
    std::string notice;     ///< what was found damaged, upgraded or skipped
    std::uint64_t events = 0;
    std::uint64_t results = 0;
    std::uint64_t errors = 0;
    std::vector<StoredRun> runs;
};

struct StoredEvent {
    std::int64_t position = 0;  ///< place in the session; rises
    EventId id;
    RunId run;
    WallTime at;
    std::string type;
    std::string source;
    std::string data;  ///< JSON object
    TraceId trace;
    EventId cause;
    CorrelationId correlation;
    std::uint16_t version = 1;
    bool durable = false;

    friend bool operator==(const StoredEvent&, const StoredEvent&) = default;
};

/// All conditions must hold; an empty one holds for every event.
///
/// Text search: each word of `text` must occur in the type, the source or the data, as a whole
/// word; case does not matter for ASCII. `fail*` is a word that begins so, `*fail*` one that has
/// it in it; what stands in double quotes is one word, its stars as they are. Words are letters,
/// digits and what is beyond ASCII; `shop.limiter` is found where it stands so between others.
/// The full-text index tells which events may hold the words, as far as it has come, and the rest
/// is searched (100,000 events take some 50 ms): the answers are the same. It does not help with
/// `*fail`, nor where it is damaged, which is said.
struct StoredEventQuery {
    std::string type;                ///< topic pattern: "agent.*", "**", "breaker.opened"
    std::vector<std::string> anyOf;  ///< names of types; empty: what `type` says
    std::string source;              ///< exact: "agent:1a2f.3"
    std::string text;
    std::optional<TraceId> trace;
    std::optional<CorrelationId> correlation;
    std::optional<StoredRange> range;
    std::optional<RunId> run;
    std::optional<std::int64_t> after;  ///< strictly after this position in the order
    /// The same by id; notFound when it is not stored. A simulation recorded twice has each id
    /// twice: `run` tells which, else it is the newest.
    std::optional<EventId> afterId;
    bool newestFirst = true;
    std::uint64_t limit = 200;  ///< 0: no limit
};

struct StoredEventPage {
    std::vector<StoredEvent> rows;
    bool more = false;
};

/// Return false to stop.
using StoredEventVisitor = std::function<bool(const StoredEvent&)>;

struct StoredMetricQuery {
    std::vector<std::string> metrics;  ///< names; every label set of each is a series
    StoredRange range;
    std::optional<RunId> run;
    /// Per series; 0: every sample as it is. Where a point's span is longer than 10 s, a minute or
    /// 10, rolled-up spans of that length are read instead of samples; where what is finer has
    /// ended, what is coarser.
    std::size_t maxPoints = 1000;
};

struct StoredMetricPoint {
    WallTime at;  ///< of the last sample in the point's span
    /// Mean of the span; of a quantile: that of its merged histograms, or of less than 10 s the
    /// greatest that the samples say of the last seconds.
    double value = 0;
    double min = 0;
    double max = 0;
};

struct StoredMetricSeries {
    std::string metric;
    std::string labels;  ///< "action=digest,kind=files"; empty: none
    std::string unit;
    std::vector<StoredMetricPoint> points;
};

struct StoredMark {
    std::int64_t sequence = 0;
    RunId run;
    WallTime at;
    std::string kind;
    std::string text;
};

struct StoredStream {
    std::string name;
    std::uint64_t version = 0;  ///< the number of its last event
};

struct StoredConfiguration {
    RunId run;
    ConfigurationRecord record;
};

struct StoredMetricPage {
    std::vector<StoredMetricSeries> series;  ///< in the order asked for, then by labels
    std::vector<StoredMark> marks;           ///< in the range
    Duration resolution{};                   ///< a point's span; 0: samples as they are
    /// The lengths of the spans that were read, from the finest on; 0: samples.
    std::vector<Duration> read;
};

/// Reads a session on a connection of its own; a recorder may be writing to it, here or in
/// another process, and is never held up. Each call sees one moment of the session.
/// Damage inside is skipped and said in notice(); the rest stays readable.
/// Blocking: for background threads. Thread safety: one thread at a time.
class SessionReader {
public:
    /// Errors name the file and what to do: notFound, permissionDenied, corrupt (no database,
    /// another program's, damaged beyond reading), unsupportedVersion.
    [[nodiscard]] static Result<std::unique_ptr<SessionReader>> open(
        const std::filesystem::path& file);
    ~SessionReader();

    [[nodiscard]] Result<StoredSession> info();
    [[nodiscard]] Result<StoredEventPage> events(const StoredEventQuery& query);
    /// The same rows one at a time, with flat memory; returns how many were visited.
    [[nodiscard]] Result<std::uint64_t> visitEvents(const StoredEventQuery& query,
                                                    const StoredEventVisitor& visit);
    /// A part of a stream. Errors: notFound.
    [[nodiscard]] Result<StreamPage> stream(const StreamQuery& query);
    /// The streams whose names come after `after`, in their order, at most `limit` (0: all).
    [[nodiscard]] Result<std::vector<StoredStream>> streams(std::string_view after = {},
                                                            std::uint64_t limit = 0);
    [[nodiscard]] Result<StoredMetricPage> metrics(const StoredMetricQuery& query);
    [[nodiscard]] Result<std::vector<StoredMark>> marks(const std::optional<StoredRange>& range);
    /// What the machines of a service were told in a run, in its order, as far back as retention
    /// left it.
    [[nodiscard]] Result<std::vector<CallLogRecord>> calls(RunId run, std::string_view service);
    /// Every version of the configuration, in their order.
    [[nodiscard]] Result<std::vector<StoredConfiguration>> configurations();
    /// Durable queues, their jobs, and all dead letters: those that were dealt with too.
    [[nodiscard]] Result<StoredQueues> queues();
    /// What the capture policy kept and only counted, by type. No run: the whole session.
    [[nodiscard]] Result<std::vector<CaptureCounts>> captureCounts(std::optional<RunId> run);

    /// What was damaged and skipped so far; empty when nothing was.
    [[nodiscard]] std::string notice() const;
    /// Rows were lost to damage so far.
    [[nodiscard]] bool damaged() const noexcept;

    /// For the exports in this room.
    struct State;
    [[nodiscard]] State& state() noexcept { return *m_state; }

private:
    explicit SessionReader(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace muster
