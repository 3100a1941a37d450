// SPDX-License-Identifier: Apache-2.0
#include "services/job_queues.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/internal/queue_act.h"

namespace muster {

namespace {

/// Letters that one step takes at most.
constexpr std::size_t kLettersAtOnce = 1000;
/// A rate's tokens are kept for so long.
constexpr double kRetryBurstSeconds = 0.1;

}  // namespace

Error JobQueues::closedError()
{
    return {ErrorCode::unavailable,
            "the session was closed before this was known to be stored",
            {},
            "Look whether it is there once it is opened again"};
}

JobQueues::JobQueues(JobQueuesOptions options, StoredQueues stored,
                     const std::vector<QueueWanted>& wanted)
    : m_options(std::move(options)), m_notice(std::move(stored.notice))
{
    const Rng chance = Rng(m_options.seed).fork("queues");
    const auto make = [&](const std::string& name, const QueueSettings& settings) {
        Entry& entry = m_queues[name];
        if (entry.queue == nullptr) {
            entry.queue = std::make_unique<JobQueue>(name, settings, m_ids, chance.fork(name));
        }
        return entry.queue.get();
    };
    for (const QueueWanted& queue : wanted) {
        make(queue.name, queue.settings);
    }
    const QueueTime now = time();
    for (const QueueRecord& record : stored.queues) {
        make(record.name, {})->restore(record, now);
    }
    for (JobRecord& job : stored.jobs) {
        make(job.content->queue, {})->restore(std::move(job), now);
    }
    for (DeadLetterRecord& letter : stored.letters) {
        make(letter.job.content->queue, {})->restore(std::move(letter));
    }
    for (const JobKeyRecord& key : stored.keys) {
        make(key.queue, {})->restore(key, now);
    }
    if (m_options.store != nullptr) {
        m_options.store->onQueueCommitted([this](std::uint64_t number) { committed(number); });
    }
    for (const auto& [name, entry] : m_queues) {
        measure(name);
        const QueueFigures figures = entry.queue->figures(now);
        const std::uint64_t jobs = figures.ready + figures.delayed + figures.leased;
        if (m_options.publisher != nullptr && jobs + figures.letters > 0) {
            m_options.publisher->publish(EventType::queueOpened, Component::queues,
                                         {{"queue", name},
                                          {"jobs", static_cast<std::int64_t>(jobs)},
                                          {"held", static_cast<std::int64_t>(figures.leased)},
                                          {"letters", static_cast<std::int64_t>(figures.letters)}});
        }
    }
}

JobQueues::~JobQueues()
{
    close();
    removeMetrics();
}

void JobQueues::close()
{
    flush();
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    std::deque<Waiting> waiting;
    {
        const std::lock_guard lock(m_waitingMutex);
        waiting.swap(m_waiting);
    }
    for (const Waiting& one : waiting) {
        one.done(closedError());
    }
}

JobQueues::Entry* JobQueues::find(std::string_view queue)
{
    const auto at = m_queues.find(queue);
    return at == m_queues.end() ? nullptr : &at->second;
}

Error JobQueues::unknown(std::string_view queue) const
{
    std::string names;
    for (const auto& [name, entry] : m_queues) {
        names += (names.empty() ? "" : ", ") + name;
    }
    return {ErrorCode::notFound,
            fmt::format("there is no queue \"{}\"", queue),
            {},
            names.empty() ? "Declare it in the workload as [queues.NAME]" : "Name one of " + names};
}

void JobQueues::flush()
{
    if (m_options.store == nullptr) {
        return;
    }
    std::unique_lock lock(m_mutex);
    if (std::exchange(m_flushing, true)) {
        return;  // whoever is at it takes this along
    }
    while (!m_outbox.empty()) {
        const auto steps = std::exchange(m_outbox, {});
        lock.unlock();
        for (const auto& [number, step] : steps) {
            m_options.store->addQueueStep(number, step);
        }
        lock.lock();
    }
    m_flushing = false;
}

void JobQueues::committed(std::uint64_t number)
{
    std::vector<Done> done;
    {
        const std::lock_guard lock(m_waitingMutex);
        m_committed = std::max(m_committed, number);
        while (!m_waiting.empty() && m_waiting.front().number <= m_committed) {
            done.push_back(std::move(m_waiting.front().done));
            m_waiting.pop_front();
        }
    }
    for (const Done& one : done) {
        one(std::nullopt);
    }
}

void JobQueues::push(std::string_view queue, std::vector<NewJob> jobs,
                     std::function<void(PushOutcome)> done, std::string input)
{
    PushOutcome outcome;
    outcome.refused = m_options.store != nullptr ? m_options.store->queueTrouble() : std::nullopt;
    if (outcome.refused) {
        outcome.refused->message += ": nothing was put into the queue";
        done(std::move(outcome));
        return;
    }
    Act act(*this, queue);
    if (!act) {
        outcome.refused = act.release(unknown(queue));
        done(std::move(outcome));
        return;
    }
    for (NewJob& job : jobs) {
        auto pushed = act.queue().push(std::move(job), act.time(), act.step());
        if (!pushed) {
            outcome.refused = pushed.error();
            break;
        }
        outcome.pushed.push_back(*pushed);
    }
    if (!input.empty() && !outcome.pushed.empty()) {
        act.queue().feed(input, outcome.pushed.size(), act.step());
    }
    act.finish([outcome = std::move(outcome),
                done = std::move(done)](const std::optional<Error>& lost) mutable {
        if (lost) {
            outcome = {.pushed = {}, .refused = lost};
        }
        done(std::move(outcome));
    });
}

void JobQueues::take(std::string_view queue, std::size_t most,
                     std::function<void(Result<std::vector<JobLease>>)> done)
{
    Act act(*this, queue);
    if (!act) {
        done(act.release(unknown(queue)));
        return;
    }
    std::vector<JobLease> leases;
    act.queue().take(most, act.time(), leases, act.step());
    act.finish([leases = std::move(leases),
                done = std::move(done)](const std::optional<Error>& lost) mutable {
        lost ? done(*lost) : done(std::move(leases));
    });
}

void JobQueues::onReady(std::string_view queue, std::function<void()> ready)
{
    const std::lock_guard lock(m_mutex);
    if (Entry* entry = find(queue)) {
        entry->ready = std::move(ready);
    }
}

template <class Step>
auto JobQueues::forHolder(std::string_view queue, Done done, Step step)
    -> decltype(step(std::declval<JobQueue&>(), QueueTime{}, std::declval<QueueStep&>()))
{
    Act act(*this, queue);
    if (!act) {
        return act.release(unknown(queue));
    }
    auto result = step(act.queue(), act.time(), act.step());
    act.finish(result.ok() ? std::move(done) : Done());
    return result;
}

Result<void> JobQueues::acknowledge(std::string_view queue, JobId id, std::uint64_t token,
                                    Done done)
{
    return forHolder(queue, std::move(done), [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
        return jobs.acknowledge(id, token, now, step);
    });
}

Result<JobFate> JobQueues::refuse(std::string_view queue, JobId id, std::uint64_t token,
                                  const JobRefusal& refusal, Done done)
{
    return forHolder(queue, std::move(done), [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
        return jobs.refuse(id, token, refusal, now, step);
    });
}

Result<JobFate> JobQueues::lose(std::string_view queue, JobId id, std::uint64_t token)
{
    return forHolder(queue, {}, [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
        return jobs.lose(id, token, now, step);
    });
}

Result<void> JobQueues::release(std::string_view queue, JobId id, std::uint64_t token)
{
    return forHolder(queue, {}, [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
        return jobs.release(id, token, now, step);
    });
}

Result<MonoTime> JobQueues::extend(std::string_view queue, JobId id, std::uint64_t token)
{
    return forHolder(queue, {}, [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
        return jobs.extend(id, token, now, step);
    });
}

Result<void> JobQueues::pause(std::string_view queue, bool paused, std::string_view author,
                              Done done)
{
    auto result = forHolder(queue, std::move(done),
                            [&](JobQueue& jobs, QueueTime, QueueStep& step) -> Result<void> {
                                jobs.pause(paused, step);
                                return {};
                            });
    if (result && m_options.publisher != nullptr) {
        m_options.publisher->publish(paused ? EventType::queuePaused : EventType::queueResumed,
                                     Component::queues, {{"queue", queue}, {"author", author}});
    }
    return result;
}

Result<void> JobQueues::change(std::string_view queue, const QueueSettings& settings)
{
    return forHolder(queue, {},
                     [&](JobQueue& jobs, QueueTime, QueueStep&) { return jobs.change(settings); });
}

void JobQueues::advance()
{
    std::vector<std::string> names;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [name, entry] : m_queues) {
            names.push_back(name);
        }
    }
    for (const std::string& name : names) {
        Act act(*this, name);
        act.queue().advance(act.time(), act.step());
        act.as(act.entry().retryWord);
        retrySome(act.entry(), act.time(), act.step());
        act.finish({});
    }
}

