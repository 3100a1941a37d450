// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/rng.h"
#include "protection/failure_class.h"
#include "protection/steady_time.h"
#include "services/queue_settings.h"
#include "storage/queue_records.h"

namespace muster {

/// One moment on both clocks: the queue runs on the first, its records say the second.
struct QueueTime {
    MonoTime now;
    WallTime wall;
};

/// Hands out the ids of a session's jobs. Thread safety: one thread at a time.
class JobIds {
public:
    [[nodiscard]] JobId next() noexcept { return {++m_last.value}; }
    [[nodiscard]] JobId last() const noexcept { return m_last; }
    void atLeast(JobId used) noexcept { m_last = std::max(m_last, used); }

private:
    JobId m_last;
};

struct NewJob {
    std::string payload;
    JobPriority priority = JobPriority::normal;
    Duration delay{};   ///< not handed out before
    std::string key{};  ///< pushed again within the window it is a duplicate; empty: never
    JobId cause{};      ///< the dead letter that it tries again
};

struct Pushed {
    JobId id;                ///< of a duplicate: the job that came first
    bool duplicate = false;  ///< nothing was put into the queue
};

/// A job handed out. Whoever holds it says its id and token; once its lease has ended another
/// may hold it, and the token is stale.
struct JobLease {
    JobId id;
    std::uint64_t token = 0;
    std::uint32_t attempt = 0;  ///< from 1
    MonoTime until;
    std::shared_ptr<const JobContent> content;
};

/// Why a holder gives a job back undone.
struct JobRefusal {
    FailureClass failure = FailureClass::application;
    std::string code;
    std::string message;
    std::optional<Duration> retryAfter{};  ///< asked for by the dependency
    std::optional<Duration> delay{};       ///< in place of the back-off
};

/// What became of a job that was given back.
enum class JobFate : std::uint8_t { delayed, ready, deadLetter };

/// Since the queue was made or restored, but for those of its record.
struct QueueCounts {
    std::uint64_t refused = 0;     ///< pushes: it was full
    std::uint64_t duplicates = 0;  ///< pushes of a key that was known
    std::uint64_t taken = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;    ///< given back, to be tried again
    std::uint64_t released = 0;  ///< given back untouched
    std::uint64_t rescued = 0;   ///< their lease had ended
    std::uint64_t stale = 0;     ///< words of holders whose lease had ended
    std::uint64_t died = 0;
    std::uint64_t retried = 0;    ///< dead letters
    std::uint64_t discarded = 0;  ///< dead letters
};

struct QueueFigures {
    std::uint64_t ready = 0;
    std::uint64_t delayed = 0;
    std::uint64_t leased = 0;
    std::uint64_t letters = 0;         ///< that wait
    std::uint64_t bytes = 0;           ///< of all their payloads
    std::optional<Duration> oldest{};  ///< since the oldest that is ready or delayed was pushed
    bool paused = false;
    bool lettersFull = false;  ///< nothing is handed out for that
    QueueCounts counts;
    QueueRecord record;
};

/// Who did something to a dead letter, and why.
struct LetterWord {
    std::string by;
    std::string reason;
};

/// A queue of jobs that at most one holder works on at a time, each handed out at least once:
/// by priority, first come first served, for the time of a lease. What is not acknowledged comes
/// back: after a back-off when the holder says it failed, at once when its lease has ended, and
/// after so many deliveries as a dead letter. Each step adds what it changed to `step`, which
/// must be made durable before anybody hears of it. Semantics of NATS JetStream, Oban, Sidekiq.
///
/// A step first does what is due at its time, so that nothing depends on how often advance() is
/// called. A clock that goes backwards gives and takes nothing. Pure: time and chance are passed
/// in. Thread safety: one thread at a time.
class JobQueue {
public:
    /// `ids` is the session's, and outlives it; the settings are valid.
    JobQueue(std::string name, const QueueSettings& settings, JobIds& ids, Rng chance);
    /// Its state as it was stored: leases go on for what is left of them, never for longer than
    /// they were given. Before any other step.
    void restore(const QueueRecord& record, QueueTime time);
    void restore(JobRecord job, QueueTime time);
    void restore(DeadLetterRecord letter);
    void restore(const JobKeyRecord& key, QueueTime time);

    /// Errors: overloaded (the queue is full: nothing changes), outOfRange (payload or key).
    [[nodiscard]] Result<Pushed> push(NewJob job, QueueTime time, QueueStep& step);
    /// At most `most` more leases, the most urgent first.
    void take(std::size_t most, QueueTime time, std::vector<JobLease>& leases, QueueStep& step);

