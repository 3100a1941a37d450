// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series_buffer.h"

#include <cmath>
#include <limits>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kStart{1'795'000'000'000'000'000};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Appends `count` points 100 ms apart, the value being the point's number.
void fill(SeriesBuffer& buffer, int count, WallTime from = kStart)
{
    for (int i = 0; i < count; ++i) {
        buffer.append(from + i * 100ms, i);
    }
}

int breaks(const DrawnSeries& drawn)
{
    int found = 0;
    for (const double value : drawn.values) {
        found += std::isnan(value) ? 1 : 0;
    }
    return found;
}

}  // namespace

class SeriesBufferTest : public QObject {
    Q_OBJECT

private slots:
    void aShortRangeHasEveryPointAndOneBeyondEachEdge();
    void reducingKeepsTheSmallestAndTheLargest();
    void aMovingRangeDrawsTheSamePoints();
    void missingValuesBreakTheLine();
    void aPauseBreaksTheLine();
    void oldPointsBecomeMeansOfSecondsWithTheirPeaks();
    void whatItHoldsIsBounded();
    void historyJoinsBeforeTheLivePointsWithoutASeam();
    void historyReplacesHistoryOfTheSameSpan();
    void historyPointsThatOverlapLiveOnesAreNotDrawnTwice();
    void valueAtIsTheNearestOrNone();
    void pointsThatAreNotNewerAreLeftOut();
};

void SeriesBufferTest::aShortRangeHasEveryPointAndOneBeyondEachEdge()
{
    SeriesBuffer buffer;
    fill(buffer, 100);
    const auto drawn = buffer.range({kStart + 2s, kStart + 3s}, 400);
    QCOMPARE(drawn.values.front(), 19.0);
    QCOMPARE(drawn.values.back(), 31.0);
    QCOMPARE(drawn.values.size(), std::size_t{13});
}

void SeriesBufferTest::reducingKeepsTheSmallestAndTheLargest()
{
    SeriesBuffer buffer;
    for (int i = 0; i < 6000; ++i) {
        buffer.append(kStart + i * 100ms, i == 1234 ? 1000 : i == 4321 ? -1000 : i % 7);
    }
    const auto drawn = buffer.range({kStart, kStart + 600s}, 100);
    QVERIFY(drawn.values.size() <= 220);
    QCOMPARE(*std::max_element(drawn.values.begin(), drawn.values.end()), 1000.0);
    QCOMPARE(*std::min_element(drawn.values.begin(), drawn.values.end()), -1000.0);
    QVERIFY(std::is_sorted(drawn.times.begin(), drawn.times.end()));
}

void SeriesBufferTest::aMovingRangeDrawsTheSamePoints()
{
    SeriesBuffer buffer;
    for (int i = 0; i < 6000; ++i) {
        buffer.append(kStart + i * 100ms, (i * 7919) % 101);
    }
    const auto before = buffer.range({kStart + 100s, kStart + 300s}, 50);
    const auto after = buffer.range({kStart + 101s, kStart + 301s}, 50);
    // But for the two buckets at each edge, the same points are drawn.
    for (std::size_t i = 8; i + 8 < before.times.size(); ++i) {
        QVERIFY(std::find(after.times.begin(), after.times.end(), before.times[i]) !=
                after.times.end());
    }
}

void SeriesBufferTest::missingValuesBreakTheLine()
{
    SeriesBuffer buffer;
    buffer.append(kStart, 1);
    buffer.append(kStart + 100ms, kNaN);
    buffer.append(kStart + 200ms, kNaN);
    buffer.append(kStart + 300ms, 2);
    const auto drawn = buffer.range({kStart, kStart + 1s}, 400);
    QCOMPARE(breaks(drawn), 1);
    QCOMPARE(buffer.last(), std::optional(2.0));
    QVERIFY(!buffer.valueAt(kStart + 150ms));
}

void SeriesBufferTest::aPauseBreaksTheLine()
{
    SeriesBuffer buffer;
    fill(buffer, 10);
    fill(buffer, 10, kStart + 20s);
    QCOMPARE(breaks(buffer.range({kStart, kStart + 30s}, 400)), 1);
}

