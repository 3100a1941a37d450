// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <memory>
#include <string>
#include <vector>

#include "runtime/family.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class EscalationTest : public QObject {
    Q_OBJECT
private slots:
    void intensityIsCountedInsideTheInclusivePeriod()
    {
        RestartIntensity intensity(3, 5s);
        const MonoTime start{1'000};
        QVERIFY(intensity.allow(start));
        QVERIFY(intensity.allow(start + 1s));
        QVERIFY(intensity.allow(start + 2s));
        // The first is exactly one period old: it counts.
        QVERIFY(!intensity.allow(start + 5s));
        RestartIntensity later(3, 5s);
        QVERIFY(later.allow(start));
        QVERIFY(later.allow(start + 1s));
        QVERIFY(later.allow(start + 2s));
        QVERIFY(later.allow(start + 5s + 1ns));
        QCOMPARE(later.recent(start + 5s + 1ns), std::size_t{3});
        RestartIntensity none(0, 5s);
        QVERIFY(!none.allow(start));
    }
    void threeRestartsInThePeriodAreBorneAndTheFourthEscalates()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        for (int i = 0; i < 3; ++i) {
            family.crash(1);
            family.runtime.pass(1s);
        }
        QVERIFY(family.alive(1));
        family.log->clear();
        family.crash(1);
        QCOMPARE(*family.log, (Lines{"-b:crashed", "-c:shutdown", "-a:shutdown"}));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
        QCOMPARE(family.runtime->directory().counts().live, std::uint64_t{0});
        const std::string told = family.runtime.events().last("supervisor.escalated");
        QVERIFY(told.find("\"supervisor\":\"top\"") != std::string::npos);
        QVERIFY(told.find("\"child\":\"b\"") != std::string::npos);
        QVERIFY(family.runtime.events().last("agent.ended").find("shutdown") != std::string::npos);
        QCOMPARE(family.runtime.refusedEvents(), std::uint64_t{0});
    }
    void restartsFurtherApartThanThePeriodNeverEscalate()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        for (int i = 0; i < 30; ++i) {
            family.crash(0);
            family.runtime.pass(2s);
        }
        QVERIFY(family.alive(0));
        QCOMPARE(family.runtime->directory().counts().restarts, std::uint64_t{30});
    }
    void escalationGoesToTheParentWhichStartsTheFamilyAgain()
    {
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        SupervisorOptions fragile;
        fragile.intensity = 1;
        const AgentId top =
            runtime
                ->createSupervisor(
                    {}, {.name = "top"},
                    {child<Child>({.name = "a"}, log, std::string("a")),
                     childSupervisor(fragile, {.name = "sub"},
                                     {child<Child>({.name = "x"}, log, std::string("x")),
                                      child<Child>({.name = "y"}, log, std::string("y"))})})
                .value();
        const AgentId sub = runtime->directory().byName("sub").value();
        const AgentId x = runtime->directory().byName("x").value();
        QCOMPARE(*log, (Lines{"+a", "+x", "+y"}));
        log->clear();
        runtime->send(x, Crash{});
        runtime.settle();
        QCOMPARE(*log, (Lines{"-x:crashed", "+x"}));
        log->clear();
        runtime->send(x, Crash{});
        runtime.settle();
        QCOMPARE(*log, (Lines{"-x:crashed", "-y:shutdown", "+x", "+y"}));
        QVERIFY(runtime->directory().alive(top));
        SAME(runtime->directory().byName("sub").value(), sub);
        SAME(runtime->directory().byName("x").value(), x);
        QCOMPARE(runtime.events().count("supervisor.escalated"), 1);
        QCOMPARE(runtime->directory().detail(sub).value().children.size(), std::size_t{2});
    }
    void aChildThatDoesNotStartDoesNotKeepTheOthersOfARestartedFamilyDown()
    {
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        SupervisorOptions fragile;
        fragile.intensity = 1;
        static_cast<void>(
            runtime
                ->createSupervisor(
                    {}, {.name = "top"},
                    {childSupervisor(fragile, {.name = "sub"},
                                     {child<Child>({.name = "x"}, log, std::string("x"),
                                                   starts({true, true, false})),
                                      child<Child>({.name = "y"}, log, std::string("y"))})})
                .value());
        const AgentId x = runtime->directory().byName("x").value();
        runtime->send(x, Crash{});
        runtime.settle();
        log->clear();
        runtime->send(x, Crash{});
        runtime.settle();
        QCOMPARE(*log, (Lines{"-x:crashed", "-y:shutdown", "+y", "+x"}));
        QCOMPARE(runtime.events().count("supervisor.escalated"), 1);
    }
    void aRestartThatFailsIsTriedAgainUntilTheIntensityIsUsedUp()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        family.add("f", Restart::permanent, starts({true, false, false, false}));
        family.log->clear();
        family.crash(1);
        QCOMPARE(family.runtime.events().count("supervisor.escalated"), 1);
        QVERIFY(!family.alive(0));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
    }
    void aRestartThatFailsOnceTakesAllAlongTheNextTime()
    {
        Family family(with(SupervisorStrategy::oneForAll), "a");
        family.add("f", Restart::permanent, starts({true, false}));
        family.log->clear();
        family.crash(1);
        // a was started before f refused, so it ends once more.
        QCOMPARE(*family.log,
                 (Lines{"-f:crashed", "-a:shutdown", "+a", "-a:shutdown", "+a", "+f"}));
        QVERIFY(family.alive(0) && family.alive(1));
    }
    void backOffDelaysRestartsAndDoubles()
    {
        SupervisorOptions options;
        options.backoff = {1s, 30s};
        options.intensity = 10;
        options.period = 1h;
        Family family(options, "a");
        family.crash(0);
        QCOMPARE(*family.log, Lines{"-a:crashed"});
        SAME(family.runtime.stateOf(family.ids[0]), AgentState::initializing);
        family.runtime->send(family.ids[0], Say{"hello"});
        family.runtime.pass(1s - 1ns);
        QCOMPARE(family.log->size(), std::size_t{1});
        family.runtime.pass(1ns);
        QCOMPARE(*family.log, (Lines{"-a:crashed", "+a", "a says hello"}));
        family.crash(0);
        family.runtime.pass(2s - 1ns);
        QCOMPARE(family.log->size(), std::size_t{4});
        family.runtime.pass(1ns);
        QCOMPARE(family.log->size(), std::size_t{5});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EscalationTest);
#include "escalation_test.moc"
