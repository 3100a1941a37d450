// SPDX-License-Identifier: Apache-2.0
#include "runtime/scheduler.h"

#include <QtTest/QtTest>
#include <memory>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::Signal;
using tests::TestRuntime;
using namespace std::chrono_literals;

using Trace = std::shared_ptr<std::vector<std::string>>;

struct Walk {
    int steps;
};

/// Passes a message on at random, waits at random, and leaves a trace.
class Walker : public Agent<Walker, Handles<Walk>> {
public:
    Walker(Trace trace, std::shared_ptr<std::vector<AgentId>> all)
        : m_trace(std::move(trace)), m_all(std::move(all))
    {
    }
    Async<void> handle(const Walk& walk)
    {
        const int steps = walk.steps;
        m_trace->push_back(name() + " " + std::to_string(steps) + " " +
                           std::to_string(now().nanoseconds));
        if (rng().below(3) == 0) {
            co_await delay(Duration(static_cast<std::int64_t>(rng().below(1'000'000))));
        }
        if (steps != 0) {
            send((*m_all)[rng().below(m_all->size())], Walk{steps - 1});
            publish("walk.step", {{"left", steps}});
        }
    }

private:
    Trace m_trace;
    std::shared_ptr<std::vector<AgentId>> m_all;
};

/// Sends to itself for ever, without a moment between.
class Restless : public Agent<Restless, Handles<Walk>> {
public:
    void handle(const Walk& walk) { send(self(), walk); }
};

struct Note {
    int number;
};
class Noter : public Agent<Noter, Handles<Note, Tick>> {
public:
    explicit Noter(Trace trace) : m_trace(std::move(trace)) {}
    void handle(const Note& note) { m_trace->push_back(std::to_string(note.number)); }
    void handle(const Tick&)
    {
        sendAfter(30ms, Note{3});
        sendAfter(10ms, Note{1});
        const TimerId cancelled = sendAfter(20ms, Note{2});
        cancelTimer(cancelled);
    }

private:
    Trace m_trace;
};

}  // namespace

class SchedulerTest : public QObject {
    Q_OBJECT

    struct Run {
        std::vector<std::string> trace;
        std::vector<std::string> events;
    };

