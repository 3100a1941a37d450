// SPDX-License-Identifier: Apache-2.0
#include "services/job_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/internal/queue_backoff.h"

namespace muster {

namespace {

std::uint64_t sizeOf(const JobRecord& job)
{
    return job.content->payload.size() + job.content->key.size();
}

const JobFailure& leaseEnded()
{
    static const JobFailure failure{"timeout", "lost",
                                    "nobody said how it went before its lease ended"};
    return failure;
}

const JobFailure& holderEnded()
{
    static const JobFailure failure{"application", "lost", "its agent ended while it worked on it"};
    return failure;
}

}  // namespace

JobQueue::JobQueue(std::string name, const QueueSettings& settings, JobIds& ids, Rng chance)
    : m_settings(settings), m_backoff(backoffOf(settings)), m_ids(ids), m_chance(chance)
{
    m_record.name = std::move(name);
}

/// Takes time on and does what is due by then.
MonoTime JobQueue::begin(QueueTime time, QueueStep& step)
{
    advance(time, step);
    return m_time.last();
}

std::uint64_t JobQueue::room() const noexcept
{
    const bool full = m_jobs.size() >= m_settings.jobs || m_bytes >= m_settings.bytes;
    return full ? 0 : m_settings.jobs - m_jobs.size();
}

/// `freed`: bytes that go as it comes.
Result<void> JobQueue::fits(const NewJob& job, std::uint64_t freed)
{
    const std::uint64_t size = job.payload.size() + job.key.size();
    if (job.payload.size() > kMostJobPayload || job.key.size() > kMostJobKey) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a payload of {} bytes with a key of {} is too large",
                                 job.payload.size(), job.key.size()),
                     m_record.name, "Put what is large into a file, and its path into the queue"};
    }
    const bool jobs = m_jobs.size() >= m_settings.jobs;
    if (!jobs && m_bytes + size <= m_settings.bytes + freed) {
        return {};
    }
    ++m_counts.refused;
    return Error{
        ErrorCode::overloaded,
        jobs ? fmt::format("the queue is full: {} jobs wait or are held", m_jobs.size())
             : fmt::format("the queue is full: its jobs and {} dead letters hold {} of {} bytes",
                           m_letters.size(), m_bytes, m_settings.bytes),
        m_record.name, "Wait until some are done, or raise its bound"};
}

Result<Pushed> JobQueue::push(NewJob job, QueueTime time, QueueStep& step)
{
    const MonoTime now = begin(time, step);
    if (!job.key.empty()) {
        if (const auto known = m_keys.find(job.key); known != m_keys.end()) {
            ++m_counts.duplicates;
            return Pushed{known->second.id, true};
        }
    }
    if (auto done = fits(job, 0); !done) {
        return done.error();
    }
    return add(std::move(job), now, time.wall, step);
}

Pushed JobQueue::add(NewJob job, MonoTime now, WallTime wall, QueueStep& step)
{
    const JobId id = m_ids.next();
    m_record.lastJob = id;
    ++m_record.pushed;
    Job& made = m_jobs[id];
    made.pushed = now;
    made.record.id = id;
    made.record.content =
        std::make_shared<const JobContent>(JobContent{.queue = m_record.name,
                                                      .payload = std::move(job.payload),
                                                      .key = job.key,
                                                      .cause = job.cause,
                                                      .priority = job.priority,
                                                      .pushedAt = wall});
    m_bytes += sizeOf(made.record);
    job.delay > Duration::zero() ? wait(made, job.delay, now, wall) : makeReady(made, false);
    if (!job.key.empty() && m_settings.duplicateWindow > Duration::zero()) {
        remember(job.key, id, now, wall, step);
    }
    step.jobs.push_back(made.record);
    say(step);
    return {id, false};
}

void JobQueue::remember(const std::string& key, JobId id, MonoTime now, WallTime wall,
                        QueueStep& step)
{
    if (m_keysByAge.size() >= kMostJobKeys) {
        step.keysGone.push_back(m_keysByAge.front().id);
        m_keys.erase(m_keysByAge.front().key);
        m_keysByAge.pop_front();
    }
    m_keys[key] = {id, now};
    m_keysByAge.push_back({now, id, key});
    step.keys.push_back({id, m_record.name, key, wall});
}

