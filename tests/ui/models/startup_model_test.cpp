// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/startup_model.h"

#include <QAbstractItemModelTester>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

class StartupModelTest : public QObject {
    Q_OBJECT

private slots:
    void servicesStandGroupByGroup();
    void aBarLiesWhereTheServiceRan();
    void whatNeverBeganHasNoTimes();
    void nothingStartedIsNoRows();
};

namespace {

EngineStartup sample()
{
    EngineStartup startup;
    startup.ready = 8ms;
    startup.services = {
        {"storage", {"log", "bus"}, 1, ServiceState::failed, 2ms, 5ms},
        {"log", {}, 0, ServiceState::stopped, 0ms, 1ms},
        {"bus", {}, 0, ServiceState::started, 1ms, 0ms},
        {"control", {"storage"}, 2, ServiceState::waiting, 0ms, 0ms},
    };
    return startup;
}

QString text(const StartupModel& model, int row, int column)
{
    return model.index(row, column).data().toString();
}

}  // namespace

void StartupModelTest::servicesStandGroupByGroup()
{
    StartupModel model(sample());
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 4);
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        rows << text(model, row, StartupModel::Group) + text(model, row, StartupModel::Service);
    }
    QCOMPARE(rows, (QStringList{"1log", "1bus", "2storage", "3control"}));
    QVERIFY(model.index(0, 0).data(StartupModel::FirstOfGroupRole).toBool());
    QVERIFY(!model.index(1, 0).data(StartupModel::FirstOfGroupRole).toBool());
    QCOMPARE(text(model, 2, StartupModel::Needs), QStringLiteral("log, bus"));
    QCOMPARE(text(model, 0, StartupModel::Needs), QStringLiteral("nothing"));
    QCOMPARE(text(model, 2, StartupModel::State), QStringLiteral("✕ Failed"));
    QCOMPARE(text(model, 2, StartupModel::Takes), QStringLiteral("5.00 ms"));
}

void StartupModelTest::aBarLiesWhereTheServiceRan()
{
    const StartupModel model(sample());
    const auto storage = model.index(2, StartupModel::Timeline);
    QCOMPARE(storage.data(StartupModel::FromRole).toDouble(), 0.25);
    QCOMPARE(storage.data(StartupModel::ToRole).toDouble(), 0.875);
}

void StartupModelTest::whatNeverBeganHasNoTimes()
{
    const StartupModel model(sample());
    QCOMPARE(text(model, 3, StartupModel::Takes), QStringLiteral("not available"));
    QCOMPARE(text(model, 3, StartupModel::State), QStringLiteral("○ Never began"));
}

void StartupModelTest::nothingStartedIsNoRows()
{
    const StartupModel model({});
    QCOMPARE(model.rowCount(), 0);
}

MUSTER_TEST_CASE(StartupModelTest);
#include "startup_model_test.moc"
