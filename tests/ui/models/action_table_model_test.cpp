// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/action_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;

namespace {

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

}  // namespace

class ActionTableModelTest : public QObject {
    Q_OBJECT

private slots:
    void keepsTheRulesOfAModelWhileRowsComeAndGo();
    void cellsReadAsThePageShowsThem();
    void historyIsBoundedAndBelongsToTheAction();
};

void ActionTableModelTest::keepsTheRulesOfAModelWhileRowsComeAndGo()
{
    ActionTableModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setRows({action("digest", 1), action("walk", 2)});
    model.setRows({action("digest", 1), action("walk", 2), action("grep", 3)});
    QCOMPARE(model.rowCount(), 3);
    model.setRows({action("walk", 2)});
    QCOMPARE(model.rowCount(), 1);
    model.setRows({});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(reset.count(), 0);
}

void ActionTableModelTest::cellsReadAsThePageShowsThem()
{
    ActionTableModel model;
    model.setRows({action("digest", 312'000)});
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

void ActionTableModelTest::historyIsBoundedAndBelongsToTheAction()
{
    ActionTableModel model;
    for (int i = 0; i < ActionTableModel::kHistory + 50; ++i) {
        model.setRows({action("digest", i)});
    }
    const auto history = [&model] {
        return model.index(0, ActionTableModel::Trend)
            .data(ActionTableModel::RateHistoryRole)
            .value<QVector<double>>();
    };
    QCOMPARE(history().size(), ActionTableModel::kHistory);
    QCOMPARE(history().last(), ActionTableModel::kHistory + 49.0);
    model.setRows({action("walk", 1)});
    QCOMPARE(history(), QVector<double>{1});
}

MUSTER_TEST_CASE(ActionTableModelTest);
#include "action_table_model_test.moc"
