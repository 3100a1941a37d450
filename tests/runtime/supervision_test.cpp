// SPDX-License-Identifier: Apache-2.0
#include "runtime/supervisor.h"

#include <QtTest/QtTest>
#include <memory>
#include <string>
#include <vector>

#include "runtime/family.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class SupervisionTest : public QObject {
    Q_OBJECT

private slots:
    void oneForOneRestartsTheCrashedChildInItsPlace()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        const AgentId before = family.runtime->directory().byName("b").value();
        family.runtime->send(family.ids[1], Crash{});
        family.runtime->send(family.ids[1], Say{"still here"});
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-b:crashed", "+b", "b says still here"}));
        SAME(family.runtime->directory().byName("b").value(), before);
        QCOMPARE(family.runtime->directory().detail(before).value().row.restarts, std::uint64_t{1});
        QCOMPARE(family.runtime.events().count("agent.restarted"), 1);
        QCOMPARE(family.runtime.events().count("agent.ended"), 0);
    }
    void oneForAllEndsAllInReverseOrderAndStartsThemInOrder()
    {
        Family family(with(SupervisorStrategy::oneForAll));
        family.crash(1);
        QCOMPARE(*family.log,
                 (Lines{"-b:crashed", "-c:shutdown", "-a:shutdown", "+a", "+b", "+c"}));
        QVERIFY(family.alive(0) && family.alive(1) && family.alive(2));
    }
    void restForOneEndsThoseStartedAfterIt()
    {
        Family family(with(SupervisorStrategy::restForOne));
        family.crash(1);
        QCOMPARE(*family.log, (Lines{"-b:crashed", "-c:shutdown", "+b", "+c"}));
    }
    void aTemporaryChildIsNeverRestarted()
    {
        Family family(with(SupervisorStrategy::oneForAll), "ab", Restart::permanent);
        family.add("t", Restart::temporary);
        family.log->clear();
        family.crash(2);
        QCOMPARE(*family.log, Lines{"-t:crashed"});
        QVERIFY(!family.alive(2));
        // Nor when all are.
        family.add("u", Restart::temporary);
        family.log->clear();
        family.crash(0);
        QCOMPARE(*family.log, (Lines{"-a:crashed", "-u:shutdown", "-b:shutdown", "+a", "+b"}));
        QVERIFY(!family.alive(3));
    }
    void aTransientChildIsRestartedAfterAnAbnormalEndOnly()
    {
        Family family(with(SupervisorStrategy::oneForOne), "ab", Restart::transient);
        family.crash(0);
        QVERIFY(family.alive(0));
        family.runtime->send(family.ids[1], Leave{});
        family.runtime.settle();
        QVERIFY(!family.alive(1));
        QCOMPARE(*family.log, (Lines{"-a:crashed", "+a", "-b:normal"}));
    }
    void aPermanentChildIsRestartedAfterANormalEndToo()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        family.runtime->send(family.ids[0], Leave{});
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-a:normal", "+a"}));
    }
    void aChildStoppedByTheOperatorIsNotRestarted()
    {
        Family family(with(SupervisorStrategy::oneForAll), "ab");
        QVERIFY(family.runtime->stop(family.ids[0]).ok());
        family.runtime.settle();
        QCOMPARE(*family.log, Lines{"-a:stopped"});
        QVERIFY(!family.alive(0));
        QVERIFY(family.alive(1));
    }
    void aSupervisorThatIsStoppedEndsItsChildrenInReverseOrder()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        QVERIFY(family.runtime->stop(family.supervisor).ok());
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-c:shutdown", "-b:shutdown", "-a:shutdown"}));
        QCOMPARE(family.runtime->directory().counts().live, std::uint64_t{0});
    }
    void aChildThatDoesNotEndInItsTimeIsKilled()
    {
        Family family(with(SupervisorStrategy::oneForOne), "");
        CreateOptions options;
        options.supervisor = family.supervisor;
        options.shutdown = {2s};
        const AgentId slow =
            family.runtime->create<Child>(options, family.log, std::string("slow")).value();
        options.shutdown = Shutdown::infinite();
        const AgentId patient =
            family.runtime->create<Child>(options, family.log, std::string("patient")).value();
        family.runtime->send(slow, Dawdle{1h});
        family.runtime->send(patient, Dawdle{10min});
        family.runtime.settle();
        family.log->clear();
        QVERIFY(family.runtime->stop(family.supervisor).ok());
        family.runtime.pass(10min);
        QCOMPARE(*family.log, (Lines{"patient took its time", "-patient:shutdown"}));
        family.runtime.pass(2s);
        QCOMPARE(family.log->back(), std::string("-slow:killed"));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
    }
    void aStartFailureUndoesWhatWasStarted()
    {
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        const auto failed = runtime->createSupervisor(
            {}, {.name = "top"},
            {child<Child>({}, log, std::string("a")), child<Child>({}, log, std::string("b")),
             child<Child>({}, log, std::string("c"), starts({false}))});
        QCOMPARE(failed.error().message, std::string("c will not start"));
        runtime.settle();
        QCOMPARE(*log, (Lines{"+a", "+b", "-b:shutdown", "-a:shutdown"}));
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void aChildThatIsDownCanBeStoppedForGood()
    {
        SupervisorOptions options;
        options.backoff = {10s, 30s};
        Family family(options, "ab");
        family.crash(0);
        QVERIFY(family.runtime->stop(family.ids[0]).ok());
        family.runtime.pass(20s);
        QVERIFY(!family.alive(0));
        QVERIFY(family.alive(1));
        QCOMPARE(*family.log, Lines{"-a:crashed"});
    }
    void aDynamicSupervisorEndsItsChildrenAllAtOnceAndBoundsThem()
    {
        SupervisorOptions options = with(SupervisorStrategy::dynamic);
        options.maxChildren = 100;
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        const AgentId top = runtime->createSupervisor(options, {.name = "top"}).value();
        CreateOptions under;
        under.supervisor = top;
        under.name = "w";
        const auto made =
            runtime->createMany<Child>(100, under, [log] { return Child(log, "w"); }).value();
        QCOMPARE(made.ids.size(), std::size_t{100});
        SAME(runtime->create<Child>(under, log, std::string("x")).error().code,
             ErrorCode::overloaded);
        runtime->send(made.ids[3], Crash{});
        runtime.settle();
        QVERIFY(runtime->directory().alive(made.ids[3]));
        QCOMPARE(runtime->directory().nameOf(made.ids[3]), std::string("w-4"));
        QVERIFY(runtime->stop(top).ok());
        runtime.settle();
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void anUnknownSupervisorIsRefused()
    {
        TestRuntime runtime;
        CreateOptions options;
        options.supervisor = AgentId{5, 5};
        SAME(runtime->create<Child>(options, std::make_shared<Lines>(), std::string("a"))
                 .error()
                 .code,
             ErrorCode::notFound);
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void crashesOfManyChildrenAtOnceAreAllSeenTo()
    {
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            survivesManyCrashes(seed);
        }
    }

private:
    static void survivesManyCrashes(std::uint64_t seed)
    {
        TestRuntime runtime({.scheduler = SchedulerKind::simulated, .seed = seed});
        Rng rng(seed);
        const Log log = std::make_shared<Lines>();
        SupervisorOptions options;
        options.strategy = static_cast<SupervisorStrategy>(rng.below(4));
        options.intensity = 1000;
        const AgentId top = runtime->createSupervisor(options, {}).value();
        CreateOptions under;
        under.supervisor = top;
        std::vector<AgentId> ids;
        for (int i = 0; i < 20; ++i) {
            ids.push_back(runtime->create<Child>(under, log, std::to_string(i)).value());
        }
        for (int round = 0; round < 10; ++round) {
            for (int i = 0; i < 5; ++i) {
                runtime->send(ids[rng.below(ids.size())], Crash{});
            }
            runtime.settle();
        }
        const std::size_t before = log->size();
        for (const AgentId id : ids) {
            QVERIFY(runtime->directory().alive(id));
            QVERIFY(queued(runtime->send(id, Say{"alive"})));
        }
        runtime.settle();
        QCOMPARE(log->size() - before, ids.size());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SupervisionTest);
#include "supervision_test.moc"
