// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

struct Add {
    int number;
};
struct Total {
    int value;
};
struct GetTotal {};
struct Explode {
    std::string why;
};
struct Unknown {};
/// A message that must be destroyed exactly as often as it was made.
struct Precious {
    std::shared_ptr<int> alive;
};

/// Adds up, in a vector that a test looks into, so that the order shows too.
class Adder : public Agent<Adder, Handles<Add, GetTotal, Explode, Precious, Tick, AgentEnded>> {
public:
    static constexpr std::string_view kType = "adder";

    Adder() = default;
    explicit Adder(std::shared_ptr<std::vector<int>> seen) : m_seen(std::move(seen)) {}

    void handle(const Add& add)
    {
        m_total += add.number;
        if (m_seen) {
            m_seen->push_back(add.number);
        }
    }
    Total handle(const GetTotal&) { return {m_total}; }
    void handle(const Explode& explode) { throw std::runtime_error(explode.why); }
    void handle(const Precious&) {}
    void handle(const Tick&)
    {
        send(self(), Add{1});
        stop({EndKind::normal, "had a tick"});
    }
    void handle(const AgentEnded& ended) { m_total += ended.reason.kind == EndKind::normal; }
    [[nodiscard]] std::string stateJson() const
    {
        return "{\"total\":" + std::to_string(m_total) + "}";
    }
    [[nodiscard]] int snapshot() const { return m_total; }
    void restore(int total) { m_total = total; }

private:
    std::shared_ptr<std::vector<int>> m_seen;
    int m_total = 0;
};

/// Refuses to live when told so.
class Fussy : public Agent<Fussy, Handles<Tick>> {
public:
    enum class Mood { fine, refuse, throwIt };
    explicit Fussy(Mood mood) : m_mood(mood) {}
    Result<void> init()
    {
        send(self(), Tick{});
        if (m_mood == Mood::throwIt) {
            throw std::runtime_error("thrown");
        }
        return m_mood == Mood::fine
                   ? Result<void>()
                   : Result<void>(Error{ErrorCode::unavailable, "not today", "", ""});
    }
    void handle(const Tick&) {}

private:
    Mood m_mood;
};

