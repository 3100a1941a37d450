// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/big_session.h"
#include "bench/row.h"
#include "bench/world.h"
#include "services/job_queues.h"
#include "storage/recorder.h"

namespace muster::bench {
namespace {

constexpr std::uint64_t kBatch = 1024;  ///< jobs pushed, taken and acknowledged together
constexpr std::uint64_t kUnderWay = 4;  ///< batches at once, whose commits the store shares
constexpr std::uint64_t kJobs = 200'000;
constexpr std::uint64_t kQuickJobs = 20'000;

std::string payloadOf(std::uint64_t job)
{
    return R"({"order":)" + std::to_string(job) + R"(,"item":"lamp","count":2,"city":"Bern"})";
}

/// Jobs through a durable queue: each push, hand-over and acknowledgement is on the disk before
/// the next step of its batch begins.
class QueueRun {
public:
    QueueRun(const std::filesystem::path& file, std::uint64_t jobs) : m_jobs(jobs)
    {
        RecorderOptions options;
        options.file = file;
        options.clock = systemClock();
        options.run.workload = "bench";
        m_recorder = must(Recorder::open(std::move(options)));
        JobQueuesOptions queues;
        queues.store = m_recorder.get();
        queues.clock = systemClock();
        QueueSettings settings;
        settings.jobs = kMostQueueJobs;
        settings.unacknowledged = kMostQueueJobs;
        m_queues = std::make_unique<JobQueues>(std::move(queues), StoredQueues{},
                                               std::vector<QueueWanted>{{"orders", settings}});
    }
    ~QueueRun()
    {
        m_queues->close();
        m_queues.reset();
        must(m_recorder->close({systemClock()->wall(), {}}));
    }
    QueueRun(const QueueRun&) = delete;
    QueueRun& operator=(const QueueRun&) = delete;

    [[nodiscard]] Duration run()
    {
        const auto clock = systemClock();
        const MonoTime begin = clock->now();
        for (std::uint64_t lane = 0; lane < kUnderWay; ++lane) {
            push();
        }
        m_done.sleepUntil(m_jobs);
        return clock->now() - begin;
    }

private:
    void push()
    {
        const std::uint64_t from = m_pushed.fetch_add(kBatch, std::memory_order_relaxed);
        if (from >= m_jobs) {
            return;
        }
        std::vector<NewJob> jobs;
        for (std::uint64_t job = from; job < std::min(from + kBatch, m_jobs); ++job) {
            jobs.push_back({.payload = payloadOf(job)});
        }
        const std::size_t count = jobs.size();
        m_queues->push("orders", std::move(jobs),
                       [this, count](const PushOutcome& outcome) { pushed(outcome, count); });
    }
    void pushed(const PushOutcome& outcome, std::size_t count)
    {
        if (outcome.pushed.size() != count) {
            std::abort();
        }
        m_queues->take("orders", count,
                       [this](const Result<std::vector<JobLease>>& leases) { taken(leases); });
    }
    void taken(const Result<std::vector<JobLease>>& leases)
    {
        if (!leases) {
            std::abort();
        }
        for (std::size_t at = 0; at < leases->size(); ++at) {
            const JobLease& lease = (*leases)[at];
            const bool last = at + 1 == leases->size();
            must(m_queues->acknowledge(
                "orders", lease.id, lease.token,
                last ? JobQueues::Done([this, done = leases->size()](const auto& lost) {
                    lost ? std::abort() : m_done.add(done);
                    push();
                })
                     : JobQueues::Done()));
        }
    }