void SeriesBufferTest::oldPointsBecomeMeansOfSecondsWithTheirPeaks()
{
    SeriesBuffer buffer;
    for (int i = 0; i < 3600 * 10; ++i) {
        buffer.append(kStart + i * 100ms, i == 605 ? 500 : 10);
    }
    // The peak at 60.5 s is only in the one-second points by now.
    QCOMPARE(buffer.extent({kStart, kStart + 120s})->second, 500.0);
    QCOMPARE(buffer.valueAt(kStart + 60'500ms), std::optional(59.0));
    const auto wide = buffer.range({kStart, kStart + 3600s}, 300);
    QCOMPARE(*std::max_element(wide.values.begin(), wide.values.end()), 500.0);
    QCOMPARE(breaks(wide), 0);
}

void SeriesBufferTest::whatItHoldsIsBounded()
{
    SeriesBuffer buffer;
    for (int i = 0; i < 8 * 3600; ++i) {
        for (int k = 0; k < 2; ++k) {
            buffer.append(kStart + i * 1s + k * 500ms, i);
        }
    }
    QVERIFY(buffer.size() <= 2 * 15 * 60 + 6 * 3600 + 3);
    QVERIFY(*buffer.firstTime() >= kStart + 2h - 2s);
}

void SeriesBufferTest::historyJoinsBeforeTheLivePointsWithoutASeam()
{
    SeriesBuffer buffer;
    fill(buffer, 600);
    std::vector<HistoryPoint> older;
    for (int i = 60; i > 0; --i) {
        older.push_back({kStart - i * 1s, -static_cast<double>(i), 0, 0});
    }
    buffer.addHistory(older, 1s);
    const auto drawn = buffer.range({kStart - 60s, kStart + 60s}, 4000);
    QCOMPARE(breaks(drawn), 0);
    QVERIFY(std::is_sorted(drawn.times.begin(), drawn.times.end()));
    QCOMPARE(drawn.values.front(), -60.0);
    QCOMPARE(drawn.values.back(), 599.0);
    QCOMPARE(drawn.values.size(), std::size_t{660});
}

void SeriesBufferTest::historyReplacesHistoryOfTheSameSpan()
{
    SeriesBuffer buffer;
    const std::vector<HistoryPoint> coarse = {
        {kStart, 1, 1, 1}, {kStart + 60s, 2, 2, 2}, {kStart + 120s, 3, 3, 3}};
    buffer.addHistory(coarse, 60s);
    const std::vector<HistoryPoint> fine = {{kStart + 50s, 7, 7, 7}, {kStart + 70s, 8, 8, 8}};
    buffer.addHistory(fine, 20s);
    const auto drawn = buffer.range({kStart, kStart + 120s}, 1000);
    QCOMPARE(drawn.values, (std::vector<double>{1, 7, 8, 3}));
}

void SeriesBufferTest::historyPointsThatOverlapLiveOnesAreNotDrawnTwice()
{
    SeriesBuffer buffer;
    fill(buffer, 100);
    const std::vector<HistoryPoint> points = {{kStart - 1s, -1, -1, -1}, {kStart + 5s, 99, 99, 99}};
    buffer.addHistory(points, 1s);
    const auto drawn = buffer.range({kStart - 2s, kStart + 10s}, 4000);
    QCOMPARE(drawn.values.size(), std::size_t{101});
    QCOMPARE(buffer.valueAt(kStart + 5s), std::optional(50.0));
}

void SeriesBufferTest::valueAtIsTheNearestOrNone()
{
    SeriesBuffer buffer;
    fill(buffer, 10);
    QCOMPARE(buffer.valueAt(kStart + 330ms), std::optional(3.0));
    QCOMPARE(buffer.valueAt(kStart + 370ms), std::optional(4.0));
    QVERIFY(!buffer.valueAt(kStart - 10s));
    QVERIFY(!buffer.valueAt(kStart + 60s));
}

void SeriesBufferTest::pointsThatAreNotNewerAreLeftOut()
{
    SeriesBuffer buffer;
    fill(buffer, 10);
    buffer.append(kStart + 500ms, 77);
    QCOMPARE(buffer.valueAt(kStart + 500ms), std::optional(5.0));
    buffer.clear();
    QVERIFY(buffer.empty());
    QVERIFY(!buffer.last());
}

MUSTER_TEST_CASE(SeriesBufferTest);
#include "series_buffer_test.moc"
