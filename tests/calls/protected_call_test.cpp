// SPDX-License-Identifier: Apache-2.0
#include "calls/protected_call.h"

#include <QtTest/QtTest>

#include "calls/call_world.h"
#include "runtime/runtime.h"
#include "runtime/waiting.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

struct Work {
    static constexpr std::string_view kName = "work";
    Duration takes{};
    CallOutcome outcome;
};

struct Tally {
    std::atomic<int> succeeded{0};
    std::atomic<int> failed{0};
    std::atomic<int> rejected{0};
    std::atomic<int> acting{0};
    std::atomic<int> mostActing{0};
    std::atomic<int> attempts{0};
};

/// Calls a service for each message.
class Caller : public Agent<Caller, Handles<Work>> {
public:
    static constexpr std::string_view kType = "caller";
    Caller(ProtectedService& service, Tally& tally) : m_service(&service), m_tally(&tally) {}

    Async<void> handle(Work&& work)
    {
        CallAction action = [this, &work](const CallAttempt& attempt) {
            return act(work, attempt.time);
        };
        CallRequest request;
        request.number = ++m_number;
        request.timeout = 50ms;
        const CallEnd end =
            co_await callThrough(*m_service, request, std::move(action), scheduler().clock());
        switch (end.kind) {
            case CallEnd::Kind::succeeded:
                ++m_tally->succeeded;
                break;
            case CallEnd::Kind::failed:
                ++m_tally->failed;
                break;
            case CallEnd::Kind::rejected:
                ++m_tally->rejected;
                break;
        }
    }

private:
    struct Acting {
        explicit Acting(Tally& all) : tally(all)
        {
            const int now = ++tally.acting;
            int most = tally.mostActing;
            while (now > most && !tally.mostActing.compare_exchange_weak(most, now)) {
            }
        }
        ~Acting() { --tally.acting; }
        Tally& tally;
    };

    Async<AttemptEnd> act(const Work& work, Duration longest)
    {
        const Acting acting(*m_tally);
        ++m_tally->attempts;
        const bool late = work.takes > longest;
        co_await pauseFor(std::min(work.takes, longest));
        const CallOutcome outcome = late ? failure(FailureClass::timeout) : work.outcome;
        co_return AttemptEnd{outcome, {}};
    }

    ProtectedService* m_service;
    Tally* m_tally;
    std::uint64_t m_number = 0;
};

/// A runtime whose agents call one service.
class Callers {
public:
    Callers(const ServiceSettings& settings, SchedulerKind kind, std::uint64_t count)
        : m_clock(kind == SchedulerKind::simulated
                      ? std::static_pointer_cast<Clock>(std::make_shared<ManualClock>())
                      : systemClock()),
          m_service(
              ProtectedService::create("shop", settings, {m_clock, 1, nullptr, &m_metrics, nullptr})
                  .value())
    {
        RuntimeOptions options;
        options.scheduler = kind;
        options.workers = 4;
        options.clock = m_clock;
        m_runtime = Runtime::create(options).value();
        m_agents =
            m_runtime
                ->createMany<Caller>(count, {.name = "caller"},
                                     [this](std::uint64_t) { return Caller(*m_service, m_tally); })
                .value()
                .ids;
    }
    void send(const Work& work)
    {
        for (const AgentId id : m_agents) {
            static_cast<void>(m_runtime->send(id, Work(work)));
        }
    }
    void pass(Duration time) { m_runtime->simulation()->runFor(time); }
    [[nodiscard]] int ended() const
    {
        return m_tally.succeeded + m_tally.failed + m_tally.rejected;
    }
    [[nodiscard]] const Tally& tally() const { return m_tally; }
    [[nodiscard]] ServiceView view() { return m_service->view(); }
    [[nodiscard]] Runtime& runtime() { return *m_runtime; }
    [[nodiscard]] const std::vector<AgentId>& agents() const { return m_agents; }

private:
    std::shared_ptr<Clock> m_clock;
    MetricRegistry m_metrics;
    Tally m_tally;
    std::unique_ptr<ProtectedService> m_service;
    std::unique_ptr<Runtime> m_runtime;
    std::vector<AgentId> m_agents;
};

