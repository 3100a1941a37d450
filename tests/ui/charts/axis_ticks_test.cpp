// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/axis_ticks.h"

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kTwo{1'795'183'200'000'000'000};  // 2026-11-20 14:00:00 UTC

QStringList labels(const std::vector<AxisTick>& ticks)
{
    QStringList texts;
    for (const AxisTick& tick : ticks) {
        texts << tick.label;
    }
    return texts;
}

QStringList valueLabels(double largest, Unit unit, AxisUnits units = AxisUnits::onLabels)
{
    return labels(valueAxis(largest, unit, units).ticks);
}

}  // namespace

class AxisTicksTest : public QObject {
    Q_OBJECT

private slots:
    void everyAxisHoldsItsValuesInThreeToFiveRoundSteps();
    void labelsCarryPrefixAndUnit();
    void unitsInTheTitleLeaveTheLabelsBare();
    void anEmptyAxisIsNotZeroHigh();
    void aFixedAxisEndsWhereItIsTold();
    void timeLabelsAreRoundMomentsOfTheCalendar();
    void noMoreTimeLabelsThanAskedFor();
};

void AxisTicksTest::everyAxisHoldsItsValuesInThreeToFiveRoundSteps()
{
    for (double largest = 0.001; largest < 1e12; largest *= 1.37) {
        for (const Unit unit : {Unit::count, Unit::perSecond, Unit::nanoseconds, Unit::bytes}) {
            const ValueAxis axis = valueAxis(largest, unit, AxisUnits::onLabels);
            QVERIFY2(axis.top >= largest, qPrintable(QString::number(largest)));
            QVERIFY(axis.ticks.size() >= 4 && axis.ticks.size() <= 6);
            QVERIFY(axis.top <= std::max(largest * 2.2, 5.0) || unit == Unit::bytes);
            QVERIFY(std::abs(axis.ticks.back().at - axis.top) < axis.top * 1e-9);
        }
    }
}

void AxisTicksTest::labelsCarryPrefixAndUnit()
{
    QCOMPARE(valueLabels(98'000, Unit::count), (QStringList{"0", "30 k", "60 k", "90 k", "120 k"}));
    QCOMPARE(valueLabels(2, Unit::count), (QStringList{"0", "1", "2", "3"}));
    QCOMPARE(valueLabels(11'000'000, Unit::nanoseconds),
             (QStringList{"0", "3 ms", "6 ms", "9 ms", "12 ms"}));
    QCOMPARE(valueLabels(900.0 * 1024 * 1024, Unit::bytes).last(), QStringLiteral("1000 MiB"));
    QCOMPARE(
        valueLabels(940'000.0, Unit::count),
        QStringList({QStringLiteral("0"), QStringLiteral("0.2 M"), QStringLiteral("0.4 M"),
                     QStringLiteral("0.6 M"), QStringLiteral("0.8 M"), QStringLiteral("1.0 M")}));
    QCOMPARE(valueLabels(1'400'000, Unit::perSecond).last(), QStringLiteral("1.5 M"));
}

void AxisTicksTest::unitsInTheTitleLeaveTheLabelsBare()
{
    const ValueAxis axis = valueAxis(11'000'000, Unit::nanoseconds, AxisUnits::inTitle);
    QCOMPARE(axis.scale.unit, QStringLiteral("ms"));
    QCOMPARE(labels(axis.ticks), (QStringList{"0", "3", "6", "9", "12"}));
}

void AxisTicksTest::anEmptyAxisIsNotZeroHigh()
{
    for (const Unit unit : {Unit::count, Unit::perSecond, Unit::nanoseconds, Unit::bytes}) {
        QVERIFY(valueAxis(0, unit, AxisUnits::onLabels).top > 0);
        QVERIFY(valueAxis(-5, unit, AxisUnits::onLabels).top > 0);
    }
}

void AxisTicksTest::aFixedAxisEndsWhereItIsTold()
{
    const ValueAxis axis = fixedAxis(1.0, Unit::share, AxisUnits::onLabels);
    QCOMPARE(axis.top, 1.0);
    QCOMPARE(labels(axis.ticks), (QStringList{"0", "25 %", "50 %", "75 %", "100 %"}));
}

void AxisTicksTest::timeLabelsAreRoundMomentsOfTheCalendar()
{
    QCOMPARE(labels(timeTicks({kTwo - 1s, kTwo + 15min}, 4, true)),
             (QStringList{"14:00", "14:05", "14:10", "14:15"}));
    QCOMPARE(labels(timeTicks({kTwo, kTwo + 20s}, 4, true)), (QStringList{"14:00:10", "14:00:20"}));
    QCOMPARE(labels(timeTicks({kTwo, kTwo + 72h}, 4, true)),
             (QStringList{"21 Nov", "22 Nov", "23 Nov"}));
}

void AxisTicksTest::noMoreTimeLabelsThanAskedFor()
{
    for (Duration span = 5s; span < 24h * 40; span = span * 3 / 2) {
        QVERIFY(timeTicks({kTwo, kTwo + span}, 5, true).size() <= 6);
    }
}

MUSTER_TEST_CASE(AxisTicksTest);
#include "axis_ticks_test.moc"
