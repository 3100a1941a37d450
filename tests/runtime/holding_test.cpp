// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <latch>
#include <optional>
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

struct Hold {
    std::latch* inside;
    std::latch* release;
};
struct Pass {
    AgentId to;
};

/// Holds its worker until it is released.
class Holder : public Agent<Holder, Handles<Hold, Tick>> {
public:
    void handle(const Hold& hold)
    {
        hold.inside->count_down();
        hold.release->wait();
    }
    void handle(const Tick&) {}
};

class Plain : public Agent<Plain, Handles<Tick>> {
public:
    void handle(const Tick&) {}
};

}  // namespace

class HoldingTest : public QObject {
    Q_OBJECT

    static RuntimeOptions threaded(std::uint32_t workers) { return {.workers = workers}; }

private slots:
    void theWatchdogNamesAHandlerThatHoldsItsWorker()
    {
        Signal stalled;
        std::optional<Stall> seen;
        RuntimeOptions options = threaded(2);
        options.stallThreshold = 20ms;
        options.onStall = [&](const Stall& stall) {
            seen = stall;
            stalled.raise();
        };
        TestRuntime runtime(options);
        std::latch inside(1);
        std::latch release(1);
        const AgentId holder = runtime->create<Holder>({.name = "holder"}).value();
        runtime->send(holder, Hold{&inside, &release});
        inside.wait();
        QVERIFY(stalled.wait());
        release.count_down();
        SAME(seen->agent, holder);
        QCOMPARE(seen->name, std::string("holder"));
        QCOMPARE(std::string(seen->message), std::string("Hold"));
        QVERIFY(seen->held >= 20ms);
        QCOMPARE(runtime.events().count("agent.stalled"), 1);
    }
    void anAgentMadeReadyByAStuckHandlerRunsOnAnotherWorker()
    {
        struct Passer : Agent<Passer, Handles<Pass>> {
            explicit Passer(std::latch* until) : release(until) {}
            void handle(const Pass& pass)
            {
                send(pass.to, Tick{});
                release->wait();  // holds this worker
            }
            std::latch* release;
        };
        struct Opener : Agent<Opener, Handles<Tick>> {
            explicit Opener(std::latch* what) : release(what) {}
            void handle(const Tick&) { release->count_down(); }
            std::latch* release;
        };
        TestRuntime runtime(threaded(2));
        std::latch release(1);
        const AgentId opener = runtime->create<Opener>({}, &release).value();
        const AgentId passer = runtime->create<Passer>({}, &release).value();
        runtime->send(passer, Pass{opener});
        release.wait();  // else this test hangs, and its time runs out
    }
    void aDrainNamesWhatDidNotStop()
    {
        TestRuntime runtime(threaded(2));
        std::latch inside(1);
        std::latch release(1);
        const AgentId holder = runtime->create<Holder>({.name = "stuck"}).value();
        static_cast<void>(runtime->createMany<Plain>(50, {.name = "fine"}));
        runtime->send(holder, Hold{&inside, &release});
        inside.wait();
        const DrainReport report = runtime->drain(100ms);
        QCOMPARE(report.stopped, std::uint64_t{50});
        QCOMPARE(report.notStopped, std::vector<std::string>{"stuck (handling Hold)"});
        SAME(runtime->create<Plain>({}).error().code, ErrorCode::cancelled);
        release.count_down();
        QVERIFY(runtime->drain(60s).notStopped.empty());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HoldingTest);
#include "holding_test.moc"
