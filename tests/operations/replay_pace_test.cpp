// SPDX-License-Identifier: Apache-2.0
#include "operations/replay_pace.h"

#include <QtTest/QtTest>

#include "support/test_case.h"

namespace muster {

namespace {

using namespace std::chrono_literals;

MonoTime at(Duration time)
{
    return {time.count()};
}

/// "now" is not to wait at all, "never" while nothing changes.
QString waitText(const ReplayPace& pace, Duration event, Duration now)
{
    const auto wait = pace.wait(event, at(now));
    return !wait          ? QStringLiteral("never")
           : *wait <= 0ns ? QStringLiteral("now")
                          : QString::number((*wait - 1ns).count() / 1'000'000) + "ms";
}

}  // namespace

class ReplayPaceTest : public QObject {
    Q_OBJECT
private slots:
    void eventsComeAtAMultipleOfTheirOwnSpeed_data()
    {
        QTest::addColumn<double>("speed");
        QTest::addColumn<int>("event");
        QTest::addColumn<int>("now");
        QTest::addColumn<QString>("wait");
        QTest::newRow("its own") << 1.0 << 5000 << 2000 << "3000ms";
        QTest::newRow("its own, late") << 1.0 << 5000 << 6000 << "now";
        QTest::newRow("four times") << 4.0 << 8000 << 1000 << "1000ms";
        QTest::newRow("half") << 0.5 << 1000 << 1000 << "1000ms";
        QTest::newRow("at once") << 0.0 << 3'600'000 << 0 << "now";
    }
    void eventsComeAtAMultipleOfTheirOwnSpeed()
    {
        QFETCH(double, speed);
        QFETCH(int, event);
        QFETCH(int, now);
        QFETCH(QString, wait);
        const ReplayPace pace(speed, false, at(0ns));
        QCOMPARE(waitText(pace, std::chrono::milliseconds(event), std::chrono::milliseconds(now)),
                 wait);
    }
    void aPauseStopsItsTimeAndResumingGoesOnThere()
    {
        ReplayPace pace(2, false, at(0ns));
        pace.pause(at(1s));
        QCOMPARE(waitText(pace, 3s, 1h), QStringLiteral("never"));
        QCOMPARE(pace.position(at(1h)).count(), Duration(2s).count());
        pace.resume(at(1h));
        QCOMPARE(waitText(pace, 3s, 1h), QStringLiteral("500ms"));
    }
    void stepsLetSoManyComeAndHoldAgain()
    {
        ReplayPace pace(1, true, at(0ns));
        QCOMPARE(waitText(pace, 0s, 1h), QStringLiteral("never"));
        pace.step(2, at(1h));
        QVERIFY(pace.stepping());
        QCOMPARE(waitText(pace, 10s, 1h), QStringLiteral("now"));
        pace.came(10s, at(1h));
        pace.came(40s, at(1h));
        QVERIFY(!pace.stepping());
        QCOMPARE(waitText(pace, 41s, 2h), QStringLiteral("never"));
        QCOMPARE(pace.position(at(2h)).count(), Duration(40s).count());
        pace.resume(at(2h));
        QCOMPARE(waitText(pace, 41s, 2h), QStringLiteral("1000ms"));
    }
    void anotherSpeedHoldsFromHereOn()
    {
        ReplayPace pace(1, false, at(0ns));
        pace.setSpeed(10, at(5s));
        QCOMPARE(pace.position(at(6s)).count(), Duration(15s).count());
        QCOMPARE(waitText(pace, 25s, 6s), QStringLiteral("1000ms"));
        pace.setSpeed(ReplayPace::kAtOnce, at(6s));
        QCOMPARE(waitText(pace, 1h, 6s), QStringLiteral("now"));
        pace.came(1h, at(6s));
        pace.setSpeed(1, at(7s));
        QCOMPARE(pace.position(at(8s)).count(), Duration(1h + 1s).count());
    }
    void whoeverPlaysTooSlowlyHoldsItsTimeBack()
    {
        ReplayPace pace(100, false, at(0ns));
        pace.holdBack(4s, at(1s));
        QCOMPARE(pace.position(at(1s)).count(), Duration(4s).count());
        pace.pause(at(1s));
        QCOMPARE(pace.position(at(9s)).count(), Duration(4s).count());
        pace.holdBack(1s, at(9s));  // never back
        QCOMPARE(pace.position(at(9s)).count(), Duration(4s).count());
    }
    void aClockSetBackGivesAndTakesNothing()
    {
        const ReplayPace pace(1, false, at(10s));
        QCOMPARE(pace.position(at(4s)).count(), Duration(0s).count());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ReplayPaceTest);
#include "replay_pace_test.moc"
