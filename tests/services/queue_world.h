// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtTest/QtTest>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "services/job_queue.h"

namespace muster::tests {

using namespace std::chrono_literals;

/// What a session would hold of a queue after these steps.
class QueueDisk {
public:
    void write(const QueueStep& step)
    {
        for (const auto& job : step.jobs) {
            jobs[job.id] = job;
        }
        for (const JobId id : step.gone) {
            jobs.erase(id);
        }
        for (const auto& letter : step.letters) {
            letters[letter.job.id] = letter;
        }
        for (const auto& key : step.keys) {
            keys[key.id] = key;
        }
        for (const JobId id : step.keysGone) {
            keys.erase(id);
        }
        if (step.queue) {
            record = *step.queue;
        }
    }
    [[nodiscard]] std::unique_ptr<JobQueue> open(const QueueSettings& settings, JobIds& ids,
                                                 QueueTime time) const
    {
        auto queue = std::make_unique<JobQueue>("orders", settings, ids, Rng(7));
        if (!record.name.empty()) {
            queue->restore(record, time);
        }
        for (const auto& [id, job] : jobs) {
            queue->restore(job, time);
        }
        for (const auto& [id, letter] : letters) {
            queue->restore(letter);
        }
        for (const auto& [id, key] : keys) {
            queue->restore(key, time);
        }
        return queue;
    }

    QueueRecord record;
    std::map<JobId, JobRecord> jobs;
    std::map<JobId, DeadLetterRecord> letters;
    std::map<JobId, JobKeyRecord> keys;
};

/// A queue, its time and its disk, to write tests as a script.
struct QueueWorld {
    explicit QueueWorld(QueueSettings given = {}) : settings(given)
    {
        settings.backoff.jitter = RetrySettings::Jitter::none;
        queue = disk.open(settings, ids, time());
    }

    [[nodiscard]] QueueTime time() const { return {MonoTime{} + mono, WallTime{} + wall}; }
    void pass(Duration by)
    {
        mono += by;
        wall += by;
    }
    /// Makes durable what the step changed.
    void keep()
    {
        disk.write(step);
        step = {};
    }

    Result<Pushed> push(NewJob job)
    {
        auto pushed = queue->push(std::move(job), time(), step);
        keep();
        return pushed;
    }
    JobId pushed(std::string payload, JobPriority priority = JobPriority::normal,
                 Duration delay = {})
    {
        return push({.payload = std::move(payload), .priority = priority, .delay = delay})
            .value()
            .id;
    }
    std::vector<JobLease> take(std::size_t most)
    {
        std::vector<JobLease> leases;
        queue->take(most, time(), leases, step);
        keep();
        return leases;
    }
    /// The payloads that are handed out.
    QStringList payloads(std::size_t most)
    {
        QStringList out;
        for (const auto& lease : take(most)) {
            out << QString::fromStdString(lease.content->payload);
        }
        return out;
    }
    Result<JobFate> refuse(const JobLease& lease, FailureClass failure = FailureClass::application)
    {
        auto fate = queue->refuse(lease.id, lease.token,
                                  {failure, "unavailable", "it did not work"}, time(), step);
        keep();
        return fate;
    }
    Result<void> acknowledge(const JobLease& lease)
    {
        auto done = queue->acknowledge(lease.id, lease.token, time(), step);
        keep();
        return done;
    }
    /// Gives a job up by refusing it as often as it is delivered.
    void wearOut(JobId id)
    {
        for (std::uint32_t i = 0; i < settings.deliveries; ++i) {
            const auto leases = take(1);
            QCOMPARE(leases.size(), std::size_t{1});
            QVERIFY(leases[0].id == id);
            QVERIFY(refuse(leases[0]).ok());
            pass(1h);
        }
    }
    void advance()
    {
        queue->advance(time(), step);
        keep();
    }
    /// The process dies, and another opens the session.
    void crash() { queue = disk.open(settings, ids, time()); }
    [[nodiscard]] QueueFigures figures() const { return queue->figures(time()); }

    QueueSettings settings;
    Duration mono = 1h;
    Duration wall = 24h * 365;
    JobIds ids;
    QueueDisk disk;
    QueueStep step;
    std::unique_ptr<JobQueue> queue;
};

}  // namespace muster::tests