// ---- Dead letters ---------------------------------------------------------------------------

/// Those whose turn it is, unless something holds them up.
void JobQueues::retrySome(Entry& entry, QueueTime time, QueueStep& step)
{
    if (entry.retrying.empty()) {
        entry.retryHeld.clear();
        return;
    }
    const Duration passed = std::max(time.now - entry.retriedAt, Duration::zero());
    entry.retriedAt = time.now;
    entry.retryHeld = m_hold ? m_hold(entry.queue->name()) : std::string();
    if (!entry.retryHeld.empty()) {
        return;
    }
    std::size_t left = entry.retrying.size();
    if (entry.perSecond > 0) {
        const double most = std::max(1.0, entry.perSecond * kRetryBurstSeconds);
        entry.retryCarry = std::min(
            most, entry.retryCarry + entry.perSecond * static_cast<double>(passed.count()) / 1e9);
        left = std::min(left, static_cast<std::size_t>(entry.retryCarry));
        entry.retryCarry -= static_cast<double>(left);
    }
    for (; left > 0; --left) {
        const auto made =
            entry.queue->retryLetter(entry.retrying.front(), entry.retryWord, time, step);
        if (!made && made.error().code == ErrorCode::overloaded) {
            entry.retryHeld = made.error().message;
            return;
        }
        entry.retrying.pop_front();
    }
}

