// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fault_points.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "events/event_sink.h"
#include "storage/capture_policy.h"
#include "storage/queue_store.h"
#include "storage/records.h"
#include "storage/retention.h"
#include "storage/stream.h"
#include "telemetry/sampler.h"

namespace muster {

/// Records that were not stored, by cause.
struct RecorderDrops {
    std::uint64_t queueFull = 0;    ///< the writer was behind
    std::uint64_t noSpace = 0;      ///< free disk below the floor, or the quota used up
    std::uint64_t afterClose = 0;   ///< came after close()
    std::uint64_t unwritable = 0;   ///< the database refused this record alone
    std::uint64_t lostAtClose = 0;  ///< could not be written before close() gave up

    [[nodiscard]] std::uint64_t total() const noexcept
    {
        return queueFull + noSpace + afterClose + unwritable + lostAtClose;
    }
};

struct RecorderStatus {
    bool recording = false;  ///< false while failing and once closed
    std::filesystem::path file;
    std::uint64_t bytes = 0;        ///< of the session with its log, as of the last commit
    std::uint64_t waiting = 0;      ///< records accepted, not committed
    std::uint64_t stored = 0;       ///< events committed in this run
    std::uint64_t countedOnly = 0;  ///< events that the capture policy did not keep
    std::uint64_t thinned = 0;      ///< of them because of pressure
    RecorderDrops drops;
    std::uint64_t failedWrites = 0;  ///< attempts to write or commit that failed
    std::string problem;             ///< empty while all is well; else what to do about it
};

struct RecorderOptions {
    std::filesystem::path file;
    RunRecord run;
    std::shared_ptr<Clock> clock;  ///< of retention; records carry times of their own
    CapturePolicy capture;
    RetentionOptions retention;
    /// Records that wait at most. At the bound events that are not durable and metric samples
    /// are shed; those the capture policy always keeps only at twice the bound. Durable events,
    /// results, errors, marks, call logs and configurations are never shed: behind() holds back
    /// those who make them.
    std::size_t queueBound = 131'072;
    Duration groupWindow = std::chrono::milliseconds(50);   ///< a commit at least this often
    Duration durableWindow = std::chrono::milliseconds(5);  ///< while a durable event waits
    std::size_t groupRecords = 16'384;                      ///< a commit sooner once so many wait
    /// In simulation the sender waits for the writer instead of shedding, and behind() never
    /// holds: what is stored then depends on the seed alone.
    bool simulated = false;
    FaultPoints* faults = nullptr;  ///< "storage.open", "storage.write", "storage.commit"
    Logger logger;
};

/// The durable events of one commit, in the order they were accepted.
using RecorderAcknowledged = std::function<void(std::span<const EventId>)>;

/// Recording began to fail, fails for another reason, or works again.
struct RecorderTrouble {
    std::optional<Error> error{};    ///< empty: it works again
    std::uint64_t failedWrites = 0;  ///< attempts, in this run
    Duration lasted{};               ///< of real time, since it began
};
using RecorderTroubled = std::function<void(const RecorderTrouble&)>;

/// What retention took away in one go.
struct RecorderRetention {
    std::string rule{};      ///< "age" or "quota"
    std::uint64_t rows = 0;  ///< events and metric frames
    WallTime before{};       ///< what went was older than this
};
using RecorderRetained = std::function<void(const RecorderRetention&)>;

/// What the events that were accepted tell of the engine (EngineState).
struct RecordedState {
    EventId last;  ///< of those that are part of it; none: there was none yet
    std::string hash;
};

/// What the store holds only to be faster. After `log`, the file's log is empty.
enum class StoreStock : std::uint8_t { pages, log };

/// The live writer of a session: takes events, metric samples, results, errors and marks from
/// any thread and writes them in group commits on one thread of its own ("muster-store"). The
/// types of the events must live as long.
///
/// - A durable event is acknowledged only after the synced commit that holds it.
/// - When writing or syncing fails, nothing more is acknowledged until the file was closed,
///   opened again, and all that its log held was written and synced anew. What waits is kept
///   and written then; attempts are made after a pause that doubles from 50 ms to 5 s.
/// - What is only replayed is not taken.
/// - Order and content of the events table depend on what was accepted, never on where one
///   commit ended and the next began.
///
/// Thread safety: every function from any thread. Callbacks are set before the first record,
/// come on the writer's thread, must not block, and must not call flush() or close().
class Recorder final : public EventSink, public MetricSink, public QueueStore {
public:
    /// Opens or makes the session and begins a run in it; errors as SessionFile::open.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> open(RecorderOptions options);
    /// Writes what waits, within kCloseBound; a run that was not close()d stays unclosed.
    ~Recorder() override;

