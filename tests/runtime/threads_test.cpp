// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/thread.h"
#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::Signal;
using tests::TestRuntime;
using namespace std::chrono_literals;

struct Numbered {
    std::uint32_t sender;
    std::uint32_t number;
};
struct Question {
    int number;
};
struct Answer {
    int number;
};

/// What many senders bring to one mailbox: how much, and whether each one's order was kept.
struct Tally {
    explicit Tally(std::size_t senders) : next(senders) {}
    std::vector<std::uint32_t> next;
    std::atomic<std::uint64_t> handled{0};
    std::atomic<bool> ordered{true};
    Signal all;
    std::uint64_t expected = 0;
};

class Counter : public Agent<Counter, Handles<Numbered>> {
public:
    explicit Counter(std::shared_ptr<Tally> tally) : m_tally(std::move(tally)) {}
    void handle(const Numbered& message)
    {
        if (m_tally->next[message.sender]++ != message.number) {
            m_tally->ordered = false;
        }
        if (++m_tally->handled == m_tally->expected) {
            m_tally->all.raise();
        }
    }

private:
    std::shared_ptr<Tally> m_tally;
};

class Plain : public Agent<Plain, Handles<Tick>> {
public:
    void handle(const Tick&) {}
};

class Answerer : public Agent<Answerer, Handles<Question>> {
public:
    Answer handle(const Question& question) { return {question.number + 1}; }
};

struct Begin {
    AgentId whom;
    int times;
    Signal* done;
};
class Asker : public Agent<Asker, Handles<Begin>> {
public:
    Async<void> handle(const Begin& begin)
    {
        for (int i = 0; i < begin.times; ++i) {
            Question question{i};
            const auto answer = co_await ask<Answer>(begin.whom, question, Duration(60s));
            if (!answer.ok() || answer->number != i + 1) {
                co_return;
            }
            if (i % 16 == 0) {
                const auto job = [i] { return i; };
                const auto worked = co_await blocking(job);
                if (!worked.ok() || *worked != i) {
                    co_return;
                }
            }
        }
        begin.done->raise();
    }
};

/// Makes children that crash, end or live on, at random.
class Churner : public Agent<Churner, Handles<Tick, AgentEnded>> {
public:
    Churner(std::shared_ptr<std::atomic<int>> ended, Signal* all, int expected)
        : m_ended(std::move(ended)), m_all(all), m_expected(expected)
    {
    }
    void handle(const Tick&)
    {
        for (int i = 0; i < 8; ++i) {
            const auto made = create<Plain>({});
            if (made.ok()) {
                monitor(made.value());
                send(made.value(), Tick{});
                static_cast<void>(runtime().stop(made.value()));
            }
        }
    }
    void handle(const AgentEnded& ended)
    {
        static_cast<void>(ended);
        if (++*m_ended == m_expected) {
            m_all->raise();
        }
    }

private:
    std::shared_ptr<std::atomic<int>> m_ended;
    Signal* m_all;
    int m_expected;
};

struct Crash {};
class Fragile : public Agent<Fragile, Handles<Crash, Tick>> {
public:
    void handle(const Crash&) { throw std::runtime_error("crash"); }
    void handle(const Tick&) {}
};

}  // namespace

class ThreadsTest : public QObject {
    Q_OBJECT

