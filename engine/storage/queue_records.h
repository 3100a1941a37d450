// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace muster {

/// Of a session: rises, and is never given twice, to whatever queue the job belongs.
using JobId = StrongId<struct JobTag>;

enum class JobPriority : std::uint8_t { low, normal, high, urgent };
inline constexpr std::size_t kJobPriorities = 4;

[[nodiscard]] std::string_view toString(JobPriority priority) noexcept;
[[nodiscard]] std::optional<JobPriority> parseJobPriority(std::string_view text) noexcept;

/// Why an attempt at a job was of no avail.
struct JobFailure {
    std::string failureClass;  ///< network, timeout, application, rejected, ignored
    std::string code;          ///< toString(ErrorCode), or "lost"
    std::string message;

    friend bool operator==(const JobFailure&, const JobFailure&) = default;
};

struct JobAttempt {
    std::uint32_t number = 0;  ///< from 1
    WallTime begun;
    WallTime ended;
    JobFailure failure;

    friend bool operator==(const JobAttempt&, const JobAttempt&) = default;
};

/// What of a job never changes.
struct JobContent {
    std::string queue;
    std::string payload;
    std::string key{};  ///< told a duplicate by; empty: none
    JobId cause{};      ///< the dead letter that it tries again; none: it is no retry
    JobPriority priority = JobPriority::normal;
    WallTime pushedAt;

    friend bool operator==(const JobContent&, const JobContent&) = default;
};

/// A job that is not done, as a session keeps it.
struct JobRecord {
    JobId id;
    std::shared_ptr<const JobContent> content;  ///< never null
    std::uint32_t attempts = 0;                 ///< begun, the one under way included
    WallTime readyAt;                           ///< not handed out before
    Duration delay{};                           ///< that readyAt came of
    std::uint64_t token = 0;                    ///< of the attempt begun last
    WallTime leasedAt;
    Duration lease{};                 ///< zero: nobody holds it
    std::vector<JobAttempt> history;  ///< of the last attempts that ended
};

enum class LetterState : std::uint8_t { waiting, retried, discarded };

[[nodiscard]] std::string_view toString(LetterState state) noexcept;

/// A job that was given up, under the id that it had.
struct DeadLetterRecord {
    JobRecord job;
    WallTime diedAt;
    JobFailure failure;  ///< the last
    std::string cause;   ///< exhausted, terminated, not_retried
    LetterState state = LetterState::waiting;
    WallTime changedAt;       ///< when it was retried, discarded or edited last
    std::string changedBy;    ///< who did
    std::string reason;       ///< as they said
    JobId retriedAs;          ///< the job that tries it again
    std::uint32_t edits = 0;  ///< of its payload
};

/// A key that a push with the same one is told a duplicate by.
struct JobKeyRecord {
    JobId id;  ///< of the job that brought it
    std::string queue;
    std::string key;
    WallTime at;
};

/// A queue itself. All jobs ever pushed = those done + the dead letters + those that are there.
struct QueueRecord {
    std::string name;
    bool paused = false;
    JobId lastJob;  ///< the newest id that was given in the session
    std::uint64_t lastToken = 0;
    std::uint64_t pushed = 0;
    std::uint64_t done = 0;  ///< acknowledged
    std::uint64_t died = 0;
    std::uint64_t fed = 0;  ///< items of `input` that were pushed
    std::string input;      ///< what feeds it; empty: nothing did

    friend bool operator==(const QueueRecord&, const QueueRecord&) = default;
};

/// What one step of a queue changed: committed whole or not at all. A job that is in `gone` is
/// gone even if it is in `jobs` too.
struct QueueStep {
    std::vector<JobRecord> jobs;            ///< new or changed
    std::vector<JobId> gone;                ///< done, or a letter now
    std::vector<DeadLetterRecord> letters;  ///< new or changed
    std::vector<JobKeyRecord> keys;         ///< new
    std::vector<JobId> keysGone;            ///< their time is over
    std::optional<QueueRecord> queue;       ///< as it is now

    [[nodiscard]] bool empty() const noexcept
    {
        return jobs.empty() && gone.empty() && letters.empty() && keys.empty() &&
               keysGone.empty() && !queue;
    }
    /// Rows that it touches.
    [[nodiscard]] std::size_t size() const noexcept
    {
        return jobs.size() + gone.size() + letters.size() + keys.size() + keysGone.size() +
               (queue ? 1 : 0);
    }
    /// Takes in what happened after it.
    void append(QueueStep&& later);
};

/// All queues of a session.
struct StoredQueues {
    std::vector<QueueRecord> queues;
    std::vector<JobRecord> jobs;            ///< by id
    std::vector<DeadLetterRecord> letters;  ///< by id
    std::vector<JobKeyRecord> keys;         ///< by id
    std::string notice;                     ///< what was damaged and skipped
};

}  // namespace muster
