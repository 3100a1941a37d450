// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fault_points.h"
#include "storage/capture_policy.h"
#include "storage/internal/database.h"
#include "storage/internal/event_rows.h"
#include "storage/internal/frame_rows.h"
#include "storage/internal/name_table.h"
#include "storage/internal/queue_rows.h"
#include "storage/internal/record_batch.h"
#include "storage/internal/result_rows.h"
#include "storage/internal/rollup_rows.h"
#include "storage/internal/stream_rows.h"
#include "storage/internal/text_index.h"

namespace muster {

/// Puts batches into the tables of one run. All between begin() and commit() is one
/// transaction. After an error it is thrown away, and a new one opened on the same database
/// once that was reopened. Thread safety: one thread at a time.
class SessionWriter {
public:
    struct Place {
        Database& database;
        RunId run;
        std::uint64_t origin = 0;
        FaultPoints* faults = nullptr;
    };
    [[nodiscard]] static Result<std::unique_ptr<SessionWriter>> open(const Place& place);

    [[nodiscard]] Result<void> begin();
    /// A record that the database refuses by itself is left out and counted.
    [[nodiscard]] Result<void> write(const RecordBatch& batch);
    [[nodiscard]] Result<void> writeCapture(std::span<const CaptureCounts> counts);
    [[nodiscard]] Result<void> endRun(const RunEndRecord& end);
    /// Synced when it returns without an error.
    [[nodiscard]] Result<void> commit();

    /// Whether something that is made of the records waits to be brought up to date.
    [[nodiscard]] bool upkeepWaits() const noexcept;
    /// A bounded slice of that. What cannot be done is left undone until the writer is opened anew,
    /// and nothing is written of it: upkeepProblem() says why. An error is one of writing.
    [[nodiscard]] Result<void> upkeep();
    /// Whether metrics wait to be rolled up.
    [[nodiscard]] bool rollupWaits() const noexcept;
    /// Of the last upkeep(); empty while all is well.
    [[nodiscard]] const std::string& upkeepProblem() const noexcept { return m_upkeepProblem; }

    /// Of the session, ever: tells whether a commit that failed is in the file all the same.
    [[nodiscard]] std::int64_t commits() const noexcept { return m_progress.commits; }
    [[nodiscard]] const Progress& progress() const noexcept { return m_progress; }
    [[nodiscard]] const EventRows& eventRows() const noexcept { return m_events; }
    [[nodiscard]] const RollupRows& rollupRows() const noexcept { return m_rollups; }
    [[nodiscard]] const FrameRows& frameRows() const noexcept { return m_frames; }
    /// What the transaction under way, or the one committed last, holds.
    struct Written {
        std::uint64_t events = 0;
        std::uint64_t unwritable = 0;
        std::vector<EventId> durable;             ///< in order
        std::vector<StreamRows::Answer> appends;  ///< of the batch's, in order
    };
    [[nodiscard]] const Written& written() const noexcept { return m_written; }

private:
    explicit SessionWriter(const Place& place) : m_place(place) {}

    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] Result<void> writeEvent(const Event& event);
    [[nodiscard]] Result<void> writeMark(const MarkRecord& mark);
    [[nodiscard]] Result<void> writeCalls(const CallLogRecord& calls);
    [[nodiscard]] Result<void> writeConfiguration(const ConfigurationRecord& version);
    [[nodiscard]] Result<void> writeAppends(const std::vector<PendingAppend>& appends);
    void giveUpUpkeep(bool rollups, const Error& error);
    template <class Records, class Write>
    [[nodiscard]] Result<void> writeAll(const Records& records, Write write);

    Place m_place;
    Progress m_progress;
    Written m_written;
    EventRows m_events;
    NameTable m_types;
    FrameRows m_frames;
    ResultRows m_results;
    StreamRows m_streams;
    QueueRows m_queues;
    TextIndexer m_texts;
    RollupRows m_rollups;
    bool m_textsBroken = false;
    bool m_rollupsBroken = false;
    std::string m_upkeepProblem;
    Statement m_mark;
    Statement m_calls;
    Statement m_configuration;
    Statement m_capture;
    Statement m_writeProgress;
    std::vector<std::int64_t> m_typeNumbers;  // by TypeId
    std::string m_source;
    std::string m_data;
    std::string m_text;
};

}  // namespace muster
