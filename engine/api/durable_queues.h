// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/known.h"
#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// A durable queue as it is now.
struct QueueRow {
    std::string name;
    bool paused = false;
    std::uint64_t ready = 0;
    std::uint64_t delayed = 0;
    std::uint64_t held = 0;
    std::uint64_t letters = 0;  ///< dead, and waiting
    std::uint64_t bound = 0;    ///< on its jobs
    std::uint64_t bytes = 0;
    Known oldest;              ///< nanoseconds since the oldest that waits was pushed
    std::uint64_t pushed = 0;  ///< ever, as are the next two
    std::uint64_t done = 0;
    std::uint64_t died = 0;
    std::uint64_t failed = 0;  ///< deliveries of this run, as are the next
    std::uint64_t rescued = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t refused = 0;
    std::uint64_t retrying = 0;  ///< letters whose retry was ordered and did not come yet
    bool lettersFull = false;    ///< as many wait as may: nothing is handed out
    std::uint64_t diedLastMinute = 0;
    Known pushedPerSecond;
    Known donePerSecond;
    std::string standstill;  ///< why nothing is handed out, or retried; empty: it goes on
    std::vector<std::pair<std::string, std::string>> settings;  ///< as in the file
};

/// Which dead letters are meant. All conditions must hold; an empty one holds for all.
struct LetterQuery {
    std::string queue;
    std::string failureClass;
    std::string code;
    std::string text;                  ///< words of the payload, the key or the message
    std::vector<std::uint64_t> ids{};  ///< only these
    std::uint64_t offset = 0;
    std::uint64_t limit = 200;
    bool all = false;  ///< of a session: those that were retried or discarded too
};

/// Reads `*`, or terms `queue:NAME class:NAME code:NAME id:1,2` and words, as commands take them.
/// Errors: invalidArgument.
[[nodiscard]] Result<LetterQuery> parseLetterQuery(std::string_view text);

struct LetterAttempt {
    std::uint32_t number = 0;
    WallTime begun;
    WallTime ended;
    std::string failureClass;
    std::string code;
    std::string message;
};

struct LetterRow {
    std::uint64_t id = 0;
    std::string queue;
    std::string payload;
    std::string key;
    std::string priority;
    std::uint64_t cause = 0;  ///< the letter that it was a retry of; 0: none
    std::uint32_t attempts = 0;
    WallTime pushedAt;
    WallTime diedAt;
    std::string died;  ///< exhausted, terminated, not_retried
    std::string failureClass;
    std::string code;
    std::string message;
    std::vector<LetterAttempt> history;  ///< the last
    std::string state;                   ///< waiting, retried, discarded
    std::string changedBy;
    std::string reason;
    std::uint64_t retriedAs = 0;
    std::uint32_t edits = 0;
};

struct LetterGroupRow {
    std::string queue;
    std::string failureClass;
    std::string code;
    std::string message;  ///< of the newest
    std::uint64_t letters = 0;
    WallTime oldest;
    WallTime newest;
};

struct LetterList {
    std::vector<LetterRow> rows;  ///< the newest first
    std::uint64_t total = 0;
    std::vector<LetterGroupRow> groups;  ///< of all that match, the most first
};

/// Jobs of a queue that are not done, in the order of their ids.
struct JobQuery {
    std::string queue;        ///< of a session empty: of all
    std::uint64_t after = 0;  ///< only those with a greater id
    std::uint64_t limit = 200;
};

struct JobRow {
    std::uint64_t id = 0;
    std::string payload;
    std::string priority;
    std::string state;  ///< ready, delayed, held
    std::uint32_t attempts = 0;
    WallTime pushedAt;
    std::uint64_t cause = 0;
};

/// What a retry of a letter would meet now: its payload against the parameters of the action that
/// takes it, the queue, the breaker, the limiter. Nothing is done to find out.
struct RetryPreview {
    std::uint64_t id = 0;
    bool passes = false;
    std::vector<std::string> findings;  ///< each a sentence; empty when it passes
};

/// What differs between two payloads, line by line: JSON a key a line. Lines begin with "- ",
/// "+ " or "  ".
[[nodiscard]] std::vector<std::string> payloadDiff(const std::string& before,
                                                   const std::string& after);

/// The durable queues of a session that no run writes to: the same verbs as commands have.
/// Blocking: for background threads and programs without a screen. Thread safety: one thread.
class QueueSurgery {
public:
    /// Takes the right to write. Errors: conflict while a run has it: then the command is given
    /// to the run; notFound.
    [[nodiscard]] static Result<std::unique_ptr<QueueSurgery>> open(
        const std::filesystem::path& session);
    ~QueueSurgery();

    // Each is durable when it returns without an error. Errors: notFound, ioFailure, diskFull.
    [[nodiscard]] Result<std::uint64_t> retry(const LetterQuery& which, const std::string& author);
    [[nodiscard]] Result<std::uint64_t> discard(const LetterQuery& which, const std::string& author,
                                                const std::string& reason);
    /// What was there before.
    [[nodiscard]] Result<std::string> edit(std::uint64_t id, std::string payload,
                                           const std::string& author);
    /// `workload`: the file whose actions take the jobs; empty: nothing is known of them.
    [[nodiscard]] Result<std::vector<RetryPreview>> dryRun(
        const LetterQuery& which, const std::filesystem::path& workload = {});
    [[nodiscard]] Result<void> pause(const std::string& queue, bool paused,
                                     const std::string& author);

private:
    class Impl;
    explicit QueueSurgery(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}  // namespace muster
