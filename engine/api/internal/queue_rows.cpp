// SPDX-License-Identifier: Apache-2.0
#include "api/internal/queue_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "documents/units.h"

namespace muster {

namespace {

// As a workload file names them.
constexpr std::array<std::string_view, 4> kKinds{"fixed", "linear", "exponential", "decorrelated"};
constexpr std::array<std::string_view, 3> kJitters{"none", "full", "equal"};
constexpr std::array<std::string_view, kFailureClasses> kClasses{"network", "timeout",
                                                                 "application", "rejected"};

/// "[\"network\"]": what a command gives back to the file's list.
std::string givenUpOf(const RetrySettings& backoff)
{
    std::string text;
    for (std::size_t at = 0; at < kClasses.size(); ++at) {
        if (!backoff.classes[at].retried) {
            text += fmt::format("{}\"{}\"", text.empty() ? "" : ",", kClasses[at]);
        }
    }
    return "[" + text + "]";
}

std::string_view stateText(JobQueue::State state)
{
    switch (state) {
        case JobQueue::State::ready:
            return "ready";
        case JobQueue::State::delayed:
            return "delayed";
        case JobQueue::State::leased:
            return "held";
    }
    return {};
}

std::string standstillOf(const QueueStatus& queue)
{
    const QueueFigures& figures = queue.figures;
    if (figures.paused) {
        return "paused: it takes in and hands nothing out";
    }
    if (figures.lettersFull) {
        return fmt::format(
            "{} dead letters wait, as many as may: nothing is handed out until some "
            "are dealt with",
            figures.letters);
    }
    return queue.retryHeld.empty() ? std::string() : "retries wait: " + queue.retryHeld;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> settingsOf(const QueueSettings& settings)
{
    const RetrySettings& backoff = settings.backoff;
    return {{"deliveries", std::to_string(settings.deliveries)},
            {"lease", formatDuration(settings.lease)},
            {"jobs", std::to_string(settings.jobs)},
            {"bytes", std::to_string(settings.bytes)},
            {"unacknowledged", std::to_string(settings.unacknowledged)},
            {"dead_letters", std::to_string(settings.deadLetters)},
            {"duplicate_window", formatDuration(settings.duplicateWindow)},
            {"backoff.kind", std::string(kKinds[static_cast<std::size_t>(backoff.backoff)])},
            {"backoff.base", formatDuration(backoff.base)},
            {"backoff.factor", fmt::format("{}", backoff.factor)},
            {"backoff.cap", formatDuration(backoff.cap)},
            {"backoff.jitter", std::string(kJitters[static_cast<std::size_t>(backoff.jitter)])},
            {"give_up", givenUpOf(backoff)}};
}

QueueRow toRow(const QueueStatus& queue)
{
    const QueueFigures& figures = queue.figures;
    return {.name = queue.name,
            .paused = figures.paused,
            .ready = figures.ready,
            .delayed = figures.delayed,
            .held = figures.leased,
            .letters = figures.letters,
            .bound = queue.settings.jobs,
            .bytes = figures.bytes,
            .oldest = figures.oldest ? Known{static_cast<double>(figures.oldest->count()), {}}
                                     : Known{0, "no job waits"},
            .pushed = figures.record.pushed,
            .done = figures.record.done,
            .died = figures.record.died,
            .failed = figures.counts.failed,
            .rescued = figures.counts.rescued,
            .duplicates = figures.counts.duplicates,
            .refused = figures.counts.refused,
            .retrying = queue.retrying,
            .lettersFull = figures.lettersFull,
            .diedLastMinute = 0,
            .pushedPerSecond = Known{0, "not measured yet"},
            .donePerSecond = Known{0, "not measured yet"},
            .standstill = standstillOf(queue),
            .settings = settingsOf(queue.settings)};
}

LetterRow toRow(const DeadLetterRecord& letter)
{
    const JobContent& content = *letter.job.content;
    LetterRow row{.id = letter.job.id.value,
                  .queue = content.queue,
                  .payload = content.payload,
                  .key = content.key,
                  .priority = std::string(toString(content.priority)),
                  .cause = content.cause.value,
                  .attempts = letter.job.attempts,
                  .pushedAt = content.pushedAt,
                  .diedAt = letter.diedAt,
                  .died = letter.cause,
                  .failureClass = letter.failure.failureClass,
                  .code = letter.failure.code,
                  .message = letter.failure.message,
                  .history = {},
                  .state = std::string(toString(letter.state)),
                  .changedBy = letter.changedBy,
                  .reason = letter.reason,
                  .retriedAs = letter.retriedAs.value,
                  .edits = letter.edits};
    for (const JobAttempt& attempt : letter.job.history) {
        row.history.push_back({attempt.number, attempt.begun, attempt.ended,
                               attempt.failure.failureClass, attempt.failure.code,
                               attempt.failure.message});
    }
    return row;
}

JobRow toRow(const JobRecord& job, JobQueue::State state)
{
    return {.id = job.id.value,
            .payload = job.content->payload,
            .priority = std::string(toString(job.content->priority)),
            .state = std::string(stateText(state)),
            .attempts = job.attempts,
            .pushedAt = job.content->pushedAt,
            .cause = job.content->cause.value};
}

LetterFilter toFilter(const LetterQuery& query)
{
    LetterFilter filter{.queue = query.queue,
                        .failureClass = query.failureClass,
                        .code = query.code,
                        .text = query.text,
                        .ids = {}};
    for (const std::uint64_t id : query.ids) {
        filter.ids.push_back({id});
    }
    return filter;
}

namespace {

std::vector<LetterGroupRow> toRows(const std::vector<LetterGroup>& groups)
{
    std::vector<LetterGroupRow> rows;
    for (const LetterGroup& group : groups) {
        rows.push_back({group.queue, group.failureClass, group.code, group.message, group.letters,
                        group.oldest, group.newest});
    }
    return rows;
}

}  // namespace

LetterList toList(const LetterPage& page)
{
    LetterList list{.rows = {}, .total = page.total, .groups = toRows(page.groups)};
    for (const DeadLetterRecord& letter : page.letters) {
        list.rows.push_back(toRow(letter));
    }
    return list;
}

std::vector<QueueRow> storedQueues(const StoredQueues& stored, WallTime now)
{
    std::vector<QueueRow> rows;
    for (const QueueRecord& queue : stored.queues) {
        QueueRow row;
        row.name = queue.name;
        row.paused = queue.paused;
        row.pushed = queue.pushed;
        row.done = queue.done;
        row.died = queue.died;
        row.oldest = Known{0, "no job waits"};
        row.pushedPerSecond = row.donePerSecond = Known{0, "nothing runs"};
        for (const JobRecord& job : stored.jobs) {
            if (job.content->queue != queue.name) {
                continue;
            }
            const bool held = job.lease > Duration::zero();
            ++(held ? row.held : job.readyAt > now ? row.delayed : row.ready);
            row.bytes += job.content->payload.size();
            if (!held && !row.oldest.known()) {
                row.oldest = Known{static_cast<double>((now - job.content->pushedAt).count()), {}};
            }
        }
        row.letters = static_cast<std::uint64_t>(
            std::ranges::count_if(stored.letters, [&](const DeadLetterRecord& letter) {
                return letter.job.content->queue == queue.name &&
                       letter.state == LetterState::waiting;
            }));
        row.standstill = queue.paused ? "paused: it takes in and hands nothing out" : "";
        rows.push_back(std::move(row));
    }
    return rows;
}

LetterList storedLetters(const StoredQueues& stored, const LetterQuery& query)
{
    const LetterFilter filter = toFilter(query);
    LetterList list;
    LetterGroups groups;
    std::vector<const DeadLetterRecord*> matching;
    for (const DeadLetterRecord& letter : stored.letters) {
        if ((query.all || letter.state == LetterState::waiting) && filter.matches(letter)) {
            matching.push_back(&letter);
        }
    }
    std::ranges::sort(matching, [](const auto* a, const auto* b) {
        return std::pair(a->diedAt, a->job.id) > std::pair(b->diedAt, b->job.id);
    });
    for (const DeadLetterRecord* letter : matching) {
        groups.add(*letter);
        if (list.total >= query.offset && list.rows.size() < query.limit) {
            list.rows.push_back(toRow(*letter));
        }
        ++list.total;
    }
    list.groups = toRows(groups.take());
    return list;
}

std::string payloadProblem(const std::string& payload)
{
    const auto first = payload.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) {
        return "the payload is empty";
    }
    if ((payload[first] == '{' || payload[first] == '[') && !nlohmann::json::accept(payload)) {
        return "the payload begins as JSON and is none";
    }
    return {};
}

std::vector<std::string> payloadFindings(const WorkloadSpec& workload, std::string_view queue,
                                         const std::string& payload)
{
    std::vector<std::string> findings;
    for (const AgentGroupSpec& group : workload.agents) {
        if (!group.takes || workload.queues[*group.takes].name != queue) {
            continue;
        }
        const ActionSpec& action = workload.actions[group.action];
        for (const std::string& problem : action.action->unfit(payload)) {
            findings.push_back(fmt::format("action {}, {}", action.name, problem));
        }
    }
    return findings;
}

std::vector<RetryPreview> previewRetry(const JobQueues& queues, const LetterQuery& which,
                                       const JobFindings& job,
                                       const std::optional<std::string>& instead)
{
    std::vector<RetryPreview> previews;
    for (const DeadLetterRecord& letter :
         queues.letters(toFilter(which), which.offset, which.limit).letters) {
        const std::string& queue = letter.job.content->queue;
        RetryPreview preview{.id = letter.job.id.value, .passes = true, .findings = {}};
        const std::string& payload = instead ? *instead : letter.job.content->payload;
        if (const auto problem = payloadProblem(payload); !problem.empty()) {
            preview.findings.push_back(problem);
        }
        const auto status = queues.status(queue);
        const std::uint64_t jobs =
            status->figures.ready + status->figures.delayed + status->figures.leased;
        if (jobs >= status->settings.jobs) {
            preview.findings.push_back(fmt::format("queue {} is full", queue));
        }
        if (status->figures.paused) {
            preview.findings.push_back(fmt::format("queue {} is paused", queue));
        }
        for (std::string& finding : job(queue, payload)) {
            preview.findings.push_back(std::move(finding));
        }
        preview.passes = preview.findings.empty();
        previews.push_back(std::move(preview));
    }
    return previews;
}

}  // namespace muster
