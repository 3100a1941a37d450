// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/time_series_model.h"

#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kStart{1'795'000'000'000'000'000};

Snapshot snapshotAt(WallTime at, double agents)
{
    Snapshot snapshot;
    snapshot.at = at;
    snapshot.frame.at = at;
    snapshot.frame.values.assign(static_cast<std::size_t>(Series::count), 0.0);
    snapshot.frame.values[static_cast<std::size_t>(Series::agentsLive)] = agents;
    return snapshot;
}

}  // namespace

class TimeSeriesModelTest : public QObject {
    Q_OBJECT

private slots:
    void takesEachSnapshotOnce();
    void marksAreKeptOnceInOrder();
    void historyComesBeforeAndBringsItsMarks();
    void aShortFrameLeavesTheRestUnknown();
    void clearingForgetsTheRun();
};

void TimeSeriesModelTest::takesEachSnapshotOnce()
{
    TimeSeriesModel model;
    QSignalSpy appended(&model, &TimeSeriesModel::appended);
    model.append(snapshotAt(kStart, 5));
    model.append(snapshotAt(kStart, 6));
    model.append(snapshotAt(kStart + 100ms, 7));
    QCOMPARE(appended.count(), 2);
    QCOMPARE(model.series(Series::agentsLive).valueAt(kStart), std::optional(5.0));
    QCOMPARE(model.newest()->nanoseconds, (kStart + 100ms).nanoseconds);
}

void TimeSeriesModelTest::marksAreKeptOnceInOrder()
{
    TimeSeriesModel model;
    Snapshot first = snapshotAt(kStart + 10s, 1);
    first.marks = {{kStart + 1s, "load", "Stage 1", 1}, {kStart + 5s, "limit", "Limit raised", 2}};
    model.append(first);
    Snapshot second = snapshotAt(kStart + 11s, 1);
    second.marks = first.marks;
    second.marks.push_back({kStart + 11s, "run", "Paused", 3});
    model.append(second);
    QCOMPARE(model.marks().size(), std::size_t{3});
    QCOMPARE(model.marks().back().text, std::string("Paused"));
    HistoryPage page;
    page.marks = {{kStart + 1s, "load", "Stage 1", 1}, {kStart - 1s, "run", "Started", 0}};
    model.addHistory(page);
    QCOMPARE(model.marks().size(), std::size_t{4});
    QCOMPARE(model.marks().front().text, std::string("Started"));
}

void TimeSeriesModelTest::historyComesBeforeAndBringsItsMarks()
{
    TimeSeriesModel model;
    model.append(snapshotAt(kStart, 5));
    HistoryPage page;
    page.resolution = 1s;
    page.series.push_back({Series::agentsLive, {{kStart - 2s, 3, 3, 3}, {kStart - 1s, 4, 4, 4}}});
    QSignalSpy rebuilt(&model, &TimeSeriesModel::rebuilt);
    model.addHistory(page);
    QCOMPARE(rebuilt.count(), 1);
    const auto drawn = model.series(Series::agentsLive).range({kStart - 5s, kStart}, 100);
    QCOMPARE(drawn.values, (std::vector<double>{3, 4, 5}));
    QCOMPARE(model.oldest()->nanoseconds, (kStart - 2s).nanoseconds);
}

void TimeSeriesModelTest::aShortFrameLeavesTheRestUnknown()
{
    TimeSeriesModel model;
    Snapshot snapshot = snapshotAt(kStart, 5);
    snapshot.frame.values.resize(1);
    model.append(snapshot);
    QVERIFY(model.series(Series::agentsLive).last());
    QVERIFY(!model.series(Series::cpuUsed).last());
}

void TimeSeriesModelTest::clearingForgetsTheRun()
{
    TimeSeriesModel model;
    model.append(snapshotAt(kStart, 5));
    model.clear();
    QVERIFY(model.empty());
    QVERIFY(model.series(Series::agentsLive).empty());
    model.append(snapshotAt(kStart - 1h, 1));
    QVERIFY(!model.empty());
}

MUSTER_TEST_CASE(TimeSeriesModelTest);
#include "time_series_model_test.moc"
