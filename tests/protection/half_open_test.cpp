// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "protection/breaker_world.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;
using Decide = HalfOpenSettings::Decide;

/// A breaker that has just been open for its wait.
BreakerWorld worldAtTheEndOfOpen(BreakerSettings settings)
{
    BreakerWorld world(settings);
    world.fail(20);
    world.pass(settings.open.wait);
    static_cast<void>(world.moves());
    return world;
}

BreakerSettings deciding(Decide decide, std::uint32_t probes = 10)
{
    BreakerSettings settings;
    settings.halfOpen.decide = decide;
    settings.halfOpen.probes = probes;
    return settings;
}

}  // namespace

class HalfOpenTest : public QObject {
    Q_OBJECT
private slots:
    void noMoreThanItsProbesAreUnderWayAtOnce()
    {
        BreakerWorld world = worldAtTheEndOfOpen({});
        for (int i = 0; i < 10; ++i) {
            QVERIFY(world.permit().admitted);
        }
        QCOMPARE(world.view().probes, 10U);
        const BreakerAnswer refused = world.permit();
        QVERIFY(!refused.admitted && !refused.retryAfter);
    }
    void byRateItDecidesAfterAllProbes()
    {
        BreakerWorld closes = worldAtTheEndOfOpen({});
        closes.fail(4);
        closes.succeed(5);
        QVERIFY(closes.state() == BreakerState::halfOpen);
        closes.succeed(1);
        QCOMPARE(closes.moves(), std::string("half_open (wait_over), closed (probes_succeeded)"));
        QCOMPARE(closes.view().tally.calls, 0U);
        BreakerWorld opens = worldAtTheEndOfOpen({});
        opens.fail(5);
        opens.succeed(5);
        QCOMPARE(opens.lastMove().tally.failed(), 5U);
        QCOMPARE(opens.moves(), std::string("half_open (wait_over), open (probes_failed)"));
    }
    void byAllSucceedTheFirstFailureOpensIt()
    {
        BreakerWorld opens = worldAtTheEndOfOpen(deciding(Decide::allSucceed, 3));
        opens.succeed(2);
        opens.fail(1);
        QCOMPARE(opens.moves(), std::string("half_open (wait_over), open (probes_failed)"));
        BreakerWorld closes = worldAtTheEndOfOpen(deciding(Decide::allSucceed, 3));
        closes.succeed(3);
        QCOMPARE(closes.moves(), std::string("half_open (wait_over), closed (probes_succeeded)"));
    }
    void aRampAdmitsRisingSharesOfTheCalls()
    {
        BreakerWorld world = worldAtTheEndOfOpen(deciding(Decide::ramp, 10));
        QCOMPARE(world.succeed(91), 10);  // 10 %, the first call at once
        QCOMPARE(world.view().share, 0.25);
        QCOMPARE(world.succeed(37), 10);
        QCOMPARE(world.view().share, 0.5);
        QCOMPARE(world.succeed(19), 10);
        QCOMPARE(world.view().share, 0.75);
        QCOMPARE(world.succeed(12), 9);
        QCOMPARE(world.succeed(2), 2);
        QCOMPARE(world.moves(), std::string("half_open (wait_over), closed (probes_succeeded)"));
    }
    void aRampThatFailsAtAnyShareOpens()
    {
        BreakerWorld world = worldAtTheEndOfOpen(deciding(Decide::ramp, 10));
        QCOMPARE(world.succeed(91), 10);
        QCOMPARE(world.fail(37), 10);
        QCOMPARE(world.moves(), std::string("half_open (wait_over), open (probes_failed)"));
    }
    void aRampBoundsItsProbesAtItsFirstShare()
    {
        BreakerWorld world = worldAtTheEndOfOpen(deciding(Decide::ramp, 2));
        int admitted = 0;
        for (int i = 0; i < 1'000; ++i) {
            admitted += world.permit().admitted ? 1 : 0;
        }
        QCOMPARE(admitted, 2);
    }
    void ignoredAndCancelledProbesGiveTheirPermitsBack()
    {
        BreakerWorld world = worldAtTheEndOfOpen(deciding(Decide::rate, 2));
        QCOMPARE(world.calls(50, CallOutcome::cancelled()), 50);
        QCOMPARE(world.fail(50, FailureClass::ignored), 50);
        QVERIFY(world.state() == BreakerState::halfOpen);
        QCOMPARE(world.view().tally.calls, 0U);
        world.succeed(2);
        QVERIFY(world.state() == BreakerState::closed);
        QCOMPARE(world.view().counts.cancelled, std::uint64_t{50});
    }
    void probesThatNeverReturnDoNotHoldItForEver()
    {
        BreakerWorld world = worldAtTheEndOfOpen({});
        const BreakerAnswer hangs = world.permit();
        world.pass(29s);
        QVERIFY(world.permit().admitted);
        world.pass(1s);
        QCOMPARE(*world.permit().retryAfter, Duration(30s));
        QCOMPARE(world.moves(), std::string("half_open (wait_over), open (half_open_over)"));
        world.report(hangs.permit, CallOutcome::success());
        QCOMPARE(world.view().counts.late, std::uint64_t{1});
        world.pass(30s);
        QVERIFY(world.permit().admitted);
        world.pass(2h);  // over, and its wait after it too
        QVERIFY(world.permit().admitted);
        QCOMPARE(world.moves(), std::string("half_open (wait_over), open (half_open_over), "
                                            "half_open (wait_over)"));
    }
    void whenItIsOverUndecidedItMayClose()
    {
        BreakerSettings settings;
        settings.halfOpen.whenOver = HalfOpenSettings::WhenOver::close;
        BreakerWorld world = worldAtTheEndOfOpen(settings);
        QVERIFY(world.permit().admitted);
        world.pass(30s);
        world.poll();
        QCOMPARE(world.moves(), std::string("half_open (wait_over), closed (half_open_over)"));
    }
    void fewerProbesThanThereWereStillDecide()
    {
        BreakerSettings settings;
        BreakerWorld world = worldAtTheEndOfOpen(settings);
        world.succeed(5);
        settings.halfOpen.probes = 3;
        QVERIFY(world.breaker().change(settings, world.now()).ok());
        QCOMPARE(world.succeed(3), 3);
        QVERIFY(world.state() == BreakerState::closed);
    }
    void nothingSticksAfterAJump()
    {
        for (const Duration jump : kJumps) {
            BreakerSettings settings;
            settings.open.wait = 5s;
            BreakerWorld world(settings, at(1h));
            world.fail(20);
            world.pass(jump);
            QCOMPARE(world.succeed(1), jump >= 5s ? 1 : 0);  // gives and takes nothing
            world.pass(1s);
            world.succeed(1);
            world.pass(6s);
            world.succeed(10);
            QVERIFY(world.state() == BreakerState::closed);
            world.pass(jump);
            QCOMPARE(world.succeed(1), 1);
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HalfOpenTest);
#include "half_open_test.moc"
