// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QJsonDocument>
#include <QSet>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

constexpr int kOrders = 500;

QList<QJsonObject> rows(const QByteArray& out)
{
    QList<QJsonObject> all;
    for (const QByteArray& line : out.split('\n')) {
        if (!line.isEmpty()) {
            all << QJsonDocument::fromJson(line).object();
        }
    }
    return all;
}

}  // namespace

/// The example whose orders go through a durable queue.
class OrdersTest : public QObject {
    Q_OBJECT

    QStringList runOf(const QString& session, const QStringList& more = {}) const
    {
        return QStringList{
                   "run",      workloadFile("orders.toml"),
                   "--db",     session,
                   "--format", "jsonl",
                   "--set",    "input.path=" MUSTER_SOURCE_DIR "/resources/workloads/orders.csv"} +
               more;
    }
    QList<QJsonObject> queue(const QStringList& arguments) const
    {
        const auto out =
            musterctl(QStringList{"queue"} + arguments + QStringList{"--format", "jsonl"});
        return out.code == 0 ? rows(out.out) : QList<QJsonObject>{};
    }

private slots:
    void eachOrderIsDoneOrADeadLetter()
    {
        const Scratch scratch;
        const QString session = scratch.path("orders.db");
        const auto run = musterctl(runOf(session));
        QVERIFY2(run.code == 0, run.all());
        const auto list = queue({"list", "--db", session}).value(0);
        QCOMPARE(list["pushed"].toInt(), kOrders);
        QVERIFY(list["dead"].toInt() > 0);
        QCOMPARE(list["done"].toInt() + list["dead"].toInt(), kOrders);

        // Once more: nothing is left to do.
        const auto again = musterctl(runOf(
            session, {"--set", "expect.jobs_done=== 0", "--set", "expect.dead_letters=== 0"}));
        QVERIFY2(again.code == 0, again.all());
        QCOMPARE(queue({"list", "--db", session}).value(0)["done"], list["done"]);
    }

    void killedAgainAndAgainItGoesOnAndDoesNothingTwice()
    {
        const Scratch scratch;
        const QString session = scratch.path("orders.db");
        int rounds = 0;
        for (int done = 0; done < 100 && rounds < 20; ++rounds) {
            Running run(
                runOf(session, {"--set", "actions.ship.wait.mean=100ms", "--set",
                                "queues.orders.lease=1s", "--set", "queues.orders.deliveries=50"}));
            QTRY_VERIFY_WITH_TIMEOUT(
                queue({"list", "--db", session}).value(0)["done"].toInt() > done + 10, 30'000);
            run.signal(SIGKILL);
            (void)run.finish();
            done = queue({"list", "--db", session}).value(0)["done"].toInt();
        }
        QVERIFY(rounds >= 2);
        const auto last = musterctl(runOf(session, {"--set", "expect.jobs_done=> 0"}));
        QVERIFY2(last.code == 0, last.all());
        const auto list = queue({"list", "--db", session}).value(0);
        QCOMPARE(list["pushed"].toInt(), kOrders);
        QCOMPARE(list["done"].toInt() + list["dead"].toInt(), kOrders);
    }

    void deadLettersAreMendedRetriedAndDiscarded()
    {
        const Scratch scratch;
        const QString session = scratch.path("orders.db");
        QCOMPARE(musterctl(runOf(session)).code, 0);
        const auto dead = queue({"dead", "--db", session});
        QVERIFY(dead.size() > 3);
        const QString first = QString::number(dead[0]["id"].toInt());
        const QString second = QString::number(dead[1]["id"].toInt());
        QCOMPARE(dead[0]["history"].toArray().size(), 4);
        const auto edited = musterctl(
            {"queue", "edit", "id:" + first, "--payload", "another order", "--db", session});
        QVERIFY2(edited.out.contains("+ another order"), edited.all());
        const auto dry = queue({"dry-run", "id:" + first, "--db", session});
        QVERIFY(dry.value(0)["passes"].toBool());
        QCOMPARE(queue({"retry", "id:" + first, "--db", session}).value(0)["affected"].toInt(), 1);
        QCOMPARE(queue({"discard", "id:" + second, "--reason", "of no use", "--db", session})
                     .value(0)["affected"]
                     .toInt(),
                 1);
        QCOMPARE(queue({"list", "--db", session}).value(0)["ready"].toInt(), 1);
        const auto records =
            queue({"dead", "--all", "id:" + first + "," + second, "--db", session});
        QSet<QString> states;
        for (const auto& record : records) {
            states << record["state"].toString();
        }
        QCOMPARE(states, (QSet<QString>{"retried", "discarded"}));
        const auto next = musterctl(runOf(
            session, {"--set", "expect.jobs_done=>= 0", "--set", "expect.dead_letters=>= 0"}));
        QVERIFY2(next.code == 0, next.all());
        QCOMPARE(queue({"list", "--db", session}).value(0)["ready"].toInt(), 0);
    }

    void whoeverHoldsTheSessionIsGivenTheCommand()
    {
        const Scratch scratch;
        const QString session = scratch.path("orders.db");
        Running run(runOf(session, {"--set", "actions.ship.wait.mean=200ms"}));
        QTRY_VERIFY_WITH_TIMEOUT(!queue({"list", "--db", session}).isEmpty(), 30'000);
        const auto refused = musterctl({"queue", "pause", "orders", "--db", session});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains("queue.pause"), refused.all());
        run.write("queue.pause orders\n");
        QVERIFY(run.says("Queue orders paused"));
        QTRY_VERIFY_WITH_TIMEOUT(queue({"list", "--db", session}).value(0)["paused"].toBool(),
                                 30'000);
        run.signal(SIGINT);
        (void)run.finish();
        // A clean end gives back what nobody had begun.
        QCOMPARE(queue({"list", "--db", session}).value(0)["held"].toInt(), 0);
    }

    void wrongUseIsAnsweredWithWhatToDo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("verb") << QStringList{"explode", "--db", "x"} << QByteArray("explode");
        QTest::newRow("which") << QStringList{"retry", "--db", "x"} << QByteArray("'*'");
        QTest::newRow("reason") << QStringList{"discard", "*", "--db", "x"} << QByteArray("why");
        QTest::newRow("payload") << QStringList{"edit", "id:1", "--db", "x"}
                                 << QByteArray("payload");
        QTest::newRow("session") << QStringList{"list", "--db", "/nowhere/x.db"}
                                 << QByteArray("no such session");
        QTest::newRow("ids") << QStringList{"retry", "id:a", "--db", "x"} << QByteArray("ids");
    }
    void wrongUseIsAnsweredWithWhatToDo()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto out = musterctl(QStringList{"queue"} + arguments);
        QCOMPARE(out.code, 2);
        QVERIFY2(out.err.contains(says), out.all());
        QVERIFY(out.out.isEmpty());
    }
};

MUSTER_TEST_CASE(OrdersTest);

#include "orders_test.moc"
