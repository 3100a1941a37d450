// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "support/test_case.h"
#include "workload/load_profile.h"

namespace muster {

namespace {

using namespace std::chrono_literals;

double arrivalsIn(LoadProfile& profile, Duration time)
{
    std::vector<LoadProfile::Stretch> stretches;
    profile.advance(time, stretches);
    return std::accumulate(
        stretches.begin(), stretches.end(), 0.0,
        [](double sum, const LoadProfile::Stretch& each) { return sum + each.arrivals; });
}

bool near(double a, double b)
{
    return std::abs(a - b) < 1e-6 * std::max(1.0, std::abs(b));
}

LoadProfile ramp()
{
    return LoadProfile(0, {{10s, 100}, {20s, 100}, {0s, 400}, {10s, 400}, {10s, 0}});
}

}  // namespace

class LoadProfileTest : public QObject {
    Q_OBJECT
private slots:
    void theTargetFollowsItsStages_data()
    {
        QTest::addColumn<int>("second");
        QTest::addColumn<double>("target");
        QTest::addColumn<int>("stage");
        QTest::newRow("start") << 0 << 0.0 << 0;
        QTest::newRow("half way up") << 5 << 50.0 << 0;
        QTest::newRow("top") << 10 << 100.0 << 1;
        QTest::newRow("flat") << 29 << 100.0 << 1;
        QTest::newRow("just after the step") << 30 << 400.0 << 3;
        QTest::newRow("flat again") << 39 << 400.0 << 3;
        QTest::newRow("half way down") << 45 << 200.0 << 4;
        QTest::newRow("over") << 50 << 0.0 << 5;
        QTest::newRow("long over") << 500 << 0.0 << 5;
    }
    void theTargetFollowsItsStages()
    {
        QFETCH(int, second);
        QFETCH(double, target);
        QFETCH(int, stage);
        auto profile = ramp();
        arrivalsIn(profile, std::chrono::seconds(second));
        QVERIFY(near(profile.target(), target));
        QCOMPARE(profile.stage(), static_cast<std::size_t>(stage));
        QCOMPARE(profile.over(), second >= 50);
    }
    void arrivalsAreTheTargetsIntegralHoweverTheTimeIsCut()
    {
        constexpr double kWhole = 500 + 2000 + 4000 + 2000;
        auto atOnce = ramp();
        QVERIFY(near(arrivalsIn(atOnce, 60s), kWhole));
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            Rng rng(seed);
            auto profile = ramp();
            double sum = 0;
            for (Duration at{}; at < 60s;) {
                const Duration beat{static_cast<std::int64_t>(rng.below(700'000'000)) + 1};
                sum += arrivalsIn(profile, beat);
                at += beat;
            }
            QVERIFY(near(sum, kWhole));
        }
    }
    void noStretchHoldsMoreThanItsHighestTarget()
    {
        Rng rng(3);
        for (int round = 0; round < 300; ++round) {
            std::vector<ProfileStage> stages;
            double highest = 50;
            for (std::uint64_t i = 0; i <= rng.below(5); ++i) {
                stages.push_back({Duration{static_cast<std::int64_t>(rng.below(3)) * 700'000'000},
                                  static_cast<double>(rng.below(1000))});
                highest = std::max(highest, stages.back().target);
            }
            LoadProfile profile(50, stages, rng.below(2) == 0);
            for (int beat = 0; beat < 50; ++beat) {
                const Duration length{static_cast<std::int64_t>(rng.below(200'000'000))};
                const double seconds = static_cast<double>(length.count()) / 1e9;
                QVERIFY(arrivalsIn(profile, length) <= highest * seconds + 1e-9);
            }
        }
    }
    void aPauseStopsItsClockAndItsArrivals()
    {
        auto profile = ramp();
        arrivalsIn(profile, 5s);
        profile.pause();
        QCOMPARE(profile.target(), 0.0);
        QCOMPARE(arrivalsIn(profile, 100s), 0.0);
        QCOMPARE(profile.elapsed().count(), Duration(5s).count());
        profile.resume();
        QVERIFY(near(profile.target(), 50));
    }
    void aHeldTargetRulesUntilItIsLetGo()
    {
        auto profile = ramp();
        profile.hold(7);
        QVERIFY(near(arrivalsIn(profile, 20s), 140));
        QVERIFY(profile.held());
        profile.hold(std::nullopt);
        QVERIFY(near(profile.target(), 100));
    }
    void stepsAddUpAndNeverGoBelowNothing()
    {
        LoadProfile profile(100, {});
        profile.step(50);
        profile.step(-20);
        QCOMPARE(profile.target(), 130.0);
        QVERIFY(near(arrivalsIn(profile, 2s), 260));
        profile.step(-1000);
        QCOMPARE(profile.target(), 0.0);
        QCOMPARE(arrivalsIn(profile, 2s), 0.0);
    }
    void reshapingKeepsTheTimeThatPassed()
    {
        auto profile = ramp();
        arrivalsIn(profile, 15s);
        profile.reshape(0, {{10s, 10}, {10s, 30}, {10s, 0}});
        QCOMPARE(profile.elapsed().count(), Duration(15s).count());
        QVERIFY(near(profile.target(), 20));
        QCOMPARE(profile.stage(), std::size_t{1});
        QVERIFY(near(arrivalsIn(profile, 100s), 125 + 150));
        QVERIFY(profile.over());
    }
    void withoutStagesItNeverEnds()
    {
        LoadProfile profile(3, {});
        QVERIFY(near(arrivalsIn(profile, 1000h), 3.0 * 3600 * 1000));
        QVERIFY(!profile.over());
    }
    void holdKeepsTheLastTarget()
    {
        LoadProfile profile(0, {{1s, 10}}, true);
        QVERIFY(near(arrivalsIn(profile, 11s), 5 + 100));
        QVERIFY(!profile.over());
        QCOMPARE(profile.stage(), std::size_t{1});
        QCOMPARE(profile.target(), 10.0);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::LoadProfileTest);
#include "load_profile_test.moc"
