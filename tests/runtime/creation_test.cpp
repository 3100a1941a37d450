// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "runtime/sample_agents.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class CreationTest : public QObject {
    Q_OBJECT
private slots:
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
        QCOMPARE(runtime->stopMany(made.ids).done, std::uint64_t{2500});
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
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CreationTest);
#include "creation_test.moc"