    const std::uint64_t m_jobs;
    std::unique_ptr<Recorder> m_recorder;
    std::unique_ptr<JobQueues> m_queues;
    std::atomic<std::uint64_t> m_pushed{0};
    Count m_done;
};

/// The same by plain SQLite: a row inserted, changed when it is handed out and deleted when it is
/// done, each step of a batch a synced transaction.
class RawQueue {
public:
    explicit RawQueue(const std::filesystem::path& file)
    {
        sqlite3_open(file.c_str(), &m_database);
        execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864;"
            "PRAGMA cache_size = -16384;"
            "CREATE TABLE jobs(id INTEGER PRIMARY KEY, queue TEXT, priority INTEGER, payload TEXT, "
            "key TEXT, cause INTEGER, pushed_at INTEGER, attempts INTEGER, history TEXT, ready_at "
            "INTEGER, delay INTEGER, token INTEGER, leased_at INTEGER, lease INTEGER, checksum "
            "INTEGER)");
        m_insert = prepare("INSERT INTO jobs VALUES(?1,'orders',1,?2,'',0,?1,0,'',?1,0,0,0,0,?1)");
        m_lease = prepare(
            "UPDATE jobs SET attempts = 1, token = ?1, leased_at = ?1, lease = 30000000000, "
            "checksum = ?1 WHERE id = ?1");
        m_delete = prepare("DELETE FROM jobs WHERE id = ?1");
    }
    ~RawQueue()
    {
        for (sqlite3_stmt* each : {m_insert, m_lease, m_delete}) {
            sqlite3_finalize(each);
        }
        sqlite3_close(m_database);
    }
    RawQueue(const RawQueue&) = delete;
    RawQueue& operator=(const RawQueue&) = delete;

    [[nodiscard]] Duration run(std::uint64_t jobs)
    {
        const auto clock = systemClock();
        const MonoTime begin = clock->now();
        for (std::uint64_t from = 0; from < jobs; from += kBatch) {
            const std::uint64_t to = std::min(from + kBatch, jobs);
            for (sqlite3_stmt* step : {m_insert, m_lease, m_delete}) {
                execute("BEGIN");
                for (std::uint64_t job = from; job < to; ++job) {
                    act(step, job);
                }
                execute("COMMIT");
            }
        }
        return clock->now() - begin;
    }

private:
    void execute(const char* sql)
    {
        check(sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr));
    }
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql)
    {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v2(m_database, sql, -1, &statement, nullptr));
        return statement;
    }
    void act(sqlite3_stmt* step, std::uint64_t job)
    {
        const std::string payload = step == m_insert ? payloadOf(job) : std::string();
        sqlite3_bind_int64(step, 1, static_cast<std::int64_t>(job) + 1);
        if (step == m_insert) {
            sqlite3_bind_text(step, 2, payload.data(), static_cast<int>(payload.size()), nullptr);
        }
        check(sqlite3_step(step) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR);
        sqlite3_reset(step);
    }
    void check(int code)
    {
        if (code != SQLITE_OK) {
            std::fprintf(stderr, "%s\n", sqlite3_errmsg(m_database));
            std::abort();
        }
    }

    sqlite3* m_database = nullptr;
    sqlite3_stmt* m_insert = nullptr;
    sqlite3_stmt* m_lease = nullptr;
    sqlite3_stmt* m_delete = nullptr;
};

Outcome pushTakeAck(std::uint64_t jobs)
{
    const BenchDirectory directory("queue");
    Outcome outcome;
    outcome.ops = jobs;
    {
        QueueRun own(directory.path() / "muster.db", jobs);
        outcome.total = own.run();
    }
    RawQueue plain(directory.path() / "raw.db");
    const Duration raw = plain.run(jobs);
    const auto perSecond = [jobs](Duration time) {
        return static_cast<double>(jobs) / std::chrono::duration<double>(time).count();
    };
    outcome.more["jobs_per_s"] = perSecond(outcome.total);
    outcome.more["raw_jobs_per_s"] = perSecond(raw);
    outcome.more["percent_of_raw"] = 100 * perSecond(outcome.total) / perSecond(raw);
    return outcome;
}

}  // namespace

void addQueueRows(std::vector<Row>& rows)
{
    rows.push_back({"queue_push_take_ack",
                    "a job pushed, handed out and acknowledged, each on the disk, in batches of "
                    "1,024; beside plain SQLite doing so",
                    0, kJobs, kQuickJobs, pushTakeAck});
}

}  // namespace muster::bench
