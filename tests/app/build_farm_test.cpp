// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QJsonArray>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

QString set(const QString& key, const QString& value)
{
    return key + '=' + value;
}

/// A run of build-farm.toml on the example's sources, its objects in a directory of our own.
Finished farm(const Scratch& scratch, const QStringList& more = {})
{
    return musterctl(
        QStringList{"run", workloadFile("build-farm.toml"), "--trust", "--set",
                    set("input.path", QStringLiteral(MUSTER_SOURCE_DIR "/resources/examples/"
                                                                       "calculator")),
                    "--set", set("actions.compile.directory", scratch.path("objects")), "--format",
                    "jsonl", "--db", scratch.path("farm.db")} +
        more);
}

/// An action's file on its own, for one run of a command.
Finished once(const Scratch& scratch, const QByteArray& action, const QByteArray& items = "{}")
{
    const auto input = scratch.write("items.jsonl", items);
    const auto file =
        scratch.write("exec.toml",
                      "[workload]\nname='exec'\n[[agents]]\nname='a'\ncount=4\naction='go'\n"
                      "[actions.go]\nkind='exec'\n" +
                          action + "\n[input]\nkind='jsonl'\npath='" + input.toUtf8() + "'\n");
    return musterctl(
        {"run", file, "--trust", "--format", "jsonl", "--db", scratch.path("exec.db")});
}

QList<QByteArrayList> exported(const Scratch& scratch, const QString& what)
{
    auto rows = parseCsv(
        musterctl({"export", what, "--db", scratch.path("exec.db"), "--format", "csv"}).out);
    if (!rows.isEmpty()) {
        rows.removeFirst();
    }
    return rows;
}

bool alive(const QByteArray& pid)
{
    QFile stat("/proc/" + pid + "/stat");
    if (!stat.open(QIODevice::ReadOnly)) {
        return false;
    }
    const auto text = stat.readAll();
    return text.mid(text.lastIndexOf(')') + 2, 1) != "Z";
}

}  // namespace