void JobQueue::forgetKeys(MonoTime now, QueueStep& step)
{
    while (!m_keysByAge.empty() && now - m_keysByAge.front().at >= m_settings.duplicateWindow) {
        step.keysGone.push_back(m_keysByAge.front().id);
        m_keys.erase(m_keysByAge.front().key);
        m_keysByAge.pop_front();
    }
}

void JobQueue::makeReady(Job& job, bool first)
{
    job.state = State::ready;
    job.record.delay = {};
    auto& line = m_ready[static_cast<std::size_t>(job.record.content->priority)];
    first ? line.push_front(job.record.id) : line.push_back(job.record.id);
}

void JobQueue::wait(Job& job, Duration delay, MonoTime now, WallTime wall)
{
    job.state = State::delayed;
    job.due = saturatingAdd(now, delay);
    job.record.readyAt = {saturatingAdd(wall.nanoseconds, delay.count())};
    job.record.delay = delay;
    m_delayed.emplace(job.due, job.record.id);
}

void JobQueue::take(std::size_t most, QueueTime time, std::vector<JobLease>& leases,
                    QueueStep& step)
{
    const MonoTime now = begin(time, step);
    for (auto line = m_ready.rbegin(); line != m_ready.rend(); ++line) {
        while (!line->empty() && most > 0) {
            if (m_record.paused || m_leased.size() >= m_settings.unacknowledged ||
                m_letters.size() >= m_settings.deadLetters) {
                return;
            }
            const auto at = m_jobs.find(line->front());
            line->pop_front();
            JobRecord& job = at->second.record;
            if (job.attempts >= m_settings.deliveries) {
                // The bound was lowered, or the run before ended with the last attempt under way.
                die(at, "exhausted",
                    job.history.empty() ? leaseEnded() : job.history.back().failure, time.wall,
                    step);
                continue;
            }
            ++job.attempts;
            job.token = ++m_record.lastToken;
            job.leasedAt = time.wall;
            job.lease = m_settings.lease;
            at->second.state = State::leased;
            at->second.due = now + m_settings.lease;
            m_leased.emplace(at->second.due, job.id);
            leases.push_back({job.id, job.token, job.attempts, at->second.due, job.content});
            step.jobs.push_back(job);
            ++m_counts.taken;
            --most;
            say(step);
        }
    }
}

Result<JobQueue::Jobs::iterator> JobQueue::held(JobId id, std::uint64_t token)
{
    const auto at = m_jobs.find(id);
    if (at != m_jobs.end() && at->second.state == State::leased &&
        at->second.record.token == token) {
        return at;
    }
    ++m_counts.stale;
    return Error{ErrorCode::conflict,
                 fmt::format("job {} is not held under token {} any more", id.value, token),
                 m_record.name, "Its lease ended; raise the lease, or extend it in time"};
}

Result<MonoTime> JobQueue::extend(JobId id, std::uint64_t token, QueueTime time, QueueStep& step)
{
    const MonoTime now = begin(time, step);
    const auto at = held(id, token);
    if (!at) {
        return at.error();
    }
    Job& job = (*at)->second;
    m_leased.erase({job.due, id});
    job.due = now + m_settings.lease;
    job.record.leasedAt = time.wall;
    job.record.lease = m_settings.lease;
    m_leased.emplace(job.due, id);
    step.jobs.push_back(job.record);
    return job.due;
}

/// Nobody holds it any more; `failure`: its attempt is over.
void JobQueue::unlease(Job& job, WallTime wall, const JobFailure* failure)
{
    m_leased.erase({job.due, job.record.id});
    if (failure != nullptr) {
        if (job.record.history.size() >= kMostJobHistory) {
            job.record.history.erase(job.record.history.begin());
        }
        job.record.history.push_back({job.record.attempts, job.record.leasedAt, wall, *failure});
    }
    job.record.lease = {};
}

Result<void> JobQueue::acknowledge(JobId id, std::uint64_t token, QueueTime time, QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = held(id, token);
    if (!at) {
        return at.error();
    }
    m_leased.erase({(*at)->second.due, id});
    m_bytes -= sizeOf((*at)->second.record);
    m_jobs.erase(*at);
    step.gone.push_back(id);
    ++m_record.done;
    ++m_counts.done;
    say(step);
    return {};
}

