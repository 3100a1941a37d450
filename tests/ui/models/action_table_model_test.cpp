// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/action_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <cmath>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kStart{1'795'183'200'000'000'000};

ActionRow action(const std::string& name, double rate)
{
    ActionRow row;
    row.name = name;
    row.kind = "files." + name;
    row.totals.perSecond = rate;
    row.totals.okShare = {0.996, {}};
    row.totals.latency.p50 = {210'000, {}};
    row.totals.latency.p99 = {0, "no action ended yet"};
    return row;
}

QVector<double> history(const ActionTableModel& model)
{
    return model.index(0, ActionTableModel::Trend)
        .data(ActionTableModel::RateHistoryRole)
        .value<QVector<double>>();
}

}  // namespace

class ActionTableModelTest : public QObject {
    Q_OBJECT

private slots:
    void keepsTheRulesOfAModelWhileRowsComeAndGo();
    void cellsReadAsThePageShowsThem();
    void historyIsTheLastMinuteOfTheAction();
    void whatItWasNotToldIsAGap();
};

void ActionTableModelTest::keepsTheRulesOfAModelWhileRowsComeAndGo()
{
    ActionTableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setRows({action("digest", 1), action("walk", 2)}, kStart);
    model.setRows({action("digest", 1), action("walk", 2), action("grep", 3)}, kStart);
    QCOMPARE(model.rowCount(), 3);
    model.setRows({action("walk", 2)}, kStart);
    QCOMPARE(model.rowCount(), 1);
    model.setRows({}, kStart);
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(reset.count(), 0);
}

void ActionTableModelTest::cellsReadAsThePageShowsThem()
{
    ActionTableModel model;
    model.setRows({action("digest", 312'000)}, kStart);
    const auto text = [&model](int column) { return model.index(0, column).data().toString(); };
    QCOMPARE(text(ActionTableModel::Name), QStringLiteral("digest"));
    QCOMPARE(text(ActionTableModel::Kind), QStringLiteral("files.digest"));
    QCOMPARE(text(ActionTableModel::Rate), QStringLiteral("312 k/s"));
    QCOMPARE(text(ActionTableModel::Failed), QStringLiteral("0.4 %"));
    QCOMPARE(text(ActionTableModel::P50), QStringLiteral("210 µs"));
    QCOMPARE(text(ActionTableModel::P99), QStringLiteral("not available"));
    QCOMPARE(model.index(0, ActionTableModel::P99).data(Qt::ToolTipRole).toString(),
             QStringLiteral("not available: no action ended yet"));
}

void ActionTableModelTest::historyIsTheLastMinuteOfTheAction()
{
    ActionTableModel model;
    for (int i = 0; i <= 900; ++i) {  // a minute and a half, ten a second
        model.setRows({action("digest", i)}, kStart + i * 100ms);
    }
    QCOMPARE(history(model).size(), ActionTableModel::kHistory);
    QCOMPARE(history(model).last(), 900.0);
    QCOMPARE(history(model).first(), 900.0 - 595);
    model.setRows({action("walk", 1)}, kStart + 91s);
    QVERIFY(history(model).size() <= 2);
}

void ActionTableModelTest::whatItWasNotToldIsAGap()
{
    ActionTableModel model;
    model.setRows({action("digest", 1)}, kStart);
    model.setRows({action("digest", 2)}, kStart + 5s);
    QCOMPARE(history(model).size(), 11);
    QVERIFY(std::isnan(history(model)[5]));
    QCOMPARE(history(model).last(), 2.0);
}

MUSTER_TEST_CASE(ActionTableModelTest);
#include "action_table_model_test.moc"
