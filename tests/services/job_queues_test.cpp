// SPDX-License-Identifier: Apache-2.0
#include "services/job_queues.h"

#include <QTemporaryDir>
#include <thread>

#include "queue_world.h"
#include "storage/queue_editor.h"
#include "storage/recorder.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

namespace {

/// A store whose commits come when the test says so.
class SlowStore final : public QueueStore {
public:
    void onQueueCommitted(QueueCommitted committed) override { m_committed = std::move(committed); }
    void addQueueStep(std::uint64_t number, QueueStep step) override
    {
        QVERIFY(number > m_number);
        m_number = number;
        m_steps.push_back(std::move(step));
    }
    [[nodiscard]] std::optional<Error> queueTrouble() const override { return trouble; }
    void commit()
    {
        for (const QueueStep& step : std::exchange(m_steps, {})) {
            disk.write(step);
        }
        m_committed(m_number);
    }

    std::optional<Error> trouble;
    QueueDisk disk;

private:
    QueueCommitted m_committed;
    std::uint64_t m_number = 0;
    std::vector<QueueStep> m_steps;
};

struct World {
    explicit World(QueueStore* store, StoredQueues stored = {}, QueueSettings settings = {})
        : queues({.store = store, .clock = clock}, std::move(stored), {{"orders", settings}})
    {
    }

    PushOutcome push(std::size_t count)
    {
        PushOutcome out;
        queues.push("orders", std::vector<NewJob>(count, NewJob{.payload = "p"}),
                    [&out](PushOutcome outcome) { out = std::move(outcome); });
        return out;
    }
    std::vector<JobLease> take(std::size_t most)
    {
        std::vector<JobLease> out;
        queues.take("orders", most, [&out](Result<std::vector<JobLease>> leases) {
            out = std::move(leases).value();
        });
        return out;
    }
    /// So many dead letters.
    void kill(std::size_t count)
    {
        QCOMPARE(push(count).pushed.size(), count);
        for (const JobLease& lease : take(count)) {
            QVERIFY(queues.refuse("orders", lease.id, lease.token, {}).value() ==
                    JobFate::deadLetter);
        }
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    JobQueues queues;
};

QueueSettings once()
{
    return {.deliveries = 1};
}

}  // namespace

class JobQueuesTest : public QObject {
    Q_OBJECT

private slots:
    void aPushIsAcknowledgedAndAJobHandedOutOnlyAfterTheCommit()
    {
        SlowStore store;
        World world(&store);
        bool pushed = false;
        bool taken = false;
        bool done = false;
        std::vector<JobLease> leases;
        world.queues.push("orders", {{.payload = "a"}}, [&](PushOutcome outcome) {
            pushed = outcome.pushed.size() == 1 && !outcome.refused;
        });
        world.queues.take("orders", 1, [&](Result<std::vector<JobLease>> got) {
            taken = true;
            leases = std::move(got).value();
        });
        QVERIFY(!pushed && !taken);
        store.commit();
        QVERIFY(pushed && taken);
        QCOMPARE(store.disk.jobs.at(leases.at(0).id).attempts, 1U);
        QVERIFY(world.queues
                    .acknowledge("orders", leases[0].id, leases[0].token,
                                 [&](const std::optional<Error>& lost) { done = !lost; })
                    .ok());
        QVERIFY(!done && !store.disk.jobs.empty());
        store.commit();
        QVERIFY(done && store.disk.jobs.empty());
    }

    void aDuplicateIsAcknowledgedNoSoonerThanTheFirst()
    {
        SlowStore store;
        World world(&store);
        int acknowledged = 0;
        for (int i = 0; i < 2; ++i) {
            world.queues.push("orders", {{.payload = "a", .key = "k"}},
                              [&](PushOutcome outcome) { acknowledged += !outcome.refused; });
        }
        QCOMPARE(acknowledged, 0);
        store.commit();
        QCOMPARE(acknowledged, 2);
        QCOMPARE(store.disk.jobs.size(), std::size_t{1});
    }

    void whoWaitsWhenTheSessionClosesIsToldThatNothingIsKnown()
    {
        SlowStore store;
        World world(&store);
        std::optional<Error> refused;
        world.queues.push("orders", {{.payload = "a"}},
                          [&](PushOutcome outcome) { refused = outcome.refused; });
        world.queues.close();
        QVERIFY(refused && refused->code == ErrorCode::unavailable);
    }

    void whileTheDiskIsFullPushesAreRefusedAndNothingIsLost()
    {
        SlowStore store;
        World world(&store);
        bool first = false;
        world.queues.push("orders", {{.payload = "a"}},
                          [&](PushOutcome outcome) { first = !outcome.refused; });
        store.trouble = Error{ErrorCode::diskFull, "the disk is full", "session.db", "Free space"};
        const PushOutcome outcome = world.push(1);
        QVERIFY(outcome.refused && outcome.refused->code == ErrorCode::diskFull);
        QVERIFY(outcome.refused->text().find("Free space") != std::string::npos);
        QVERIFY(!first);
        store.trouble.reset();
        store.commit();
        QVERIFY(first);
        QCOMPARE(store.disk.jobs.size(), std::size_t{1});
    }

