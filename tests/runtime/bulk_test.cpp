// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/thread.h"
#include "events/agent_runs.h"
#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "runtime/sample_agents.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

namespace {

RuntimeOptions threaded(std::uint32_t workers)
{
    RuntimeOptions options;
    options.workers = workers;
    return options;
}

/// Lets so many chunks be made at once, and notes that it was asked.
class Pressed final : public AgentAdmission {
public:
    explicit Pressed(std::uint32_t atMost) : most(atMost) {}
    Result<void> admit(std::uint64_t agents, std::uint64_t) override
    {
        live += agents;
        return {};
    }
    void release(std::uint64_t agents, std::uint64_t) noexcept override { live -= agents; }
    std::uint32_t atOnce(std::uint32_t workers) const override
    {
        asked.store(workers);
        return most;
    }
    std::atomic<std::uint32_t> most;
    std::atomic<std::uint64_t> live{0};
    mutable std::atomic<std::uint32_t> asked{0};
};

/// Which threads made how many behaviours.
class Makers {
public:
    void note()
    {
        const std::lock_guard lock(m_mutex);
        ++m_made[std::this_thread::get_id()];
    }
    [[nodiscard]] std::size_t threads() const
    {
        const std::lock_guard lock(m_mutex);
        return m_made.size();
    }

private:
    mutable std::mutex m_mutex;
    std::map<std::thread::id, int> m_made;
};

}  // namespace