/// Workloads whose agents run programs, from the file to what is left of them.
class BuildFarmTest : public QObject {
    Q_OBJECT
private slots:
    void theTreeIsCompiledAndItsProgramComputes()
    {
        const Scratch scratch;
        const auto run = farm(scratch);
        QVERIFY2(run.code == 0, run.all());
        QCOMPARE(run.lastJson()["ok"].toInt(), 5);
        QDir objects(scratch.path("objects"));
        QCOMPARE(objects.entryList(QDir::Files),
                 (QStringList{"evaluate.o", "functions.o", "main.o", "parse.o", "tokens.o"}));
        QStringList link;
        for (const auto& each : objects.entryList(QDir::Files)) {
            link << objects.filePath(each);
        }
        QCOMPARE(program("g++", link + QStringList{"-o", scratch.path("calculator")}).code, 0);
        const auto answer = program(scratch.path("calculator"), {"2*(3+4)^2-sqrt(16)/2"});
        QCOMPARE(answer.out, QByteArray("96\n"));
    }
    void aCompilerThatFailsIsTriedAgain()
    {
        const Scratch scratch;
        // Fails the first time for each source, as a machine under pressure might.
        const auto flaky = scratch.write(
            "flaky", "#!/bin/sh\nmark=\"" + scratch.path("seen-").toUtf8() +
                         "$(basename \"$5\")\"\n"
                         "if [ ! -e \"$mark\" ]; then touch \"$mark\"; echo oops >&2; exit 1; fi\n"
                         "exec g++ \"$@\"\n");
        QFile(flaky).setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        const auto run = farm(scratch, {"--set", set("actions.compile.command.0", flaky)});
        QVERIFY2(run.code == 0, run.all());
        QCOMPARE(run.lastJson()["ok"].toInt(), 5);
        const auto stages = run.lastJson()["services"].toArray().at(0)["stages"].toObject();
        QCOMPARE(stages["retry"]["passed"].toInt(), 5);
        QCOMPARE(QDir(scratch.path("objects")).entryList(QDir::Files).size(), 5);
    }
    void aSourceThatDoesNotCompileIsAnErrorWithTheCompilersWords()
    {
        const Scratch scratch;
        scratch.write("tree/good.cpp", "int good() { return 1; }\n");
        scratch.write("tree/bad.cpp", "int bad() { return missing; }\n");
        const auto run = farm(scratch, {"--set", set("input.path", scratch.path("tree"))});
        QCOMPARE(run.code, 1);
        QCOMPARE(run.lastJson()["ok"].toInt(), 1);
        QCOMPARE(run.lastJson()["failed"].toInt(), 1);
        const auto errors =
            musterctl({"export", "errors", "--db", scratch.path("farm.db"), "--format", "csv"});
        QVERIFY2(errors.out.contains("bad.cpp") && errors.out.contains("exit code 1"), errors.out);
    }
    void whatAnItemHoldsIsAnArgumentAndNothingMore()
    {
        const Scratch scratch;
        const auto run = once(scratch, "command=['printf','[%s]','{item.a}','x {item.a}']",
                              "{\"a\":\"; touch /tmp/never $(id) `id` *\"}\n{\"a\":\"--help\"}\n");
        const auto rows = exported(scratch, "results");
        QCOMPARE(rows.size(), 1);
        QCOMPARE(
            rows[0].value(1),
            QByteArray("[; touch /tmp/never $(id) `id` *][x ; touch /tmp/never $(id) `id` *]"));
        const auto errors = exported(scratch, "errors");
        QCOMPARE(errors.size(), 1);
        QVERIFY2(errors[0].join(',').contains("taken for an option"), errors[0].join(','));
        Q_UNUSED(run);
    }
    void itGetsTheEnvironmentThatIsNamedAndNoKeyIsShown()
    {
        const Scratch scratch;
        qputenv("MUSTER_TEST_KEY", "very-s3cret-key");
        qputenv("MUSTER_TEST_OTHER", "not-for-it");
        const auto run = once(scratch,
                              "command=['env']\npass=['PATH']\n"
                              "set={TOKEN='$MUSTER_TEST_KEY',NUMBER='{number}'}");
        qunsetenv("MUSTER_TEST_KEY");
        qunsetenv("MUSTER_TEST_OTHER");
        QVERIFY2(run.code == 0, run.all());
        auto lines = exported(scratch, "results").value(0).value(1).trimmed().split('\n');
        std::sort(lines.begin(), lines.end());
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[0].startsWith("NUMBER=") && lines[1].startsWith("PATH="));
        QCOMPARE(lines[2], QByteArray("TOKEN=$MUSTER_TEST_KEY"));
    }
    void outputIsBoundedAndCountedWhole()
    {
        const Scratch scratch;
        const auto run = once(
            scratch, "command=['sh','-c','yes | head -c 1000000; echo end >&2']\noutput='1KiB'");
        QVERIFY2(run.code == 0, run.all());
        const auto row = exported(scratch, "results").value(0);
        QCOMPARE(row.value(1).size(), 1024);
        QCOMPARE(row.value(2), QByteArray("end\n"));
        QCOMPARE(row.value(3), QByteArray("1000000"));
        QCOMPARE(row.value(4), QByteArray("4"));
    }
    void limitsHold_data()
    {
        QTest::addColumn<QByteArray>("action");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("time") << QByteArray("command=['sleep','1000']\ntimeout='200ms'")
                              << QByteArray("timeout") << QByteArray("within its time");
        QTest::newRow("computing") << QByteArray(
                                          "command=['sh','-c','while :; do :; done']\n"
                                          "cpu='1s'\ntimeout='60s'")
                                   << QByteArray("timeout") << QByteArray("CPU time");
        QTest::newRow("memory") << QByteArray(
                                       "command=['python3','-c','x = bytearray(10**9)']\n"
                                       "memory='300MiB'")
                                << QByteArray("application") << QByteArray("MemoryError");
        QTest::newRow("no program") << QByteArray("command=['no-such-program-here']")
                                    << QByteArray("application") << QByteArray("cannot be started");
        QTest::newRow("exit code") << QByteArray("command=['sh','-c','echo why >&2; exit 3']")
                                   << QByteArray("application") << QByteArray("exit code 3: why");
    }
    void limitsHold()
    {
        QFETCH(QByteArray, action);
        QFETCH(QByteArray, failure);
        QFETCH(QByteArray, says);
        const Scratch scratch;
        const auto run = once(scratch, action);
        QVERIFY2(run.code == 0, run.all());
        const auto errors = exported(scratch, "errors");
        QCOMPARE(errors.size(), 1);
        QVERIFY2(errors[0].contains(failure), errors[0].join(','));
        QVERIFY2(errors[0].join(',').contains(says), errors[0].join(','));
    }
    void aProgramThatTakesTooLongEndsWithItsChildren()
    {
        const Scratch scratch;
        const auto pids = scratch.path("pids").toUtf8();
        const auto run = once(scratch,
                              "timeout='500ms'\ncommand=['sh','-c','sleep 1000 & echo $! "
                              "$$ > " +
                                  pids + "; wait']");
        QVERIFY2(run.lastJson()["failed"].toInt() == 1, run.all());
        QFile file(pids);
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const auto& pid : file.readAll().simplified().split(' ')) {
            QTRY_VERIFY_WITH_TIMEOUT(!alive(pid), 60'000);
        }
    }
    void noProgramIsLeftBehindWhenTheRunIsKilled()
    {
        const Scratch scratch;
        const auto pids = scratch.path("pids").toUtf8();
        const auto file =
            scratch.write("exec.toml",
                          "[workload]\nname='exec'\n[[agents]]\nname='a'\naction='go'\n"
                          "[actions.go]\nkind='exec'\n"
                          "command=['sh','-c','sleep 1000 & echo $! $$ > " +
                              pids +
                              "; wait']\n"
                              "[[load]]\nmodel='closed'\nusers=1\n");
        Running run({"run", file, "--trust", "--format", "jsonl"});
        const auto written = [&] {
            QFile list(pids);
            return list.open(QIODevice::ReadOnly) ? list.readAll() : QByteArray();
        };
        QTRY_VERIFY_WITH_TIMEOUT(written().endsWith('\n'), 60'000);
        const auto started = written().simplified().split(' ');
        QVERIFY(alive(started[0]) && alive(started[1]));
        run.signal(SIGKILL);
        static_cast<void>(run.finish());
        QTRY_VERIFY_WITH_TIMEOUT(!alive(started[0]) && !alive(started[1]), 60'000);
    }
};

MUSTER_TEST_CASE(BuildFarmTest);
#include "build_farm_test.moc"