    void onAcknowledged(RecorderAcknowledged acknowledged);
    void onTrouble(RecorderTroubled troubled);
    void onRetention(RecorderRetained retained);

    void accept(const EventPtr& event) override;
    void acceptBatch(std::span<const EventPtr> events) override;
    void accept(std::span<const MetricSample> samples) override;
    void addResult(ResultRecord result);
    void addError(ErrorRecord error);
    void addMark(MarkRecord mark);
    void addCalls(CallLogRecord calls);
    void addConfiguration(ConfigurationRecord version);

    /// Appends to a stream; answered after the synced commit that holds it, from any run: the same
    /// events again are answered as the first time and not written twice. A caller may wait for the
    /// answer, but not on the writer's thread. Errors: invalidArgument; conflict (the stream is not
    /// as expected, or a part of the events is in the session); overloaded at twice the queue's
    /// bound; unavailable once closed; diskFull and others when close() gave up on it.
    [[nodiscard]] std::future<Result<StreamAppended>> append(StreamAppend append);
    /// The durable queues as the session held them when it was opened, with the letters that
    /// wait; once.
    [[nodiscard]] StoredQueues takeQueues();
    void onQueueCommitted(QueueCommitted committed) override;
    void addQueueStep(std::uint64_t number, QueueStep step) override;
    [[nodiscard]] std::optional<Error> queueTrouble() const override;

    /// From the high-water mark (half the bound) until the low one (a quarter): whoever makes
    /// results, errors or durable events should make no more.
    [[nodiscard]] bool behind() const noexcept;
    [[nodiscard]] RunId run() const noexcept;
    [[nodiscard]] RecorderStatus status() const;
    /// By type name; only those that were published.
    [[nodiscard]] std::vector<CaptureCounts> captureCounts() const;
    [[nodiscard]] RecordedState state() const;
    [[nodiscard]] CapturePolicy capture() const;
    void setCapture(CapturePolicy policy);
    /// Under pressure: of each type one of so many that the policy would keep; 1: all, 0: none.
    /// Durable events and those that are always kept are never touched.
    void keepOneOf(std::uint32_t oneOf);

    /// Applies retention, quota and floor as of the clock's wall time, on the writer's thread;
    /// returns at once. For a tick of about a second.
    void maintain();

    /// Gives back pages in memory, or the log beside the file; bytes. Waits for the writer.
    /// Errors: timedOut while it cannot write; unavailable while somebody reads the log.
    [[nodiscard]] Result<std::uint64_t> giveBack(StoreStock stock);

    /// Waits until all that was accepted before is committed. Errors: timedOut after `bound` of
    /// real time, with the problem there is.
    [[nodiscard]] Result<void> flush(Duration bound);
    /// Takes nothing more, writes what waits, ends the run and leaves the session as one file.
    /// Errors: as flush(); what could not be written is counted in status(). A second call does
    /// nothing.
    [[nodiscard]] Result<void> close(const RunEndRecord& end, Duration bound = kCloseBound);

    static constexpr Duration kCloseBound = std::chrono::seconds(5);

private:
    class Impl;
    explicit Recorder(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}  // namespace muster