    // For whoever holds a lease. Errors: conflict for a stale token, and nothing changes.
    /// The lease lasts from now on anew: until when.
    [[nodiscard]] Result<MonoTime> extend(JobId id, std::uint64_t token, QueueTime time,
                                          QueueStep& step);
    [[nodiscard]] Result<void> acknowledge(JobId id, std::uint64_t token, QueueTime time,
                                           QueueStep& step);
    [[nodiscard]] Result<JobFate> refuse(JobId id, std::uint64_t token, const JobRefusal& refusal,
                                         QueueTime time, QueueStep& step);
    /// The holder ended while it worked on it: as if the lease had ended now.
    [[nodiscard]] Result<JobFate> lose(JobId id, std::uint64_t token, QueueTime time,
                                       QueueStep& step);
    /// It is of no use to try again.
    [[nodiscard]] Result<void> terminate(JobId id, std::uint64_t token, const JobFailure& failure,
                                         QueueTime time, QueueStep& step);
    /// Given back untouched: uses up no attempt, and is the next to be handed out.
    [[nodiscard]] Result<void> release(JobId id, std::uint64_t token, QueueTime time,
                                       QueueStep& step);

    /// Ends leases that are over, and makes ready what is due.
    void advance(QueueTime time, QueueStep& step);
    /// When advance() has something to do; none: nothing will be due by itself.
    [[nodiscard]] std::optional<MonoTime> nextTime() const;

    void pause(bool paused, QueueStep& step);
    /// Keeps all there is: what is over a new bound stays. Errors: outOfRange.
    [[nodiscard]] Result<void> change(const QueueSettings& settings);
    /// So many more items of `input` were pushed, or seen to be no items.
    void feed(const std::string& input, std::uint64_t items, QueueStep& step);

    // Of dead letters that wait. Errors: notFound.
    /// A new job with the letter as its cause, in the same step. Errors: overloaded.
    [[nodiscard]] Result<JobId> retryLetter(JobId id, const LetterWord& word, QueueTime time,
                                            QueueStep& step);
    /// Errors: outOfRange when it is too large.
    [[nodiscard]] Result<void> editLetter(JobId id, std::string payload, const LetterWord& word,
                                          QueueTime time, QueueStep& step);
    [[nodiscard]] Result<void> discardLetter(JobId id, const LetterWord& word, QueueTime time,
                                             QueueStep& step);
    [[nodiscard]] const std::map<JobId, DeadLetterRecord>& letters() const noexcept
    {
        return m_letters;
    }

    [[nodiscard]] const std::string& name() const noexcept { return m_record.name; }
    [[nodiscard]] const QueueSettings& settings() const noexcept { return m_settings; }
    [[nodiscard]] const QueueRecord& record() const noexcept { return m_record; }
    [[nodiscard]] QueueFigures figures(QueueTime time) const;
    /// More jobs that it has room for now.
    [[nodiscard]] std::uint64_t room() const noexcept;
    /// Something is there to take at once.
    [[nodiscard]] bool offers() const noexcept;
    [[nodiscard]] const QueueCounts& counts() const noexcept { return m_counts; }
    [[nodiscard]] bool idle() const noexcept { return m_jobs.empty(); }

    enum class State : std::uint8_t { ready, delayed, leased };
    /// The jobs by id after `after`, until false is returned.
    void visitJobs(JobId after, const std::function<bool(const JobRecord&, State)>& visit) const;

private:
    struct Job {
        JobRecord record;
        State state = State::ready;
        MonoTime pushed;
        MonoTime due;       ///< when its delay, or its lease, ends
        Duration waited{};  ///< the last back-off
    };
    using Jobs = std::map<JobId, Job>;
    struct Key {
        JobId id;
        MonoTime at;
    };
    struct OldKey {
        MonoTime at;
        JobId id;
        std::string key;
    };

    [[nodiscard]] MonoTime begin(QueueTime time, QueueStep& step);
    [[nodiscard]] Result<Jobs::iterator> held(JobId id, std::uint64_t token);
    [[nodiscard]] Result<void> fits(const NewJob& job, std::uint64_t freed);
    [[nodiscard]] Pushed add(NewJob job, MonoTime now, WallTime wall, QueueStep& step);
    void remember(const std::string& key, JobId id, MonoTime now, WallTime wall, QueueStep& step);
    void forgetKeys(MonoTime now, QueueStep& step);
    void makeReady(Job& job, bool first);
    void wait(Job& job, Duration delay, MonoTime now, WallTime wall);
    void unlease(Job& job, WallTime wall, const JobFailure* failure);
    [[nodiscard]] JobFate rescue(Jobs::iterator job, const JobFailure& failure, QueueTime time,
                                 QueueStep& step);
    void die(Jobs::iterator job, std::string cause, const JobFailure& failure, WallTime wall,
             QueueStep& step);
    [[nodiscard]] Result<std::map<JobId, DeadLetterRecord>::iterator> letter(JobId id);
    void say(QueueStep& step) { step.queue = m_record; }

    QueueSettings m_settings;
    RetryPolicy m_backoff;
    JobIds& m_ids;
    Rng m_chance;
    SteadyTime m_time;
    QueueRecord m_record;
    QueueCounts m_counts;
    Jobs m_jobs;
    std::array<std::deque<JobId>, kJobPriorities> m_ready;
    std::set<std::pair<MonoTime, JobId>> m_delayed;
    std::set<std::pair<MonoTime, JobId>> m_leased;
    std::map<JobId, DeadLetterRecord> m_letters;  // that wait
    std::unordered_map<std::string, Key> m_keys;
    std::deque<OldKey> m_keysByAge;
    std::uint64_t m_bytes = 0;
};

}  // namespace muster
