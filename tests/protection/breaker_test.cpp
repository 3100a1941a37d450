// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "protection/breaker_world.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;
using Counts = ClassRule::Counts;

ClassRule& ruleOf(BreakerSettings& settings, FailureClass failure)
{
    return settings.classes[static_cast<std::size_t>(failure)];
}

BreakerSettings byCount(std::uint32_t calls, std::uint32_t minimum)
{
    BreakerSettings settings;
    settings.window.kind = BreakerWindow::Kind::count;
    settings.window.calls = calls;
    settings.minimumCalls = minimum;
    return settings;
}

}  // namespace

class BreakerTest : public QObject {
    Q_OBJECT
private slots:
    void itsDefaultsAreThoseOfTheSemantics()
    {
        const BreakerSettings settings;
        QVERIFY(settings.window.kind == BreakerWindow::Kind::time);
        QCOMPARE(settings.window.length, Duration(10s));
        QCOMPARE(settings.window.buckets, 10U);
        QCOMPARE(settings.minimumCalls, 20U);
        QCOMPARE(settings.failureRate, 0.5);
        QCOMPARE(settings.slowRate, 1.0);
        QCOMPARE(settings.slowCall, Duration(60s));
        QCOMPARE(settings.open.wait, Duration(30s));
        QCOMPARE(settings.halfOpen.probes, 10U);
    }
    void belowTheMinimumOfCallsNoRateIsDefined()
    {
        BreakerWorld world({});
        world.fail(19);
        QCOMPARE(world.moves(), std::string());
        QVERIFY(!world.view().failureRate && !world.view().slowRate);
        world.succeed(1);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
    }
    void itOpensOnceTheRateReachesItsThreshold()
    {
        BreakerWorld world({});
        world.succeed(11);
        world.fail(10);
        QCOMPARE(world.moves(), std::string());
        QCOMPARE(*world.view().failureRate, 10.0 / 21);
        world.fail(1);
        QCOMPARE(world.lastMove().tally.calls, 22U);
        QCOMPARE(world.lastMove().tally.failed(), 11U);
        QCOMPARE(world.lastMove().wait, Duration(30s));
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
    }
    void everyOutcomeIsJudgedEvenASuccess()
    {
        BreakerSettings settings = byCount(5, 5);
        BreakerWorld world(settings);
        world.fail(3);
        world.succeed(1);
        QCOMPARE(world.moves(), std::string());
        world.succeed(1);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
    }
    void outcomesLeaveAWindowByTimeBucketByBucket()
    {
        BreakerWorld world({});
        world.fail(10);
        world.pass(500ms);
        world.fail(5);
        world.pass(9400ms);  // 9.9 s: all of them count
        world.succeed(4);
        QCOMPARE(world.view().tally.calls, 19U);
        world.pass(100ms);  // the first bucket's time is over
        QCOMPARE(world.view().tally.calls, 4U);
        world.fail(3);
        QCOMPARE(world.moves(), std::string());
    }
    void aWindowByCountHoldsTheLastSoMany()
    {
        BreakerWorld world(byCount(10, 10));
        world.fail(4);
        world.succeed(10);
        QCOMPARE(world.view().tally.failed(), 0U);
        world.fail(4);
        QCOMPARE(*world.view().failureRate, 0.4);
        world.pass(std::chrono::hours(100));
        world.fail(1);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
    }
    void openRejectsUntilItsWaitIsOverAndSaysForHowLong()
    {
        BreakerWorld world({});
        world.fail(20);
        const BreakerAnswer rejected = world.permit();
        QVERIFY(!rejected.admitted);
        QCOMPARE(*rejected.retryAfter, Duration(30s));
        world.pass(29999999999ns);
        QCOMPARE(*world.permit().retryAfter, Duration(1ns));
        world.pass(1ns);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
        QVERIFY(world.permit().admitted);  // the next call is a probe
        QCOMPARE(world.moves(), std::string("half_open (wait_over)"));
        QCOMPARE(world.view().counts.rejected, std::uint64_t{2});
        QCOMPARE(world.view().tally.calls, 0U);  // a rejection is no outcome
    }
    void slowCallsOpenItWhetherTheyFailOrNot()
    {
        BreakerSettings settings = byCount(10, 4);
        settings.slowCall = 1s;
        settings.slowRate = 0.5;
        BreakerWorld world(settings);
        world.slowCall(1s);  // as long as that is not slow
        world.slowCall(1001ms);
        world.succeed(1);
        QCOMPARE(world.moves(), std::string());
        world.slowCall(2s, CallOutcome::failed(FailureClass::timeout));
        QCOMPARE(world.moves(), std::string("open (slow_rate)"));
        QCOMPARE(world.view().counts.slow, std::uint64_t{2});
    }
    void failuresInARowOpenItWhateverTheRate()
    {
        BreakerSettings settings;
        settings.consecutiveFailures = 3;
        BreakerWorld world(settings);
        world.fail(2);
        world.succeed(1);
        world.fail(2);
        QCOMPARE(world.moves(), std::string());
        world.fail(1);
        QCOMPARE(world.moves(), std::string("open (consecutive_failures)"));
    }
    void aClassWithItsOwnThresholdIsJudgedByThatAlone()
    {
        BreakerSettings settings = byCount(10, 10);
        ruleOf(settings, FailureClass::rejected).rate = 0.8;
        BreakerWorld world(settings);
        world.fail(6, FailureClass::rejected);
        world.fail(4, FailureClass::network);
        QCOMPARE(world.moves(), std::string());  // 40 % of the common ones, 60 % rejected
        world.fail(3, FailureClass::rejected);   // three of the rejected left
        QCOMPARE(world.moves(), std::string());
        world.fail(5, FailureClass::rejected);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));
    }
    void aClassMayOpenItInARowOfItsOwn()
    {
        BreakerSettings settings;
        settings.consecutiveFailures = 5;
        ruleOf(settings, FailureClass::timeout).consecutive = 2;
        BreakerWorld world(settings);
        world.fail(1, FailureClass::timeout);
        world.fail(1, FailureClass::network);
        world.fail(1, FailureClass::timeout);
        world.fail(3, FailureClass::network);
        QCOMPARE(world.moves(), std::string());  // 4 of the others, timeouts apart
        world.fail(2, FailureClass::timeout);
        QCOMPARE(world.moves(), std::string("open (consecutive_failures)"));
    }
    void aClassMayCountAsSuccessOrNotAtAll()
    {
        BreakerSettings settings = byCount(10, 10);
        ruleOf(settings, FailureClass::application).counts = Counts::asSuccess;
        ruleOf(settings, FailureClass::rejected).counts = Counts::notAtAll;
        BreakerWorld world(settings);
        world.fail(10, FailureClass::application);
        world.fail(10, FailureClass::rejected);
        world.fail(10, FailureClass::ignored);
        QCOMPARE(world.moves(), std::string());
        QCOMPARE(world.view().tally.calls, 10U);
        QCOMPARE(world.view().counts.succeeded, std::uint64_t{10});
        QCOMPARE(world.view().counts.ignored, std::uint64_t{20});
    }
    void resultsOfAnOlderGenerationAreDropped()
    {
        BreakerWorld world(byCount(10, 10));
        const BreakerAnswer early = world.permit();
        world.fail(10);
        world.report(early.permit, CallOutcome::success());
        QCOMPARE(world.view().counts.late, std::uint64_t{1});
        world.pass(30s);
        const BreakerAnswer probe = world.permit();
        world.reset();
        world.report(probe.permit, CallOutcome::failed(FailureClass::network));
        QCOMPARE(world.view().counts.late, std::uint64_t{2});
        QCOMPARE(world.view().tally.calls, 0U);
    }
    void anOperatorMovesItAndIllegalMovesAreErrors()
    {
        using State = BreakerState;
        const std::vector<State> all{State::closed,     State::open,     State::halfOpen,
                                     State::forcedOpen, State::disabled, State::metricsOnly};
        for (const State from : all) {
            for (const State to : all) {
                BreakerWorld world({});
                if (from != State::closed) {
                    QVERIFY(world.moveTo(State::forcedOpen) &&
                            (from == State::forcedOpen || world.moveTo(from)));
                }
                const bool legal = from != to && !(from == State::closed && to == State::halfOpen);
                QCOMPARE(world.moveTo(to), legal);
                QVERIFY(world.state() == (legal ? to : from));
            }
        }
        BreakerWorld world({});
        const auto refused = world.breaker().moveTo(State::halfOpen, at(0s));
        QVERIFY(refused.error().code == ErrorCode::conflict);
        QCOMPARE(refused.error().message,
                 std::string("a breaker that is closed cannot become half_open"));
    }
    void forcedOpenRejectsForEver()
    {
        BreakerWorld world({});
        QVERIFY(world.moveTo(BreakerState::forcedOpen));
        world.pass(kTenYears);
        QCOMPARE(world.succeed(5), 0);
        QVERIFY(!world.permit().retryAfter);
        QVERIFY(world.moveTo(BreakerState::closed));
        QCOMPARE(world.succeed(5), 5);
    }
    void disabledPassesAllAndCountsNothing()
    {
        BreakerWorld world({});
        QVERIFY(world.moveTo(BreakerState::disabled));
        const BreakerAnswer early = world.permit();
        QCOMPARE(world.fail(100), 100);
        QVERIFY(world.moveTo(BreakerState::closed));
        world.report(early.permit, CallOutcome::failed(FailureClass::network));
        const BreakerCounts counts = world.view().counts;
        QCOMPARE(counts.admitted + counts.late + counts.failed[0], std::uint64_t{0});
    }
    void metricsOnlyPassesAllAndCounts()
    {
        BreakerWorld world({});
        QVERIFY(world.moveTo(BreakerState::metricsOnly));
        QCOMPARE(world.fail(100), 100);
        QVERIFY(world.state() == BreakerState::metricsOnly);
        QCOMPARE(*world.view().failureRate, 1.0);
        QCOMPARE(world.view().counts.failed[0], std::uint64_t{100});
    }
    void openingAgainLengthensTheWaitUpToItsCap()
    {
        BreakerSettings settings;
        settings.open = {10s, 2, 60s, 5s, false};
        settings.halfOpen.decide = HalfOpenSettings::Decide::allSucceed;
        BreakerWorld world(settings);
        world.fail(20);
        for (const Duration wait : {10s, 20s, 40s, 60s, 60s}) {
            QCOMPARE(*world.permit().retryAfter, wait);
            world.pass(wait);
            QCOMPARE(world.fail(1), 1);
        }
        world.pass(60s);
        QCOMPARE(world.succeed(10), 10);
        QVERIFY(world.state() == BreakerState::closed);
        world.pass(4s);  // not calm for long enough
        world.fail(20);
        QCOMPARE(*world.permit().retryAfter, Duration(60s));
        world.pass(60s);
        world.succeed(10);
        world.pass(5s);
        world.fail(20);
        QCOMPARE(*world.permit().retryAfter, Duration(10s));
    }
    void itBecomesHalfOpenByItselfOnlyIfSo()
    {
        BreakerSettings settings;
        BreakerWorld waits(settings);
        waits.fail(20);
        waits.pass(1h);
        waits.poll();
        QVERIFY(waits.state() == BreakerState::open);
        settings.open.automatic = true;
        BreakerWorld moves(settings);
        moves.fail(20);
        moves.pass(30s);
        moves.poll();
        QCOMPARE(moves.moves(), std::string("open (failure_rate), half_open (wait_over)"));
    }
    void changedSettingsKeepTheCountsAndHoldFromTheNextOutcome()
    {
        BreakerWorld world({});
        world.succeed(24);
        world.fail(16);
        BreakerSettings settings;
        settings.failureRate = 0.4;
        settings.window = {BreakerWindow::Kind::count, 20, 10s, 10};
        QVERIFY(world.breaker().change(settings, world.now()).ok());
        QCOMPARE(world.view().tally.calls, 20U);
        QCOMPARE(world.view().tally.failed(), 8U);
        QCOMPARE(world.view().counts.admitted, std::uint64_t{40});
        QVERIFY(world.state() == BreakerState::closed);
        world.succeed(1);  // in the place of a failure: the oldest
        QVERIFY(world.state() == BreakerState::closed);
        settings.window = {BreakerWindow::Kind::time, 20, 2s, 4};
        QVERIFY(world.breaker().change(settings, world.now()).ok());
        QCOMPARE(world.view().tally.failed(), 7U);
        world.fail(3);
        QCOMPARE(world.moves(), std::string("open (failure_rate)"));  // 10 of 23
        settings.open.wait = 5s;
        QVERIFY(world.breaker().change(settings, world.now()).ok());
        QCOMPARE(*world.permit().retryAfter, Duration(5s));
        settings.failureRate = 0;
        QVERIFY(world.breaker().change(settings, world.now()).error().where == "failure_rate");
        QCOMPARE(world.breaker().settings().failureRate, 0.4);
    }
    void settingsOutOfRangeAreNamed()
    {
        const auto where = [](auto spoil) {
            BreakerSettings settings;
            spoil(settings);
            const auto breaker = CircuitBreaker::create(settings);
            return breaker.ok() ? std::string() : breaker.error().where;
        };
        QCOMPARE(where([](BreakerSettings&) {}), std::string());
        QCOMPARE(where([](BreakerSettings& s) { s.minimumCalls = 0; }),
                 std::string("minimum_calls"));
        QCOMPARE(where([](BreakerSettings& s) { s.failureRate = 1.1; }),
                 std::string("failure_rate"));
        QCOMPARE(where([](BreakerSettings& s) { s.slowRate = -1; }), std::string("slow_rate"));
        QCOMPARE(where([](BreakerSettings& s) { s.window.length = 9ns; }),
                 std::string("window.length"));
        QCOMPARE(where([](BreakerSettings& s) { s.window.buckets = 0; }),
                 std::string("window.buckets"));
        QCOMPARE(where([](BreakerSettings& s) { s.open.wait = 0s; }), std::string("open.wait"));
        QCOMPARE(where([](BreakerSettings& s) { s.open.factor = 0.5; }),
                 std::string("open.factor"));
        QCOMPARE(where([](BreakerSettings& s) { s.halfOpen.probes = 0; }),
                 std::string("half_open.probes"));
        QCOMPARE(where([](BreakerSettings& s) {
                     s.halfOpen.ramp = {0.5, 0.1};
                 }),
                 std::string("half_open.ramp"));
        QCOMPARE(where([](BreakerSettings& s) { s.classes[1].rate = 2; }), std::string("classes"));
        QCOMPARE(where([](BreakerSettings& s) {
                     s.window = {BreakerWindow::Kind::count, 10, 10s, 10};
                 }),
                 std::string("minimum_calls"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::BreakerTest);
#include "breaker_test.moc"