    void aFullQueueTakesWhatItHasRoomForAndSaysSo()
    {
        World world(nullptr, {}, {.jobs = 3});
        const PushOutcome outcome = world.push(5);
        QCOMPARE(outcome.pushed.size(), std::size_t{3});
        QVERIFY(outcome.refused && outcome.refused->code == ErrorCode::overloaded);
        const auto missing = world.queues.status("nothing");
        QVERIFY(!missing);
        const auto unknown = world.queues.pause("nothing", true, "me");
        QVERIFY(!unknown && unknown.error().text().find("orders") != std::string::npos);
    }

    void lettersAreRetriedNoFasterThanTheirRateAndNotWhileHeld()
    {
        World world(nullptr, {}, once());
        world.kill(10);
        std::string held;
        world.queues.holdRetries([&](std::string_view) { return held; });
        QCOMPARE(world.queues.retryLetters({.letters = world.queues.lettersOf({}), .perSecond = 2})
                     .value(),
                 std::uint64_t{10});
        const auto retried = [&] { return world.queues.status("orders")->figures.counts.retried; };
        QCOMPARE(retried(), std::uint64_t{1});
        for (int i = 0; i < 20; ++i) {
            world.clock->advance(100ms);
            world.queues.advance();
        }
        QCOMPARE(retried(), std::uint64_t{5});
        held = "the breaker of shop is open";
        world.clock->advance(10s);
        world.queues.advance();
        QCOMPARE(retried(), std::uint64_t{5});
        QCOMPARE(world.queues.status("orders")->retryHeld, held);
        QCOMPARE(world.queues.status("orders")->retrying, std::uint64_t{5});
        held.clear();
        world.clock->advance(100ms);
        world.queues.advance();
        QVERIFY(retried() <= 6);  // what it was held for is not made up for
        QCOMPARE(world.queues.stopRetries(), std::uint64_t{10 - retried()});
    }

    void lettersAreFoundByClassCodeAndWords()
    {
        World world(nullptr, {}, once());
        QCOMPARE(world.push(3).pushed.size(), std::size_t{3});
        const auto leases = world.take(3);
        const auto fail = [&](std::size_t at, FailureClass failure, const char* message) {
            QVERIFY(world.queues
                        .refuse("orders", leases[at].id, leases[at].token,
                                {failure, "unavailable", message})
                        .ok());
        };
        fail(0, FailureClass::network, "Connection refused by shop");
        fail(1, FailureClass::network, "no route");
        fail(2, FailureClass::application, "422 from shop");
        QCOMPARE(world.queues.lettersOf({.failureClass = "network"}).size(), std::size_t{2});
        QCOMPARE(world.queues.lettersOf({.text = "SHOP refused"}).size(), std::size_t{1});
        QCOMPARE(world.queues.lettersOf({.code = "unavailable", .text = "shop"}).size(),
                 std::size_t{2});
        const LetterPage page = world.queues.letters({}, 1, 1);
        QCOMPARE(page.total, std::uint64_t{3});
        QCOMPARE(page.letters.size(), std::size_t{1});
        QVERIFY(page.letters[0].job.id == leases[1].id);
        QCOMPARE(page.groups.size(), std::size_t{2});
        QCOMPARE(page.groups[0].failureClass, std::string("network"));
        QCOMPARE(page.groups[0].letters, std::uint64_t{2});
    }

    void manyThreadsShareAQueueOfARealSession()
    {
        QTemporaryDir directory;
        RecorderOptions options;
        options.file = directory.filePath("session.db").toStdString();
        options.clock = systemClock();
        auto recorder = Recorder::open(options).value();
        JobQueues queues({.store = recorder.get(), .clock = systemClock()}, recorder->takeQueues(),
                         {{"orders", {}}});
        constexpr int kThreads = 4;
        constexpr int kJobs = 500;
        std::atomic<int> pushed{0};
        std::atomic<int> done{0};
        std::atomic<int> twice{0};
        std::mutex mutex;
        std::set<JobId> seen;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&] {
                    for (int k = 0; k < kJobs; ++k) {
                        queues.push("orders", {{.payload = "p"}},
                                    [&](PushOutcome outcome) { pushed += !outcome.refused; });
                        queues.take("orders", 3, [&](Result<std::vector<JobLease>> leases) {
                            for (const JobLease& lease : *leases) {
                                {
                                    const std::lock_guard lock(mutex);
                                    twice += !seen.insert(lease.id).second;
                                }
                                (void)queues.acknowledge(
                                    "orders", lease.id, lease.token,
                                    [&](const std::optional<Error>& lost) { done += !lost; });
                            }
                        });
                    }
                });
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(done.load(), kThreads * kJobs, 30'000);
        QCOMPARE(pushed.load(), kThreads * kJobs);
        QCOMPARE(twice.load(), 0);
        QVERIFY(recorder->close({}).ok());
        queues.close();
        auto editor = QueueEditor::open(options.file).value();
        const StoredQueues stored = editor->takeStored();
        QVERIFY(stored.jobs.empty());
        QCOMPARE(stored.queues.at(0).done, std::uint64_t{kThreads * kJobs});
    }
};

MUSTER_TEST_CASE(JobQueuesTest);

}  // namespace muster

#include "job_queues_test.moc"
