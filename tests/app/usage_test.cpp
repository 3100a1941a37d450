// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include <sys/stat.h>

#include <cmath>
#include <csignal>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kShort = R"([workload]
name = "short"
[[agents]]
name = "worker"
count = 5
action = "work"
[actions.work]
kind = "synthetic"
[[load]]
model = "open"
stages = [{ for = "200ms", to = "100/s" }]
)";

void execute(const QString& database, const char* sql)
{
    sqlite3* opened = nullptr;
    QCOMPARE(sqlite3_open(QFile::encodeName(database).constData(), &opened), SQLITE_OK);
    QCOMPARE(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(opened);
}

}  // namespace

/// What the command line does with right and wrong use.
class UsageTest : public QObject {
    Q_OBJECT

private slots:
    void everySubcommandHasHelpWithAnExample_data();
    void everySubcommandHasHelpWithAnExample();
    void wrongUseExitsWithTwo_data();
    void wrongUseExitsWithTwo();
    void aWrongFileIsNamedWithLineKeyAndNearestKey();
    void aDirectoryThatCannotBeWrittenIsASentence();
    void aDatabaseOfANewerVersionIsRefused();
    void aFileThatIsNoDatabaseIsRefused();
    void aRunIsAppendedToAnExistingSession();
    void anUnmetExpectationExitsWithOne();
    void aFileThatStartsProcessesNeedsTrust();
    void theVersionNamesTheBuild();
    void doctorTimesTheStart();
    void doctorNamesTheServiceThatFailed();
    void theReferenceListsEventsMetricsAndCommands();
    void eventsAreFilteredLimitedAndOldestFirst();
    void everyExportHasItsHeaderAndGoesToAFile();
    void aReaderThatLeavesEarlyIsNoFailure();
    void aStoppedProcessIsInItsLatenciesInFull();
};

void UsageTest::aStoppedProcessIsInItsLatenciesInFull()
{
    const Scratch scratch;
    const auto file = scratch.write("stopped.toml", R"([workload]
name = "stopped"
[[agents]]
name = "teller"
count = 400
action = "serve"
[actions.serve]
kind = "synthetic"
[[load]]
model = "open"
start = "1k/s"
stages = [{ for = "5s", to = "1k/s" }]
)");
    Running run({"run", file, "--format", "jsonl"});
    QVERIFY(run.prints("\"state\":\"running\""));
    QElapsedTimer stopped;
    stopped.start();
    run.signal(SIGSTOP);
    // The stall is the fault under test: as long as a process takes that does nothing for a second.
    QCOMPARE(program("sleep", {"1"}).code, 0);
    run.signal(SIGCONT);
    const double seconds = static_cast<double>(stopped.nsecsElapsed()) / 1e9;
    const auto ended = run.finish();
    QCOMPARE(ended.code, 0);
    const auto summary = ended.lastJson();
    // One arrival a millisecond was due meanwhile, each as late as the rest of the stall was long:
    // of 5,000 the slowest 50 came in its first 50 ms.
    const auto latency = [&summary](const char* name) {
        return summary["latency_ns"][QLatin1String(name)].toDouble() / 1e9;
    };
    QVERIFY2(std::abs(latency("p99") - (seconds - 0.05)) < 0.1, ended.all());
    QVERIFY2(std::abs(latency("p90") - (seconds - 0.5)) < 0.1, ended.all());
    QVERIFY2(summary["service_time_ns"]["p99"].toDouble() < 0.1e9, ended.all());
    QCOMPARE(summary["load"]["dropped"].toInt(), 0);
    QCOMPARE(summary["load"]["omission_corrected"], QJsonValue(true));
}

void UsageTest::everySubcommandHasHelpWithAnExample_data()
{
    QTest::addColumn<QString>("name");
    for (const auto* name : {"run", "sim", "check", "events", "export", "doctor"}) {
        QTest::newRow(name) << QString(name);
    }
}

