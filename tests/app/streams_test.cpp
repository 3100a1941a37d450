// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>
#include <csignal>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kIdle = R"([workload]
name = "idle"
[[agents]]
name = "worker"
count = 1
action = "work"
[actions.work]
kind = "synthetic"
[[load]]
model = "open"
rate = "10/s"
)";

}  // namespace

/// Streams by the command line: appended while a run goes on, read from the session.
class StreamsTest : public QObject {
    Q_OBJECT

private slots:
    void whatIsAppendedIsReadInOrder()
    {
        const Scratch scratch;
        const auto db = scratch.path("shop.db");
        Running run({"run", scratch.write("idle.toml", kIdle), "--format", "jsonl", "--db", db});
        QVERIFY(run.prints("\"state\":\"running\""));
        run.write(
            "stream.append order-17 order.placed "
            "data=\"{\\\"sum\\\":3,\\\"who\\\":\\\"Zo\xc3\xab\\\"}\" expected=none");
        QVERIFY(run.says("Appended version 0 of order-17"));
        run.write(
            "stream.append order-17 order.paid expected=0 "
            "id=00000000000000aa0000000000000001");
        QVERIFY(run.says("Appended version 1 of order-17"));
        // The same once more is answered and not written; another one is not as expected.
        run.write(
            "stream.append order-17 order.paid expected=0 "
            "id=00000000000000aa0000000000000001");
        QVERIFY(run.says("It was there already: version 1 of order-17"));
        run.write("stream.append order-17 order.sent expected=0");
        QVERIFY(run.says("version 0 was expected"));
        run.write("stream.append order-17 order.sent data=[1]");
        QVERIFY(run.says("the data is no JSON object"));
        run.write("stream.append order-17 order.sent expected=last");
        QVERIFY(run.says("\"last\" is no version of a stream"));
        run.write("stream.append other a.b data=\"{\\\"deep\\\":{}}\"");
        QVERIFY(run.says("field \"deep\""));
        run.signal(SIGKILL);  // what was answered is on the disk
        QVERIFY(run.finish().crashed);

        const auto all = musterctl({"streams", "--db", db, "--format", "jsonl"});
        QVERIFY2(all.code == 0, all.all());
        QCOMPARE(all.out, QByteArray("{\"stream\":\"order-17\",\"version\":1}\n"));
        const auto read = musterctl({"streams", "order-17", "--db", db, "--format", "jsonl"});
        QVERIFY2(read.code == 0, read.all());
        const auto lines = read.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        const auto first = QJsonDocument::fromJson(lines[0]).object();
        QCOMPARE(first["version"].toInt(), 0);
        QCOMPARE(first["type"].toString(), "order.placed");
        QCOMPARE(first["data"]["sum"].toInt(), 3);
        QCOMPARE(first["data"]["who"].toString(), QStringLiteral("Zoë"));
        const auto second = QJsonDocument::fromJson(lines[1]).object();
        QCOMPARE(second["id"].toString(), "00000000000000aa0000000000000001");
        QCOMPARE(musterctl({"streams", "order-17", "--db", db, "--from", "1"}).out.count('\n'), 1);
        const auto none = musterctl({"streams", "order-18", "--db", db});
        QVERIFY2(none.code != 0 && none.err.contains("order-18"), none.all());
    }

    void aRunThatIsNotRecordedHasNone()
    {
        const Scratch scratch;
        Running run({"run", scratch.write("idle.toml", kIdle), "--format", "jsonl"});
        QVERIFY(run.prints("\"state\":\"running\""));
        run.write("stream.append order-17 order.placed");
        QVERIFY(run.says("the run is not recorded"));
    }
};

MUSTER_TEST_CASE(StreamsTest);
#include "streams_test.moc"
