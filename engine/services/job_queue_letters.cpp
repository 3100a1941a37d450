// SPDX-License-Identifier: Apache-2.0
// The rest of JobQueue: what is restored, changed and shown, and its dead letters.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/internal/queue_backoff.h"
#include "services/job_queue.h"

namespace muster {

namespace {

/// What is left of a span that began at `from`; a clock that was set back or ahead meanwhile
/// makes it neither longer than it was nor negative.
Duration leftOf(WallTime from, Duration span, WallTime now)
{
    const Duration passed{saturatingSubtract(now.nanoseconds, from.nanoseconds)};
    return std::clamp(span - std::clamp(passed, Duration::zero(), span), Duration::zero(), span);
}

}  // namespace

void JobQueue::restore(const QueueRecord& record, QueueTime time)
{
    static_cast<void>(m_time.at(time.now));
    m_record = record;
    m_ids.atLeast(record.lastJob);
}

void JobQueue::restore(JobRecord record, QueueTime time)
{
    const MonoTime now = m_time.at(time.now);
    const JobId id = record.id;
    m_ids.atLeast(id);
    m_record.lastToken = std::max(m_record.lastToken, record.token);
    m_bytes += record.content->payload.size() + record.content->key.size();
    const Duration age{std::max<std::int64_t>(
        0, saturatingSubtract(time.wall.nanoseconds, record.content->pushedAt.nanoseconds))};
    Job& job = m_jobs[id];
    job.record = std::move(record);
    job.pushed = {saturatingSubtract(now.nanoseconds, age.count())};
    if (job.record.lease > Duration::zero()) {
        job.state = State::leased;
        job.due = now + leftOf(job.record.leasedAt, job.record.lease, time.wall);
        m_leased.emplace(job.due, id);
        return;
    }
    const WallTime delayedAt{
        saturatingSubtract(job.record.readyAt.nanoseconds, job.record.delay.count())};
    const Duration left = leftOf(delayedAt, job.record.delay, time.wall);
    if (left > Duration::zero()) {
        job.state = State::delayed;
        job.due = now + left;
        m_delayed.emplace(job.due, id);
        return;
    }
    makeReady(job, false);
}

void JobQueue::restore(DeadLetterRecord letter)
{
    m_ids.atLeast(letter.job.id);
    if (letter.state == LetterState::waiting) {
        m_bytes += letter.job.content->payload.size() + letter.job.content->key.size();
        m_letters.emplace(letter.job.id, std::move(letter));
    }
}

void JobQueue::restore(const JobKeyRecord& key, QueueTime time)
{
    const MonoTime now = m_time.at(time.now);
    const Duration window = m_settings.duplicateWindow;
    const MonoTime at = now - (window - leftOf(key.at, window, time.wall));
    m_ids.atLeast(key.id);
    m_keys[key.key] = {key.id, at};
    m_keysByAge.push_back({at, key.id, key.key});
}

void JobQueue::pause(bool paused, QueueStep& step)
{
    if (m_record.paused != paused) {
        m_record.paused = paused;
        say(step);
    }
}

Result<void> JobQueue::change(const QueueSettings& settings)
{
    if (auto done = validate(settings); !done) {
        return done;
    }
    m_settings = settings;
    m_backoff = backoffOf(settings);
    return {};
}

void JobQueue::feed(const std::string& input, std::uint64_t items, QueueStep& step)
{
    if (m_record.input != input) {
        m_record.input = input;
        m_record.fed = 0;
    }
    m_record.fed += items;
    say(step);
}

Result<std::map<JobId, DeadLetterRecord>::iterator> JobQueue::letter(JobId id)
{
    const auto at = m_letters.find(id);
    if (at == m_letters.end()) {
        return Error{ErrorCode::notFound,
                     fmt::format("there is no dead letter {} that waits", id.value), m_record.name,
                     "List those that wait with dead.list"};
    }
    return at;
}

Result<JobId> JobQueue::retryLetter(JobId id, const LetterWord& word, QueueTime time,
                                    QueueStep& step)
{
    const MonoTime now = begin(time, step);
    const auto at = letter(id);
    if (!at) {
        return at.error();
    }
    DeadLetterRecord record = (*at)->second;
    const JobContent& content = *record.job.content;
    NewJob again{.payload = content.payload, .priority = content.priority, .cause = id};
    const std::uint64_t freed = content.payload.size() + content.key.size();
    if (auto done = fits(again, freed); !done) {
        return done.error();
    }
    m_bytes -= freed;
    m_letters.erase(*at);
    record.state = LetterState::retried;
    record.changedAt = time.wall;
    record.changedBy = word.by;
    record.reason = word.reason;
    record.retriedAs = add(std::move(again), now, time.wall, step).id;
    const JobId made = record.retriedAs;
    step.letters.push_back(std::move(record));
    ++m_counts.retried;
    return made;
}

Result<void> JobQueue::editLetter(JobId id, std::string payload, const LetterWord& word,
                                  QueueTime time, QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = letter(id);
    if (!at) {
        return at.error();
    }
    if (payload.size() > kMostJobPayload) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a payload of {} bytes is too large", payload.size()),
                     m_record.name, "Put what is large into a file, and its path into the queue"};
    }
    DeadLetterRecord& record = (*at)->second;
    JobContent content = *record.job.content;
    m_bytes += payload.size();
    m_bytes -= content.payload.size();
    content.payload = std::move(payload);
    record.job.content = std::make_shared<const JobContent>(std::move(content));
    record.changedAt = time.wall;
    record.changedBy = word.by;
    record.reason = word.reason;
    ++record.edits;
    step.letters.push_back(record);
    return {};
}

Result<void> JobQueue::discardLetter(JobId id, const LetterWord& word, QueueTime time,
                                     QueueStep& step)
{
    static_cast<void>(begin(time, step));
    const auto at = letter(id);
    if (!at) {
        return at.error();
    }
    DeadLetterRecord record = std::move((*at)->second);
    m_letters.erase(*at);
    m_bytes -= record.job.content->payload.size() + record.job.content->key.size();
    record.state = LetterState::discarded;
    record.changedAt = time.wall;
    record.changedBy = word.by;
    record.reason = word.reason;
    step.letters.push_back(std::move(record));
    ++m_counts.discarded;
    return {};
}

bool JobQueue::offers() const noexcept
{
    return !m_record.paused && m_leased.size() < m_settings.unacknowledged &&
           m_letters.size() < m_settings.deadLetters &&
           std::ranges::any_of(m_ready, [](const auto& line) { return !line.empty(); });
}

QueueFigures JobQueue::figures(QueueTime time) const
{
    QueueFigures out;
    for (const auto& line : m_ready) {
        out.ready += line.size();
    }
    out.delayed = m_delayed.size();
    out.leased = m_leased.size();
    out.letters = m_letters.size();
    out.bytes = m_bytes;
    for (const auto& [id, job] : m_jobs) {  // those held come first at most
        if (job.state != State::leased) {
            out.oldest = std::max(Duration::zero(), std::max(m_time.last(), time.now) - job.pushed);
            break;
        }
    }
    out.paused = m_record.paused;
    out.lettersFull = m_letters.size() >= m_settings.deadLetters;
    out.counts = m_counts;
    out.record = m_record;
    return out;
}

void JobQueue::visitJobs(JobId after,
                         const std::function<bool(const JobRecord&, State)>& visit) const
{
    for (auto at = m_jobs.upper_bound(after); at != m_jobs.end(); ++at) {
        if (!visit(at->second.record, at->second.state)) {
            return;
        }
    }
}

}  // namespace muster
