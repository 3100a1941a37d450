// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "events/event_pace.h"
#include "events/publisher.h"
#include "services/dead_letters.h"
#include "services/job_queue.h"
#include "storage/queue_store.h"
#include "telemetry/metric_registry.h"

namespace muster {

struct QueueWanted {
    std::string name;
    QueueSettings settings;
};

struct JobQueuesOptions {
    QueueStore* store = nullptr;  ///< null: nothing survives, and all is answered at once
    bool immediate = false;       ///< in simulation: answered at once though it is stored too
    std::shared_ptr<Clock> clock;
    std::uint64_t seed = 1;
    Publisher* publisher = nullptr;
    MetricRegistry* metrics = nullptr;
};

struct PushOutcome {
    std::vector<Pushed> pushed;
    std::optional<Error> refused;  ///< why the job after those was not taken, nor any after it
};

/// Dead letters to be tried again, so many a second.
struct LetterRetry {
    std::vector<JobId> letters;
    double perSecond = 0;  ///< 0: at once
    LetterWord word{};
};

struct QueueStatus {
    std::string name;
    QueueSettings settings;
    QueueFigures figures;
    std::uint64_t retrying = 0;  ///< letters whose retry was ordered and did not come yet
    double retriesPerSecond = 0;
    std::string retryHeld;  ///< why they wait beyond their rate; empty: they do not
};

struct LetterPage {
    std::vector<DeadLetterRecord> letters;  ///< the newest first
    std::uint64_t total = 0;                ///< that match
    std::vector<LetterGroup> groups;        ///< of all that match
};

struct JobView {
    JobRecord record;
    JobQueue::State state = JobQueue::State::ready;
};

/// The durable queues of an engine: the state machines under one lock, and a store that every
/// step goes to in order. A push is acknowledged, and a job handed out, only after the synced
/// commit that holds it; so that a delivery counts even if the process dies right after it.
/// Steps that come while others are handed over join them: throughput comes from batches.
/// `done` callbacks come on the store's thread, or before the call returns, and must not block;
/// they get an error when it is not known whether the step was stored.
/// Thread safety: every function from any thread.
class JobQueues {
public:
    using Done = std::function<void(const std::optional<Error>& lost)>;

    /// Queues of the session that are not wanted are there too, with default settings.
    JobQueues(JobQueuesOptions options, StoredQueues stored,
              const std::vector<QueueWanted>& wanted);
    ~JobQueues();
    JobQueues(const JobQueues&) = delete;
    JobQueues& operator=(const JobQueues&) = delete;

    /// Nothing is taken any more; whoever still waits gets an error.
    void close();

    // Errors of all: notFound (no such queue), and those of JobQueue.
    /// `input`: what they are items of, to go on after them another time; empty: nothing.
    void push(std::string_view queue, std::vector<NewJob> jobs,
              std::function<void(PushOutcome)> done, std::string input = {});
    void take(std::string_view queue, std::size_t most,
              std::function<void(Result<std::vector<JobLease>>)> done);
    /// `ready` is called when something may be there to take; replaces the one before.
    void onReady(std::string_view queue, std::function<void()> ready);
    [[nodiscard]] Result<void> acknowledge(std::string_view queue, JobId id, std::uint64_t token,
                                           Done done = {});
    [[nodiscard]] Result<JobFate> refuse(std::string_view queue, JobId id, std::uint64_t token,
                                         const JobRefusal& refusal, Done done = {});
    [[nodiscard]] Result<JobFate> lose(std::string_view queue, JobId id, std::uint64_t token);
    [[nodiscard]] Result<void> release(std::string_view queue, JobId id, std::uint64_t token);
    [[nodiscard]] Result<MonoTime> extend(std::string_view queue, JobId id, std::uint64_t token);

    /// What is due by now; for a beat.
    void advance();
    [[nodiscard]] Result<void> pause(std::string_view queue, bool paused, std::string_view author,
                                     Done done = {});
    [[nodiscard]] Result<void> change(std::string_view queue, const QueueSettings& settings);

    // Dead letters. Those that do not wait any more are passed over.
    /// How many of them were there.
    [[nodiscard]] Result<std::uint64_t> retryLetters(const LetterRetry& retry, Done done = {});
    [[nodiscard]] std::uint64_t stopRetries();
    [[nodiscard]] Result<void> editLetter(JobId id, std::string payload, const LetterWord& word,
                                          Done done = {});
    [[nodiscard]] std::uint64_t discardLetters(const std::vector<JobId>& ids,
                                               const LetterWord& word, Done done = {});
    /// Says of a queue why its letters must not be retried now; empty: they may.
    void holdRetries(std::function<std::string(std::string_view queue)> hold);

    [[nodiscard]] std::vector<QueueStatus> status() const;
    [[nodiscard]] std::optional<QueueStatus> status(std::string_view queue) const;
    [[nodiscard]] LetterPage letters(const LetterFilter& filter, std::uint64_t offset,
                                     std::uint64_t limit) const;
    [[nodiscard]] std::vector<JobId> lettersOf(const LetterFilter& filter) const;
    [[nodiscard]] std::optional<DeadLetterRecord> letter(JobId id) const;
    [[nodiscard]] Result<std::vector<JobView>> jobs(std::string_view queue, JobId after,
                                                    std::uint64_t limit) const;
    /// What was damaged in the session and left out.
    [[nodiscard]] const std::string& notice() const noexcept { return m_notice; }

private:
    class Act;
    struct Entry {
        std::unique_ptr<JobQueue> queue;
        std::function<void()> ready;
        std::deque<JobId> retrying;
        LetterWord retryWord;
        double perSecond = 0;
        double retryCarry = 0;
        MonoTime retriedAt;
        std::string retryHeld;
    };
    struct Waiting {
        std::uint64_t number;
        Done done;
    };

    [[nodiscard]] QueueTime time() const
    {
        return {m_options.clock->now(), m_options.clock->wall()};
    }
    [[nodiscard]] static Error closedError();
    [[nodiscard]] Entry* find(std::string_view queue);
    [[nodiscard]] Error unknown(std::string_view queue) const;
    [[nodiscard]] Entry* holderOf(JobId letter);
    void measure(const std::string& queue);
    void removeMetrics();
    [[nodiscard]] QueueStatus statusOf(const Entry& entry) const;
    template <class Visit>
    void visitLetters(const LetterFilter& filter, Visit visit) const;
    void flush();
    void committed(std::uint64_t number);
    void retrySome(Entry& entry, QueueTime time, QueueStep& step);
    template <class Step>
    [[nodiscard]] auto forHolder(std::string_view queue, Done done, Step step)
        -> decltype(step(std::declval<JobQueue&>(), QueueTime{}, std::declval<QueueStep&>()));

    const JobQueuesOptions m_options;
    std::string m_notice;
    EventPace m_pace;

    mutable std::mutex m_mutex;  // guards what follows
    JobIds m_ids;
    std::map<std::string, Entry, std::less<>> m_queues;
    std::function<std::string(std::string_view)> m_hold;
    std::vector<std::pair<std::uint64_t, QueueStep>> m_outbox;
    std::uint64_t m_steps = 0;
    bool m_flushing = false;
    bool m_closed = false;

    std::mutex m_waitingMutex;  // guards what follows; taken inside m_mutex
    std::deque<Waiting> m_waiting;
    std::uint64_t m_committed = 0;
};

}  // namespace muster
