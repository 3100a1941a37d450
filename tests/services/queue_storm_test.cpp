// SPDX-License-Identifier: Apache-2.0
#include "queue_world.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

namespace {

/// Producers, holders and an operator at random, and a process that dies at random: whatever was
/// not synced is gone, as are all holders. Keeps books of its own.
class Storm {
public:
    explicit Storm(std::uint64_t seed) : m_rng(seed), m_world(settings()) {}

    void run(int steps)
    {
        for (int i = 0; i < steps && !QTest::currentTestFailed(); ++i) {
            act();
            if (m_rng.below(3) == 0) {
                sync();
            }
            if (m_rng.below(60) == 0) {
                crash();
            }
        }
        sync();
        crash();
        QVERIFY(m_handedOut > 0 && m_crashes > 0 && !m_world.disk.letters.empty());
    }

private:
    struct Holder {
        JobLease lease;
        bool told = false;  // its lease is on disk: it works
    };

    static QueueSettings settings()
    {
        return {.deliveries = 3,
                .lease = 5s,
                .jobs = 40,
                .bytes = 400,
                .unacknowledged = 10,
                .deadLetters = 15};
    }

    void act()
    {
        auto& queue = *m_world.queue;
        auto& step = m_world.step;
        switch (m_rng.below(9)) {
            case 0:
            case 1: {
                NewJob job{.payload = "payload",
                           .priority = static_cast<JobPriority>(m_rng.below(4)),
                           .delay = Duration(2s) * static_cast<int>(m_rng.below(3))};
                if (const auto made = queue.push(std::move(job), m_world.time(), step)) {
                    QVERIFY(m_ids.insert(made->id).second);  // never twice
                    m_pushing.insert(made->id);
                }
                break;
            }
            case 2:
            case 3: {
                std::vector<JobLease> leases;
                queue.take(m_rng.below(4), m_world.time(), leases, step);
                for (auto& lease : leases) {
                    m_holders.push_back({std::move(lease)});
                }
                break;
            }
            case 4:
            case 5:
                m_world.pass(Duration(m_rng.below(3'000'000'000)));
                queue.advance(m_world.time(), step);
                break;
            case 6:
                surgery();
                break;
            default:
                endOne();
        }
    }

    void endOne()
    {
        if (m_holders.empty()) {
            return;
        }
        const auto at = m_holders.begin() + static_cast<long>(m_rng.below(m_holders.size()));
        if (!at->told) {
            return;
        }
        const JobLease lease = at->lease;
        m_holders.erase(at);
        auto& queue = *m_world.queue;
        const QueueTime time = m_world.time();
        const bool over = lease.until <= time.now;
        bool ok = false;
        switch (m_rng.below(5)) {
            case 0:
                ok = queue.refuse(lease.id, lease.token, {}, time, m_world.step).ok();
                break;
            case 1:
                ok = queue.release(lease.id, lease.token, time, m_world.step).ok();
                break;
            case 2:
                ok = queue.lose(lease.id, lease.token, time, m_world.step).ok();
                break;
            default:
                ok = queue.acknowledge(lease.id, lease.token, time, m_world.step).ok();
                if (ok) {
                    m_acknowledging.insert(lease.id);
                }
        }
        QCOMPARE(ok, !over);
    }

    void surgery()
    {
        auto& queue = *m_world.queue;
        if (queue.letters().empty()) {
            return;
        }
        const JobId id = queue.letters().begin()->first;
        const QueueTime time = m_world.time();
        if (m_rng.below(2) == 0) {
            (void)queue.discardLetter(id, {"storm", ""}, time, m_world.step);
        } else if (const auto made = queue.retryLetter(id, {"storm", ""}, time, m_world.step)) {
            QVERIFY(m_ids.insert(*made).second);
            m_pushing.insert(*made);
        }
    }

    /// The commit is through: now producers and holders hear of it.
    void sync()
    {
        m_world.keep();
        m_durable.merge(m_pushing);
        m_pushing.clear();
        m_acknowledged.merge(m_acknowledging);
        m_acknowledging.clear();
        for (auto& holder : m_holders) {
            if (!std::exchange(holder.told, true)) {
                ++m_handedOut;
                QVERIFY(!m_acknowledged.contains(holder.lease.id));
                QVERIFY(holder.lease.attempt <= m_world.settings.deliveries);
                checkAlone(holder.lease);
            }
        }
        check();
    }

    /// Nobody else works on it under a lease that goes on.
    void checkAlone(const JobLease& lease)
    {
        for (const auto& other : m_holders) {
            QVERIFY(other.lease.id != lease.id || other.lease.token >= lease.token ||
                    other.lease.until <= m_world.time().now);
        }
    }

    void crash()
    {
        ++m_crashes;
        m_world.step = {};
        for (const JobId id : m_pushing) {
            m_ids.erase(id);  // nobody heard of it
        }
        m_pushing.clear();
        m_acknowledging.clear();
        m_holders.clear();
        m_world.crash();
        check();
    }

    /// Each job that a producer heard of is in exactly one place.
    void check()
    {
        const auto& disk = m_world.disk;
        for (const JobId id : m_durable) {
            const int places = int(disk.jobs.contains(id)) + int(disk.letters.contains(id)) +
                               int(m_acknowledged.contains(id));
            QCOMPARE(places, 1);
        }
        QCOMPARE(disk.record.pushed, disk.jobs.size() + disk.record.died + disk.record.done);
        QCOMPARE(disk.letters.size(), std::size_t{disk.record.died});
        QCOMPARE(m_acknowledged.size(), std::size_t{disk.record.done});
        const QueueFigures figures = m_world.figures();
        if (m_world.step.empty()) {
            QCOMPARE(figures.ready + figures.delayed + figures.leased, disk.jobs.size());
        }
        QVERIFY(figures.bytes <= m_world.settings.bytes);
        QVERIFY(figures.leased <= m_world.settings.unacknowledged);
    }

    Rng m_rng;
    QueueWorld m_world;
    std::vector<Holder> m_holders;
    std::set<JobId> m_ids;
    std::set<JobId> m_pushing;
    std::set<JobId> m_durable;
    std::set<JobId> m_acknowledging;
    std::set<JobId> m_acknowledged;
    int m_handedOut = 0;
    int m_crashes = 0;
};

}  // namespace

class QueueStormTest : public QObject {
    Q_OBJECT
private slots:
    void whateverHappensEachJobIsInOnePlaceAndHasOneHolder_data()
    {
        QTest::addColumn<qulonglong>("seed");
        for (qulonglong seed = 1; seed <= 20; ++seed) {
            QTest::addRow("seed %llu", seed) << seed;
        }
    }
    void whateverHappensEachJobIsInOnePlaceAndHasOneHolder()
    {
        QFETCH(qulonglong, seed);
        Storm(seed).run(2000);
    }
};

MUSTER_TEST_CASE(QueueStormTest);

}  // namespace muster

#include "queue_storm_test.moc"