void UsageTest::everySubcommandHasHelpWithAnExample()
{
    QFETCH(QString, name);
    const auto help = musterctl({name, "--help"});
    QCOMPARE(help.code, 0);
    QVERIFY2(help.out.contains("musterctl " + name.toUtf8() + " "), help.all());
    QVERIFY(help.out.contains("--format"));
    QVERIFY(help.err.isEmpty());
    QVERIFY(musterctl({"--help"}).out.contains(name.toUtf8()));
}

void UsageTest::wrongUseExitsWithTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* name, const QStringList& arguments, const char* says) {
        QTest::newRow(name) << arguments << QByteArray(says);
    };
    row("nothing", {}, "subcommand");
    row("unknown subcommand", {"jump"}, "subcommand");
    row("run without file", {"run"}, "file");
    row("unknown option", {"run", "x.toml", "--fast"}, "--fast");
    row("missing file", {"run", "/no/such/file.toml"}, "/no/such/file.toml");
    row("wrong duration", {"run", "x.toml", "--for", "soon"}, "expected a duration such as");
    row("wrong time", {"events", "--db", "x.db", "--from", "noon"}, "2026-11-20");
    row("missing database", {"events", "--db", "/no/such.db"}, "/no/such.db");
    row("unknown export", {"export", "dreams", "--db", "x.db"}, "dreams");
    row("unknown format", {"check", "x.toml", "--format", "xml"}, "xml");
    row("format in capitals", {"events", "--db", "x.db", "--format", "JSONL"}, "JSONL");
    row("negative limit", {"events", "--db", "x.db", "--limit", "-1"}, "whole number");
    row("huge limit", {"events", "--db", "x.db", "--limit", "99999999999999999999"}, "9999");
    row("limit of metrics", {"export", "metrics", "--db", "x.db", "--limit", "5"},
        "only events are limited to a number");
    row("type of metrics", {"export", "metrics", "--db", "x.db", "--type", "agent.*"},
        "only an export of events can be cut by type");
    row("text of results", {"export", "results", "--db", "x.db", "--text", "lamp"},
        "only an export of events can be cut by type, source or text");
    row("huge run", {"export", "events", "--db", "x.db", "--run", "4294967296"}, "4294967296");
    row("huge seed", {"sim", "x.toml", "--seed", "99999999999999999999"}, "99999999999999999999");
    row("time past the clock", {"events", "--db", "x.db", "--from", "2500-01-01"}, "2261");
    row("range the wrong way",
        {"events", "--db", "x.db", "--from", "2026-01-02", "--to", "2026-01-01"},
        "later than --to");
    row("empty session", {"run", "x.toml", "--db", ""}, "--db");
    row("empty session to read", {"events", "--db", ""}, "--db");
    row("empty ledger", {"run", "x.toml", "--acknowledged", ""}, "--acknowledged");
    row("empty target", {"export", "events", "--db", "x.db", "--out", ""}, "--out");
    row("missing tree", {"run", workloadFile("corpus.toml"), "--set", "input.path=/no/such/tree"},
        "/no/such/tree");
    row("unknown key", {"run", workloadFile("corpus.toml"), "--set", "input.pth=/tmp"}, "path");
}

void UsageTest::wrongUseExitsWithTwo()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const auto finished = musterctl(arguments);
    QVERIFY2(finished.code == 2, finished.all());
    QVERIFY2(finished.err.contains(says), finished.all());
    QVERIFY2(finished.out.isEmpty(), finished.all());
}

void UsageTest::aWrongFileIsNamedWithLineKeyAndNearestKey()
{
    const Scratch scratch;
    auto text = QByteArray(kShort);
    text.replace("count = 5", "cuont = 5").replace("kind = \"synthetic\"", "kind = \"synthetik\"");
    const auto file = scratch.write("wrong.toml", text);
    for (const auto& arguments :
         {QStringList{"check", file}, QStringList{"run", file, "--db", scratch.path("never.db")}}) {
        const auto finished = musterctl(arguments);
        QVERIFY2(finished.code == 2, finished.all());
        QVERIFY2(finished.err.contains("wrong.toml:5"), finished.all());
        QVERIFY2(finished.err.contains("\"count\""), finished.all());
        QVERIFY2(finished.err.contains("wrong.toml:8"), finished.all());
        QVERIFY2(finished.err.contains("\"synthetic\""), finished.all());
    }
    QVERIFY(!QFile::exists(scratch.path("never.db")));
    const auto json = musterctl({"check", file, "--format", "jsonl"}).lastJson();
    QCOMPARE(json["ok"].toBool(true), false);
    QVERIFY(json["error"].toString().contains("wrong.toml:5"));
    const auto right = musterctl({"check", scratch.write("right.toml", kShort)});
    QVERIFY2(right.code == 0, right.all());
}