    static RuntimeOptions threaded(std::uint32_t workers) { return {.workers = workers}; }

private slots:
    void manySendersKeepTheirOrderInOneMailbox()
    {
        constexpr std::uint32_t senders = 4;
        constexpr std::uint32_t each = 20'000;
        TestRuntime runtime(threaded(3));
        const auto tally = std::make_shared<Tally>(senders);
        tally->expected = std::uint64_t{senders} * each;
        const AgentId counter = runtime->create<Counter>({}, tally).value();
        std::vector<NamedThread> threads;
        for (std::uint32_t sender = 0; sender < senders; ++sender) {
            threads.emplace_back("sender", [&runtime, counter, sender] {
                for (std::uint32_t i = 0; i < each; ++i) {
                    static_cast<void>(runtime->send(counter, Numbered{sender, i}));
                }
            });
        }
        QVERIFY(tally->all.wait());
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(tally->ordered);
        QCOMPARE(tally->handled.load(), tally->expected);
        QCOMPARE(runtime->counters().sent, tally->expected);
    }
    void aMailboxThatShedsItsOldestKeepsOrderAndCount()
    {
        constexpr std::uint32_t each = 10'000;
        TestRuntime runtime(threaded(2));
        const auto tally = std::make_shared<Tally>(2);
        tally->next = {};
        struct Last : Agent<Last, Handles<Numbered>> {
            Last(std::shared_ptr<Tally> to, std::shared_ptr<std::vector<std::uint32_t>> last)
                : tally(std::move(to)), newest(std::move(last))
            {
            }
            void handle(const Numbered& message)
            {
                if (message.number < (*newest)[message.sender]) {
                    tally->ordered = false;
                }
                (*newest)[message.sender] = message.number;
                ++tally->handled;
                if (message.number == each - 1) {
                    tally->all.raise();
                }
            }
            std::shared_ptr<Tally> tally;
            std::shared_ptr<std::vector<std::uint32_t>> newest;
        };
        CreateOptions options;
        options.mailbox = {64, OverflowPolicy::dropOldest};
        const auto newest = std::make_shared<std::vector<std::uint32_t>>(2);
        const AgentId last = runtime->create<Last>(options, tally, newest).value();
        NamedThread other("sender", [&runtime, last] {
            for (std::uint32_t i = 0; i < each - 1; ++i) {
                static_cast<void>(runtime->send(last, Numbered{1, i}));
            }
        });
        other.join();
        for (std::uint32_t i = 0; i < each; ++i) {
            static_cast<void>(runtime->send(last, Numbered{0, i}));
        }
        QVERIFY(tally->all.wait());
        QVERIFY(tally->ordered);
        runtime.end();
        QVERIFY(tally->handled <= 2 * each - 1);
    }
    void asksTimersAndBlockingWorkGoOnFromManyAgentsAtOnce()
    {
        TestRuntime runtime(threaded(3));
        Signal done;
        const AgentId answerer = runtime->create<Answerer>({}).value();
        constexpr int askers = 20;
        for (int i = 0; i < askers; ++i) {
            const AgentId asker = runtime->create<Asker>({}).value();
            runtime->send(asker, Begin{answerer, 100, &done});
        }
        QVERIFY(done.wait(askers));
        QCOMPARE(runtime->counters().asks, std::uint64_t{askers * 100});
    }
    void askingFromOutsideIsAnsweredExactlyOnce()
    {
        TestRuntime runtime(threaded(2));
        const AgentId answerer = runtime->create<Answerer>({}).value();
        constexpr int asks = 2000;
        std::atomic<int> right{0};
        Signal done;
        for (int i = 0; i < asks; ++i) {
            runtime->ask<Answer>(answerer, Question{i}, 60s, [&, i](const Result<Answer>& got) {
                right += got.ok() && got->number == i + 1 ? 1 : 0;
                done.raise();
            });
        }
        QVERIFY(done.wait(asks));
        QCOMPARE(right.load(), asks);
    }
    void creationAndEndByTheThousandsLeaveNothing()
    {
        TestRuntime runtime(threaded(3));
        constexpr int rounds = 200;
        constexpr int churners = 4;
        Signal all;
        const auto ended = std::make_shared<std::atomic<int>>(0);
        for (int i = 0; i < churners; ++i) {
            const AgentId churner =
                runtime->create<Churner>({}, ended, &all, churners * rounds * 8).value();
            for (int round = 0; round < rounds; ++round) {
                runtime->send(churner, Tick{});
            }
        }
        QVERIFY(all.wait());
        QTRY_COMPARE(runtime->directory().counts().live, std::uint64_t{churners});
        QCOMPARE(runtime->directory().counts().created,
                 std::uint64_t{churners + churners * rounds * 8});
    }
    void creationFromManyThreadsKeepsNamesUnique()
    {
        TestRuntime runtime(threaded(2));
        std::atomic<int> made{0};
        std::vector<NamedThread> threads;
        for (int thread = 0; thread < 3; ++thread) {
            threads.emplace_back("maker", [&runtime, &made] {
                for (int i = 0; i < 500; ++i) {
                    const auto agent =
                        runtime->create<Answerer>({.name = "only-" + std::to_string(i)});
                    made += agent.ok() ? 1 : 0;
                    static_cast<void>(runtime->directory().find("only-" + std::to_string(499 - i)));
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(made.load(), 500);
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{500});
    }
    void theDirectoryIsReadWhileAgentsComeWorkAndGo()
    {
        TestRuntime runtime(threaded(2));
        std::atomic<bool> stop{false};
        NamedThread churn("churn", [&runtime, &stop] {
            int round = 0;
            while (!stop) {
                if (runtime->directory().counts().live > 5'000) {
                    std::this_thread::yield();  // those told to stop have not yet gone
                    continue;
                }
                CreateOptions options;
                options.name = "c" + std::to_string(++round % 3);
                options.capabilities = {"churn"};
                const auto made = runtime->createMany<Answerer>(50, options);
                if (made.ok()) {
                    for (const AgentId id : made.value().ids) {
                        static_cast<void>(runtime->send(id, Question{1}));
                    }
                    static_cast<void>(runtime->stopMany(made.value().ids));
                }
            }
        });
        const auto kept = runtime->createMany<Answerer>(100, {.name = "kept"}).value();
        for (int i = 0; i < 200; ++i) {
            DirectoryPageQuery query;
            query.sort = static_cast<DirectorySort>(i % 13);
            query.descending = i % 2 == 0;
            query.limit = 30;
            const DirectoryPage page = runtime->directory().page(query);
            QVERIFY(page.total >= 100);
            QCOMPARE(runtime->directory().byType("Answerer").empty(), false);
            static_cast<void>(runtime->directory().byCapability("churn"));
            static_cast<void>(runtime->directory().waiting());
            static_cast<void>(runtime->directory().countsByType());
            QCOMPARE(runtime->directory().detail(kept.ids[7]).ok(), true);
            SAME(runtime->directory().find("kept-8"), kept.ids[7]);
        }
        stop = true;
        churn.join();
    }
    void crashesSuspensionsAndRestartsFromManyThreadsAreSurvived()
    {
        TestRuntime runtime(threaded(3));
        SupervisorOptions supervision;
        supervision.intensity = 1'000'000;
        const AgentId top = runtime->createSupervisor(supervision, {}).value();
        CreateOptions options;
        options.supervisor = top;
        const auto made = runtime->createMany<Fragile>(20, options).value();
        std::vector<NamedThread> threads;
        for (std::uint64_t thread = 0; thread < 3; ++thread) {
            threads.emplace_back("shaker", [&runtime, &made, thread] {
                Rng rng(thread);
                for (int i = 0; i < 2000; ++i) {
                    const AgentId id = made.ids[rng.below(made.ids.size())];
                    switch (rng.below(5)) {
                        case 0:
                            static_cast<void>(runtime->send(id, Crash{}));
                            break;
                        case 1:
                            static_cast<void>(runtime->suspend(id));
                            break;
                        case 2:
                            static_cast<void>(runtime->restart(id));
                            break;
                        default:
                            static_cast<void>(runtime->resume(id));
                            static_cast<void>(runtime->send(id, Tick{}));
                    }
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        Signal handled;
        for (const AgentId id : made.ids) {
            QVERIFY(runtime->directory().alive(id));
            QVERIFY(runtime->resume(id).ok());
        }
        QVERIFY(runtime->stop(top).ok());
        runtime->monitor(top, [&handled](const AgentEnded&) { handled.raise(); });
        QVERIFY(handled.wait());
        QTRY_COMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void aDrainLetsWaitingHandlersFinish()
    {
        TestRuntime runtime(threaded(2));
        Signal done;
        const AgentId answerer = runtime->create<Answerer>({}).value();
        const AgentId asker = runtime->create<Asker>({}).value();
        runtime->send(asker, Begin{answerer, 1, &done});
        QVERIFY(runtime->drain(60s).notStopped.empty());
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ThreadsTest);
#include "threads_test.moc"
