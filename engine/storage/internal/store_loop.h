// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "storage/internal/capture_gate.h"
#include "storage/internal/record_queue.h"
#include "storage/internal/retention_work.h"
#include "storage/internal/session_writer.h"
#include "storage/recorder.h"
#include "storage/session_file.h"

namespace muster {

/// What the writer's thread does: takes batches from the queue and commits them, tries again
/// after a failure, applies retention, ends the run.
/// Thread safety: run() on the writer's thread; the callbacks are set before it starts to get
/// records; setEnd() before the queue is closed; the rest from any thread.
class StoreLoop {
public:
    struct Parts {
        std::unique_ptr<SessionFile> file;
        std::unique_ptr<SessionWriter> writer;
        SessionWriter::Place place;
        RecordQueue& queue;
        const CaptureGate& gate;
        std::shared_ptr<Clock> clock;
        RetentionOptions retention;
        Logger logger;
    };
    StoreLoop(Parts parts, SessionFile::State& state);

    void run();

    RecorderAcknowledged acknowledged;
    RecorderTroubled troubled;
    RecorderRetained retained;
    QueueCommitted queueCommitted;
    void setEnd(RunEndRecord end) { m_end = std::move(end); }

    /// Asks the writer's thread to give that back; bytes. Broken when the loop ended before.
    [[nodiscard]] std::future<Result<std::uint64_t>> giveBack(StoreStock stock);

    /// Without the fields that the recorder itself knows.
    [[nodiscard]] RecorderStatus status() const;
    /// Why nothing, or only what cannot be left out, is written now.
    [[nodiscard]] std::optional<Error> trouble() const;
    /// After run(): whether all was written and the run ended as asked.
    [[nodiscard]] const std::optional<Error>& finalError() const noexcept { return m_error; }

private:
    using RealTime = std::chrono::steady_clock;
    using Fill = std::function<Result<void>(SessionWriter&)>;

    void storeBatch();
    [[nodiscard]] bool upkeepWaits() const;
    /// A slice of what is made of the records: roll-ups, the full-text index.
    void keepUp();
    void endRun();
    /// One transaction, tried until it is committed. False: given up.
    [[nodiscard]] bool persist(const Fill& fill);
    [[nodiscard]] Result<void> attempt(const Fill& fill);
    /// Pauses and reopens until that works. True: and the last transaction is in the file.
    enum class Reopened { lost, landed, gaveUp };
    [[nodiscard]] Reopened reopenUntilDone();
    [[nodiscard]] Result<void> reopen();
    void failed(const Error& error);
    void recovered();

    struct Request {
        StoreStock stock;
        std::promise<Result<std::uint64_t>> answer;
    };
    void answerRequests();
    [[nodiscard]] Result<std::uint64_t> releasePages();
    [[nodiscard]] Result<std::uint64_t> truncateLog();
    void maintain();
    [[nodiscard]] RetentionWork workOf(const SessionWriter& writer);
    /// False: the file is not where it was, and recording fails until it is.
    [[nodiscard]] bool fileIsThere();
    void watchSpace();
    [[nodiscard]] WallTime steadyWall() const;
    [[nodiscard]] RetentionWork::Cutoffs cutoffs() const;
    [[nodiscard]] bool deleteAged(const RetentionWork::Cutoffs& cutoffs);
    void deleteLetters(WallTime cutoff);
    void shrinkToQuota();
    /// What waits to be written goes first; true: maintenance goes on after it.
    [[nodiscard]] bool yields();
    void report(RecorderRetention&& deleted);
    [[nodiscard]] Result<void> writeChangedCapture(SessionWriter& writer);
    void measure();

    Parts m_parts;
    SessionFile::State& m_state;
    const WallTime m_wallAtStart;
    const MonoTime m_monoAtStart;
    RecordBatch m_batch;
    RealTime::time_point m_captureAt{};
    RealTime::time_point m_lettersAt{};
    std::int64_t m_commits = 0;
    SessionWriter::Written m_attempted;  // by the transaction tried last
    Duration m_pause{};
    RealTime::time_point m_failingSince{};
    std::optional<RunEndRecord> m_end;
    std::optional<Error> m_error;  ///< while failing; at the end, why it ended so
    bool m_upkeep = true;          ///< false: it could not be done
    bool m_noSpace = false;
    bool m_quotaUsedUp = false;

    std::mutex m_requestMutex;  // guards m_requests
    std::vector<Request> m_requests;

    mutable std::mutex m_statusMutex;  // guards m_status, m_trouble
    RecorderStatus m_status;
    std::optional<Error> m_trouble;
};

}  // namespace muster