void UsageTest::aDirectoryThatCannotBeWrittenIsASentence()
{
    const Scratch scratch;
    const auto file = scratch.write("short.toml", kShort);
    QVERIFY(QDir(scratch.path()).mkpath("closed"));
    chmod(QFile::encodeName(scratch.path()).constData(), 0755);
    chmod(QFile::encodeName(scratch.path("closed")).constData(), 0555);
    const auto finished = program("setpriv", {"--reuid=65534", "--regid=65534", "--clear-groups",
                                              MUSTER_BINARY_DIR "/bin/musterctl", "run", file,
                                              "--db", scratch.path("closed/run.db")});
    QVERIFY2(finished.code == 2, finished.all());
    QVERIFY2(finished.err.contains("closed"), finished.all());
    QVERIFY(finished.out.isEmpty());
}

void UsageTest::aDatabaseOfANewerVersionIsRefused()
{
    const Scratch scratch;
    const auto file = scratch.write("short.toml", kShort);
    const auto database = scratch.path("run.db");
    QCOMPARE(musterctl({"run", file, "--db", database}).code, 0);
    execute(database, "PRAGMA user_version = 999");
    for (const auto& arguments :
         {QStringList{"run", file, "--db", database}, QStringList{"events", "--db", database}}) {
        const auto finished = musterctl(arguments);
        QVERIFY2(finished.code == 2, finished.all());
        QVERIFY2(finished.err.contains("999") || finished.err.contains("newer"), finished.all());
        QVERIFY2(finished.err.contains("run.db"), finished.all());
    }
}

void UsageTest::aFileThatIsNoDatabaseIsRefused()
{
    const Scratch scratch;
    const auto file = scratch.write("short.toml", kShort);
    const QByteArray content = QByteArray("These are words and no database. ").repeated(100);
    const auto words = scratch.write("words.db", content);
    for (const auto& arguments : {QStringList{"run", file, "--db", words},
                                  QStringList{"export", "events", "--db", words}}) {
        const auto finished = musterctl(arguments);
        QVERIFY2(finished.code == 2, finished.all());
        QVERIFY2(finished.err.contains("words.db"), finished.all());
    }
    QFile untouched(words);
    QVERIFY(untouched.open(QIODevice::ReadOnly));
    QCOMPARE(untouched.readAll(), content);
}

void UsageTest::aRunIsAppendedToAnExistingSession()
{
    const Scratch scratch;
    const auto file = scratch.write("short.toml", kShort);
    const auto database = scratch.path("two.db");
    QCOMPARE(musterctl({"run", file, "--db", database}).code, 0);
    QCOMPARE(musterctl({"run", file, "--db", database}).code, 0);
    const auto events =
        musterctl({"events", "--db", database, "--type", "run.started", "--format", "jsonl"});
    QCOMPARE(events.out.count('\n'), 2);
}

void UsageTest::anUnmetExpectationExitsWithOne()
{
    const Scratch scratch;
    const auto file = scratch.write(
        "hope.toml", QByteArray(kShort) + "[expect]\ncount = \"> 1000000\"\ndropped = \"< 5\"\n");
    const auto finished = musterctl({"run", file, "--format", "jsonl"});
    QVERIFY2(finished.code == 1, finished.all());
    const auto expectations = finished.lastJson()["expectations"].toArray();
    QCOMPARE(expectations.size(), 2);
    QCOMPARE(expectations[0].toObject()["met"].toBool(true), false);
    QCOMPARE(expectations[1].toObject()["met"].toBool(false), true);
}

