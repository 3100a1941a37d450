// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <cmath>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kWorkload = R"([workload]
name = "measured"
[[agents]]
name = "worker"
count = 20
action = "work"
[actions.work]
kind = "synthetic"
wait = { shape = "lognormal", mean = "8ms", deviation = "4ms" }
fail = "1%"
[[load]]
model = "open"
stages = [{ for = "1s", to = "100/s" }, { for = "59s", to = "100/s" }, { for = "1s", to = "200/s" },
    { for = "39s", to = "200/s" }]
)";

const QString kSlower = QStringLiteral(
    "actions.work.wait={ shape = \"lognormal\", mean = \"9.2ms\", deviation = \"4.6ms\" }");

[[nodiscard]] QJsonObject json(const Finished& finished)
{
    return QJsonDocument::fromJson(finished.out).object();
}

[[nodiscard]] QJsonObject rowOf(const QJsonObject& answer, const char* metric)
{
    for (const auto& row : answer["rows"].toArray()) {
        if (row.toObject()["metric"].toString() == QLatin1String(metric)) {
            return row.toObject();
        }
    }
    return {};
}

}  // namespace

/// What `compare`, `report` and the log of histograms tell of recorded runs.
class HistoryTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void runsThatAreAlikeShowNoDifference();
    void aSlowerRunIsFoundWorseAndFails();
    void twoRangesOfOneRunAreCompared();
    void wrongUseIsSaid_data();
    void wrongUseIsSaid();
    void theReportIsOneFileWithEverything();
    void theReportIsMarkdownAndJsonToo();
    void eachChangeHasItsEffect();
    void aLogOfHistogramsIsReadByTheFormatsDescription();

private:
    [[nodiscard]] QString record(const QString& name, int seed, const QStringList& more = {}) const;

    std::unique_ptr<Scratch> m_scratch;
    QString m_first;
    QString m_second;
    QString m_slower;
};

QString HistoryTest::record(const QString& name, int seed, const QStringList& more) const
{
    const auto database = m_scratch->path(name);
    const auto run = musterctl(QStringList{"sim", m_scratch->path("w.toml"), "--seed",
                                           QString::number(seed), "--db", database} +
                               more);
    return run.code == 0 ? database : QString();
}

void HistoryTest::initTestCase()
{
    m_scratch = std::make_unique<Scratch>();
    (void)m_scratch->write("w.toml", kWorkload);
    m_first = record("first.db", 1);
    m_second = record("second.db", 2);
    m_slower = record("slower.db", 3, {"--set", kSlower});
    QVERIFY(!m_first.isEmpty() && !m_second.isEmpty() && !m_slower.isEmpty());
}

void HistoryTest::runsThatAreAlikeShowNoDifference()
{
    const auto finished = musterctl({"compare", m_first, m_second, "--format", "json"});
    QVERIFY2(finished.code == 0, finished.all());
    const auto answer = json(finished);
    QVERIFY2(answer["worse"].toInt() == 0 && answer["better"].toInt() == 0, finished.out);
    QVERIFY(answer["no_difference"].toInt() >= 10);
    QVERIFY(!answer["method"].toString().isEmpty());
    const auto table = musterctl({"compare", m_first, m_second, "--all", "--fail-on", "worse"});
    QVERIFY2(table.code == 0, table.all());
    QVERIFY2(table.out.contains("actions.latency.p50"), table.out);
    QVERIFY2(table.out.contains("= no difference"), table.out);
}

void HistoryTest::aSlowerRunIsFoundWorseAndFails()
{
    const auto finished =
        musterctl({"compare", m_first, m_slower, "--format", "json", "--fail-on", "worse"});
    QVERIFY2(finished.code == 1, finished.all());
    const auto row = rowOf(json(finished), "actions.latency.p50");
    QCOMPARE(row["verdict"].toString(), QStringLiteral("worse"));
    QCOMPARE(row["better"].toString(), QStringLiteral("lower"));
    QVERIFY(std::abs(row["effect"].toDouble() - 0.15) < 0.05);
    const auto interval = row["effect_interval"].toArray();
    QVERIFY(interval[0].toDouble() < 0.15 && interval[1].toDouble() > 0.15);
    const auto back =
        musterctl({"compare", m_slower, m_first, "--format", "json", "--fail-on", "worse"});
    QVERIFY2(back.code == 0, back.all());
    QCOMPARE(rowOf(json(back), "actions.latency.p50")["verdict"].toString(),
             QStringLiteral("better"));
}

void HistoryTest::twoRangesOfOneRunAreCompared()
{
    const auto finished =
        musterctl({"compare", m_first, "--range-a", "5s..55s", "--range-b", "65s..99s", "--format",
                   "json", "--metric", "actions.completed.rate", "--metric", "load.offered.rate"});
    QVERIFY2(finished.code == 0, finished.all());
    const auto answer = json(finished);
    const auto done = rowOf(answer, "actions.completed.rate");
    QCOMPARE(done["verdict"].toString(), QStringLiteral("better"));
    QVERIFY(std::abs(done["effect"].toDouble() - 1) < 0.05);
    QCOMPARE(rowOf(answer, "load.offered.rate")["verdict"].toString(), QStringLiteral("changed"));
    QCOMPARE(answer["rows"].toArray().size(), 2);
}

