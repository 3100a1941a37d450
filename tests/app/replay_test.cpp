// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>
#include <csignal>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

QList<QJsonObject> jsonLines(const QByteArray& text)
{
    QList<QJsonObject> lines;
    for (const auto& line : text.split('\n')) {
        if (!line.isEmpty()) {
            lines.append(QJsonDocument::fromJson(line).object());
        }
    }
    return lines;
}

}  // namespace

/// `musterctl replay`, as people use it.
class ReplayCommandTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void whatIsPlayedIsWhatWasRecorded();
    void theSameEventsGiveTheSameHash();
    void linesStepThroughIt();
    void aLineChangesItsSpeed();
    void aSignalEndsIt();
    void aWorkloadWorksThroughItAgain();
    void whatIsWrongIsSaid_data();
    void whatIsWrongIsSaid();

private:
    [[nodiscard]] Finished replay(const QStringList& more, const QByteArray& input = {}) const
    {
        return musterctl(QStringList{"replay", m_database} + more, input);
    }

    Scratch m_scratch;
    QString m_database;
};

void ReplayCommandTest::initTestCase()
{
    m_database = m_scratch.path("flaky.db");
    const auto ran = musterctl(
        {"sim", workloadFile("flaky.toml"), "--seed", "7", "--for", "25s", "--db", m_database});
    QVERIFY2(ran.code == 0, ran.all());
}

void ReplayCommandTest::whatIsPlayedIsWhatWasRecorded()
{
    const QStringList filter{"--type", "breaker.*", "--format", "jsonl"};
    const auto stored =
        jsonLines(musterctl(QStringList{"events", "--db", m_database} + filter).out);
    auto played = replay(filter + QStringList{"--speed", "max"});
    QVERIFY2(played.code == 0, played.all());
    auto lines = jsonLines(played.out);
    const auto summary = lines.takeLast();
    QVERIFY(stored.size() >= 4);
    QCOMPARE(lines.size(), stored.size());
    for (qsizetype i = 0; i < lines.size(); ++i) {
        for (const char* key : {"time", "type", "source", "data"}) {
            QCOMPARE(lines[i][key], stored[i][key]);
        }
        QCOMPARE(lines[i]["of"], stored[i]["id"]);
        QCOMPARE(lines[i]["replayed"].toBool(), true);
    }
    QCOMPARE(summary["state"].toString(), QString("done"));
    QCOMPARE(summary["played"].toInteger(), stored.size());
}

void ReplayCommandTest::theSameEventsGiveTheSameHash()
{
    const auto hash = [this](const QStringList& more) {
        return replay(QStringList{"--format", "jsonl", "--from", "10s", "--to", "20s"} + more)
            .lastJson()["hash"]
            .toString();
    };
    const auto once = hash({"--speed", "max"});
    QCOMPARE(once.size(), 64);
    QCOMPARE(hash({"--speed", "max"}), once);
    QCOMPARE(hash({"--speed", "200"}), once);
    QVERIFY(hash({"--speed", "max", "--type", "breaker.*"}) != once);
}

void ReplayCommandTest::linesStepThroughIt()
{
    const auto stepped = replay({"--speed", "step", "--format", "jsonl"}, "\nstep 2\nhop\n");
    QVERIFY2(stepped.err.contains("expected step, pause"), stepped.all());
    auto lines = jsonLines(stepped.out);
    const auto summary = lines.takeLast();
    QCOMPARE(lines.size(), 3);
    QCOMPARE(summary["state"].toString(), QString("cancelled"));
    QCOMPARE(summary["played"].toInteger(), qint64{3});
    QCOMPARE(stepped.code, 0);
}

void ReplayCommandTest::aLineChangesItsSpeed()
{
    const auto played = replay({"--speed", "0.01", "--format", "jsonl"}, "speed max\n");
    QCOMPARE(played.lastJson()["state"].toString(), QString("done"));
}

void ReplayCommandTest::aSignalEndsIt()
{
    Running running({"replay", m_database, "--speed", "1", "--type", "**"});
    QVERIFY(running.prints("engine.started"));
    running.signal(SIGINT);
    const auto ended = running.finish();
    QCOMPARE(ended.code, 0);
    QVERIFY2(ended.err.contains("cancelled: "), ended.all());
}

void ReplayCommandTest::aWorkloadWorksThroughItAgain()
{
    const auto played = replay({"--speed", "max", "--format", "jsonl", "--type", "load.*",
                                "--workload", workloadFile("flaky.toml")});
    QVERIFY2(played.code == 0, played.all());
    const auto twice = replay({"--speed", "max", "--format", "jsonl", "--type", "load.*",
                               "--workload", workloadFile("flaky.toml")});
    // Of all that happened in the sandbox, its agents' work included.
    QCOMPARE(played.lastJson()["hash"], twice.lastJson()["hash"]);
    const auto bare = replay({"--speed", "max", "--format", "jsonl", "--type", "load.*"});
    QVERIFY(played.lastJson()["hash"] != bare.lastJson()["hash"]);
}

void ReplayCommandTest::whatIsWrongIsSaid_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("speed") << QStringList{"--speed", "fast"}
                           << QByteArray("or max, found \"fast\"");
    QTest::newRow("too fast") << QStringList{"--speed", "5000"} << QByteArray("0.01 to 1000");
    QTest::newRow("moment") << QStringList{"--from", "noon"} << QByteArray("--from");
    QTest::newRow("range") << QStringList{"--from", "2h"}
                           << QByteArray("holds nothing of that time");
    QTest::newRow("pattern") << QStringList{"--type", "a..b"} << QByteArray("a..b");
    QTest::newRow("workload") << QStringList{"--workload", "none.toml"} << QByteArray("none.toml");
}

void ReplayCommandTest::whatIsWrongIsSaid()
{
    QFETCH(QStringList, more);
    QFETCH(QByteArray, said);
    const auto refused = replay(more);
    QCOMPARE(refused.code, 2);
    QVERIFY2(refused.err.contains(said), refused.all());
}

MUSTER_TEST_CASE(ReplayCommandTest);
#include "replay_test.moc"