struct Watch {
    AgentId whom;
};
/// Notes how those it watches end.
class Watcher : public Agent<Watcher, Handles<Watch, AgentEnded>> {
public:
    explicit Watcher(std::shared_ptr<std::vector<EndKind>> seen) : m_seen(std::move(seen)) {}
    void handle(const Watch& watch) { monitor(watch.whom); }
    void handle(const AgentEnded& ended) { m_seen->push_back(ended.reason.kind); }

private:
    std::shared_ptr<std::vector<EndKind>> m_seen;
};

}  // namespace

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
    void aFailingInitNeverYieldsALiveAgent()
    {
        TestRuntime runtime;
        const auto refused = runtime->create<Fussy>({.name = "fussy"}, Fussy::Mood::refuse);
        QCOMPARE(refused.error().message, std::string("not today"));
        const auto thrown = runtime->create<Fussy>({.name = "fussy"}, Fussy::Mood::throwIt);
        SAME(thrown.error().code, ErrorCode::internal);
        QVERIFY(thrown.error().message.find("thrown") != std::string::npos);
        runtime.settle();
        QVERIFY(!runtime->directory().byName("fussy").ok());
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
        QCOMPARE(runtime->directory().counts().created, std::uint64_t{0});
        QCOMPARE(runtime.events().count("agent.created"), 0);
        // The name was given back.
        QVERIFY(runtime->create<Fussy>({.name = "fussy"}, Fussy::Mood::fine).ok());
    }
    void aNameBelongsToOneLivingAgentAtATime()
    {
        TestRuntime runtime;
        const AgentId first = runtime->create<Adder>({.name = "adder-7"}).value();
        SAME(runtime->create<Adder>({.name = "adder-7"}).error().code, ErrorCode::alreadyExists);
        SAME(runtime->directory().byName("adder-7").value(), first);
        QVERIFY(runtime->stop(first).ok());
        runtime.settle();
        SAME(runtime->directory().byName("adder-7").error().code, ErrorCode::notFound);
        QVERIFY(runtime->create<Adder>({.name = "adder-7"}).ok());
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
    void stateIsReadAsJsonBetweenTwoMessages()
    {
        TestRuntime runtime;
        const AgentId adder = runtime->create<Adder>({}).value();
        runtime->send(adder, Add{3});
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
    void aBulkCreationIsOneEventOverARangeWithNamesThatCanBeFound()
    {
        TestRuntime runtime;
        const auto made = runtime->createMany<Adder>(2500, {.name = "indexer"}).value();
        QCOMPARE(made.ids.size(), std::size_t{2500});
        QCOMPARE(runtime.events().count("agent.created"), 1);
        QCOMPARE(runtime.events().count("agent.ready"), 1);
        QVERIFY(runtime.events().last("agent.created").find("\"count\":2500") != std::string::npos);
        SAME(runtime->directory().byName("indexer-1").value(), made.ids.front());
        SAME(runtime->directory().byName("indexer-2500").value(), made.ids.back());
        QVERIFY(!runtime->directory().byName("indexer-2501").ok());
        QVERIFY(!runtime->directory().byName("indexer-01").ok());
        QCOMPARE(runtime->directory().nameOf(made.ids[41]), std::string("indexer-42"));
        // A second one goes on where the first ended.
        const auto more = runtime->createMany<Adder>(10, {.name = "indexer"}).value();
        QCOMPARE(runtime->directory().nameOf(more.ids.front()), std::string("indexer-2501"));
        QCOMPARE(runtime->stopMany(made.ids), std::uint64_t{2500});
        runtime.settle();
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{10});
        QCOMPARE(runtime.events().count("agent.ended"), 1);
        QVERIFY(!runtime->directory().byName("indexer-1").ok());
    }
    void aBulkCreationReportsFailuresAgentByAgent()
    {
        TestRuntime runtime;
        static_cast<void>(runtime->create<Adder>({.name = "w-3"}).value());
        const auto made = runtime
                              ->createMany<Fussy>(6, {.name = "w"},
                                                  [](std::uint64_t index) {
                                                      return Fussy(index == 4 ? Fussy::Mood::refuse
                                                                              : Fussy::Mood::fine);
                                                  })
                              .value();
        QCOMPARE(made.ids.size(), std::size_t{4});
        QCOMPARE(made.failures.size(), std::size_t{2});
        QCOMPARE(made.failures[0].index, std::uint64_t{2});
        SAME(made.failures[0].error.code, ErrorCode::alreadyExists);
        QCOMPARE(made.failures[1].index, std::uint64_t{4});
        QCOMPARE(made.failures[1].error.message, std::string("not today"));
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{5});
    }
    void anAgentMadeInBulkIsRestartedAsItWasMade()
    {
        TestRuntime runtime;
        auto made =
            runtime
                ->createMany<Adder>(3, {.name = "b"},
                                    [](std::uint64_t index) {
                                        return Adder(std::make_shared<std::vector<int>>(index));
                                    })
                .value();
        QVERIFY(runtime->restart(made.ids[1]).ok());
        runtime.settle();
        QVERIFY(runtime->directory().alive(made.ids[1]));
        QCOMPARE(runtime->directory().nameOf(made.ids[1]), std::string("b-2"));
        QCOMPARE(runtime->directory().counts().restarts, std::uint64_t{1});
    }
    void theRoomForAgentsIsALimitThatIsNamed()
    {
        class TwoAgents final : public AgentAdmission {
        public:
            Result<void> admit(std::uint64_t agents, std::uint64_t wanted) override
            {
                if (live + agents > 2) {
                    return Error{ErrorCode::overloaded, "2 agents are the limit", "limits.agents",
                                 "Raise it"};
                }
                live += agents;
                bytes += wanted;
                return {};
            }
            void release(std::uint64_t agents, std::uint64_t freed) noexcept override
            {
                live -= agents;
                bytes -= freed;
            }
            std::uint64_t live = 0;
            std::uint64_t bytes = 0;
        } admission;
        TestRuntime runtime({.scheduler = SchedulerKind::simulated, .admission = &admission});
        const auto made = runtime->createMany<Adder>(5, {}).value();
        QCOMPARE(made.ids.size(), std::size_t{2});
        QCOMPARE(made.failures.size(), std::size_t{3});
        QCOMPARE(made.failures[0].error.where, std::string("limits.agents"));
        SAME(runtime->create<Adder>({}).error().code, ErrorCode::overloaded);
        QVERIFY(runtime->stop(made.ids[0]).ok());
        runtime.settle();
        QVERIFY(runtime->create<Adder>({}).ok());
        QVERIFY(!runtime->create<Adder>({}).ok());
        runtime.end();
        QCOMPARE(admission.live, std::uint64_t{0});
        QCOMPARE(admission.bytes, std::uint64_t{0});
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
