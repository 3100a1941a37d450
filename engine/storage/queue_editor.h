// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "base/fault_points.h"
#include "base/result.h"
#include "storage/queue_store.h"

namespace muster {

class SessionFile;

/// The queues of a session that nobody else writes to, each step a synced transaction of its own.
/// After one that failed nothing more is taken: what is in memory is ahead of the file.
/// Thread safety: every function from any thread.
class QueueEditor final : public QueueStore {
public:
    /// Takes the right to be the session's only writer. Errors as SessionFile::open: conflict
    /// while a run has it; notFound when there is no such session.
    [[nodiscard]] static Result<std::unique_ptr<QueueEditor>> open(
        const std::filesystem::path& file, FaultPoints* faults = nullptr);
    ~QueueEditor() override;

    /// As they were when it was opened, with the letters that wait; once.
    [[nodiscard]] StoredQueues takeStored() { return std::move(m_stored); }

    void onQueueCommitted(QueueCommitted committed) override;
    void addQueueStep(std::uint64_t number, QueueStep step) override;
    [[nodiscard]] std::optional<Error> queueTrouble() const override;

private:
    class Rows;
    explicit QueueEditor(std::unique_ptr<SessionFile> file);
    [[nodiscard]] Result<void> commit(const QueueStep& step);

    mutable std::mutex m_mutex;  // guards all
    std::unique_ptr<SessionFile> m_file;
    std::unique_ptr<Rows> m_rows;
    FaultPoints* m_faults = nullptr;
    StoredQueues m_stored;
    QueueCommitted m_committed;
    std::optional<Error> m_error;
};

}  // namespace muster
