// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/queue_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "storage/internal/job_history.h"
#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/text.h"

namespace muster {

namespace {

JobRecord jobOf(const Statement& row)
{
    const auto text = [&row](int column) { return std::string(row.text(column)); };
    JobRecord job;
    job.id = {static_cast<std::uint64_t>(row.integer(0))};
    job.content = std::make_shared<const JobContent>(JobContent{
        .queue = text(1),
        .payload = text(3),
        .key = text(4),
        .cause = {static_cast<std::uint64_t>(row.integer(5))},
        .priority = static_cast<JobPriority>(std::clamp<std::int64_t>(row.integer(2), 0, 3)),
        .pushedAt = {row.integer(6)}});
    job.attempts = static_cast<std::uint32_t>(row.integer(7));
    job.history = readHistory(row.text(8));
    return job;
}

JobRecord liveJobOf(const Statement& row)
{
    JobRecord job = jobOf(row);
    job.readyAt = {row.integer(9)};
    job.delay = Duration{row.integer(10)};
    job.token = static_cast<std::uint64_t>(row.integer(11));
    job.leasedAt = {row.integer(12)};
    job.lease = Duration{row.integer(13)};
    return job;
}

DeadLetterRecord letterOf(const Statement& row)
{
    const auto text = [&row](int column) { return std::string(row.text(column)); };
    DeadLetterRecord letter;
    letter.job = jobOf(row);
    letter.diedAt = {row.integer(9)};
    letter.cause = text(10);
    letter.failure = {text(11), text(12), text(13)};
    letter.state = static_cast<LetterState>(std::clamp<std::int64_t>(row.integer(14), 0, 2));
    letter.changedAt = {row.integer(15)};
    letter.changedBy = text(16);
    letter.reason = text(17);
    letter.retriedAs = {static_cast<std::uint64_t>(row.integer(18))};
    letter.edits = static_cast<std::uint32_t>(row.integer(19));
    return letter;
}

QueueRecord queueOf(const Statement& row)
{
    const auto number = [&row](int column) {
        return static_cast<std::uint64_t>(row.integer(column));
    };
    return {.name = std::string(row.text(1)),
            .paused = row.integer(2) != 0,
            .lastJob = {number(3)},
            .lastToken = number(4),
            .pushed = number(5),
            .done = number(6),
            .died = number(7),
            .fed = number(8),
            .input = std::string(row.text(9))};
}

/// Shows the rows of a table, and gives how many are damaged.
Result<std::int64_t> readTable(Database& database, const char* table, const RowScan::Visit& visit)
{
    auto scan = RowScan::open(database, table);
    const auto ids = idRange(database, table);
    if (!scan || !ids) {
        return scan ? ids.error() : scan.error();
    }
    const auto outcome = scan->visit(ids->first, ids->last, false, visit);
    return outcome ? Result<std::int64_t>(outcome->damaged) : outcome.error();
}

void remark(std::string& notice, std::string_view queue, std::int64_t missing)
{
    if (missing > 0) {
        notice += fmt::format("{}{} jobs of queue \"{}\" are damaged or missing, and left out",
                              notice.empty() ? "" : ". ", missing, queue);
    }
}

/// A row that is gone without a trace is missed by its queue's books.
void audit(StoredQueues& stored)
{
    for (const QueueRecord& queue : stored.queues) {
        const auto there = std::ranges::count_if(
            stored.jobs, [&](const JobRecord& job) { return job.content->queue == queue.name; });
        remark(stored.notice, queue.name,
               static_cast<std::int64_t>(queue.pushed - queue.done - queue.died) - there);
    }
}

/// What every row of a job begins with.
RowWriter& putJob(RowWriter& row, const JobRecord& job, std::string& history)
{
    const JobContent& content = *job.content;
    history.clear();
    appendHistory(history, job.history);
    return row.put(job.id.value)
        .put(content.queue)
        .put(static_cast<std::int64_t>(content.priority))
        .put(content.payload)
        .put(content.key)
        .put(content.cause.value)
        .put(content.pushedAt.nanoseconds)
        .put(std::int64_t{job.attempts})
        .put(history);
}

}  // namespace

Result<QueueRows> QueueRows::open(Database& database, FaultPoints* faults)
{
    auto job =
        database.prepare("INSERT OR REPLACE INTO jobs VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    auto jobGone = database.prepare("DELETE FROM jobs WHERE id = ?1");
    auto letter = database.prepare(
        "INSERT OR REPLACE INTO dead_letters "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    auto key = database.prepare("INSERT OR REPLACE INTO job_keys VALUES(?,?,?,?,?)");
    auto keyGone = database.prepare("DELETE FROM job_keys WHERE id = ?1");
    auto queue = database.prepare("INSERT OR REPLACE INTO queues VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    for (const Error* error : {errorOf(job), errorOf(jobGone), errorOf(letter), errorOf(key),
                               errorOf(keyGone), errorOf(queue)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    QueueRows rows;
    const auto ids = idRange(database, "queues");
    const auto known = readTable(database, "queues", [&rows](const Statement& row) {
        rows.m_queues[std::string(row.text(1))] = row.integer(0);
        return true;
    });
    if (!ids || !known) {
        return ids ? known.error() : ids.error();
    }
    rows.m_lastQueue = ids->last;
    rows.m_faults = faults;
    rows.m_job = std::move(job).value();
    rows.m_jobGone = std::move(jobGone).value();
    rows.m_letter = std::move(letter).value();
    rows.m_key = std::move(key).value();
    rows.m_keyGone = std::move(keyGone).value();
    rows.m_queue = std::move(queue).value();
    return rows;
}

Result<void> QueueRows::append(const QueueStep& step)
{
    Result<void> done;
    const auto each = [&done](const auto& records, const auto& write) {
        for (const auto& record : records) {
            if (!done) {
                return;
            }
            done = write(record);
        }
    };
    each(step.jobs, [this](const JobRecord& job) { return put(job); });
    each(step.letters, [this](const DeadLetterRecord& letter) { return put(letter); });
    each(step.gone, [this](JobId id) { return remove(m_jobGone, id); });
    each(step.keys, [this](const JobKeyRecord& key) { return put(key); });
    each(step.keysGone, [this](JobId id) { return remove(m_keyGone, id); });
    return done && step.queue ? put(*step.queue) : done;
}

Result<void> QueueRows::pass()
{
    if (m_faults != nullptr) {
        if (auto fault = m_faults->pass("storage.write")) {
            return *fault;
        }
    }
    return {};
}

Result<void> QueueRows::put(const JobRecord& job)
{
    if (auto passed = pass(); !passed) {
        return passed;
    }
    RowWriter row(m_job);
    return putJob(row, job, m_history)
        .put(job.readyAt.nanoseconds)
        .put(job.delay.count())
        .put(job.token)
        .put(job.leasedAt.nanoseconds)
        .put(job.lease.count())
        .insert();
}

Result<void> QueueRows::put(const DeadLetterRecord& letter)
{
    if (auto passed = pass(); !passed) {
        return passed;
    }
    RowWriter row(m_letter);
    return putJob(row, letter.job, m_history)
        .put(letter.diedAt.nanoseconds)
        .put(letter.cause)
        .put(letter.failure.failureClass)
        .put(letter.failure.code)
        .put(validUtf8(letter.failure.message, m_text))
        .put(static_cast<std::int64_t>(letter.state))
        .put(letter.changedAt.nanoseconds)
        .put(letter.changedBy)
        .put(letter.reason)
        .put(letter.retriedAs.value)
        .put(std::int64_t{letter.edits})
        .insert();
}

Result<void> QueueRows::put(const JobKeyRecord& key)
{
    if (auto passed = pass(); !passed) {
        return passed;
    }
    return RowWriter(m_key)
        .put(key.id.value)
        .put(key.queue)
        .put(key.key)
        .put(key.at.nanoseconds)
        .insert();
}

Result<void> QueueRows::put(const QueueRecord& queue)
{
    if (auto passed = pass(); !passed) {
        return passed;
    }
    std::int64_t& row = m_queues[queue.name];
    if (row == 0) {
        row = ++m_lastQueue;
    }
    return RowWriter(m_queue)
        .put(row)
        .put(queue.name)
        .put(std::int64_t{queue.paused})
        .put(queue.lastJob.value)
        .put(queue.lastToken)
        .put(queue.pushed)
        .put(queue.done)
        .put(queue.died)
        .put(queue.fed)
        .put(queue.input)
        .insert();
}

Result<void> QueueRows::remove(Statement& statement, JobId id)
{
    if (auto passed = pass(); !passed) {
        return passed;
    }
    return statement.bind(1, static_cast<std::int64_t>(id.value)).run();
}

Result<StoredQueues> loadQueues(Database& database, LetterRows letters)
{
    StoredQueues stored;
    const auto queues = readTable(database, "queues", [&](const Statement& row) {
        stored.queues.push_back(queueOf(row));
        return true;
    });
    const auto jobs = readTable(database, "jobs", [&](const Statement& row) {
        stored.jobs.push_back(liveJobOf(row));
        return true;
    });
    const auto dead = readTable(database, "dead_letters", [&](const Statement& row) {
        if (letters == LetterRows::all || row.integer(14) == 0) {
            stored.letters.push_back(letterOf(row));
        }
        return true;
    });
    const auto keys = readTable(database, "job_keys", [&](const Statement& row) {
        stored.keys.push_back({{static_cast<std::uint64_t>(row.integer(0))},
                               std::string(row.text(1)),
                               std::string(row.text(2)),
                               {row.integer(3)}});
        return true;
    });
    for (const Error* error : {errorOf(queues), errorOf(jobs), errorOf(dead), errorOf(keys)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    audit(stored);
    if (*queues + *dead + *keys > 0) {
        stored.notice +=
            fmt::format("{}{} queues, {} dead letters and {} keys are damaged, and left out",
                        stored.notice.empty() ? "" : ". ", *queues, *dead, *keys);
    }
    return stored;
}

Result<void> deleteOldLetters(Database& database, WallTime before)
{
    auto statement =
        database.prepare("DELETE FROM dead_letters WHERE state != 0 AND changed_at < ?1");
    return statement ? statement->bind(1, before.nanoseconds).run() : statement.error();
}

}  // namespace muster
