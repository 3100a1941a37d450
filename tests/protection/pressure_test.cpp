// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <vector>

#include "protection/forecast.h"
#include "protection/pressure_gauge.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

MonoTime at(Duration time)
{
    return MonoTime{} + time;
}

struct Step {
    Duration time;
    double share;
    Pressure expected;
};

void run(PressureGauge& gauge, const std::vector<Step>& steps)
{
    for (const Step& step : steps) {
        QVERIFY2(gauge.update(step.share, at(step.time)) == step.expected,
                 qPrintable(QString("at %1 ms").arg(step.time / 1ms)));
    }
}

}  // namespace

class PressureTest : public QObject {
    Q_OBJECT
private slots:
    void softLevelsWaitForTheirGrace()
    {
        PressureGauge gauge;
        run(gauge, {{0s, 0.79, Pressure::normal},
                    {1s, 0.80, Pressure::normal},
                    {1900ms, 0.85, Pressure::normal},
                    {2s, 0.85, Pressure::elevated},
                    {3s, 0.91, Pressure::elevated},
                    {4s, 0.91, Pressure::severe}});
    }
    void aDipBelowTheThresholdStartsTheGraceAnew()
    {
        PressureGauge gauge;
        run(gauge, {{0s, 0.85, Pressure::normal},
                    {900ms, 0.79, Pressure::normal},
                    {1s, 0.85, Pressure::normal},
                    {1900ms, 0.85, Pressure::normal},
                    {2s, 0.85, Pressure::elevated}});
    }
    void criticalIsEnteredAtOnce()
    {
        PressureGauge gauge;
        run(gauge, {{0s, 0.10, Pressure::normal}, {1ms, 0.95, Pressure::critical}});
    }
    void aLevelIsLeftOnlyAfterAStableTimeBelow()
    {
        PressureGauge gauge;
        run(gauge, {{0s, 0.96, Pressure::critical},
                    {1s, 0.96, Pressure::critical},
                    {2s, 0.94, Pressure::critical},  // within the hysteresis
                    {9s, 0.94, Pressure::critical},
                    {10s, 0.92, Pressure::critical},  // below: the stable time begins
                    {14900ms, 0.92, Pressure::critical},
                    {15s, 0.92, Pressure::severe},
                    {16s, 0.10, Pressure::severe},
                    {20900ms, 0.10, Pressure::severe},
                    {21s, 0.10, Pressure::normal}});
    }
    void aPeakWithinTheStableTimeStartsItAnew()
    {
        PressureGauge gauge;
        run(gauge, {{0s, 0.99, Pressure::critical},
                    {1s, 0.10, Pressure::critical},
                    {5s, 0.96, Pressure::critical},
                    {6s, 0.10, Pressure::critical},
                    {10900ms, 0.10, Pressure::critical},
                    {11s, 0.10, Pressure::normal}});
    }
    void aClockThatStepsBackGivesAndTakesNothing()
    {
        PressureGauge gauge;
        run(gauge, {{10s, 0.85, Pressure::normal},
                    {5s, 0.85, Pressure::normal},
                    {10500ms, 0.85, Pressure::normal},
                    {11s, 0.85, Pressure::elevated}});
    }
    void settingOneThresholdLeavesTheOthers()
    {
        PressureGauge gauge;
        auto thresholds = gauge.thresholds();
        thresholds.elevated = 0.5;
        gauge.setThresholds(thresholds);
        run(gauge, {{0s, 0.6, Pressure::normal},
                    {1s, 0.6, Pressure::elevated},
                    {2s, 0.96, Pressure::critical}});
    }
    void theForecastFollowsAStraightLine()
    {
        LimitForecast forecast;
        QVERIFY(!forecast.secondsToLimit().known());
        for (int i = 0; i <= 120; ++i) {  // 0.1 % a second, 0.4 at its end
            forecast.add(0.28 + 0.001 * i, at(i * 1s));
        }
        const Reading seconds = forecast.secondsToLimit();
        QVERIFY2(seconds.known(), seconds.missing.c_str());
        QVERIFY(seconds.value > 599 && seconds.value < 601);
    }
    void theForecastOfWhatDoesNotGrowIsUnknown()
    {
        LimitForecast forecast;
        for (int i = 0; i < 60; ++i) {
            forecast.add(0.5 - 0.001 * i, at(i * 1s));
        }
        QCOMPARE(forecast.secondsToLimit().missing, std::string("it does not grow"));
        LimitForecast full;
        for (int i = 0; i < 60; ++i) {
            full.add(1.1, at(i * 1s));
        }
        QCOMPARE(full.secondsToLimit(), Reading::of(0));
    }
    void aSingleStepIsNoGrowth()
    {
        LimitForecast forecast;
        for (int i = 0; i < 60; ++i) {  // a hundred thousand agents were made after five seconds
            forecast.add(i < 5 ? 0.02 : 0.12, at(i * 1s));
            QVERIFY2(!forecast.secondsToLimit().known(), qPrintable(QString::number(i)));
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::PressureTest);
#include "pressure_test.moc"
