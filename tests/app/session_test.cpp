// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QSet>
#include <csignal>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kEndless = R"([workload]
name = "endless"
[[agents]]
name = "worker"
count = 50
action = "work"
[actions.work]
kind = "synthetic"
wait = { shape = "constant", mean = "1ms" }
[[load]]
model = "open"
rate = "500/s"
)";

QSet<QByteArray> linesOf(const QString& file)
{
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) {
        return {};
    }
    QSet<QByteArray> lines;
    for (const auto& line : in.readAll().split('\n')) {
        if (line.size() == 32) {  // a torn last line claims nothing
            lines.insert(line);
        }
    }
    return lines;
}

}  // namespace

/// Runs that are steered, stopped and killed from outside.
class SessionTest : public QObject {
    Q_OBJECT

private slots:
    void commandsOnStandardInputAreCarriedOutAndAnswered();
    void theEndOfInputEndsNothing();
    void aSignalDrainsAndPrintsTheSummary_data();
    void aSignalDrainsAndPrintsTheSummary();
    void aSecondSignalStopsAtOnce();
    void nothingAcknowledgedIsLostByKill();
    void killLeavesTheKeptConfigurationInForce();
    void simulationsOfOneSeedAreTheSameByteByByte();
};

void SessionTest::commandsOnStandardInputAreCarriedOutAndAnswered()
{
    const Scratch scratch;
    Running run({"run", scratch.write("endless.toml", kEndless), "--format", "jsonl", "--db",
                 scratch.path("run.db")});
    QVERIFY(run.prints("\"state\":\"running\""));
    run.write("load.pause");
    QVERIFY(run.says("load.pause: Load paused"));
    QVERIFY(run.prints("\"state\":\"paused\""));
    run.write("load.rat 5/s");
    QVERIFY(run.says("did you mean \"load.rate\""));
    run.write("load.resume");
    QVERIFY(run.says("load.resume: Load resumed"));
    run.write("load.rate 100/s");
    QVERIFY(run.says("Load held at 100/s"));
    run.write("agents.suspend name:worker-1");
    QVERIFY(run.says("Suspended 1 agent"));
    run.write("agents.stop type=task");
    QVERIFY(run.says("Stopped 50 agents"));
    const auto finished = run.finish();
    QVERIFY2(finished.code == 0, finished.all());
    QVERIFY(finished.lastJson().contains("wall_ms"));
    const auto events =
        musterctl({"events", "--db", scratch.path("run.db"), "--type", "command.*"});
    QCOMPARE(events.out.count("command.executed"), 5);
    QVERIFY(events.out.contains("standard input"));
}

void SessionTest::theEndOfInputEndsNothing()
{
    const Scratch scratch;
    Running run(
        {"run", scratch.write("endless.toml", kEndless), "--format", "jsonl", "--for", "2s"});
    run.closeInput();
    QVERIFY(run.prints("\"state\":\"running\""));
    const auto finished = run.finish();
    QVERIFY2(finished.code == 0, finished.all());
    QVERIFY2(finished.lastJson()["wall_ms"].toInt() >= 2000, finished.all());
}

void SessionTest::aSignalDrainsAndPrintsTheSummary_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void SessionTest::aSignalDrainsAndPrintsTheSummary()
{
    QFETCH(int, number);
    const Scratch scratch;
    Running run({"run", scratch.write("endless.toml", kEndless), "--format", "jsonl", "--db",
                 scratch.path("run.db")});
    QVERIFY(run.prints("\"state\":\"running\""));
    run.signal(number);
    const auto finished = run.finish();
    QVERIFY2(finished.code == 0 && !finished.crashed, finished.all());
    QVERIFY(finished.lastJson()["ok"].toInt() > 0);
    QVERIFY(finished.lastJson()["not_stopped"].toArray().isEmpty());
    const auto events =
        musterctl({"events", "--db", scratch.path("run.db"), "--type", "run.ended"});
    QCOMPARE(events.out.count('\n'), 1);
}

void SessionTest::aSecondSignalStopsAtOnce()
{
    const Scratch scratch;
    const auto stuck = QByteArray(kEndless).replace("1ms", "10h");
    Running run({"run", scratch.write("stuck.toml", stuck), "--format", "jsonl"});
    QVERIFY(run.prints("\"state\":\"running\""));
    run.signal(SIGINT);
    QVERIFY(run.says("once more to stop at once"));
    run.signal(SIGINT);
    const auto finished = run.finish();
    QVERIFY2(finished.code == 1 && !finished.crashed, finished.all());
}