ServiceSettings narrow(std::uint32_t concurrent, std::uint32_t queue, Duration longest)
{
    ServiceSettings settings;
    settings.bulkhead = BulkheadSettings{concurrent, queue, longest};
    return settings;
}

}  // namespace

class ProtectedCallTest : public QObject {
    Q_OBJECT
private slots:
    void callsTakeTheirTurnsInVirtualTime()
    {
        Callers callers(narrow(2, 10, 1s), SchedulerKind::simulated, 6);
        callers.send({10ms, CallOutcome::success()});
        callers.pass(10ms);
        QCOMPARE(callers.tally().succeeded.load(), 2);
        QCOMPARE(callers.view().bulkhead->waiting, std::uint64_t{2});
        callers.pass(20ms);
        QCOMPARE(callers.tally().succeeded.load(), 6);
        QCOMPARE(callers.tally().mostActing.load(), 2);
    }
    void whoWaitsTooLongIsRejectedAndTheQueueIsEmptyThen()
    {
        Callers callers(narrow(1, 10, 15ms), SchedulerKind::simulated, 4);
        callers.send({10ms, CallOutcome::success()});
        callers.pass(1s);
        QCOMPARE(callers.tally().succeeded.load(), 2);
        QCOMPARE(callers.tally().rejected.load(), 2);
        QCOMPARE(callers.view().bulkhead->waiting, std::uint64_t{0});
        QCOMPARE(callers.view().bulkhead->inUse, 0U);
    }
    void attemptsThatTakeTooLongAreRetriedAndTimeOut()
    {
        ServiceSettings settings;
        settings.retry = RetrySettings{};
        Callers callers(settings, SchedulerKind::simulated, 1);
        callers.send({80ms, CallOutcome::success()});
        callers.pass(10s);
        QCOMPARE(callers.tally().failed.load(), 1);
        QCOMPARE(callers.tally().attempts.load(), 3);
        QCOMPARE(callers.view().stages[static_cast<std::size_t>(CallStage::timeout)].rejected,
                 std::uint64_t{3});
    }
    void anAgentThatIsKilledGivesBackWhatItHolds()
    {
        ServiceSettings settings = narrow(1, 10, 10s);
        settings.breaker = BreakerSettings{};
        Callers callers(settings, SchedulerKind::simulated, 3);
        callers.send({40ms, CallOutcome::success()});
        callers.pass(1ms);
        QCOMPARE(callers.view().bulkhead->inUse, 1U);
        QCOMPARE(callers.view().bulkhead->waiting, std::uint64_t{2});
        for (const AgentId id : callers.agents()) {
            QVERIFY(callers.runtime().kill(id).ok());
        }
        callers.pass(1ms);
        const ServiceView view = callers.view();
        QCOMPARE(view.bulkhead->inUse, 0U);
        QCOMPARE(view.bulkhead->waiting, std::uint64_t{0});
        QCOMPARE(view.failed, std::uint64_t{3});
        QCOMPARE(view.breaker->counts.cancelled + view.breaker->counts.late, std::uint64_t{3});
    }
    void threadsWakeEachOtherAndLoseNobody()
    {
        constexpr int kAgents = 200;
        constexpr int kRounds = 20;
        Callers callers(narrow(3, kAgents, 60s), SchedulerKind::threaded, kAgents);
        for (int round = 0; round < kRounds; ++round) {
            callers.send({0ms, CallOutcome::success()});
        }
        QTRY_COMPARE_WITH_TIMEOUT(callers.ended(), kAgents * kRounds, 60'000);
        QCOMPARE(callers.tally().succeeded.load(), kAgents * kRounds);
        QVERIFY(callers.tally().mostActing.load() <= 3);
        QCOMPARE(callers.view().bulkhead->inUse, 0U);
        QCOMPARE(callers.view().bulkhead->counts.asked, std::uint64_t{kAgents * kRounds});
    }
    void aRejectionSaysWhatWasFullAndWhatToDo()
    {
        CallWorld world{narrow(0, 0, 0s)};
        const CallEnd end = world.call(CallOutcome::success());
        QCOMPARE(rejectionError(*world.service, end).text(),
                 std::string("services.shop.bulkhead: the bulkhead is full. Lower the load or "
                             "raise bulkhead.concurrent"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ProtectedCallTest);
#include "protected_call_test.moc"
