// SPDX-License-Identifier: Apache-2.0
#include "calls/call_flow.h"

#include <QtTest/QtTest>

#include "calls/call_world.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

RetrySettings retries(std::uint32_t attempts)
{
    RetrySettings retry;
    retry.attempts = attempts;
    retry.backoff = RetrySettings::Backoff::fixed;
    retry.jitter = RetrySettings::Jitter::none;
    retry.base = 100ms;
    return retry;
}

ServiceSettings everything()
{
    ServiceSettings settings;
    settings.deadline = 10s;
    settings.retry = retries(3);
    settings.limiter = LimiterSettings{TokenBucketSettings{{100, 1s}, 100, {}}, 0s};
    settings.breaker = BreakerSettings{};
    settings.breaker->open.wait = 5s;
    settings.bulkhead = BulkheadSettings{2, 1, 1s};
    return settings;
}

class Flag final : public TurnWaiter {
public:
    explicit Flag(bool& raised) : m_raised(raised) {}
    void turnDecided() noexcept override { m_raised = true; }

private:
    bool& m_raised;
};

bool waitFor(CallFlow& flow, bool& told)
{
    std::unique_ptr<TurnWaiter> waiter = std::make_unique<Flag>(told);
    return flow.await(waiter);
}

}  // namespace

class CallFlowTest : public QObject {
    Q_OBJECT
private slots:
    void aServiceWithoutStagesOnlyCallsTheAction()
    {
        CallWorld world{ServiceSettings{}};
        const CallEnd good = world.call(CallOutcome::success());
        QVERIFY(good.kind == CallEnd::Kind::succeeded && good.attempts == 1);
        QVERIFY(world.call(failure()).kind == CallEnd::Kind::failed);
        const ServiceView view = world.service->view();
        QCOMPARE(view.succeeded, std::uint64_t{1});
        QCOMPARE(view.failed, std::uint64_t{1});
        QVERIFY(!view.breaker && !view.limiter && !view.budget && !view.bulkhead);
    }
    void eachAttemptTakesATokenAndAPermitAndHoldsNothingMeanwhile()
    {
        CallWorld world{everything()};
        CallFlow flow(*world.service, {});
        for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
            const CallStep step = attempt == 1 ? flow.begin(world.now()) : flow.waited(world.now());
            QVERIFY(step.what == CallStep::Do::act);
            QCOMPARE(flow.attempt(), attempt);
            QCOMPARE(world.service->view().bulkhead->inUse, 1U);
            QCOMPARE(world.service->view().limiter->status.remaining, std::uint64_t{99});
            const CallStep next = flow.acted({failure(), {}}, world.now());
            QCOMPARE(world.service->view().bulkhead->inUse, 0U);
            QVERIFY(next.what == (attempt < 3 ? CallStep::Do::wait : CallStep::Do::end));
            QCOMPARE(next.time, Duration(attempt < 3 ? 100ms : 0ms));
            world.pass(100ms);
        }
        QVERIFY(flow.end().stop == RetryStop::attemptsUsed);
        QCOMPARE(world.service->view().breaker->counts.admitted, std::uint64_t{3});
        QCOMPARE(world.stage(CallStage::limiter).passed, std::uint64_t{3});
        QCOMPARE(world.stage(CallStage::action).rejected, std::uint64_t{3});
        QCOMPARE(world.stage(CallStage::retry).passed, std::uint64_t{2});
        QCOMPARE(world.stage(CallStage::retry).time, Duration(200ms));
    }
    void theBreakerOpensProbesAndClosesAsEvents()
    {
        ServiceSettings settings = everything();
        settings.retry.reset();
        CallWorld world{settings};
        world.calls(20, failure());
        QCOMPARE(world.events.moves(), (std::vector<std::string>{"breaker.opened (failure_rate)"}));
        const CallEnd rejected = world.call(CallOutcome::success());
        QVERIFY(rejected.kind == CallEnd::Kind::rejected && rejected.stage == CallStage::breaker);
        QCOMPARE(*rejected.retryAfter, Duration(5s));
        QCOMPARE(world.service->view().breaker->counts.rejected, std::uint64_t{1});
        world.pass(5s);
        world.calls(10, CallOutcome::success());
        QCOMPARE(world.events.moves(),
                 (std::vector<std::string>{"breaker.half_opened (wait_over)",
                                           "breaker.closed (probes_succeeded)"}));
    }
    void ourOwnRejectionsAreNoOutcomesOfTheBreaker()
    {
        ServiceSettings settings = everything();
        settings.retry.reset();
        settings.bulkhead = BulkheadSettings{0, 0, 0s};
        CallWorld world{settings};
        for (int i = 0; i < 50; ++i) {
            QVERIFY(world.call(failure()).stage == CallStage::bulkhead);
        }
        const BreakerView breaker = *world.service->view().breaker;
        QVERIFY(breaker.state == BreakerState::closed);
        QCOMPARE(breaker.tally.calls, 0U);
        QCOMPARE(breaker.counts.cancelled, std::uint64_t{50});
    }
    void aCallWaitsForATokenNoLongerThanItMay()
    {
        ServiceSettings settings;
        settings.limiter = LimiterSettings{TokenBucketSettings{{10, 1s}, 1, {}}, 150ms};
        CallWorld world{settings};
        CallFlow first(*world.service, {});
        QVERIFY(first.begin(world.now()).what == CallStep::Do::act);
        CallFlow second(*world.service, {});
        const CallStep wait = second.begin(world.now());
        QVERIFY(wait.what == CallStep::Do::wait);
        QCOMPARE(wait.time, Duration(100ms));
        CallFlow third(*world.service, {});
        QVERIFY(third.begin(world.now()).what == CallStep::Do::end);
        QVERIFY(third.end().stage == CallStage::limiter);
        QCOMPARE(*third.end().retryAfter, Duration(200ms));
        world.pass(100ms);
        QVERIFY(second.waited(world.now()).what == CallStep::Do::act);
        QCOMPARE(world.stage(CallStage::limiter).time, Duration(100ms));
    }
    void aCallThatIsGivenUpWhileItWaitsGivesItsTokenBack()
    {
        ServiceSettings settings;
        settings.limiter = LimiterSettings{TokenBucketSettings{{10, 1s}, 1, 0}, 1s};
        CallWorld world{settings};
        {
            CallFlow gone(*world.service, {});
            QVERIFY(gone.begin(world.now()).what == CallStep::Do::wait);
        }
        CallFlow next(*world.service, {});
        QCOMPARE(next.begin(world.now()).time, Duration(100ms));
        QCOMPARE(world.service->view().failed, std::uint64_t{1});
    }
    void whoLeavesTheBulkheadWakesTheNextInItsQueue()
    {
        CallWorld world{everything()};
        CallFlow one(*world.service, {});
        CallFlow two(*world.service, {});
        CallFlow waits(*world.service, {});
        CallFlow refused(*world.service, {});
        QVERIFY(one.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(two.begin(world.now()).what == CallStep::Do::act);
        const CallStep queue = waits.begin(world.now());
        QVERIFY(queue.what == CallStep::Do::queue);
        QCOMPARE(queue.time, Duration(1s));
        bool told = false;
        QVERIFY(waitFor(waits, told));
        QVERIFY(refused.begin(world.now()).what == CallStep::Do::wait);  // to be retried
        world.pass(300ms);
        QVERIFY(!told);
        QVERIFY(one.acted({CallOutcome::success(), {}}, world.now()).what == CallStep::Do::end);
        QVERIFY(told);
        QVERIFY(waits.queued(world.now()).what == CallStep::Do::act);
        QCOMPARE(world.stage(CallStage::bulkhead).time, Duration(300ms));
        QCOMPARE(world.service->view().bulkhead->inUse, 2U);
    }
    void aTurnThatCameBeforeAnyoneWaitedForItIsNotLost()
    {
        CallWorld world{everything()};
        CallFlow one(*world.service, {});
        CallFlow two(*world.service, {});
        CallFlow waits(*world.service, {});
        QVERIFY(one.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(two.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(waits.begin(world.now()).what == CallStep::Do::queue);
        QVERIFY(one.acted({CallOutcome::success(), {}}, world.now()).what == CallStep::Do::end);
        bool told = false;
        QVERIFY(!waitFor(waits, told));
        QVERIFY(waits.queued(world.now()).what == CallStep::Do::act);
    }
    void aCallThatWaitedTooLongForItsTurnIsRejected()
    {
        ServiceSettings settings = everything();
        settings.retry.reset();
        CallWorld world{settings};
        CallFlow one(*world.service, {});
        CallFlow two(*world.service, {});
        QVERIFY(one.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(two.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(world.call(CallOutcome::success()).stage == CallStage::bulkhead);
        QCOMPARE(world.service->view().bulkhead->counts.timedOut, std::uint64_t{1});
        QCOMPARE(world.service->view().bulkhead->waiting, std::uint64_t{0});
    }
    void nothingGoesThroughABreakerThatOpenedWhileItWaited()
    {
        ServiceSettings settings = everything();
        settings.retry.reset();
        settings.breaker->minimumCalls = 2;
        CallWorld world{settings};
        CallFlow one(*world.service, {});
        CallFlow two(*world.service, {});
        CallFlow waits(*world.service, {});
        QVERIFY(one.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(two.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(waits.begin(world.now()).what == CallStep::Do::queue);
        static_cast<void>(one.acted({failure(), {}}, world.now()));
        static_cast<void>(two.acted({failure(), {}}, world.now()));
        QVERIFY(waits.queued(world.now()).what == CallStep::Do::end);
        QVERIFY(waits.end().stage == CallStage::breaker);
        QCOMPARE(world.service->view().bulkhead->inUse, 0U);
    }
    void waitingForItsTurnDoesNotMakeACallSlow()
    {
        ServiceSettings settings = everything();
        settings.breaker->slowCall = 500ms;
        CallWorld world{settings};
        CallFlow one(*world.service, {});
        CallFlow two(*world.service, {});
        CallFlow waits(*world.service, {});
        static_cast<void>(one.begin(world.now()));
        static_cast<void>(two.begin(world.now()));
        static_cast<void>(waits.begin(world.now()));
        static_cast<void>(one.acted({CallOutcome::success(), {}}, world.now()));
        world.pass(400ms);
        static_cast<void>(waits.queued(world.now()));
        world.pass(400ms);
        static_cast<void>(waits.acted({CallOutcome::success(), {}}, world.now()));
        QCOMPARE(world.service->view().breaker->counts.slow, std::uint64_t{0});
    }
    void theDeadlineBoundsAttemptsAndWaits()
    {
        CallWorld world{everything()};
        CallRequest request;
        request.timeout = 2s;
        request.deadline = Deadline(world.now(), 3s);
        CallFlow flow(*world.service, request);
        QCOMPARE(flow.begin(world.now()).time, Duration(2s));
        world.pass(2s);
        QVERIFY(flow.acted({failure(FailureClass::timeout), {}}, world.now()).what ==
                CallStep::Do::wait);
        world.pass(100ms);
        QCOMPARE(flow.waited(world.now()).time, Duration(900ms));
        world.pass(900ms);
        QVERIFY(flow.acted({failure(FailureClass::timeout), {}}, world.now()).what ==
                CallStep::Do::end);
        QVERIFY(flow.end().stop == RetryStop::deadline);
        QCOMPARE(world.stage(CallStage::timeout).rejected, std::uint64_t{2});
        QVERIFY(world.call(CallOutcome::success(), 0s, request).stage == CallStage::deadline);
    }
    void aSpentBudgetEndsTheRetries()
    {
        ServiceSettings settings;
        settings.retry = retries(3);
        settings.budget = RatioBudgetSettings{0, 0.1, 10s};  // one in ten seconds
        CallWorld world{settings};
        QVERIFY(world.call(failure()).stop == RetryStop::budget);
        QCOMPARE(world.service->view().budget->granted, std::uint64_t{1});
        QCOMPARE(world.service->view().budget->refused, std::uint64_t{1});
    }
    void underCriticalPressureNothingIsAdmitted()
    {
        CallWorld world{ServiceSettings{}};
        world.admission.setPressure(Pressure::critical);
        QVERIFY(world.call(CallOutcome::success()).stage == CallStage::admission);
        world.admission.setPressure(Pressure::severe);
        QVERIFY(world.call(CallOutcome::success()).kind == CallEnd::Kind::succeeded);
    }
    void anAdaptiveLimitFollowsWhatTheDependencyBears()
    {
        ServiceSettings settings;
        settings.adaptive = AdaptiveSettings{};
        settings.adaptive->algorithm = AdaptiveSettings::Algorithm::aimd;
        settings.adaptive->initial = 40;
        settings.adaptive->floor = 10;
        CallWorld world{settings};
        world.calls(100, failure(FailureClass::timeout));
        QCOMPARE(world.service->view().bulkhead->concurrent, 10U);
    }
    void changedSettingsKeepCountersAndFill()
    {
        CallWorld world{everything()};
        world.calls(60, CallOutcome::success());
        QCOMPARE(world.service->view().limiter->status.remaining, std::uint64_t{40});
        ServiceSettings settings = everything();
        settings.limiter->bucket().rate = {200, 1s};
        settings.breaker->failureRate = 0.9;
        QVERIFY(world.service->change(settings).ok());
        const ServiceView view = world.service->view();
        QCOMPARE(view.limiter->status.remaining, std::uint64_t{40});
        QCOMPARE(view.limiter->rate.permits, std::uint64_t{200});
        QCOMPARE(view.breaker->tally.calls, 60U);
        QCOMPARE(view.succeeded, std::uint64_t{60});
        world.pass(100ms);
        QCOMPARE(world.service->view().limiter->status.remaining, std::uint64_t{60});
    }
    void aChangeThatIsNotValidChangesNothing()
    {
        CallWorld world{everything()};
        ServiceSettings settings = everything();
        settings.limiter->bucket().rate = {200, 1s};
        settings.breaker->failureRate = 2;
        const auto changed = world.service->change(settings);
        QVERIFY(!changed.ok());
        QCOMPARE(changed.error().where, std::string("breaker.failure_rate"));
        QVERIFY(world.service->settings() == everything());
    }
    void aStageComesAndGoesWhileCallsAreInIt()
    {
        CallWorld world{everything()};
        CallFlow within(*world.service, {});
        QVERIFY(within.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(world.service->change(ServiceSettings{}).ok());
        ServiceView view = world.service->view();
        QVERIFY(!view.limiter && !view.breaker && !view.bulkhead && !view.budget);
        QVERIFY(!world.service->breakerState());
        world.calls(500, CallOutcome::success());
        QCOMPARE(world.service->view().succeeded, std::uint64_t{500});
        QVERIFY(world.service->change(everything()).ok());
        // It leaves what it had entered: the stages of now know nothing of it.
        QVERIFY(within.acted({failure(), {}}, world.now()).what != CallStep::Do::act);
        view = world.service->view();
        QCOMPARE(view.breaker->tally.calls, 0U);
        QCOMPARE(view.bulkhead->inUse, 0U);
        QCOMPARE(view.limiter->status.remaining, std::uint64_t{100});
        world.calls(3, CallOutcome::success());
        QCOMPARE(world.service->view().breaker->tally.calls, 3U);
    }
    void whoWaitsInABulkheadThatGoesStillGetsHisTurn()
    {
        ServiceSettings settings;
        settings.bulkhead = BulkheadSettings{1, 1, 10s};
        CallWorld world{settings};
        CallFlow first(*world.service, {});
        CallFlow second(*world.service, {});
        QVERIFY(first.begin(world.now()).what == CallStep::Do::act);
        QVERIFY(second.begin(world.now()).what == CallStep::Do::queue);
        QVERIFY(world.service->change(ServiceSettings{}).ok());
        QVERIFY(first.acted({CallOutcome::success(), {}}, world.now()).what == CallStep::Do::end);
        QVERIFY(second.queued(world.now()).what == CallStep::Do::act);
        QVERIFY(second.acted({CallOutcome::success(), {}}, world.now()).what == CallStep::Do::end);
        QCOMPARE(world.service->view().succeeded, std::uint64_t{2});
    }
    void anAdaptiveLimitComesAndGoesWithoutItsBulkhead()
    {
        ServiceSettings settings;
        settings.bulkhead = BulkheadSettings{3, 0, 0s};
        CallWorld world{settings};
        settings.adaptive = AdaptiveSettings{};
        QVERIFY(world.service->change(settings).ok());
        QVERIFY(world.service->view().bulkhead->adaptive);
        QCOMPARE(world.service->view().bulkhead->concurrent, settings.adaptive->initial);
        settings.adaptive.reset();
        QVERIFY(world.service->change(settings).ok());
        QVERIFY(!world.service->view().bulkhead->adaptive);
        QCOMPARE(world.service->view().bulkhead->concurrent, 3U);
    }
    void eachKindOfLimiterAdmitsWhatItSays()
    {
        SlidingWindowSettings window;
        window.limit = 7;
        CycleLimiterSettings cycle;
        cycle.permits = 5;
        KeyedLimiterSettings keyed;
        keyed.table.rate = {1, 1s};
        keyed.table.burst = 3;
        const auto admittedOf = [](LimiterSettings limiter) {
            ServiceSettings settings;
            settings.limiter = std::move(limiter);
            CallWorld world{settings};
            CallRequest one;
            one.agent = {1, 1};
            CallRequest other;
            other.agent = {2, 1};
            for (int i = 0; i < 20; ++i) {
                static_cast<void>(world.call(CallOutcome::success(), 0s, i < 10 ? one : other));
            }
            return world.service->view().succeeded;
        };
        QCOMPARE(admittedOf({window, 0s}), std::uint64_t{7});
        QCOMPARE(admittedOf({cycle, 0s}), std::uint64_t{5});
        QCOMPARE(admittedOf({keyed, 0s}), std::uint64_t{6});
        keyed.by = KeyedLimiterSettings::By::action;
        QCOMPARE(admittedOf({keyed, 0s}), std::uint64_t{3});
        // All of them get through where they may wait for the cycles to come.
        QCOMPARE(admittedOf({cycle, 10s}), std::uint64_t{20});
    }
    void anotherKindOfLimiterBeginsFullAndTheSameKeepsItsFill()
    {
        ServiceSettings settings;
        SlidingWindowSettings window;
        window.limit = 10;
        settings.limiter = LimiterSettings{window, 0s};
        CallWorld world{settings};
        world.calls(10, CallOutcome::success());
        window.limit = 12;
        settings.limiter->kind = window;
        QVERIFY(world.service->change(settings).ok());
        QCOMPARE(world.service->view().limiter->status.remaining, std::uint64_t{2});
        settings.limiter->kind = CycleLimiterSettings{};
        QVERIFY(world.service->change(settings).ok());
        const auto view = world.service->view().limiter;
        QCOMPARE(std::string(view->kind), std::string("cycle"));
        QCOMPARE(view->status.remaining, std::uint64_t{50});
    }
    void anOperatorMovesAndResetsTheBreaker()
    {
        CallWorld world{everything()};
        QVERIFY(world.service->moveBreaker(BreakerState::forcedOpen).ok());
        QVERIFY(world.service->moveBreaker(BreakerState::disabled).ok());
        QVERIFY(world.service->resetBreaker().ok());
        QCOMPARE(world.events.moves(), (std::vector<std::string>{"breaker.opened (operator)",
                                                                 "breaker.bypassed (operator)",
                                                                 "breaker.closed (reset)"}));
        CallWorld without{ServiceSettings{}};
        QVERIFY(without.service->resetBreaker().error().code == ErrorCode::notFound);
    }
    void aTraceSaysWhereTheTimeWent()
    {
        CallWorld world{everything()};
        CallRequest request;
        request.number = 7;
        request.action = "buy";
        static_cast<void>(world.call(CallOutcome::success(), 30ms, request));
        QCOMPARE(world.events.lastTrace(),
                 std::string(R"({"service":"shop","action":"buy","number":7,"end":"succeeded",)"
                             R"("stage":"action","stop":"none","attempts":1,)"
                             R"("total_ns":30000000,"limiter_ns":0,"bulkhead_ns":0,)"
                             R"("action_ns":30000000,"retry_ns":0})"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CallFlowTest);
#include "call_flow_test.moc"
