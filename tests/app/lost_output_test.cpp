// SPDX-License-Identifier: Apache-2.0
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
stages = [{ for = "3s", to = "100/s" }]
)";

}  // namespace

/// What a run says when its words or its records cannot be kept.
class LostOutputTest : public QObject {
    Q_OBJECT

private slots:
    void aSummaryThatCannotBeWrittenIsAFailure_data();
    void aSummaryThatCannotBeWrittenIsAFailure();
    void aFullDiskIsSaidWhileTheRunGoesOn();
    void aCommandTooLongToReadIsAnswered();
};

void LostOutputTest::aSummaryThatCannotBeWrittenIsAFailure_data()
{
    QTest::addColumn<QString>("format");
    QTest::newRow("table") << "table";
    QTest::newRow("jsonl") << "jsonl";
}

void LostOutputTest::aSummaryThatCannotBeWrittenIsAFailure()
{
    QFETCH(QString, format);
    const Scratch scratch;
    const auto finished = program(
        "bash", {"-c", "\"$0\" run \"$1\" --for 50ms --format \"$2\" > /dev/full",
                 MUSTER_BINARY_DIR "/bin/musterctl", scratch.write("short.toml", kShort), format});
    QVERIFY2(finished.code == 1, finished.all());
    QVERIFY2(finished.err.contains("standard output cannot be written"), finished.all());
}

void LostOutputTest::aFullDiskIsSaidWhileTheRunGoesOn()
{
    if (program("unshare", {"--map-root-user", "--mount", "true"}).code != 0) {
        QSKIP("a small disk cannot be made here");
    }
    const Scratch scratch;
    const Scratch disk;
    const auto finished =
        program("unshare", {"--map-root-user", "--mount", "bash", "-c",
                            "mount -t tmpfs -o size=2m tmpfs \"$1\" && exec \"$0\" run \"$2\" --db "
                            "\"$1/run.db\" --format jsonl",
                            MUSTER_BINARY_DIR "/bin/musterctl", disk.path(),
                            scratch.write("short.toml", kShort)});
    QVERIFY2(finished.code == 0, finished.all());
    QVERIFY2(finished.err.contains("run.db: the disk has less than"), finished.all());
    QVERIFY2(finished.err.contains("Free space on the disk"), finished.all());
}

void LostOutputTest::aCommandTooLongToReadIsAnswered()
{
    const Scratch scratch;
    const auto finished = musterctl({"run", scratch.write("short.toml", kShort), "--for", "1s"},
                                    QByteArray(100'000, 'a') + "\nmark.add seen\n");
    QVERIFY2(finished.err.contains("there is no command \"aaa"), finished.all());
    QVERIFY2(finished.err.contains("Mark added: seen"), finished.all());
    QVERIFY(finished.err.size() < 1'000);
}

MUSTER_TEST_CASE(LostOutputTest);
#include "lost_output_test.moc"
