// SPDX-License-Identifier: Apache-2.0
#include <QFile>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kShort = R"([workload]
name = "short"
[[agents]]
name = "worker"
count = 50
action = "work"
[actions.work]
kind = "synthetic"
[[load]]
model = "open"
stages = [{ for = "400ms", to = "2000/s" }]
)";

}  // namespace

/// What a session that lost some of its bytes, and a ledger that cannot be kept, are said to be.
class DamageTest : public QObject {
    Q_OBJECT

private slots:
    void aSessionCutShortSaysSoAndFails();
    void aWholeSessionHasNothingToSay();
    void aLedgerIsNoOtherFile();
    void aLedgerThatCannotBeWrittenFailsTheRun();
};

void DamageTest::aSessionCutShortSaysSoAndFails()
{
    const Scratch scratch;
    const auto database = scratch.path("cut.db");
    QCOMPARE(musterctl({"run", scratch.write("short.toml", kShort), "--db", database}).code, 0);
    QFile file(database);
    // Without its first 23 pages, which say what tables there are, nothing of it can be read.
    QVERIFY(file.size() > 120'000);
    QVERIFY(file.resize(98'304));
    for (const auto& arguments :
         {QStringList{"events"}, QStringList{"events", "--format", "jsonl"},
          QStringList{"export", "events"},
          QStringList{"export", "events", "--out", scratch.path("part.csv")}}) {
        const auto finished = musterctl(arguments + QStringList{"--db", database});
        QVERIFY2(finished.code == 1, finished.all());
        QVERIFY2(finished.err.contains("cut.db: "), finished.all());
        QVERIFY2(finished.err.contains("damaged"), finished.all());
    }
}

void DamageTest::aWholeSessionHasNothingToSay()
{
    const Scratch scratch;
    const auto database = scratch.path("whole.db");
    QCOMPARE(musterctl({"run", scratch.write("short.toml", kShort), "--db", database}).code, 0);
    for (const auto& arguments : {QStringList{"events"}, QStringList{"export", "metrics"}}) {
        const auto finished = musterctl(arguments + QStringList{"--db", database});
        QVERIFY2(finished.code == 0 && finished.err.isEmpty(), finished.err);
    }
}

void DamageTest::aLedgerIsNoOtherFile()
{
    const Scratch scratch;
    const auto database = scratch.path("run.db");
    const auto file = scratch.write("short.toml", kShort);
    const auto run = [&](const QStringList& more) {
        return musterctl(QStringList{"run", file, "--for", "50ms"} + more);
    };
    // First the session is not there yet, then it is.
    for (int round = 0; round < 2; ++round) {
        const auto session = run({"--db", database, "--acknowledged", database});
        QVERIFY2(session.code == 2, session.all());
        QVERIFY2(session.err.contains("--acknowledged"), session.all());
        const auto workload = run({"--db", database, "--acknowledged", file});
        QVERIFY2(workload.code == 2, workload.all());
        QVERIFY2(workload.err.contains("short.toml"), workload.all());
        QCOMPARE(run({"--db", database}).code, 0);
    }
    QFile untouched(file);
    QVERIFY(untouched.open(QIODevice::ReadOnly));
    QCOMPARE(untouched.readAll(), QByteArray(kShort));
    const auto unrecorded = run({"--acknowledged", scratch.path("ledger")});
    QVERIFY2(unrecorded.code == 2, unrecorded.all());
    QVERIFY2(unrecorded.err.contains("--db"), unrecorded.all());
    // A ledger is added to.
    QCOMPARE(run({"--db", database, "--acknowledged", scratch.path("ledger")}).code, 0);
    QCOMPARE(run({"--db", database, "--acknowledged", scratch.path("ledger")}).code, 0);
}

void DamageTest::aLedgerThatCannotBeWrittenFailsTheRun()
{
    const Scratch scratch;
    const auto finished =
        musterctl({"run", scratch.write("short.toml", kShort), "--db", scratch.path("run.db"),
                   "--acknowledged", "/dev/full", "--format", "jsonl"});
    QVERIFY2(finished.code == 1, finished.all());
    QVERIFY2(finished.lastJson()["failure"].toString().contains("/dev/full"), finished.all());
}

MUSTER_TEST_CASE(DamageTest);
#include "damage_test.moc"