Result<std::uint64_t> JobQueues::retryLetters(const LetterRetry& retry, Done done)
{
    if (retry.perSecond < 0) {
        return Error{ErrorCode::outOfRange, "a rate cannot be negative", {}, "Name 10/s, say"};
    }
    std::map<std::string, std::vector<JobId>> byQueue;
    std::uint64_t found = 0;
    {
        const std::lock_guard lock(m_mutex);
        for (const JobId id : retry.letters) {
            if (const Entry* entry = holderOf(id)) {
                byQueue[entry->queue->name()].push_back(id);
                ++found;
            }
        }
    }
    if (found == 0) {
        return Error{ErrorCode::notFound,
                     "none of these dead letters waits",
                     {},
                     "List those that wait with dead.list"};
    }
    for (const auto& [queue, ids] : byQueue) {
        Act act(*this, queue);
        Entry& entry = act.entry();
        entry.retrying.insert(entry.retrying.end(), ids.begin(), ids.end());
        entry.retryWord = retry.word;
        act.as(retry.word);
        entry.perSecond = retry.perSecond;
        entry.retryCarry = 1;
        entry.retriedAt = act.time().now;
        retrySome(entry, act.time(), act.step());
        act.finish(queue == byQueue.rbegin()->first ? std::move(done) : Done());
    }
    return found;
}

std::uint64_t JobQueues::stopRetries()
{
    const std::lock_guard lock(m_mutex);
    std::uint64_t stopped = 0;
    for (auto& [name, entry] : m_queues) {
        stopped += entry.retrying.size();
        entry.retrying.clear();
        entry.retryHeld.clear();
    }
    return stopped;
}

Result<void> JobQueues::editLetter(JobId id, std::string payload, const LetterWord& word, Done done)
{
    const auto known = letter(id);
    if (!known) {
        return Error{ErrorCode::notFound,
                     fmt::format("there is no dead letter {} that waits", id.value),
                     {},
                     "List those that wait with dead.list"};
    }
    const std::string& queue = known->job.content->queue;
    auto edited =
        forHolder(queue, std::move(done), [&](JobQueue& jobs, QueueTime now, QueueStep& step) {
            return jobs.editLetter(id, std::move(payload), word, now, step);
        });
    if (edited && m_options.publisher != nullptr) {
        m_options.publisher->publish(EventType::queueEdited, Component::queues,
                                     {{"queue", queue},
                                      {"job", static_cast<std::int64_t>(id.value)},
                                      {"author", word.by},
                                      {"reason", word.reason}});
    }
    return edited;
}

std::uint64_t JobQueues::discardLetters(const std::vector<JobId>& ids, const LetterWord& word,
                                        Done done)
{
    std::uint64_t discarded = 0;
    for (std::size_t at = 0; at < ids.size();) {
        std::string queue;
        {
            const std::lock_guard lock(m_mutex);
            const Entry* entry = holderOf(ids[at]);
            queue = entry != nullptr ? entry->queue->name() : std::string();
        }
        if (queue.empty()) {
            ++at;
            continue;
        }
        Act act(*this, queue);
        act.as(word);
        for (std::size_t many = 0; at < ids.size() && many < kLettersAtOnce; ++many) {
            if (holderOf(ids[at]) != &act.entry()) {
                break;
            }
            discarded += act.queue().discardLetter(ids[at++], word, act.time(), act.step()) ? 1 : 0;
        }
        act.finish(at < ids.size() ? Done() : std::move(done));
    }
    return discarded;
}

void JobQueues::holdRetries(std::function<std::string(std::string_view)> hold)
{
    const std::lock_guard lock(m_mutex);
    m_hold = std::move(hold);
}

JobQueues::Entry* JobQueues::holderOf(JobId letter)
{
    for (auto& [name, entry] : m_queues) {
        if (entry.queue->letters().contains(letter)) {
            return &entry;
        }
    }
    return nullptr;
}

}  // namespace muster
