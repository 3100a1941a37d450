// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>

#include "program.h"
#include "support/test_case.h"
#include "support/web/web_server.h"

using namespace muster::tests;

namespace {

constexpr const char* kAgents =
    "[workload]\nname = \"web\"\n"
    "[[agents]]\nname = \"caller\"\ncount = 4\naction = \"get\"\n";

/// A run of a workload with an action "get", recorded.
class WebRun {
public:
    WebRun(const QByteArray& action, const QByteArray& items, const QByteArray& more = {})
    {
        const auto input = m_scratch.write("items.jsonl", items);
        const auto file =
            m_scratch.write("web.toml", kAgents + QByteArray("[actions.get]\nkind = \"http\"\n") +
                                            action + "\n[input]\nkind = \"jsonl\"\npath = \"" +
                                            input.toUtf8() + "\"\n" + more);
        finished = musterctl(
            {"run", file, "--trust", "--db", m_scratch.path("web.db"), "--format", "jsonl"});
    }
    [[nodiscard]] QList<QByteArrayList> exported(const QString& what) const
    {
        const auto out =
            musterctl({"export", what, "--db", m_scratch.path("web.db"), "--format", "csv"});
        auto rows = parseCsv(out.out);
        if (!rows.isEmpty()) {
            rows.removeFirst();
        }
        return rows;
    }
    /// The one result: url, status, bytes, content type, redirected to, file, times, body.
    [[nodiscard]] QByteArrayList result() const { return exported("results").value(0); }
    /// Everything that the session keeps, as text.
    [[nodiscard]] QByteArray everything() const
    {
        QFile database(m_scratch.path("web.db"));
        QByteArray all = database.open(QIODevice::ReadOnly) ? database.readAll() : QByteArray();
        for (const char* what : {"events", "results", "errors"}) {
            all += musterctl({"export", what, "--db", m_scratch.path("web.db"), "--format", "csv"})
                       .out;
        }
        return all + finished.all();
    }
    [[nodiscard]] QString path(const QString& name) const { return m_scratch.path(name); }

    Finished finished;

private:
    Scratch m_scratch;
};

QByteArray url(const WebServer& server, const std::string& path)
{
    return "url = \"" + QByteArray::fromStdString(server.url(path)) + "\"\n";
}

}  // namespace

