// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "protection/clock_walk.h"
#include "protection/deadline.h"
#include "protection/pace.h"
#include "protection/shared_pace.h"
#include "protection/steady_time.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

class SteadyTimeTest : public QObject {
    Q_OBJECT
private slots:
    void aClockThatGoesOnIsTakenAsItIs()
    {
        SteadyTime time;
        QCOMPARE(time.at(at(-5s)), at(-5s));
        QCOMPARE(time.at(at(3s)), at(3s));
        QCOMPARE(time.at(at(3s)), at(3s));
    }
    void aReadingThatCameLateStandsStill()
    {
        SteadyTime time;
        QCOMPARE(time.at(at(10s)), at(10s));
        QCOMPARE(time.at(at(9s)), at(10s));
        QCOMPARE(time.at(at(9999ms)), at(10s));
        QCOMPARE(time.at(at(11s)), at(11s));
    }
    void aClockThatWasSetBackGoesOnFromWhereItStood()
    {
        for (const Duration back : {Duration(2s), Duration(1h), kTenYears}) {
            SteadyTime time;
            QCOMPARE(time.at(at(100s)), at(100s));
            QCOMPARE(time.at(at(100s) - back), at(100s));
            QCOMPARE(time.at(at(100999ms) - back), at(100s));
            QCOMPARE(time.at(at(101s) - back), at(101s));  // what stood still is made good
            QCOMPARE(time.at(at(105s) - back), at(105s));
            QCOMPARE(time.offset(), back);
        }
    }
    void steppingBackTwiceStillGivesNothing()
    {
        SteadyTime time;
        QCOMPARE(time.at(at(100s)), at(100s));
        QCOMPARE(time.at(at(50s)), at(100s));
        QCOMPARE(time.at(at(20s)), at(100s));
        QCOMPARE(time.at(at(20999ms)), at(100s));
        QCOMPARE(time.at(at(21s)), at(101s));
    }
    void timeNeverGoesBackAndNeverAheadOfWhatPassed()
    {
        ClockWalk walk(7);
        SteadyTime time;
        MonoTime last = time.at(walk.reading());
        const MonoTime begin = last;
        int jumps = 0;
        for (int i = 0; i < 100'000; ++i) {
            if (walk.rng().below(1000) == 0) {
                walk.jump(kJumps[walk.rng().below(4)]);
                ++jumps;
            }
            const MonoTime now = time.at(walk.step(100ms));
            QVERIFY(now >= last);
            QVERIFY(now - begin <= walk.passed());
            last = now;
        }
        // Each step back makes it stand still for at most kConfirm and a step.
        QVERIFY(walk.passed() - (last - begin) <= jumps * (SteadyTime::kConfirm + 100ms));
    }
    void aPaceIsExactAtItsSteps()
    {
        const Pace pace({500, 1s}, at(0s));
        QCOMPARE(pace.at(at(0s)), std::int64_t{0});
        QCOMPARE(pace.at(MonoTime{1'999'999}), std::int64_t{999});
        QCOMPARE(pace.at(at(2ms)), std::int64_t{1000});
        QCOMPARE(pace.at(at(std::chrono::hours(24 * 365))), std::int64_t{500'000} * 86'400 * 365);
        QCOMPARE(pace.until(1000, at(0s)), Duration(2ms));
        QCOMPARE(pace.until(1000, at(500us)), Duration(1500us));
        QCOMPARE(pace.until(1000, at(1s)), Duration(0s));
    }
    void aPaceAgreesWithTheExactFraction()
    {
        __extension__ using Wide = __int128;
        Rng rng(11);
        for (int i = 0; i < 20'000; ++i) {
            const Rate rate{1 + rng.below(1'000'000), Duration(1 + rng.below(3'600'000'000'000))};
            if (!validate(rate).ok()) {
                continue;
            }
            const Pace pace(rate, at(0s));
            const MonoTime time{static_cast<std::int64_t>(rng.below(std::uint64_t{1} << 52))};
            const auto exact = static_cast<std::int64_t>(Wide{time.nanoseconds} * rate.permits *
                                                         Pace::kUnit / rate.period.count());
            QVERIFY(pace.at(time) == exact || pace.at(time) == exact + 1);
            const Duration until = pace.until(exact + 5000, time);
            QVERIFY(pace.at(time + until) >= exact + 5000);
            QVERIFY(pace.at(time + until - 1ns) < exact + 5000);
        }
    }
    void aPaceWithoutPermitsStandsStillForEver()
    {
        Pace pace({0, 1s}, at(0s));
        QCOMPARE(pace.at(at(kTenYears)), std::int64_t{0});
        QCOMPARE(pace.until(1, at(0s)), kForever);
        pace.change({1, 1s}, at(1h));
        QCOMPARE(pace.at(at(1h + 3s)), std::int64_t{3000});
        QVERIFY(pace.until(std::int64_t{1} << 62, at(1h)) == kForever);
    }
    void aSharedPaceFollowsAClockThatWasSetBack()
    {
        SharedPace pace({1000, 1s}, at(100s));
        QCOMPARE(pace.at(at(101s)), std::int64_t{1'000'000});
        QCOMPARE(pace.at(at(100500ms)), std::int64_t{500'000});  // a late thread's reading
        QCOMPARE(pace.at(at(50s)), std::int64_t{1'000'000});
        QCOMPARE(pace.at(at(51s)), std::int64_t{2'000'000});
        QCOMPARE(pace.at(at(52s)), std::int64_t{3'000'000});
        pace.change({1, 1s}, at(53s));
        QCOMPARE(pace.at(at(63s)), std::int64_t{4'010'000});
    }
    void ratesOutOfRangeAreNamed()
    {
        QVERIFY(validate(Rate{10'000'000, 1s}).ok());
        QVERIFY(validate(Rate{10'000'001, 1s}).error().where == "rate");
        QVERIFY(validate(Rate{1, 0s}).error().where == "period");
        QVERIFY(validate(Rate{1, -1s}).error().where == "period");
        QVERIFY(validate(Rate{1, std::chrono::hours(24 * 367)}).error().where == "period");
        QVERIFY(validateBurst(0).error().where == "burst");
        QVERIFY(validateBurst((std::uint64_t{1} << 40) + 1).error().where == "burst");
    }
    void aDeadlineNeverHasMoreLeftThanItWasGiven()
    {
        const Deadline deadline(at(10s), 5s);
        QCOMPARE(deadline.remaining(at(10s)), Duration(5s));
        QCOMPARE(deadline.remaining(at(14s)), Duration(1s));
        QCOMPARE(deadline.remaining(at(15s)), Duration(0s));
        QVERIFY(!deadline.passed(at(14999ms)) && deadline.passed(at(15s)));
        for (const Duration jump : kJumps) {
            QVERIFY(deadline.remaining(at(10s) + jump) <= 5s);
        }
        QVERIFY(Deadline(at(0s), -1s).passed(at(0s)));
        QVERIFY(!Deadline().exists() && Deadline().remaining(at(kTenYears)) == kForever);
    }
    void ofTwoDeadlinesTheEarlierHolds()
    {
        const Deadline call(at(0s), 10s);
        QCOMPARE(call.within(3s, at(1s)).remaining(at(2s)), Duration(2s));
        QCOMPARE(call.within(3s, at(9s)).remaining(at(9s)), Duration(1s));
        QCOMPARE(call.within(kForever, at(9s)).remaining(at(9s)), Duration(1s));
        QCOMPARE(Deadline().earlier(call, at(4s)).remaining(at(4s)), Duration(6s));
        QCOMPARE(call.earlier(Deadline(), at(4s)).remaining(at(4s)), Duration(6s));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SteadyTimeTest);
#include "steady_time_test.moc"