void UsageTest::aFileThatStartsProcessesNeedsTrust()
{
    const Scratch scratch;
    const auto mark = scratch.path("started");
    const auto file = scratch.write(
        "helper.toml", QByteArray(kShort) + "[[helpers]]\ncommand = [\"sh\", \"-c\", \"touch " +
                           mark.toUtf8() + "; sleep 60\"]\n");
    const auto refused = musterctl({"run", file});
    QVERIFY2(refused.code == 2, refused.all());
    QVERIFY2(refused.err.contains("--trust"), refused.all());
    QVERIFY(!QFile::exists(mark));
    const auto trusted = musterctl({"run", file, "--trust"});
    QVERIFY2(trusted.code == 0, trusted.all());
    QVERIFY(QFile::exists(mark));
}

void UsageTest::theVersionNamesTheBuild()
{
    const auto version = musterctl({"--version"});
    QCOMPARE(version.code, 0);
    QVERIFY2(version.out.startsWith("musterctl 0."), version.all());
}

void UsageTest::doctorTimesTheStart()
{
    const auto doctor = musterctl({"doctor", "--format", "jsonl"});
    const auto json = doctor.lastJson();
    QVERIFY2(json["ready_ms"].toDouble() > 0, doctor.all());
    QVERIFY(json["cores"].toInt() > 0);
    QCOMPARE(json["services"].toArray().size(), 7);
    QVERIFY(json["failed_service"].isNull());
    for (const auto& each : json["services"].toArray()) {
        const auto service = each.toObject();
        QCOMPARE(service["state"].toString(), QString("started"));
        QVERIFY(service["start_ms"].toDouble() > 0 && service["begin_ms"].isDouble());
        QCOMPARE(service["group"].toInt() > 1, !service["needs"].toArray().isEmpty());
    }
    const auto table = musterctl({"doctor"});
    QVERIFY2(table.out.contains("start to ready"), table.all());
    QVERIFY(table.out.contains("runtime"));
}

void UsageTest::doctorNamesTheServiceThatFailed()
{
    const Scratch scratch;
    const auto database = scratch.path("none/there/run.db");
    const auto doctor = musterctl({"doctor", "--db", database, "--format", "jsonl"});
    QCOMPARE(doctor.code, 1);
    const auto json = doctor.lastJson();
    QCOMPARE(json["failed_service"].toString(), QString("storage"));
    QVERIFY2(json["engine_error"].toString().contains("storage: "), doctor.all());
    QVERIFY(json["ready_ms"].isNull());
    QHash<QString, QString> states;
    for (const auto& each : json["services"].toArray()) {
        const auto service = each.toObject();
        states[service["service"].toString()] = service["state"].toString();
    }
    QCOMPARE(states["events"], QString("stopped"));
    QCOMPARE(states["storage"], QString("failed"));
    QCOMPARE(states["control"], QString("waiting"));
    const auto table = musterctl({"doctor", "--db", database});
    QCOMPARE(table.code, 1);
    QVERIFY2(QString::fromUtf8(table.out).contains("does not start: " + database + ": storage: "),
             table.all());
    const auto run = musterctl({"run", scratch.write("short.toml", kShort), "--db", database});
    QVERIFY2(run.code != 0 && run.err.contains(": storage: "), run.all());
}

void UsageTest::theReferenceListsEventsMetricsAndCommands()
{
    const auto json = musterctl({"doctor", "--reference", "--format", "jsonl"}).lastJson();
    QVERIFY(json["events"].toArray().size() > 20);
    QVERIFY(json["metrics"].toArray().size() > 40);
    QVERIFY(json["commands"].toArray().size() > 10);
    // What a full queue gives up is counted by a metric that there is.
    QSet<QString> metrics{""};
    for (const auto& metric : json["metrics"].toArray()) {
        metrics.insert(metric.toObject()["name"].toString());
    }
    QVERIFY(json["queues"].toArray().size() > 8);
    for (const auto& each : json["queues"].toArray()) {
        const auto queue = each.toObject();
        QVERIFY2(
            metrics.contains(queue["metric"].toString()) && !queue["full"].toString().isEmpty(),
            qPrintable(queue["name"].toString()));
    }
    const auto text = musterctl({"doctor", "--reference"}).out;
    for (const auto* name : {"agent.ready", "actions.latency.p99", "load.rate"}) {
        QVERIFY2(text.contains(name), name);
    }
}