/// Workloads whose agents make HTTP requests, from the file to what the session keeps of it.
class HttpWorkloadTest : public QObject {
    Q_OBJECT
private slots:
    void anItemsFieldsBecomeARequest()
    {
        const WebServer server;
        const WebRun run(url(server, "/echo?q={item.word}") +
                             "method = \"POST\"\nbody_type = \"json\"\nkeep = true\n"
                             "headers = { x-item = \"{item.word}\" }\n"
                             "body = '{\"word\":\"{item.word}\",\"n\":{item.n:json}}'\n",
                         "{\"word\":\"a&b \\\"c\\\"\",\"n\":[1,2]}");
        QVERIFY2(run.finished.code == 0, run.finished.all());
        const auto row = run.result();
        QCOMPARE(row.value(1), QByteArray("200"));
        const auto told = QJsonDocument::fromJson(row.value(8)).object();
        QCOMPARE(told["path"].toString(), QString("/echo?q=a%26b%20%22c%22"));
        QCOMPARE(told["headers"]["x-item"].toString(), QString("a&b \"c\""));
        QCOMPARE(told["headers"]["content-type"].toString(), QString("application/json"));
        const auto body = QJsonDocument::fromJson(told["body"].toString().toUtf8()).object();
        QCOMPARE(body["word"].toString(), QString("a&b \"c\""));
        QCOMPARE(body["n"].toArray().size(), 2);
    }
    void aKeyIsSentAndNeverShown()
    {
        const WebServer server;
        qputenv("MUSTER_TEST_KEY", "very-s3cret-key");
        const WebRun run(url(server, "/echo?key=$MUSTER_TEST_KEY") +
                             "keep = true\nheaders = { authorization = \"Bearer "
                             "$MUSTER_TEST_KEY\" }\n",
                         "{}");
        const WebRun failing(url(server, "/status/404?key=$MUSTER_TEST_KEY"), "{}");
        qunsetenv("MUSTER_TEST_KEY");
        QVERIFY2(run.finished.code == 0, run.finished.all());
        const auto body = run.result().value(8);
        QVERIFY2(body.contains("Bearer $MUSTER_TEST_KEY"), body);  // it came, and was taken out
        for (const auto* each : {&run, &failing}) {
            QVERIFY(!each->everything().contains("s3cret"));
        }
        QVERIFY(failing.everything().contains("/status/404?key=$MUSTER_TEST_KEY"));
    }
    void aKeyThatIsNotSetStopsTheRunWithItsName()
    {
        const WebRun run("url = \"http://127.0.0.1:1/\"\nheaders = { x-key = \"$NOT_SET_HERE\" }",
                         "{}");
        QCOMPARE(run.finished.code, 1);
        QVERIFY2(run.finished.all().contains("the environment has no NOT_SET_HERE"),
                 run.finished.all());
    }
    void aServerThatAsksToWaitIsAskedAgainAfterThat()
    {
        const WebServer server;
        const WebRun run(
            url(server, "/flaky/{item.id}?n=1") + "service = \"shop\"\ntimeout = \"20s\"\n",
            "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n",
            "[services.shop]\nretry = { attempts = 3, base = \"1ms\" }\n");
        QVERIFY2(run.finished.code == 0, run.finished.all());
        QCOMPARE(run.finished.lastJson()["ok"].toInt(), 3);
        // The server said one second; our own back-off would have been some milliseconds.
        QVERIFY(run.finished.lastJson()["p50_ns"].toDouble() >= 1e9);
        QCOMPARE(run.exported("errors").size(), 0);
    }
    void eachFailureHasItsClass_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("failure");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("429") << "/status/429" << QByteArray("rejected") << QByteArray("overloaded");
        QTest::newRow("503") << "/status/503" << QByteArray("rejected") << QByteArray("overloaded");
        QTest::newRow("500") << "/status/500" << QByteArray("application")
                             << QByteArray("unavailable");
        QTest::newRow("404") << "/status/404" << QByteArray("ignored") << QByteArray("not_found");
        QTest::newRow("broken") << "/broken" << QByteArray("network") << QByteArray("unavailable");
        QTest::newRow("held") << "/hold" << QByteArray("timeout") << QByteArray("timed_out");
        QTest::newRow("too long") << "/big?n=2000000" << QByteArray("application")
                                  << QByteArray("out_of_range");
    }
    void eachFailureHasItsClass()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, failure);
        QFETCH(QByteArray, code);
        const WebServer server;
        const WebRun run(url(server, path.toStdString()) + "timeout = \"1500ms\"\n", "{}");
        QVERIFY2(run.finished.code == 0, run.finished.all());
        const auto errors = run.exported("errors");
        QCOMPARE(errors.size(), 1);
        QVERIFY2(errors[0].contains(failure), errors[0].join(','));
        QVERIFY2(errors[0].contains(code), errors[0].join(','));
    }
    void repliesAreSavedUnderNamesThatCannotLeaveTheirDirectory()
    {
        const WebServer server;
        const Scratch scratch;
        QDir(scratch.path()).mkdir("pages");
        const WebRun run(url(server, "/ok") + "save = \"" + scratch.path("pages/").toUtf8() +
                             "{item.name}.txt\"\n",
                         "{\"name\":\"one\"}\n{\"name\":\"../out\"}\n");
        QVERIFY2(run.finished.code == 0, run.finished.all());
        QCOMPARE(QDir(scratch.path("pages")).entryList(QDir::Files | QDir::Hidden),
                 (QStringList{"..%2Fout.txt", "one.txt"}));
        QCOMPARE(QDir(scratch.path()).entryList(QDir::Files | QDir::Hidden), QStringList{});
    }
    void aMistakeInTheFileHasItsPlace_data()
    {
        QTest::addColumn<QByteArray>("action");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no url") << QByteArray("method=\"GET\"") << QByteArray("url");
        QTest::newRow("scheme") << QByteArray("url=\"ftp://x/\"") << QByteArray("http://");
        QTest::newRow("place") << QByteArray("url=\"http://x/{itme}\"")
                               << QByteArray("did you mean \"item\"?");
        QTest::newRow("body of GET")
            << QByteArray("url=\"http://x/\"\nbody=\"a\"") << QByteArray("actions.get.body");
        QTest::newRow("header") << QByteArray("url=\"http://x/\"\nheaders={\"a b\"=\"c\"}")
                                << QByteArray("actions.get.headers.a b");
        QTest::newRow("status") << QByteArray("url=\"http://x/\"\nresults=[\"6xx\"]")
                                << QByteArray("2xx");
        QTest::newRow("same file")
            << QByteArray("url=\"http://x/\"\nsave=\"a.txt\"") << QByteArray("same file");
        QTest::newRow("helper") << QByteArray("url=\"http://x:{helpers.web.port}/\"")
                                << QByteArray("there is no helper \"web\"");
        QTest::newRow("key") << QByteArray("url=\"http://x/\"\ntimout=\"1s\"")
                             << QByteArray("did you mean \"timeout\"?");
    }
    void aMistakeInTheFileHasItsPlace()
    {
        QFETCH(QByteArray, action);
        QFETCH(QByteArray, says);
        const WebRun run(action, "{}");
        QCOMPARE(run.finished.code, 2);
        QVERIFY2(run.finished.err.contains("web.toml:"), run.finished.err);
        QVERIFY2(run.finished.err.contains(says), run.finished.err);
    }
    void aRunThatIsStoppedDropsItsRequests()
    {
        const WebServer server;
        const Scratch scratch;
        const auto file = scratch.write(
            "held.toml", kAgents + QByteArray("[actions.get]\nkind = \"http\"\n") +
                             url(server, "/hold") + "[[load]]\nmodel = \"closed\"\nusers = 4\n");
        const auto run = musterctl({"run", file, "--trust", "--for", "500ms", "--format", "jsonl"});
        QVERIFY2(run.code == 0, run.all());
        const auto counts = program("curl", {"-s", QString::fromStdString(server.url("/counts"))});
        const auto told = QJsonDocument::fromJson(counts.out).object();
        QCOMPARE(told["held"].toInt(), 4);
        QCOMPARE(told["gone"].toInt(), 4);
    }
    void anUntrustedFileDoesNotReachTheNetwork()
    {
        const Scratch scratch;
        const auto file =
            scratch.write("web.toml", kAgents + QByteArray("[actions.get]\nkind = \"http\"\nurl = "
                                                           "\"http://127.0.0.1:1/x\"\n"));
        const auto run = musterctl({"run", file});
        QCOMPARE(run.code, 2);
        QVERIFY2(run.err.contains("http://127.0.0.1:1/x (action get)"), run.err);
    }
    void inASimulationNothingIsReachedAndASeedRepeats()
    {
        const Scratch scratch;
        const auto file = scratch.write(
            "web.toml",
            kAgents + QByteArray("[actions.get]\nkind = \"http\"\nurl = \"http://127.0.0.1:1/x\"\n"
                                 "headers = { x-key = \"$NOT_SET_HERE\" }\n"
                                 "[[load]]\nmodel = \"open\"\nrate = \"50/s\"\n"));
        const auto once = [&] {
            const auto run =
                musterctl({"sim", file, "--seed", "3", "--for", "20s", "--format", "jsonl"});
            auto json = run.lastJson();
            json.remove("wall_ms");
            return json;
        };
        const auto first = once();
        QVERIFY(first["ok"].toInt() > 900);
        QVERIFY(first["failed"].toInt() > 0);
        QCOMPARE(once(), first);
    }
};

MUSTER_TEST_CASE(HttpWorkloadTest);
#include "http_test.moc"