    static Run walk(std::uint64_t seed)
    {
        TestRuntime runtime({.scheduler = SchedulerKind::simulated, .seed = seed});
        const auto trace = std::make_shared<std::vector<std::string>>();
        const auto all = std::make_shared<std::vector<AgentId>>();
        const auto made = runtime->createMany<Walker>(20, {.name = "walker"},
                                                      [trace, all] { return Walker(trace, all); });
        *all = made.value().ids;
        for (const AgentId id : *all) {
            runtime->send(id, Walk{30});
        }
        static_cast<void>(runtime->simulation()->runUntilIdle());
        return {*trace, runtime.events().lines()};
    }

private slots:
    void theSameSeedGivesTheSameTraceAndAnotherSeedAnother()
    {
        const Run first = walk(7);
        const Run second = walk(7);
        QCOMPARE(first.trace.size(), std::size_t{20 * 31});
        QCOMPARE(first.trace, second.trace);
        QCOMPARE(first.events, second.events);
        QVERIFY(walk(8).trace != first.trace);
    }
    void anAgentThatNeverRestsDoesNotHoldVirtualTimeStill()
    {
        TestRuntime runtime;
        const AgentId restless = runtime->create<Restless>({}).value();
        runtime->send(restless, Walk{1});
        int ticks = 0;
        runtime->scheduler().every("beat", 100ms, [&ticks] { ++ticks; });
        const MonoTime before = runtime.now();
        runtime.pass(500ms);
        QVERIFY(runtime.now() >= before + 500ms);
        QVERIFY(runtime.now() < before + 501ms);
        QCOMPARE(ticks, 5);
    }
    void virtualTimePassesOnlyWhenItIsTold()
    {
        TestRuntime runtime;
        const MonoTime start = runtime.now();
        runtime.settle();
        QCOMPARE(runtime.now().nanoseconds, start.nanoseconds);
        runtime.pass(3h);
        QCOMPARE(runtime.now() - start, Duration(3h));
    }
    void periodicCallbacksKeepTheirRhythm()
    {
        TestRuntime runtime;
        std::vector<std::int64_t> beats;
        Scheduler& scheduler = runtime->scheduler();
        const TimerId timer = scheduler.every(
            "beat", 10ms, [&] { beats.push_back(runtime.now().nanoseconds / 1'000'000); });
        runtime.pass(35ms);
        QCOMPARE(beats, (std::vector<std::int64_t>{10, 20, 30}));
        scheduler.cancel(timer);
        runtime.pass(100ms);
        QCOMPARE(beats.size(), std::size_t{3});
    }
    void missedBeatsAreSkipped()
    {
        auto clock = std::make_shared<ManualClock>();
        RuntimeOptions options{.scheduler = SchedulerKind::simulated};
        options.clock = clock;
        const auto runtime = Runtime::create(options).value();
        int beats = 0;
        runtime->scheduler().every("beat", 10ms, [&beats] { ++beats; });
        clock->advance(95ms);  // behind the scheduler's back
        runtime->simulation()->runFor(0ms);
        QCOMPARE(beats, 1);
        runtime->simulation()->runFor(5ms);
        QCOMPARE(beats, 2);
    }
    void aOneOffCallbackRunsOnceAndMayCancelItself()
    {
        TestRuntime runtime;
        Scheduler& scheduler = runtime->scheduler();
        int calls = 0;
        TimerId timer;
        timer = scheduler.after(5ms, [&] {
            ++calls;
            scheduler.cancel(timer);
        });
        const TimerId cancelled = scheduler.after(5ms, [&] { calls += 100; });
        scheduler.cancel(cancelled);
        scheduler.cancel(cancelled);
        QVERIFY(runtime->simulation()->runUntilIdle());
        QCOMPARE(calls, 1);
        QCOMPARE(runtime.now().nanoseconds, std::int64_t{5'000'000});
    }
    void aCallbackThatThrowsHarmsNobody()
    {
        TestRuntime runtime;
        int calls = 0;
        runtime->scheduler().every("bad", 1ms, [&calls] {
            ++calls;
            throw std::runtime_error("no");
        });
        runtime.pass(3ms);
        QCOMPARE(calls, 3);
    }
    void runUntilIdleStopsAtItsLimit()
    {
        TestRuntime runtime;
        runtime->scheduler().every("beat", 1s, [] {});
        QVERIFY(runtime->simulation()->runUntilIdle());  // periodic ones do not count
        runtime->scheduler().after(2h, [] {});
        QVERIFY(!runtime->simulation()->runUntilIdle(1h));
        QVERIFY(runtime->simulation()->runUntilIdle(1h));
    }
    void messagesSentLaterComeInTimeOrderAndEndWithTheirSender()
    {
        TestRuntime runtime;
        const auto trace = std::make_shared<std::vector<std::string>>();
        const AgentId noter = runtime->create<Noter>({}, trace).value();
        runtime->send(noter, Tick{});
        runtime.pass(50ms);
        QCOMPARE(*trace, (std::vector<std::string>{"1", "3"}));
        runtime->send(noter, Tick{});
        runtime.settle();
        QVERIFY(runtime->stop(noter).ok());
        runtime.pass(50ms);
        QCOMPARE(trace->size(), std::size_t{2});
        QCOMPARE(runtime->counters().droppedBy(DropCause::noAgent), std::uint64_t{0});
    }
    void aSimulationNeedsAClockItCanMove()
    {
        RuntimeOptions options{.scheduler = SchedulerKind::simulated};
        options.clock = systemClock();
        SAME(Runtime::create(options).error().code, ErrorCode::invalidArgument);
    }
    void threadedTimersFireOnTheServiceThread()
    {
        TestRuntime runtime({.workers = 1});
        Signal beats;
        Signal once;
        const TimerId timer = runtime->scheduler().every("beat", 1ms, [&beats] { beats.raise(); });
        runtime->scheduler().after(2ms, [&once] { once.raise(); });
        QVERIFY(beats.wait(5));
        QVERIFY(once.wait());
        runtime->scheduler().cancel(timer);  // no beat can come once this has returned
    }
    void threadedBlockingWorkRunsBesideTheWorkers()
    {
        TestRuntime runtime({.workers = 1, .blockingThreads = 2, .blockingQueue = 1});
        Signal running;
        Signal release;
        Signal done;
        const auto job = [&] {
            running.raise();
            static_cast<void>(release.wait());
            done.raise();
        };
        QVERIFY(runtime->scheduler().blocking(job).ok());
        QVERIFY(runtime->scheduler().blocking(job).ok() ||
                running.wait(1));  // both threads may still be starting
        QVERIFY(running.wait(1));
        bool refused = false;
        for (int i = 0; i < 4 && !refused; ++i) {
            const auto queued = runtime->scheduler().blocking(job);
            refused = !queued.ok();
            if (refused) {
                SAME(queued.error().code, ErrorCode::overloaded);
            }
        }
        QVERIFY(refused);
        release.raise();
        QVERIFY(done.wait(2));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SchedulerTest);
#include "scheduler_test.moc"