void SessionTest::nothingAcknowledgedIsLostByKill()
{
    constexpr int kRounds = 200;
    constexpr int kRoundsOfOneSession = 20;  // it grows, and is read whole after each
    bool given = false;
    const int asked = qEnvironmentVariableIntValue("MUSTER_KILL_ROUNDS", &given);
    const int rounds = given ? asked : kRounds;
    const Scratch scratch;
    const auto file = scratch.write("endless.toml", kEndless);
    qsizetype acknowledged = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto session = QString::number(round / kRoundsOfOneSession);
        const auto database = scratch.path("killed" + session + ".db");
        const auto ledger = scratch.path("ledger" + session);
        Running run({"run", file, "--format", "jsonl", "--black-box", "off", "--db", database,
                     "--acknowledged", ledger});
        const auto before = linesOf(ledger).size();
        // Each command is a durable event: the kill falls among their acknowledgements.
        QTRY_VERIFY_WITH_TIMEOUT(linesOf(ledger).size() > before, 20'000);
        const auto commands = 1 + QRandomGenerator::global()->bounded(60);
        for (int i = 0; i < commands; ++i) {
            run.write("mark.add " + QByteArray::number(i));
        }
        QTRY_VERIFY_WITH_TIMEOUT(linesOf(ledger).size() > before + commands / 2, 20'000);
        run.signal(SIGKILL);
        QVERIFY(run.finish().crashed);

        const auto exported = musterctl({"export", "events", "--db", database, "--format", "csv"});
        QVERIFY2(exported.code == 0, exported.all());
        QSet<QByteArray> stored;
        for (const auto& row : parseCsv(exported.out)) {
            stored.insert(row.first());
        }
        const auto ids = linesOf(ledger);
        const auto missing = ids - stored;
        QVERIFY2(missing.isEmpty(), QByteArray::number(missing.size()) +
                                        " acknowledged events lost in round " +
                                        QByteArray::number(round));
        acknowledged += ids.size() - before;
    }
    QVERIFY(acknowledged > 10 * rounds);
    qInfo("%d rounds, %lld events acknowledged, none lost", rounds,
          static_cast<long long>(acknowledged));
}

void SessionTest::killLeavesTheKeptConfigurationInForce()
{
    const Scratch scratch;
    const auto file = scratch.write(
        "shop.toml",
        QByteArray(kEndless).replace(QByteArray("wait ="), "service = \"shop\"\nwait =") +
            "[services.shop]\nlimiter = { rate = \"900/s\" }\n");
    const auto db = scratch.path("shop.db");
    const auto config = [&db](const QStringList& more = {}) {
        return musterctl(QStringList{"config", "--db", db} + more);
    };
    {
        Running run({"run", file, "--format", "jsonl", "--db", db});
        QVERIFY(run.prints("\"state\":\"running\""));
        run.write("limits.try services.shop.limiter.rate 300/s for=1h");
        QVERIFY(run.says("is 300/s on trial"));
        run.write("limits.keep");
        QVERIFY(run.says("services.shop.limiter.rate stays 300/s"));
        run.write("limits.try services.shop.limiter.rate 7/s for=1h");
        QVERIFY(run.says("is 7/s on trial"));
        QVERIFY(config().out.contains("[on trial]"));
        run.signal(SIGKILL);
        QVERIFY(run.finish().crashed);
    }
    const auto left = config();
    QVERIFY2(left.out.contains("[interrupted: counts as reverted]"), left.all());
    QVERIFY2(left.out.contains("limits.keep  [in force]"), left.all());
    const auto version = [&config](const char* number) {
        const auto shown = config({"--version", number, "--format", "jsonl"}).lastJson();
        return shown.value("document")["services"]["shop"]["limiter"]["rate"].toString();
    };
    QCOMPARE(version("3"), QString("300/s"));
    QCOMPARE(version("4"), QString("7/s"));
    QCOMPARE(config({"--diff", "3", "4"}).out,
             QByteArray("services.shop.limiter.rate: \"300/s\" -> \"7/s\"\n"));

    // A run that goes on has what was kept, and says that the trial was taken back.
    const auto again = musterctl({"run", file, "--for", "1s", "--format", "jsonl", "--db", db});
    QVERIFY2(again.code == 0, again.all());
    const auto after = config();
    QVERIFY2(after.out.contains("the run ended before version 4 was kept"), after.all());
    QVERIFY2(after.out.contains("went on with what version 3 had kept  [in force]"), after.all());
    QCOMPARE(version("6"), QString("300/s"));
    // The one after a run that was closed begins as the file says, unless it is told otherwise.
    QCOMPARE(musterctl({"run", file, "--for", "1s", "--db", db}).code, 0);
    QCOMPARE(version("7"), QString("900/s"));
}

void SessionTest::simulationsOfOneSeedAreTheSameByteByByte()
{
    const Scratch scratch;
    const auto file = scratch.write("endless.toml", kEndless);
    const auto eventsOf = [&](const QString& seed, const QString& database) {
        const auto run = musterctl(
            {"sim", file, "--seed", seed, "--for", "1min", "--db", scratch.path(database)});
        if (run.code != 0 || run.lastJson()["simulated_ms"].toInt() != 60'000) {
            qWarning() << run.all();
        }
        return musterctl({"events", "--db", scratch.path(database), "--format", "jsonl"}).out;
    };
    const auto one = eventsOf("7", "one.db");
    QVERIFY(one.count('\n') > 1000);
    QVERIFY(one == eventsOf("7", "other.db"));
    QVERIFY(one != eventsOf("8", "third.db"));
    // The corpus too: its input is a model.
    const auto corpus = [&](const QString& database) {
        const auto run = musterctl(
            {"sim", workloadFile("corpus.toml"), "--seed", "3", "--db", scratch.path(database)});
        if (run.code != 0 || run.lastJson()["ok"].toInt() == 0) {
            qWarning() << run.all();
        }
        return musterctl({"events", "--db", scratch.path(database), "--format", "jsonl"}).out;
    };
    const auto first = corpus("corpus1.db");
    QVERIFY(!first.isEmpty());
    QVERIFY(first == corpus("corpus2.db"));
}

MUSTER_TEST_CASE(SessionTest);
#include "session_test.moc"
