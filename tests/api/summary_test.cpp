// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>
#include <QJsonObject>

#include "api/engine.h"
#include "api/session.h"
#include "support/test_case.h"

using namespace muster;

class SummaryTest : public QObject {
    Q_OBJECT

private slots:
    void unknownFiguresAreNullAndKnownOnesWhole();
    void anUnmetOrUnknownExpectationFailsTheRun();
    void aFailedActionIsDataNotAFailure();
    void theBuildNamesVersionAndNoPathOfThisMachine();
    void aNewSessionFileIsNamedAfterWorkloadAndTime();
    void everySeriesIsFoundByItsMetric();
};

void SummaryTest::unknownFiguresAreNullAndKnownOnesWhole()
{
    RunSummary summary;
    summary.latency.p50 = {1234.4, {}};
    summary.latency.p99 = {0, "no action completed"};
    summary.wall = std::chrono::milliseconds(1500);
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(summary.json())).object();
    QCOMPARE(json["p50_ns"].toDouble(), 1234.0);
    QVERIFY(json["p99_ns"].isNull());
    QCOMPARE(json["wall_ms"].toInt(), 1500);
    for (const auto* key : {"agents", "actions", "ok", "failed", "events", "stored", "counted_only",
                            "dropped", "p50_ns", "p99_ns", "wall_ms", "build"}) {
        QVERIFY2(json.contains(QLatin1String(key)), key);
    }
    QVERIFY(!QByteArray::fromStdString(summary.json()).contains('\n'));
}

void SummaryTest::anUnmetOrUnknownExpectationFailsTheRun()
{
    RunSummary summary;
    QCOMPARE(summary.exitCode(), 0);
    summary.expectations.push_back({"failed_share", "< 1%", {0.001, {}}, "%", true});
    QCOMPARE(summary.exitCode(), 0);
    summary.expectations.push_back({"digest.p99", "< 50ms", {0, "no sample"}, "ns", {}});
    QCOMPARE(summary.exitCode(), 1);
    summary.expectations.back().met = false;
    QCOMPARE(summary.exitCode(), 1);
    summary.expectations.clear();
    summary.failure = Error{ErrorCode::ioFailure, "the input went away", {}, {}};
    QCOMPARE(summary.exitCode(), 1);
}

void SummaryTest::aFailedActionIsDataNotAFailure()
{
    RunSummary summary;
    summary.actions = 10;
    summary.failed = 10;
    QCOMPARE(summary.exitCode(), 0);
}

void SummaryTest::theBuildNamesVersionAndNoPathOfThisMachine()
{
    const auto build = QString::fromStdString(buildDescription());
    QVERIFY2(build.startsWith("0."), qPrintable(build));
    QVERIFY(!build.contains('/'));
    QVERIFY(!build.contains('@'));
}

void SummaryTest::aNewSessionFileIsNamedAfterWorkloadAndTime()
{
    QTemporaryDir data;
    qputenv("XDG_DATA_HOME", data.path().toUtf8());
    const auto file = newSessionFile("cor/pus x", ManualClock::kSimulationEpoch);
    qunsetenv("XDG_DATA_HOME");
    QCOMPARE(QString::fromStdString(file.filename().string()),
             QStringLiteral("cor-pus-x-2026-01-01-000000.db"));
    QVERIFY(file.string().starts_with(data.path().toStdString() + "/muster/sessions/"));
}

void SummaryTest::everySeriesIsFoundByItsMetric()
{
    for (std::size_t i = 0; i < allSeries().size(); ++i) {
        const auto& info = allSeries()[i];
        QVERIFY(!info.title.empty() && !info.unit.empty());
        QCOMPARE(findSeries(info.metric), static_cast<Series>(i));
    }
    QVERIFY(!findSeries("no.such.metric"));
}

MUSTER_TEST_CASE(SummaryTest);
#include "summary_test.moc"