class BulkTest : public QObject {
    Q_OBJECT
private slots:
    void manyThousandAreMadeByIdleWorkersTooAndStandInOrder()
    {
        constexpr std::uint64_t kCount = 20'000;
        TestRuntime runtime(threaded(2));
        Makers makers;
        Signal other;
        const auto caller = std::this_thread::get_id();
        const auto made = runtime
                              ->createMany<Adder>(kCount, {.name = "p"},
                                                  [&](std::uint64_t index) {
                                                      makers.note();
                                                      if (std::this_thread::get_id() != caller) {
                                                          other.raise();
                                                      } else if (index == 1024) {
                                                          // A chunk of its own was begun by then.
                                                          static_cast<void>(other.wait());
                                                      }
                                                      return Adder();
                                                  })
                              .value();
        QCOMPARE(made.ids.size(), kCount);
        QVERIFY(made.failures.empty());
        // Two at a time; the other one's place may pass from worker to worker.
        QVERIFY(makers.threads() == 2 || makers.threads() == 3);
        std::set<AgentId> distinct(made.ids.begin(), made.ids.end());
        QCOMPARE(distinct.size(), kCount);
        for (std::uint64_t i = 0; i < kCount; i += 997) {
            SAME(runtime->directory().find("p-" + std::to_string(i + 1)), made.ids[i]);
        }
        QCOMPARE(runtime->directory().counts().live, kCount);
        QCOMPARE(runtime.events().count("agent.created"), 1);
    }
    void underPressureFewerAreMadeAtOnce()
    {
        Pressed admission(1);
        RuntimeOptions options = threaded(3);
        options.admission = &admission;
        TestRuntime runtime(options);
        Makers makers;
        const auto made = runtime->createMany<Adder>(20'000, {}, [&makers] {
            makers.note();
            return Adder();
        });
        QCOMPARE(made.value().ids.size(), std::size_t{20'000});
        QCOMPARE(admission.asked.load(), 3U);
        QCOMPARE(makers.threads(), std::size_t{1});
        runtime.end();
        QCOMPARE(admission.live.load(), std::uint64_t{0});
    }
    void pressureThatComesDuringACreationSendsItsHelpersAway()
    {
        Pressed admission(2);
        RuntimeOptions options = threaded(3);
        options.admission = &admission;
        TestRuntime runtime(options);
        const auto caller = std::this_thread::get_id();
        Signal pressed;
        std::atomic<std::uint64_t> byHelpers{0};
        const auto made = runtime->createMany<Adder>(20'000, {}, [&](std::uint64_t index) {
            if (std::this_thread::get_id() != caller) {
                ++byHelpers;
                admission.most = 1;
                pressed.raise();
            } else if (index == 1024) {
                static_cast<void>(pressed.wait());
            }
            return Adder();
        });
        QCOMPARE(made.value().ids.size(), std::size_t{20'000});
        // The one that was under way, and no other.
        QCOMPARE(byHelpers.load(), std::uint64_t{1024});
    }
    void reliefDuringACreationLetsOthersHelp()
    {
        Pressed admission(1);
        RuntimeOptions options = threaded(3);
        options.admission = &admission;
        TestRuntime runtime(options);
        const auto caller = std::this_thread::get_id();
        Signal helped;
        std::atomic<std::uint64_t> before{0};
        const auto made = runtime->createMany<Adder>(20'000, {}, [&](std::uint64_t index) {
            if (std::this_thread::get_id() != caller) {
                before += admission.most == 1 ? 1 : 0;
                helped.raise();
            } else if (index == 2000) {
                admission.most = 3;
            } else if (index == 3000) {
                static_cast<void>(helped.wait());
            }
            return Adder();
        });
        QCOMPARE(made.value().ids.size(), std::size_t{20'000});
        QCOMPARE(before.load(), std::uint64_t{0});
        QVERIFY(helped.wait());
    }
    void withoutANumberThereIsAWorkerForEachCore()
    {
        TestRuntime runtime(threaded(0));
        QCOMPARE(runtime->workers(), std::max(1U, std::thread::hardware_concurrency()));
    }
    void failuresOfAParallelCreationStandAtTheirIndex()
    {
        constexpr std::uint64_t kCount = 30'000;
        TestRuntime runtime(threaded(2));
        static_cast<void>(runtime->create<Adder>({.name = "f-20001"}).value());
        const auto made =
            runtime
                ->createMany<Fussy>(
                    kCount, {.name = "f"},
                    [](std::uint64_t index) {
                        return Fussy(index % 5000 == 17 ? Fussy::Mood::refuse : Fussy::Mood::fine);
                    })
                .value();
        std::vector<std::uint64_t> failed;
        for (const BulkFailure& failure : made.failures) {
            failed.push_back(failure.index);
        }
        SAME(failed,
             (std::vector<std::uint64_t>{17, 5017, 10'017, 15'017, 20'000, 20'017, 25'017}));
        SAME(made.failures[4].error.code, ErrorCode::alreadyExists);
        QCOMPARE(made.failures[5].error.message, std::string("not today"));
        QCOMPARE(made.ids.size(), kCount - failed.size());
        QCOMPARE(runtime->directory().nameOf(made.ids[17]), std::string("f-19"));
        QCOMPARE(runtime->directory().nameOf(made.ids.back()), std::string("f-30000"));
        QCOMPARE(runtime->directory().counts().live, kCount - failed.size() + 1);
    }
    void severalThreadsMayCreateUnderOneNameAtOnce()
    {
        constexpr std::uint64_t kThreads = 3;
        constexpr std::uint64_t kEach = 10'000;
        TestRuntime runtime(threaded(2));
        std::vector<BulkCreated> made(kThreads);
        {
            std::vector<NamedThread> threads;
            for (std::uint64_t t = 0; t < kThreads; ++t) {
                threads.emplace_back("creator", [&runtime, &made, t] {
                    made[t] = runtime->createMany<Adder>(kEach, {.name = "same"}).value();
                });
            }
            for (auto& thread : threads) {
                thread.join();
            }
        }
        std::set<AgentId> distinct;
        for (const BulkCreated& each : made) {
            QVERIFY(each.failures.empty());
            distinct.insert(each.ids.begin(), each.ids.end());
        }
        QCOMPARE(distinct.size(), kThreads * kEach);
        for (std::uint64_t i = 1; i <= kThreads * kEach; i += 701) {
            QVERIFY(distinct.contains(runtime->directory().find("same-" + std::to_string(i))));
        }
    }
    void stoppingDuringACreationLeavesNothingBehind()
    {
        Pressed admission(2);
        RuntimeOptions options = threaded(2);
        options.admission = &admission;
        TestRuntime runtime(options);
        Signal begun;
        Signal stopped;
        Result<BulkCreated> made = BulkCreated{};
        NamedThread creator("creator", [&] {
            made = runtime->createMany<Adder>(50'000, {.name = "s"}, [&](std::uint64_t index) {
                if (index == 3000) {
                    begun.raise();
                    static_cast<void>(stopped.wait());
                }
                return Adder();
            });
        });
        QVERIFY(begun.wait());
        std::vector<AgentId> there;
        runtime->directory().forEach([&there](const DirectoryEntry& entry) {
            there.push_back(entry.id());
            return true;
        });
        QVERIFY(!there.empty());
        QCOMPARE(runtime->stopMany(there).done, there.size());
        stopped.raise();
        creator.join();
        QVERIFY(made.ok());
        QCOMPARE(made.value().ids.size() + made.value().failures.size(), std::size_t{50'000});
        static_cast<void>(runtime->stopMany(made.value().ids));
        QVERIFY(runtime->drain(60s).notStopped.empty());
        QCOMPARE(admission.live.load(), std::uint64_t{0});
        QVERIFY(!runtime->createMany<Adder>(10, {}).ok());  // it ends
    }
    void aSimulationMakesTheSameInTheSameOrder()
    {
        const auto names = [](std::uint64_t seed) {
            RuntimeOptions options;
            options.scheduler = SchedulerKind::simulated;
            options.seed = seed;
            TestRuntime runtime(options);
            std::vector<std::uint64_t> order;
            const auto made = runtime
                                  ->createMany<Adder>(20'000, {.name = "d"},
                                                      [&order](std::uint64_t index) {
                                                          order.push_back(index);
                                                          return Adder();
                                                      })
                                  .value();
            static_cast<void>(runtime->sendMany(made.ids, Add{1}));
            runtime.settle();
            static_cast<void>(runtime->stopMany(std::span(made.ids).first(10'000)));
            runtime.settle();
            if (!std::ranges::is_sorted(order)) {
                return std::vector<std::string>{"not in order"};
            }
            std::vector<std::string> all = runtime.events().lines();
            for (const AgentId id : made.ids) {
                all.push_back(runtime->directory().nameOf(id) + " " + toString(id));
            }
            return all;
        };
        const auto once = names(7);
        QVERIFY(once.size() > 20'000);
        SAME(once, names(7));
    }
    void stoppingManyTellsOfEachThatItCouldNotStop()
    {
        TestRuntime runtime;
        auto made = runtime->createMany<Adder>(700, {}).value();
        QVERIFY(runtime->stop(made.ids[3]).ok());
        runtime.settle();
        QVERIFY(runtime->stop(made.ids[5]).ok());  // ends, and is not gone yet
        const BulkDone stopped = runtime->stopMany(made.ids, {EndKind::stopped, "enough"});
        QCOMPARE(stopped.done, std::uint64_t{698});
        QCOMPARE(stopped.failures.size(), std::size_t{2});
        QCOMPARE(stopped.failures[0].index, std::uint64_t{3});
        SAME(stopped.failures[0].error.code, ErrorCode::notFound);
        QCOMPARE(stopped.failures[1].index, std::uint64_t{5});
        SAME(stopped.failures[1].error.code, ErrorCode::conflict);
        runtime.settle();
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
        QCOMPARE(runtime.events().count("agent.ended"), 3);
        QVERIFY(runtime.events().last("agent.ended").find("enough") == std::string::npos);
        std::vector<AgentId> told = made.ids;
        told.erase(told.begin() + 5);
        told.erase(told.begin() + 3);
        QVERIFY(std::ranges::any_of(runtime.events().lines(), [&told](const std::string& line) {
            return line.find("\"ids\":\"" + agentRunsText(told).text + "\"") != std::string::npos;
        }));
    }
    void theEventsOfManyMadeSayWhoHasWhichName()
    {
        TestRuntime runtime;
        CreateOptions squatter;
        squatter.name = "crew-2";
        QVERIFY(runtime->create<Adder>(squatter).ok());
        CreateOptions options;
        options.name = "crew";
        const auto made = runtime->createMany<Adder>(5, options).value();
        QCOMPARE(made.failures.size(), std::size_t{1});
        const EngineState state = runtime.events().state();
        std::size_t agents = 0;
        std::size_t called = 0;
        state.agents().visit([&](const AgentRoll::Agent& agent) {
            ++agents;
            called += agent.name == runtime->directory().nameOf(agent.id) ? 1 : 0;
            return true;
        });
        QCOMPARE(agents, std::size_t{5});
        QCOMPARE(called, agents);
        QCOMPARE(state.agents().totals().live, runtime->directory().counts().live);
    }
    void sendingManyReachesEachInOrderAndTellsOfTheOthers()
    {
        TestRuntime runtime;
        auto seen = std::make_shared<std::vector<int>>();
        const AgentId adder = runtime->create<Adder>({}, seen).value();
        CreateOptions small;
        small.mailbox.bound = 1;
        const AgentId full = runtime->create<Adder>(small).value();
        const AgentId gone = runtime->create<Adder>({}).value();
        QVERIFY(runtime->stop(gone).ok());
        runtime.settle();
        std::vector<std::pair<AgentId, Add>> letters;
        for (int i = 0; i < 600; ++i) {
            letters.emplace_back(adder, Add{i});
        }
        letters.emplace_back(full, Add{1});
        letters.emplace_back(full, Add{2});
        letters.emplace_back(gone, Add{3});
        const BulkSent sent = runtime->sendMany(std::span(letters));
        QCOMPARE(sent.delivered, std::uint64_t{601});
        QCOMPARE(sent.failures.size(), std::size_t{2});
        QCOMPARE(sent.failures[0].index, std::uint64_t{601});
        SAME(sent.failures[0].delivery, Delivery::full);
        QCOMPARE(sent.failures[1].index, std::uint64_t{602});
        SAME(sent.failures[1].delivery, Delivery::noAgent);
        runtime.settle();
        QCOMPARE(seen->size(), std::size_t{600});
        QVERIFY(std::ranges::is_sorted(*seen));
        QCOMPARE(runtime->counters().droppedBy(DropCause::full), std::uint64_t{1});
    }
    void oneMessageToManyIsACopyForEach()
    {
        TestRuntime runtime(threaded(2));
        const auto made = runtime->createMany<Adder>(5000, {}).value();
        auto alive = std::make_shared<int>(1);
        QCOMPARE(runtime->sendMany(made.ids, Precious{alive}).delivered, std::uint64_t{5000});
        QVERIFY(runtime->sendMany(std::span<const AgentId>(), Precious{alive}).failures.empty());
        runtime.end();
        QCOMPARE(alive.use_count(), 1L);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::BulkTest);
#include "bulk_test.moc"
