// SPDX-License-Identifier: Apache-2.0
#include "services/internal/queue_act.h"

#include <algorithm>

namespace muster {

namespace {

/// Steps that wait to be handed over join up to so many rows.
constexpr std::size_t kRowsOfAStep = 8192;

}  // namespace

bool JobQueues::Act::waits(Done& done)
{
    const auto& options = m_all.m_options;
    if (!m_step.empty()) {
        ++m_all.m_steps;
        if (options.store != nullptr) {
            auto& outbox = m_all.m_outbox;
            const bool joins = !outbox.empty() && outbox.back().second.queue &&
                               m_step.queue.has_value() &&
                               outbox.back().second.queue->name == m_step.queue->name &&
                               outbox.back().second.size() < kRowsOfAStep;
            if (joins) {
                outbox.back().first = m_all.m_steps;
                outbox.back().second.append(std::move(m_step));
            } else {
                outbox.emplace_back(m_all.m_steps, std::move(m_step));
            }
        }
    }
    m_closed = m_all.m_closed && options.store != nullptr;
    if (!done || options.store == nullptr || options.immediate || m_closed) {
        return false;
    }
    const std::lock_guard lock(m_all.m_waitingMutex);
    if (m_all.m_committed >= m_all.m_steps) {
        return false;
    }
    m_all.m_waiting.push_back({m_all.m_steps, std::move(done)});
    return true;
}

void JobQueues::Act::finish(Done done)
{
    const std::string queue = m_entry->queue->name();
    std::ranges::copy_if(m_step.letters, std::back_inserter(m_died), [](const auto& letter) {
        return letter.state == LetterState::waiting && letter.edits == 0;
    });
    const QueueCounts after = m_entry->queue->counts();
    const std::function<void()> ready = m_entry->queue->offers() ? m_entry->ready : nullptr;
    const bool later = waits(done);
    m_lock.unlock();
    m_all.flush();
    announce(queue, after);
    if (done && !later) {
        done(m_closed ? std::optional(closedError()) : std::nullopt);
    }
    if (ready) {
        ready();
    }
}

void JobQueues::Act::announce(const std::string& queue, const QueueCounts& after) const
{
    Publisher* publisher = m_all.m_options.publisher;
    if (publisher == nullptr) {
        return;
    }
    for (const DeadLetterRecord& letter : m_died) {
        announceDeath(letter);
    }
    const auto tell = [&](EventType type, std::uint64_t before, std::uint64_t now) {
        if (now > before) {
            publisher->publish(type, Component::queues,
                               {{"queue", queue},
                                {"jobs", static_cast<std::int64_t>(now - before)},
                                {"author", m_word.by},
                                {"reason", m_word.reason}});
        }
    };
    tell(EventType::queueRescued, m_before.rescued, after.rescued);
    tell(EventType::queueRetried, m_before.retried, after.retried);
    tell(EventType::queueDiscarded, m_before.discarded, after.discarded);
}

void JobQueues::Act::announceDeath(const DeadLetterRecord& letter) const
{
    const JobFailure& failure = letter.failure;
    if (auto* metrics = m_all.m_options.metrics; metrics != nullptr) {
        metrics
            ->counter("jobs.died",
                      {{"queue", letter.job.content->queue}, {"class", failure.failureClass}})
            .add();
    }
    if (m_all.m_pace.pass(m_time.now)) {
        m_all.m_options.publisher->publish(EventType::queueDeadLettered, Component::queues,
                                           {{"queue", letter.job.content->queue},
                                            {"job", static_cast<std::int64_t>(letter.job.id.value)},
                                            {"attempts", std::int64_t{letter.job.attempts}},
                                            {"cause", letter.cause},
                                            {"class", failure.failureClass},
                                            {"code", failure.code},
                                            {"message", failure.message}});
    }
}

}  // namespace muster
