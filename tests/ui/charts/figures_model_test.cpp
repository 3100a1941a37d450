// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/figures_model.h"

#include <QAbstractItemModelTester>

#include "support/test_case.h"
#include "ui/charts/chart_stage.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class FiguresModelTest : public QObject {
    Q_OBJECT

private slots:
    void keepsTheRulesOfAModel();
    void hasARowAMomentAndSaysWhatIsMissing();
    void longRangesHaveWiderSteps();
};

void FiguresModelTest::keepsTheRulesOfAModel()
{
    ChartStage stage;
    stage.feed();
    const auto chart = stage.latency();
    const auto model = chart->figures();
    const QAbstractItemModelTester tester(model.get(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model->rowCount(), 120);
}

void FiguresModelTest::hasARowAMomentAndSaysWhatIsMissing()
{
    ChartStage stage;
    stage.feed(10);
    const ChartSpec spec{
        QStringLiteral("Tail"),
        Unit::nanoseconds,
        {{Series::actionP50, QStringLiteral("p50")}, {Series::actionP999, QStringLiteral("p99.9")}},
        {},
        {}};
    const FiguresModel model(spec, stage.series, stage.range.range(), true);
    QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(),
             QStringLiteral("Time, UTC"));
    QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(),
             QStringLiteral("p99.9"));
    const int last = model.rowCount() - 1;
    QCOMPARE(model.index(last, 0).data().toString(), QStringLiteral("14:00:10"));
    QCOMPARE(model.index(last, 1).data().toString(), QStringLiteral("10.0 ms"));
    QCOMPARE(model.index(last, 2).data().toString(), QStringLiteral("not available"));
    QVERIFY(model.csv().contains(QStringLiteral(",10000000,\n")));
}

void FiguresModelTest::longRangesHaveWiderSteps()
{
    ChartStage stage;
    stage.feed(1200);
    stage.range.setSpan(std::chrono::minutes(20));
    const auto chart = stage.latency();
    QVERIFY(chart->figures()->rowCount() <= FiguresModel::kMostRows);
    QVERIFY(chart->figures()->rowCount() > 200);
}

MUSTER_TEST_CASE(FiguresModelTest);
#include "figures_model_test.moc"
