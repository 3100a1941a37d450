// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "api/durable_queues.h"
#include "services/job_queues.h"
#include "workload/workload.h"

namespace muster {

/// Each setting as `queue.set` takes it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settingsOf(
    const QueueSettings& settings);
[[nodiscard]] QueueRow toRow(const QueueStatus& queue);
[[nodiscard]] LetterRow toRow(const DeadLetterRecord& letter);
[[nodiscard]] JobRow toRow(const JobRecord& job, JobQueue::State state);
[[nodiscard]] LetterFilter toFilter(const LetterQuery& query);
[[nodiscard]] LetterList toList(const LetterPage& page);
/// Queues and letters of a session that is only read.
[[nodiscard]] std::vector<QueueRow> storedQueues(const StoredQueues& stored, WallTime now);
[[nodiscard]] LetterList storedLetters(const StoredQueues& stored, const LetterQuery& query);

/// What keeps the actions that take the queue's jobs from being tried with a payload.
[[nodiscard]] std::vector<std::string> payloadFindings(const WorkloadSpec& workload,
                                                       std::string_view queue,
                                                       const std::string& payload);
/// What is wrong with a payload by itself; empty: nothing is known to be.
[[nodiscard]] std::string payloadProblem(const std::string& payload);
/// What a job of a queue would meet at its action and its service; empty: nothing is known to
/// stand in its way.
using JobFindings =
    std::function<std::vector<std::string>(std::string_view queue, const std::string& payload)>;
/// What a retry of these letters would meet, with `payload`, if given, in place of theirs.
[[nodiscard]] std::vector<RetryPreview> previewRetry(
    const JobQueues& queues, const LetterQuery& which, const JobFindings& job,
    const std::optional<std::string>& payload = std::nullopt);

}  // namespace muster