void HistoryTest::wrongUseIsSaid_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("a run beside itself")
        << QStringList{"compare", "first.db"} << QByteArray("--range-a");
    QTest::newRow("no such session")
        << QStringList{"compare", "first.db", "gone.db"} << QByteArray("gone.db");
    QTest::newRow("no such run") << QStringList{"compare", "first.db", "second.db:7"}
                                 << QByteArray("run 7");
    QTest::newRow("a range that is none")
        << QStringList{"compare", "first.db", "--range-a", "5..9s"} << QByteArray("FROM..TO");
    QTest::newRow("a range behind the run")
        << QStringList{"compare", "first.db", "--range-a", "900s..", "--range-b", "0s..50s"}
        << QByteArray("nothing was sampled");
    QTest::newRow("a metric nobody knows")
        << QStringList{"compare", "first.db", "second.db", "--metric", "agents.lived"}
        << QByteArray("agents.lived");
    QTest::newRow("a report over a session")
        << QStringList{"report", "first.db", "--out", "second.db"}
        << QByteArray("it would be lost");
    QTest::newRow("a report of no run")
        << QStringList{"report", "first.db", "--run", "9"} << QByteArray("no such run");
}

void HistoryTest::wrongUseIsSaid()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    for (auto& argument : arguments) {
        argument = argument.contains(".db") ? m_scratch->path(argument) : argument;
    }
    const auto finished = musterctl(arguments);
    QVERIFY2(finished.code == 2, finished.all());
    QVERIFY2(finished.err.contains(says), finished.all());
}

void HistoryTest::theReportIsOneFileWithEverything()
{
    const auto file = m_scratch->path("report.html");
    const auto finished = musterctl({"report", m_slower, "--against", m_first, "--out", file});
    QVERIFY2(finished.code == 0, finished.all());
    QFile read(file);
    QVERIFY(read.open(QIODevice::ReadOnly));
    const auto html = read.readAll();
    for (const char* part :
         {"<!doctype html>", "prefers-color-scheme:dark", "@media print", "<svg ", "Stage 3",
          "p99.9", "Errors by class", "application", "✕ worse", "Politis", "Totals"}) {
        QVERIFY2(html.contains(part), part);
    }
    // Nothing is loaded from anywhere.
    QVERIFY(!html.contains("http") && !html.contains("src=") && !html.contains("<link"));
    QVERIFY(!html.contains("nan") && !html.contains("inf,"));
}

void HistoryTest::theReportIsMarkdownAndJsonToo()
{
    const auto markdown = musterctl({"report", m_first, "--format", "markdown"});
    QVERIFY2(markdown.code == 0, markdown.all());
    QVERIFY2(markdown.out.startsWith("# measured\n"), markdown.out);
    QVERIFY(markdown.out.contains("| actions.latency"));
    const auto report = json(musterctl({"report", m_first + ":1", "--format", "json"}));
    QCOMPARE(report["run"].toInt(), 1);
    QVERIFY(report["closed"].toBool());
    const auto errors = report["errors"].toArray();
    QCOMPARE(errors.size(), 1);
    QCOMPARE(errors[0].toObject()["count"].toInt(), report["summary"].toObject()["failed"].toInt());
}

void HistoryTest::eachChangeHasItsEffect()
{
    const auto finished = musterctl({"report", m_first, "--causes", "--format", "json"});
    QVERIFY2(finished.code == 0, finished.all());
    bool doubled = false;
    bool unclear = false;
    for (const auto& each : json(finished)["causes"].toArray()) {
        const auto cause = each.toObject();
        unclear = unclear || !cause["clear"].toBool();
        for (const auto& effect : cause["effects"].toArray()) {
            doubled = doubled || (effect.toObject()["metric"] == "actions.completed.rate" &&
                                  effect.toObject()["effect"].toDouble() > 0.8);
        }
    }
    QVERIFY2(unclear, finished.out);
    // The ramp of a second and the stage after it are one change.
    QVERIFY2(doubled, finished.out);
    const auto text = musterctl({"report", m_first, "--causes"});
    QVERIFY2(text.out.contains("unclear: "), text.out);
}

void HistoryTest::aLogOfHistogramsIsReadByTheFormatsDescription()
{
    const auto file = m_scratch->path("run.hlog");
    const auto written =
        musterctl({"export", "metrics", "--db", m_first, "--format", "hdr", "--out", file});
    QVERIFY2(written.code == 0, written.all());
    const auto judged =
        program("python3", {QStringLiteral(MUSTER_SOURCE_DIR "/tests/app/hdr_judge.py"), file});
    QVERIFY2(judged.code == 0, judged.all());
    const auto tags = QJsonDocument::fromJson(judged.out).object();
    const auto report = json(musterctl({"report", m_first, "--format", "json"}));
    const auto latency = tags["actions.latency;run=1"].toObject();
    QVERIFY2(latency["lines"].toInt() >= 99, judged.out);
    QVERIFY(latency["to"].toDouble() - latency["from"].toDouble() > 99);
    bool compared = false;
    for (const auto& each : report["percentiles"].toArray()) {
        const auto row = each.toObject();
        if (row["series"].toString().startsWith("actions.latency")) {
            compared = true;
            QCOMPARE(latency["values"].toInt(), row["samples"].toInt());
            for (const char* figure : {"p50", "p99"}) {
                const double share = latency[figure].toDouble() / row[figure].toDouble();
                QVERIFY2(share > 0.99 && share < 1.01, figure);
            }
        }
    }
    QVERIFY(compared);
}

MUSTER_TEST_CASE(HistoryTest);
#include "history_test.moc"
