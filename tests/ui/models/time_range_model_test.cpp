// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/time_range_model.h"

#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'795'000'000'000'000'000};

}  // namespace

class TimeRangeModelTest : public QObject {
    Q_OBJECT

private slots:
    void liveRangeEndsNowAndMoves();
    void absoluteRangeStandsStill();
    void zoomingOutReturnsToWhereOneWas();
    void zoomKeepsThePointUnderThePointer();
    void zoomOfALiveRangeStaysLive();
    void shiftingBackFreezesAndShiftingForwardStopsAtNow();
    void spansStayWithinBounds();
    void textSaysTheRange();
};

void TimeRangeModelTest::liveRangeEndsNowAndMoves()
{
    TimeRangeModel model;
    model.setSpan(5min);
    model.setNow(kNow);
    QVERIFY(model.live());
    QSignalSpy changed(&model, &TimeRangeModel::changed);
    QSignalSpy advanced(&model, &TimeRangeModel::advanced);
    model.setNow(kNow + 1s);
    QCOMPARE(model.range().to.nanoseconds, (kNow + 1s).nanoseconds);
    QVERIFY(model.span() == 5min);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(advanced.count(), 1);
}

void TimeRangeModelTest::absoluteRangeStandsStill()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setAbsolute({kNow - 2min, kNow - 1min});
    model.setNow(kNow + 1h);
    QVERIFY(!model.live());
    QCOMPARE(model.range().from.nanoseconds, (kNow - 2min).nanoseconds);
    model.goLive();
    QCOMPARE(model.range().to.nanoseconds, (kNow + 1h).nanoseconds);
}

void TimeRangeModelTest::zoomingOutReturnsToWhereOneWas()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setSpan(15min);
    model.setAbsolute({kNow - 10min, kNow - 5min});
    model.setAbsolute({kNow - 8min, kNow - 7min});
    model.zoomOut();
    QCOMPARE(model.range().from.nanoseconds, (kNow - 10min).nanoseconds);
    QVERIFY(model.span() == 5min);
    model.zoomOut();
    QVERIFY(model.live());
    QVERIFY(model.span() == 15min);
}

void TimeRangeModelTest::zoomKeepsThePointUnderThePointer()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setAbsolute({kNow - 100s, kNow});
    const WallTime at = kNow - 75s;
    model.zoom(0.5, at);
    QVERIFY(model.span() == 50s);
    QCOMPARE(model.range().from.nanoseconds, (at - 12'500ms).nanoseconds);
}

void TimeRangeModelTest::zoomOfALiveRangeStaysLive()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setSpan(15min);
    model.zoom(2.0, kNow - 10min);
    QVERIFY(model.live());
    QVERIFY(model.span() == 30min);
}

void TimeRangeModelTest::shiftingBackFreezesAndShiftingForwardStopsAtNow()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setSpan(10min);
    model.shift(-0.5);
    QVERIFY(!model.live());
    QCOMPARE(model.range().to.nanoseconds, (kNow - 5min).nanoseconds);
    model.shift(5.0);
    QCOMPARE(model.range().to.nanoseconds, kNow.nanoseconds);
}

void TimeRangeModelTest::spansStayWithinBounds()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setSpan(1ns);
    QVERIFY(model.span() == TimeRangeModel::kShortest);
    model.setSpan(24h * 365);
    QVERIFY(model.span() == TimeRangeModel::kLongest);
    model.setAbsolute({kNow, kNow - 1min});
    QCOMPARE(model.range().to.nanoseconds, kNow.nanoseconds);
}

void TimeRangeModelTest::textSaysTheRange()
{
    TimeRangeModel model;
    model.setNow(kNow);
    model.setSpan(15min);
    QCOMPARE(model.text(), QStringLiteral("Last 15 min"));
    model.setSpan(90s);
    QCOMPARE(model.text(), QStringLiteral("Last 90 s"));
    model.setAbsolute({kNow - 2min, kNow - 1min});
    QVERIFY(model.text().contains(QStringLiteral(" – ")));
}

MUSTER_TEST_CASE(TimeRangeModelTest);
#include "time_range_model_test.moc"
