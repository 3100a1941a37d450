// SPDX-License-Identifier: Apache-2.0
#include "services/job_queue.h"

#include "queue_world.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class JobQueueTest : public QObject {
    Q_OBJECT
private slots:
    void theMostUrgentComeFirstAndThoseAlikeInTheirOrder()
    {
        QueueWorld world;
        world.pushed("a");
        world.pushed("b", JobPriority::low);
        world.pushed("c", JobPriority::urgent);
        world.pushed("d", JobPriority::high);
        world.pushed("e");
        QCOMPARE(world.payloads(10).join(""), QString("cdaeb"));
    }

    void aDelayedJobIsNotHandedOutBeforeItsTime()
    {
        QueueWorld world;
        world.pushed("later", JobPriority::urgent, 10s);
        QVERIFY(world.queue->nextTime() == world.time().now + 10s);
        world.pass(10s - 1ns);
        QCOMPARE(world.payloads(1).size(), 0);
        world.pass(1ns);
        QCOMPARE(world.payloads(1).join(""), QString("later"));
    }

    void aJobIsHeldByOneUntilItsLeaseEndsToTheNanosecond()
    {
        QueueWorld world;
        world.pushed("a");
        const auto first = world.take(2);
        QCOMPARE(first.size(), std::size_t{1});
        world.pass(30s - 1ns);
        QCOMPARE(world.take(1).size(), std::size_t{0});
        world.pass(1ns);
        const auto second = world.take(1);
        QCOMPARE(second.size(), std::size_t{1});
        QCOMPARE(second[0].attempt, 2U);
        QVERIFY(second[0].token > first[0].token);
        QCOMPARE(world.figures().counts.rescued, std::uint64_t{1});

        // The first holder comes too late, and changes nothing.
        const auto late = world.acknowledge(first[0]);
        QVERIFY(!late && late.error().code == ErrorCode::conflict);
        QVERIFY(!world.refuse(first[0]).ok());
        QCOMPARE(world.figures().counts.stale, std::uint64_t{2});
        QVERIFY(world.acknowledge(second[0]).ok());
        QVERIFY(world.queue->idle() && world.disk.jobs.empty());
        QVERIFY(!world.acknowledge(second[0]).ok());
    }

    void whoIsStillAtItKeepsTheLease()
    {
        QueueWorld world;
        world.pushed("a");
        const auto lease = world.take(1).at(0);
        for (int i = 0; i < 10; ++i) {
            world.pass(29s);
            QVERIFY(world.queue->extend(lease.id, lease.token, world.time(), world.step).ok());
            world.keep();
        }
        world.crash();
        world.pass(29s);
        QVERIFY(world.acknowledge(lease).ok());
    }

    void whatFailsWaitsLongerEachTimeAndIsADeadLetterInTheEnd()
    {
        QueueWorld world;
        const JobId id = world.pushed("a");
        for (const Duration wait : {1s, 2s, 4s, 8s}) {
            const auto lease = world.take(1).at(0);
            QVERIFY(world.refuse(lease).value() == JobFate::delayed);
            QVERIFY(world.queue->nextTime() == world.time().now + wait);
            world.pass(wait);
        }
        const auto last = world.take(1).at(0);
        QCOMPARE(last.attempt, 5U);
        QVERIFY(world.refuse(last, FailureClass::network).value() == JobFate::deadLetter);
        QVERIFY(world.disk.jobs.empty());
        const auto& letter = world.disk.letters.at(id);
        QCOMPARE(letter.cause, std::string("exhausted"));
        QCOMPARE(letter.failure.failureClass, std::string("network"));
        QCOMPARE(letter.job.attempts, 5U);
        QCOMPARE(letter.job.history.size(), std::size_t{5});
        QCOMPARE(letter.job.history[1].number, 2U);
        QVERIFY(letter.job.history[1].begun - letter.job.history[0].ended == 1s);
        QCOMPARE(world.disk.record.died, std::uint64_t{1});
    }

    void whatNoRetryHelpsIsADeadLetterAtOnce()
    {
        QueueSettings settings;
        settings.backoff.classes[static_cast<std::size_t>(FailureClass::application)].retried =
            false;
        QueueWorld world(settings);
        const JobId id = world.pushed("a");
        QVERIFY(world.refuse(world.take(1).at(0)).value() == JobFate::deadLetter);
        QCOMPARE(world.disk.letters.at(id).cause, std::string("not_retried"));

        world.pushed("b");
        const auto lease = world.take(1).at(0);
        QVERIFY(world.queue
                    ->terminate(lease.id, lease.token, {"application", "corrupt", "no order"},
                                world.time(), world.step)
                    .ok());
        world.keep();
        QCOMPARE(world.disk.letters.at(lease.id).cause, std::string("terminated"));
    }

    void aDeliveryCountsEvenIfTheProcessDiesEachTime()
    {
        QueueWorld world;
        const JobId id = world.pushed("poison");
        for (std::uint32_t i = 1; i <= 5; ++i) {
            QCOMPARE(world.take(1).at(0).attempt, i);
            world.crash();
            QCOMPARE(world.take(1).size(), std::size_t{0});  // an orphan until its lease ends
            world.pass(30s);
            world.advance();
        }
        QCOMPARE(world.take(1).size(), std::size_t{0});
        QVERIFY(world.disk.letters.contains(id));
        QCOMPARE(world.disk.letters.at(id).failure.code, std::string("lost"));
    }

    void aCleanShutdownUsesUpNoAttemptAndKeepsTheOrder()
    {
        QueueWorld world;
        world.pushed("a");
        world.pushed("b");
        const auto leases = world.take(2);
        for (auto lease = leases.rbegin(); lease != leases.rend(); ++lease) {
            QVERIFY(world.queue->release(lease->id, lease->token, world.time(), world.step).ok());
            world.keep();
        }
        world.crash();
        const auto again = world.take(2);
        QCOMPARE(again.size(), std::size_t{2});
        QCOMPARE(again[0].content->payload, std::string("a"));
        QCOMPARE(again[0].attempt, 1U);
        QVERIFY(again[0].token > leases[1].token);
    }

    void aFullQueueRefusesWithAnErrorAndChangesNothing_data()
    {
        QTest::addColumn<qulonglong>("jobs");
        QTest::addColumn<qulonglong>("bytes");
        QTest::newRow("by jobs") << 2ULL << 1000ULL;
        QTest::newRow("by bytes") << 100ULL << 10ULL;
    }
    void aFullQueueRefusesWithAnErrorAndChangesNothing()
    {
        QFETCH(qulonglong, jobs);
        QFETCH(qulonglong, bytes);
        QueueWorld world({.jobs = jobs, .bytes = bytes});
        world.pushed("12345");
        world.pushed("67890");
        const auto refused = world.push({.payload = "x"});
        QVERIFY(!refused && refused.error().code == ErrorCode::overloaded);
        QVERIFY(refused.error().text().find("orders") != std::string::npos);
        QCOMPARE(world.disk.jobs.size(), std::size_t{2});
        QCOMPARE(world.disk.record.pushed, std::uint64_t{2});
        QCOMPARE(world.queue->room(), std::uint64_t{0});
        QVERIFY(world.acknowledge(world.take(1).at(0)).ok());
        QVERIFY(world.push({.payload = "x"}).ok());
    }

    void soManyAreUnacknowledgedAtMost()
    {
        QueueWorld world({.unacknowledged = 2});
        for (int i = 0; i < 5; ++i) {
            world.pushed("a");
        }
        const auto leases = world.take(5);
        QCOMPARE(leases.size(), std::size_t{2});
        QVERIFY(world.acknowledge(leases[0]).ok());
        QCOMPARE(world.take(5).size(), std::size_t{1});
    }

    void nothingIsHandedOutOnceTooManyLettersWait()
    {
        QueueWorld world({.deliveries = 1, .deadLetters = 1});
        const JobId first = world.pushed("a");
        world.pushed("b");
        world.wearOut(first);
        QCOMPARE(world.take(1).size(), std::size_t{0});
        QVERIFY(world.figures().lettersFull);
        QVERIFY(world.queue->discardLetter(first, {"me", "no use"}, world.time(), world.step).ok());
        QCOMPARE(world.take(1).size(), std::size_t{1});
    }

    void aKeyIsKnownForTwoMinutesEvenAfterARestartAndOnceItsJobIsDone()
    {
        QueueWorld world;
        const JobId first = world.push({.payload = "a", .key = "7"}).value().id;
        QVERIFY(world.acknowledge(world.take(1).at(0)).ok());
        world.pass(2min - 1ns);
        world.crash();
        const auto again = world.push({.payload = "a", .key = "7"}).value();
        QVERIFY(again.duplicate && again.id == first);
        QCOMPARE(world.figures().counts.duplicates, std::uint64_t{1});
        world.pass(1ns);
        QVERIFY(!world.push({.payload = "a", .key = "7"}).value().duplicate);
        QCOMPARE(world.disk.keys.size(), std::size_t{1});
    }

    void aPausedQueueTakesInAndHandsNothingOut()
    {
        QueueWorld world;
        world.queue->pause(true, world.step);
        world.keep();
        world.pushed("a");
        world.crash();
        QVERIFY(world.figures().paused);
        QCOMPARE(world.take(1).size(), std::size_t{0});
        world.queue->pause(false, world.step);
        QCOMPARE(world.take(1).size(), std::size_t{1});
    }

    void settingsChangeWhileJobsAreInIt()
    {
        QueueWorld world;
        const JobId id = world.pushed("a");
        QVERIFY(world.refuse(world.take(1).at(0)).ok());
        world.pass(1h);
        QVERIFY(world.refuse(world.take(1).at(0)).ok());
        world.pass(1h);
        QueueSettings fewer = world.settings;
        fewer.deliveries = 2;
        fewer.lease = 1s;
        QVERIFY(world.queue->change(fewer).ok());
        QCOMPARE(world.take(1).size(), std::size_t{0});  // it had its two
        QVERIFY(world.disk.letters.contains(id));
        fewer.lease = 0s;
        const auto wrong = world.queue->change(fewer);
        QVERIFY(!wrong && wrong.error().where == "lease");
        world.pushed("b");
        QVERIFY(world.take(1).at(0).until == world.time().now + 1s);
    }

    void aRetriedLetterIsANewJobWithTheOldIdAsItsCause()
    {
        QueueWorld world({.deliveries = 1});
        const JobId id =
            world.push({.payload = "bad", .priority = JobPriority::high, .key = "k"}).value().id;
        world.wearOut(id);
        QVERIFY(world.queue->editLetter(id, "good", {"me", ""}, world.time(), world.step).ok());
        world.keep();
        world.crash();
        const auto made = world.queue->retryLetter(id, {"me", "mended"}, world.time(), world.step);
        QVERIFY(made.ok() && *made > id);
        world.keep();
        const auto& letter = world.disk.letters.at(id);
        QVERIFY(letter.state == LetterState::retried && letter.retriedAs == *made);
        QCOMPARE(letter.changedBy, std::string("me"));
        QCOMPARE(letter.edits, 1U);
        const auto lease = world.take(1).at(0);
        QVERIFY(lease.id == *made && lease.content->cause == id);
        QCOMPARE(lease.content->payload, std::string("good"));
        QVERIFY(lease.content->priority == JobPriority::high);
        QCOMPARE(lease.attempt, 1U);
        const auto twice = world.queue->retryLetter(id, {}, world.time(), world.step);
        QVERIFY(!twice && twice.error().code == ErrorCode::notFound);
    }

    void aDiscardedLetterLeavesARecord()
    {
        QueueWorld world({.deliveries = 1});
        const JobId id = world.pushed("bad");
        world.wearOut(id);
        QVERIFY(world.queue->discardLetter(id, {"me", "test data"}, world.time(), world.step).ok());
        world.keep();
        world.crash();
        QVERIFY(world.queue->letters().empty());
        const auto& letter = world.disk.letters.at(id);
        QVERIFY(letter.state == LetterState::discarded);
        QCOMPARE(letter.reason, std::string("test data"));
        QCOMPARE(world.figures().bytes, std::uint64_t{0});
    }

    void jumpsOfAnyClockNeitherLoseNorHoldAJobForEver_data()
    {
        QTest::addColumn<qlonglong>("jump");
        for (const Duration by : {Duration(1s), Duration(1h), Duration(24h * 3652)}) {
            QTest::addRow("%+lld s", static_cast<long long>(by / 1s)) << qlonglong{by.count()};
            QTest::addRow("%+lld s", static_cast<long long>(-by / 1s)) << qlonglong{-by.count()};
        }
    }
    void jumpsOfAnyClockNeitherLoseNorHoldAJobForEver()
    {
        QFETCH(qlonglong, jump);
        for (const bool restarted : {false, true}) {
            QueueWorld world;
            world.pushed("delayed", JobPriority::normal, 10s);
            world.pushed("held");
            QCOMPARE(world.payloads(1).join(""), QString("held"));
            world.wall += Duration(jump);
            restarted ? world.crash() : void(world.mono += Duration(jump));
            world.advance();
            // Whatever happened: half a minute of true time, and what a clock set back needs to
            // be believed, and both are there.
            for (int i = 0; i < 40; ++i) {
                world.pass(1s);
                world.advance();
            }
            QCOMPARE(world.payloads(5).size(), 2);
        }
    }
};

MUSTER_TEST_CASE(JobQueueTest);

}  // namespace muster

#include "job_queue_test.moc"