void UsageTest::eventsAreFilteredLimitedAndOldestFirst()
{
    const Scratch scratch;
    const auto database = scratch.path("events.db");
    QCOMPARE(musterctl({"run", scratch.write("short.toml", kShort), "--db", database}).code, 0);
    const auto lines = [&](QStringList more) {
        auto printed = musterctl(QStringList{"events", "--db", database} + more).out.split('\n');
        printed.removeLast();
        return printed;
    };
    const auto all = lines({});
    QVERIFY(all.size() > 10);
    QVERIFY(all.first().contains("engine.started"));
    QVERIFY(all.last().contains("engine.stopped"));
    QVERIFY(std::is_sorted(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.left(30) < b.left(30); }));
    QCOMPARE(lines({"--limit", "3"}), all.mid(0, 3));
    QVERIFY(lines({"--newest", "--limit", "1"}).first().contains("engine.stopped"));
    for (const auto& line : lines({"--type", "load.*"})) {
        QVERIFY2(line.contains("  load."), line);
    }
    QVERIFY(!lines({"--type", "load.*"}).isEmpty());
    QVERIFY(lines({"--to", "2001-01-01"}).isEmpty());
    QCOMPARE(lines({"--from", "2001-01-01"}).size(), all.size());
    QCOMPARE(lines({"--text", "short", "--type", "run.started"}).size(), 1);
    QCOMPARE(lines({"--source", "load"}).size(), lines({"--type", "load.*"}).size());
    for (const auto& line : lines({"--format", "jsonl"})) {
        const auto json = QJsonDocument::fromJson(line).object();
        QVERIFY2(json.contains("id") && json.contains("type") && json["data"].isObject(), line);
    }
    QCOMPARE(lines({"--format", "jsonl"}).size(), all.size());
}

void UsageTest::everyExportHasItsHeaderAndGoesToAFile()
{
    const Scratch scratch;
    const auto database = scratch.path("exports.db");
    QCOMPARE(musterctl({"run", scratch.write("short.toml", kShort), "--db", database}).code, 0);
    for (const auto& [what, header] :
         {std::pair("metrics", "time,metric,labels,value,unit,run"),
          std::pair("events", "id,time,run,type,source,data"),
          std::pair("errors", "time,run,action,agent,item,class,code,message")}) {
        const auto csv = musterctl({"export", what, "--db", database, "--format", "csv"});
        QVERIFY2(csv.code == 0, csv.all());
        QVERIFY2(csv.out.startsWith(header), csv.all());
        const auto file = scratch.path(QString(what) + ".csv");
        const auto written =
            musterctl({"export", what, "--db", database, "--format", "csv", "--out", file});
        QVERIFY2(written.code == 0 && written.out.isEmpty(), written.all());
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), csv.out);
    }
    const auto nowhere = musterctl(
        {"export", "events", "--db", database, "--format", "csv", "--out", "/no/such/dir/x.csv"});
    QCOMPARE(nowhere.code, 2);
    const auto metric = musterctl(
        {"export", "metrics", "--db", database, "--format", "csv", "--metric", "agents.live"});
    QVERIFY(metric.out.contains("agents.live"));
    QVERIFY(!metric.out.contains("process.memory"));
}

void UsageTest::aReaderThatLeavesEarlyIsNoFailure()
{
    const Scratch scratch;
    const auto database = scratch.path("pipe.db");
    QCOMPARE(musterctl({"run", scratch.write("short.toml", kShort), "--db", database}).code, 0);
    const auto piped = program(
        "bash", {"-c",
                 "set -o pipefail; for i in 1 2 3; do \"$0\" events --db \"$1\" --format "
                 "jsonl | head -n 1 || exit 9; done; \"$0\" run \"$2\" --format jsonl | true",
                 MUSTER_BINARY_DIR "/bin/musterctl", database, scratch.path("short.toml")});
    QVERIFY2(piped.code == 0, piped.all());
}

MUSTER_TEST_CASE(UsageTest);
#include "usage_test.moc"
