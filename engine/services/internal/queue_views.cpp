// SPDX-License-Identifier: Apache-2.0
// The part of JobQueues that shows what there is.
#include <algorithm>

#include "services/job_queues.h"

namespace muster {

namespace {

/// What is measured of each queue.
struct QueueMetric {
    const char* name;
    bool total;  ///< a counter
    double (*value)(const QueueFigures& figures);
};

double of(std::uint64_t number)
{
    return static_cast<double>(number);
}

constexpr QueueMetric kMetrics[]{
    {"jobs.ready", false, [](const QueueFigures& queue) { return of(queue.ready); }},
    {"jobs.delayed", false, [](const QueueFigures& queue) { return of(queue.delayed); }},
    {"jobs.held", false, [](const QueueFigures& queue) { return of(queue.leased); }},
    {"jobs.letters", false, [](const QueueFigures& queue) { return of(queue.letters); }},
    {"jobs.pushed", true, [](const QueueFigures& queue) { return of(queue.record.pushed); }},
    {"jobs.done", true, [](const QueueFigures& queue) { return of(queue.record.done); }},
    {"jobs.failed", true, [](const QueueFigures& queue) { return of(queue.counts.failed); }},
    {"jobs.rescued", true, [](const QueueFigures& queue) { return of(queue.counts.rescued); }},
    {"jobs.duplicates", true,
     [](const QueueFigures& queue) { return of(queue.counts.duplicates); }},
    {"jobs.refused", true, [](const QueueFigures& queue) { return of(queue.counts.refused); }},
};
constexpr const char* kOldest = "jobs.oldest";

}  // namespace

void JobQueues::measure(const std::string& queue)
{
    if (m_options.metrics == nullptr) {
        return;
    }
    MetricRegistry& metrics = *m_options.metrics;
    for (const QueueMetric& metric : kMetrics) {
        const auto read = [this, queue, value = metric.value] {
            const auto found = status(queue);
            return found ? Reading::of(value(found->figures)) : Reading::unknown("no such queue");
        };
        metric.total ? metrics.counterFunction(metric.name, read, {{"queue", queue}})
                     : metrics.gaugeFunction(metric.name, read, {{"queue", queue}});
    }
    metrics.gaugeFunction(
        kOldest,
        [this, queue] {
            const auto found = status(queue);
            return found && found->figures.oldest
                       ? Reading::of(static_cast<double>(found->figures.oldest->count()))
                       : Reading::unknown("no job waits");
        },
        {{"queue", queue}});
}

void JobQueues::removeMetrics()
{
    if (m_options.metrics == nullptr) {
        return;
    }
    for (const auto& [name, entry] : m_queues) {
        for (const QueueMetric& metric : kMetrics) {
            m_options.metrics->removeFunction(metric.name, {{"queue", name}});
        }
        m_options.metrics->removeFunction(kOldest, {{"queue", name}});
    }
}

QueueStatus JobQueues::statusOf(const Entry& entry) const
{
    return {.name = entry.queue->name(),
            .settings = entry.queue->settings(),
            .figures = entry.queue->figures(time()),
            .retrying = entry.retrying.size(),
            .retriesPerSecond = entry.perSecond,
            .retryHeld = entry.retryHeld};
}

std::vector<QueueStatus> JobQueues::status() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<QueueStatus> all;
    for (const auto& [name, entry] : m_queues) {
        all.push_back(statusOf(entry));
    }
    return all;
}

std::optional<QueueStatus> JobQueues::status(std::string_view queue) const
{
    const std::lock_guard lock(m_mutex);
    const auto at = m_queues.find(queue);
    return at == m_queues.end() ? std::nullopt : std::optional(statusOf(at->second));
}

template <class Visit>
void JobQueues::visitLetters(const LetterFilter& filter, Visit visit) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, entry] : m_queues) {
        for (const auto& [id, letter] : entry.queue->letters()) {
            if (filter.matches(letter)) {
                visit(letter);
            }
        }
    }
}

LetterPage JobQueues::letters(const LetterFilter& filter, std::uint64_t offset,
                              std::uint64_t limit) const
{
    LetterPage page;
    LetterGroups groups;
    std::vector<const DeadLetterRecord*> all;
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, entry] : m_queues) {
        for (const auto& [id, letter] : entry.queue->letters()) {
            if (filter.matches(letter)) {
                groups.add(letter);
                all.push_back(&letter);
            }
        }
    }
    page.total = all.size();
    page.groups = groups.take();
    std::ranges::sort(all, [](const auto* a, const auto* b) {
        return std::pair(a->diedAt, a->job.id) > std::pair(b->diedAt, b->job.id);
    });
    for (std::uint64_t at = offset; at < all.size() && at - offset < limit; ++at) {
        page.letters.push_back(*all[at]);
    }
    return page;
}

std::vector<JobId> JobQueues::lettersOf(const LetterFilter& filter) const
{
    std::vector<JobId> ids;
    visitLetters(filter, [&ids](const DeadLetterRecord& letter) { ids.push_back(letter.job.id); });
    return ids;
}

std::optional<DeadLetterRecord> JobQueues::letter(JobId id) const
{
    std::optional<DeadLetterRecord> found;
    LetterFilter filter;
    filter.ids = {id};
    visitLetters(filter, [&found](const DeadLetterRecord& letter) { found = letter; });
    return found;
}

Result<std::vector<JobView>> JobQueues::jobs(std::string_view queue, JobId after,
                                             std::uint64_t limit) const
{
    const std::lock_guard lock(m_mutex);
    const auto at = m_queues.find(queue);
    if (at == m_queues.end()) {
        return unknown(queue);
    }
    std::vector<JobView> out;
    at->second.queue->visitJobs(after, [&](const JobRecord& job, JobQueue::State state) {
        out.push_back({job, state});
        return out.size() < limit;
    });
    return out;
}

}  // namespace muster
