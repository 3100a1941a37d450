// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "runtime/sample_agents.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class AgentsTest : public QObject {
    Q_OBJECT
private slots:
    void anAgentHandlesItsMailInTheOrderItWasSent()
    {
        TestRuntime runtime;
        auto seen = std::make_shared<std::vector<int>>();
        const AgentId adder = runtime->create<Adder>({}, seen).value();
        for (int i = 0; i < 1000; ++i) {
            QVERIFY(queued(runtime->send(adder, Add{i})));
        }
        runtime.settle();
        QCOMPARE(seen->size(), std::size_t{1000});
        QVERIFY(std::is_sorted(seen->begin(), seen->end()));
        QCOMPARE(runtime.ask<Total>(adder, GetTotal{}).value().value, 499'500);
        QCOMPARE(runtime->counters().handled, std::uint64_t{1001});
    }
    void anUnknownIdIsToldAtOnceAndCounted()
    {
        TestRuntime runtime;
        SAME(runtime->send(AgentId{7, 3}, Add{1}), Delivery::noAgent);
        SAME(runtime->send(AgentId{}, Add{1}), Delivery::noAgent);
        SAME(runtime->send(AgentId{UINT32_MAX, 1}, Add{1}), Delivery::noAgent);
        QCOMPARE(runtime->counters().droppedBy(DropCause::noAgent), std::uint64_t{3});
        SAME(runtime->stop(AgentId{7, 3}).error().code, ErrorCode::notFound);
    }
    void aStaleIdIsNeverConfusedWithTheAgentThatCameAfter()
    {
        TestRuntime runtime;
        const AgentId old = runtime->create<Adder>({}).value();
        QVERIFY(runtime->stop(old).ok());
        runtime.settle();
        AgentId now = runtime->create<Adder>({}).value();
        for (int i = 0; i < 200 && now.slot != old.slot; ++i) {
            now = runtime->create<Adder>({}).value();
        }
        QCOMPARE(now.slot, old.slot);
        QVERIFY(now.generation != old.generation);
        SAME(runtime->send(old, Add{5}), Delivery::noAgent);
        QVERIFY(!runtime->directory().alive(old));
        QVERIFY(!runtime->stop(old).ok());
        QVERIFY(!runtime->suspend(old).ok());
        runtime.settle();
        QVERIFY(runtime->directory().alive(now));
        QCOMPARE(runtime.ask<Total>(now, GetTotal{}).value().value, 0);
    }
    void aMessageWithoutAHandlerIsCountedAndItsAskerTold()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        runtime->send(adder, Unknown{});
        const auto reply = runtime.ask<Total>(adder, Unknown{});
        SAME(reply.error().code, ErrorCode::invalidArgument);
        QVERIFY(reply.error().message.find("Unknown") != std::string::npos);
        QCOMPARE(runtime->counters().droppedBy(DropCause::unhandled), std::uint64_t{2});
        QVERIFY(runtime->directory().alive(adder));
    }
    void anExceptionIsACrashWithItsReasonAndTheAskerIsTold()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({.name = "a"}).value();
        const auto reply = runtime.ask<Total>(adder, Explode{"bad weather"});
        SAME(reply.error().code, ErrorCode::unavailable);
        QVERIFY(reply.error().message.find("bad weather") != std::string::npos);
        QVERIFY(!runtime->directory().alive(adder));
        QCOMPARE(runtime->directory().counts().crashed, std::uint64_t{1});
        const std::string crash = runtime.events().last("agent.crashed");
        QVERIFY(crash.find("\"reason\":\"bad weather\"") != std::string::npos);
        QVERIFY(crash.find("\"message\":\"Explode\"") != std::string::npos);
        QVERIFY(runtime.events().last("agent.ended").find("crashed: bad weather") !=
                std::string::npos);
        QCOMPARE(runtime.refusedEvents(), std::uint64_t{0});
    }
    void mailThatWaitsWhenAnAgentEndsIsCountedAndDestroyed()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        auto alive = std::make_shared<int>(1);
        runtime->send(adder, Explode{"now"});
        for (int i = 0; i < 10; ++i) {
            runtime->send(adder, Precious{alive});
        }
        QCOMPARE(alive.use_count(), 11L);
        runtime.settle();
        QCOMPARE(alive.use_count(), 1L);
        QCOMPARE(runtime->counters().droppedBy(DropCause::ended), std::uint64_t{10});
    }
    void anAgentMayStopItselfAndSaysWhy()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        runtime->send(adder, Tick{});
        runtime->send(adder, Add{1});
        runtime.settle();
        QVERIFY(!runtime->directory().alive(adder));
        QVERIFY(runtime.events().last("agent.ended").find("normal: had a tick") !=
                std::string::npos);
        // What came after the stop was not handled.
        QCOMPARE(runtime->counters().droppedBy(DropCause::ended), std::uint64_t{2});
    }
    void suspendKeepsMailAndResumeHandlesIt()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        QVERIFY(runtime->suspend(adder).ok());
        runtime.settle();
        for (int i = 0; i < 5; ++i) {
            runtime->send(adder, Add{1});
        }
        runtime.settle();
        SAME(runtime.stateOf(adder), AgentState::suspended);
        QCOMPARE(runtime->directory().counts().in(AgentState::suspended), std::uint64_t{1});
        QCOMPARE(runtime->directory().detail(adder).value().row.mailbox, std::uint64_t{5});
        QCOMPARE(runtime->counters().handled, std::uint64_t{0});
        QVERIFY(runtime->suspend(adder).ok());  // twice is once
        QVERIFY(runtime->resume(adder).ok());
        runtime.settle();
        QCOMPARE(runtime->counters().handled, std::uint64_t{5});
        SAME(runtime.stateOf(adder), AgentState::ready);
        QCOMPARE(runtime->directory().counts().in(AgentState::suspended), std::uint64_t{0});
        QCOMPARE(runtime.events().count("agent.suspended"), 1);
        QCOMPARE(runtime.events().count("agent.resumed"), 1);
    }
    void aSuspendedAgentCanBeStopped()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        QVERIFY(runtime->suspend(adder).ok());
        runtime.settle();
        QVERIFY(runtime->stop(adder).ok());
        runtime.settle();
        QVERIFY(!runtime->directory().alive(adder));
        QCOMPARE(runtime->directory().counts().in(AgentState::suspended), std::uint64_t{0});
    }
    void restartByTheOperatorKeepsIdNameMailAndState()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({.name = "keeper"}).value();
        runtime->send(adder, Add{42});
        runtime.settle();
        QVERIFY(runtime->suspend(adder).ok());
        runtime->send(adder, Add{1});
        runtime.settle();
        QVERIFY(runtime->restart(adder).ok());
        QVERIFY(runtime->resume(adder).ok());
        runtime.settle();
        QCOMPARE(runtime.ask<Total>(adder, GetTotal{}).value().value, 43);
        SAME(runtime->directory().byName("keeper").value(), adder);
        QCOMPARE(runtime->directory().detail(adder).value().row.restarts, std::uint64_t{1});
        QCOMPARE(runtime.events().count("agent.restarted"), 1);
    }
    void anAgentMadeOnceAndForAllCannotBeRestarted()
    {
        TestRuntime runtime;
        auto seen = std::make_shared<std::vector<int>>();
        const AgentId adder = runtime->create<Adder>({}, seen).value();
        SAME(runtime->restart(adder).error().code, ErrorCode::conflict);
    }
    void monitorsAreToldOnceWhenAnAgentEndsAndAtOnceWhenItIsGone()
    {
        TestRuntime runtime;
        auto seen = std::make_shared<std::vector<EndKind>>();
        const AgentId watcher = runtime->create<Watcher>({}, seen).value();
        const AgentId adder = runtime->create<Adder>({}).value();
        std::vector<EndKind> called;
        runtime->monitor(
            adder, [&called](const AgentEnded& ended) { called.push_back(ended.reason.kind); });
        runtime->send(watcher, Watch{adder});
        runtime.settle();
        QVERIFY(runtime->stop(adder).ok());
        runtime.settle();
        SAME(*seen, std::vector<EndKind>{EndKind::stopped});
        SAME(called, std::vector<EndKind>{EndKind::stopped});
        runtime->send(watcher, Watch{adder});
        runtime.settle();
        SAME(*seen, (std::vector<EndKind>{EndKind::stopped, EndKind::noAgent}));
        runtime->monitor(
            adder, [&called](const AgentEnded& ended) { called.push_back(ended.reason.kind); });
        SAME(called.back(), EndKind::noAgent);
    }
    void manyMonitorsOfManyAgentsAreEachToldOnceInTheOrderTheyCame()
    {
        TestRuntime runtime;
        const auto made = runtime->createMany<Adder>(500, {}).value();
        constexpr int kEach = 3;
        std::vector<std::pair<std::size_t, int>> told;
        for (int round = 0; round < kEach; ++round) {
            for (std::size_t i = 0; i < made.ids.size(); ++i) {
                runtime->monitor(made.ids[i], [&told, &made, i, round](const AgentEnded& ended) {
                    if (ended.id == made.ids[i]) {
                        told.emplace_back(i, round);
                    }
                });
            }
        }
        for (const AgentId id : made.ids) {
            QVERIFY(runtime->stop(id).ok());
        }
        runtime.settle();
        QCOMPARE(told.size(), made.ids.size() * kEach);
        std::ranges::stable_sort(told, {}, [](const auto& each) { return each.first; });
        for (std::size_t i = 0; i < told.size(); ++i) {
            SAME(told[i], (std::pair(i / kEach, static_cast<int>(i % kEach))));
        }
    }
    void stateIsReadAsJsonBetweenTwoMessages()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        runtime->send(adder, Add{3});
        runtime.settle();
        std::vector<Result<std::string>> got;
        const auto take = [&got](Result<std::string> json) { got.push_back(std::move(json)); };
        runtime->inspect(adder, 1s, take);
        runtime.settle();
        QCOMPARE(got.at(0).value(), std::string("{\"total\":3}"));
        runtime->inspect(AgentId{9, 9}, 1s, take);
        runtime.settle();
        SAME(got.at(1).error().code, ErrorCode::notFound);
        QVERIFY(runtime->suspend(adder).ok());
        runtime->inspect(adder, 1s, take);
        runtime.pass(1s);
        SAME(got.at(2).error().code, ErrorCode::timedOut);
        const AgentId fussy = runtime->create<Fussy>({}, Fussy::Mood::fine).value();
        runtime->inspect(fussy, 1s, take);
        runtime.settle();
        SAME(got.at(3).error().code, ErrorCode::unavailable);
    }
    void twoRuntimesKnowNothingOfEachOther()
    {
        TestRuntime one;
        TestRuntime two;
        const AgentId here = one->create<Adder>({.name = "same"}).value();
        const AgentId there = two->create<Adder>({.name = "same"}).value();
        SAME(here, there);
        one->send(here, Add{1});
        two->send(there, Add{2});
        one.settle();
        two.settle();
        QCOMPARE(one.ask<Total>(here, GetTotal{}).value().value, 1);
        QCOMPARE(two.ask<Total>(there, GetTotal{}).value().value, 2);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::AgentsTest);
#include "agents_test.moc"