Result<JobFate> JobQueue::refuse(JobId id, std::uint64_t token, const JobRefusal& refusal,
                                 QueueTime time, QueueStep& step)
{
    const MonoTime now = begin(time, step);
    const auto at = held(id, token);
    if (!at) {
        return at.error();
    }
    Job& job = (*at)->second;
    const JobFailure failure{std::string(toString(refusal.failure)), refusal.code,
                             refusal.message.substr(0, kMostFailureText)};
    unlease(job, time.wall, &failure);
    Rng chance = m_chance.fork(id.value).fork(job.record.attempts);
    const RetryDecision decided =
        nextWait(m_backoff, job.record.attempts, job.waited, refusal, now, chance);
    if (decided.stop != RetryStop::none) {
        die(*at, decided.stop == RetryStop::attemptsUsed ? "exhausted" : "not_retried", failure,
            time.wall, step);
        return JobFate::deadLetter;
    }
    ++m_counts.failed;
    const Duration delay = refusal.delay.value_or(decided.wait);
    job.waited = delay;
    delay > Duration::zero() ? wait(job, delay, now, time.wall) : makeReady(job, false);
    step.jobs.push_back(job.record);
    return job.state == State::ready ? JobFate::ready : JobFate::delayed;
}

Result<JobFate> JobQueue::lose(JobId id, std::uint64_t token, QueueTime time, QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = held(id, token);
    return at ? Result<JobFate>(rescue(*at, holderEnded(), time, step)) : at.error();
}

/// Its attempt is used up; another follows at once unless it was the last.
JobFate JobQueue::rescue(Jobs::iterator at, const JobFailure& failure, QueueTime time,
                         QueueStep& step)
{
    Job& job = at->second;
    unlease(job, time.wall, &failure);
    ++m_counts.rescued;
    if (job.record.attempts >= m_settings.deliveries) {
        die(at, "exhausted", failure, time.wall, step);
        return JobFate::deadLetter;
    }
    makeReady(job, false);
    step.jobs.push_back(job.record);
    return JobFate::ready;
}

Result<void> JobQueue::terminate(JobId id, std::uint64_t token, const JobFailure& failure,
                                 QueueTime time, QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = held(id, token);
    if (!at) {
        return at.error();
    }
    unlease((*at)->second, time.wall, &failure);
    die(*at, "terminated", failure, time.wall, step);
    return {};
}

Result<void> JobQueue::release(JobId id, std::uint64_t token, QueueTime time, QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = held(id, token);
    if (!at) {
        return at.error();
    }
    Job& job = (*at)->second;
    unlease(job, time.wall, nullptr);
    --job.record.attempts;
    ++m_counts.released;
    makeReady(job, true);
    step.jobs.push_back(job.record);
    return {};
}

void JobQueue::advance(QueueTime time, QueueStep& step)
{
    const MonoTime now = m_time.at(time.now);
    while (!m_leased.empty() && m_leased.begin()->first <= now) {
        static_cast<void>(rescue(m_jobs.find(m_leased.begin()->second), leaseEnded(), time, step));
    }
    while (!m_delayed.empty() && m_delayed.begin()->first <= now) {
        Job& job = m_jobs.find(m_delayed.begin()->second)->second;
        m_delayed.erase(m_delayed.begin());
        makeReady(job, false);
    }
    forgetKeys(now, step);
}

std::optional<MonoTime> JobQueue::nextTime() const
{
    std::optional<MonoTime> next;
    const auto sooner = [&next](MonoTime at) { next = next ? std::min(*next, at) : at; };
    if (!m_leased.empty()) {
        sooner(m_leased.begin()->first);
    }
    if (!m_delayed.empty()) {
        sooner(m_delayed.begin()->first);
    }
    if (!m_keysByAge.empty()) {
        sooner(m_keysByAge.front().at + m_settings.duplicateWindow);
    }
    return next;
}

void JobQueue::die(Jobs::iterator at, std::string cause, const JobFailure& failure, WallTime wall,
                   QueueStep& step)
{
    DeadLetterRecord letter;
    letter.job = std::move(at->second.record);
    letter.diedAt = letter.changedAt = wall;
    letter.failure = failure;
    letter.cause = std::move(cause);
    const JobId id = letter.job.id;
    m_jobs.erase(at);
    step.gone.push_back(id);
    step.letters.push_back(letter);
    m_letters.emplace(id, std::move(letter));
    ++m_record.died;
    ++m_counts.died;
    say(step);
}

}  // namespace muster
