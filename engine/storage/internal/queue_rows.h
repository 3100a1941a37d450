// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/fault_points.h"
#include "storage/internal/database.h"
#include "storage/queue_records.h"

namespace muster {

/// Writes the steps of durable queues. A job's row holds all of the job and is replaced when it
/// changes; its checksum holds over the whole row. After a rollback it must be opened anew.
/// Thread safety: one thread at a time.
class QueueRows {
public:
    /// `faults`: each row passes "storage.write".
    [[nodiscard]] static Result<QueueRows> open(Database& database, FaultPoints* faults);
    QueueRows() = default;

    /// Within a transaction. Any error is one of the whole transaction: no row is left out.
    [[nodiscard]] Result<void> append(const QueueStep& step);

private:
    [[nodiscard]] Result<void> pass();
    [[nodiscard]] Result<void> put(const JobRecord& job);
    [[nodiscard]] Result<void> put(const DeadLetterRecord& letter);
    [[nodiscard]] Result<void> put(const JobKeyRecord& key);
    [[nodiscard]] Result<void> put(const QueueRecord& queue);
    [[nodiscard]] Result<void> remove(Statement& statement, JobId id);

    FaultPoints* m_faults = nullptr;
    Statement m_job;
    Statement m_jobGone;
    Statement m_letter;
    Statement m_key;
    Statement m_keyGone;
    Statement m_queue;
    std::unordered_map<std::string, std::int64_t> m_queues;  // their rows, by name
    std::int64_t m_lastQueue = 0;
    std::string m_history;
    std::string m_text;
};

enum class LetterRows : std::uint8_t { waiting, all };

/// All there is; what is damaged is skipped, and said in the notice.
[[nodiscard]] Result<StoredQueues> loadQueues(Database& database, LetterRows letters);

/// The records of letters that were retried or discarded before then go. Within a transaction.
[[nodiscard]] Result<void> deleteOldLetters(Database& database, WallTime before);

}  // namespace muster
