// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest/QtTest>
#include <thread>
#include <vector>

#include "awaited.h"
#include "support/test_case.h"
#include "support/web/web_server.h"

namespace muster {

using tests::WebServer;

namespace {

QJsonObject countsOf(HttpClient& client, const WebServer& server)
{
    const auto reply = Awaited(client, get(server.url("/counts"))).reply();
    return reply ? QJsonDocument::fromJson(QByteArray::fromStdString(reply->body)).object()
                 : QJsonObject();
}

std::string codeOf(const Result<HttpReply>& reply)
{
    return reply ? "a reply" : word(reply.error().code);
}

}  // namespace

class HttpClientTest : public QObject {
    Q_OBJECT
private slots:
    void aReplyHasItsStatusTypeAndBody()
    {
        const WebServer server;
        HttpClient client;
        const auto reply = Awaited(client, get(server.url("/ok"))).reply();
        QVERIFY2(reply.ok(), reply.ok() ? "" : reply.error().text().c_str());
        QCOMPARE(reply->status, 200);
        QCOMPARE(reply->version, std::string("1.1"));
        QCOMPARE(reply->type, std::string("text/plain"));
        QCOMPARE(reply->body, std::string("hello"));
        QCOMPARE(reply->bytes, std::uint64_t{5});
        QVERIFY(reply->total >= reply->firstByte && reply->firstByte >= reply->connect);
        const auto missing = Awaited(client, get(server.url("/nowhere"))).reply();
        QCOMPARE(missing->status, 404);
    }
    void whatIsSentArrives()
    {
        const WebServer server;
        HttpClient client;
        HttpProfile profile;
        profile.method = "POST";
        profile.headers = {"X-Standing: always"};
        auto request = get(server.url("/echo?a=b"), profile);
        request.headers = {"X-Own: once", "Content-Type: application/json"};
        request.body = R"({"q":1})";
        const auto first = Awaited(client, request).reply();
        const auto told = QJsonDocument::fromJson(QByteArray::fromStdString(first->body)).object();
        QCOMPARE(told["method"].toString(), QString("POST"));
        QCOMPARE(told["path"].toString(), QString("/echo?a=b"));
        QCOMPARE(told["body"].toString(), QString(R"({"q":1})"));
        const auto headers = told["headers"].toObject();
        QCOMPARE(headers["x-standing"].toString(), QString("always"));
        QCOMPARE(headers["x-own"].toString(), QString("once"));
        QCOMPARE(headers["content-type"].toString(), QString("application/json"));
        QVERIFY(!headers.contains("expect"));
        // The next one of the same profile has nothing of it.
        request.headers.clear();
        request.body.clear();
        const auto second = Awaited(client, request).reply();
        const auto again =
            QJsonDocument::fromJson(QByteArray::fromStdString(second->body)).object();
        QCOMPARE(again["body"].toString(), QString());
        QVERIFY(!again["headers"].toObject().contains("x-own"));
    }
    void aConnectionIsUsedAgain()
    {
        const WebServer server;
        HttpClient client;
        const auto request = get(server.url("/ok"));
        for (int i = 0; i < 20; ++i) {
            const auto reply = Awaited(client, request).reply();
            QVERIFY(reply.ok());
            QCOMPARE(reply->reused, i > 0);
        }
        QCOMPARE(client.figures().connected, std::uint64_t{1});
        QCOMPARE(client.figures().reused, std::uint64_t{19});
        QCOMPARE(countsOf(client, server)["connections"].toInt(), 1);
    }
    void aConnectionThatTheServerClosedIsReplaced()
    {
        const WebServer server;
        HttpClient client;
        QVERIFY(!Awaited(client, get(server.url("/broken"))).reply().ok());
        const auto reply = Awaited(client, get(server.url("/ok"))).reply();
        QVERIFY(reply.ok());
        QCOMPARE(reply->status, 200);
    }
    void manyAtOnceFromManyThreadsAreAllAnswered()
    {
        const WebServer server;
        HttpClient client;
        const auto request = get(server.url("/ok"));
        constexpr int kThreads = 4;
        constexpr int kEach = 100;
        std::vector<int> ok(kThreads, 0);
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                std::vector<Awaited> sent;
                for (int i = 0; i < kEach; ++i) {
                    sent.emplace_back(client, request);
                }
                for (auto& each : sent) {
                    const auto reply = each.reply();
                    ok[t] += reply.ok() && reply->body == "hello" ? 1 : 0;
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(ok, std::vector<int>(kThreads, kEach));
        QCOMPARE(client.figures().underWay, std::uint64_t{0});
    }
    void noMoreConnectionsGoToAHostThanAllowed()
    {
        const WebServer server;
        HttpClientOptions options;
        options.connectionsPerHost = 3;
        HttpClient client(options);
        const auto request = get(server.url("/hold"));
        std::vector<Awaited> held;
        for (int i = 0; i < 12; ++i) {
            held.emplace_back(client, request);
        }
        HttpClient other;
        QTRY_COMPARE_WITH_TIMEOUT(countsOf(other, server)["held"].toInt(), 3, 60'000);
        QVERIFY(Awaited(other, get(server.url("/release"))).reply().ok());
        for (auto& each : held) {
            QVERIFY(each.reply().ok());
        }
        QVERIFY(countsOf(other, server)["connections"].toInt() <= 4);  // the other's is one more
    }
    void moreThanTheBoundIsRefused()
    {
        const WebServer server;
        HttpClientOptions options;
        options.mostUnderWay = 2;
        HttpClient client(options);
        Awaited first(client, get(server.url("/hold")));
        Awaited second(client, get(server.url("/hold")));
        Awaited third(client, get(server.url("/ok")));
        QVERIFY(third.refused() && third.refused()->code == ErrorCode::overloaded);
        QCOMPARE(client.figures().refused, std::uint64_t{1});
        first.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(client.figures().underWay, std::uint64_t{1}, 60'000);
        QVERIFY(Awaited(client, get(server.url("/ok"))).reply().ok());
    }
    void whatIsGivenUpIsNeverAnsweredAndItsConnectionCloses()
    {
        const WebServer server;
        HttpClient client;
        Awaited held(client, get(server.url("/hold")));
        HttpClient other;
        QTRY_COMPARE_WITH_TIMEOUT(countsOf(other, server)["held"].toInt(), 1, 60'000);
        held.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(countsOf(other, server)["gone"].toInt(), 1, 60'000);
        QCOMPARE(codeOf(held.reply()), word(ErrorCode::internal));  // dropped
        QCOMPARE(client.figures().underWay, std::uint64_t{0});
    }
    void theEndOfTheClientDropsWhatIsUnderWay()
    {
        const WebServer server;
        auto client = std::make_unique<HttpClient>();
        Awaited held(*client, get(server.url("/hold")));
        HttpClient other;
        QTRY_COMPARE_WITH_TIMEOUT(countsOf(other, server)["held"].toInt(), 1, 60'000);
        client.reset();
        QCOMPARE(codeOf(held.reply()), word(ErrorCode::internal));
        QTRY_COMPARE_WITH_TIMEOUT(countsOf(other, server)["gone"].toInt(), 1, 60'000);
    }
    void aReplyThatIsTooLongIsAnError_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("announced") << "/big?n=10001";
        QTest::newRow("not announced") << "/big?n=10001&chunked=1";
    }
    void aReplyThatIsTooLongIsAnError()
    {
        QFETCH(QString, path);
        const WebServer server;
        HttpClient client;
        HttpProfile profile;
        profile.longestBody = 10'000;
        QCOMPARE(codeOf(Awaited(client, get(server.url(path.toStdString()), profile)).reply()),
                 word(ErrorCode::outOfRange));
        for (const char* fits : {"/big?n=10000", "/big?n=10000&chunked=1"}) {
            const auto reply = Awaited(client, get(server.url(fits), profile)).reply();
            QCOMPARE(reply->body.size(), std::size_t{10'000});
        }
    }
    void aFileAppearsOnlyWhenItIsWhole()
    {
        const WebServer server;
        HttpClient client;
        const QTemporaryDir directory;
        const auto whole = directory.filePath("whole");
        auto request = get(server.url("/big?n=300000&chunked=1"));
        request.saveTo = whole.toStdString();
        const auto reply = Awaited(client, request).reply();
        QVERIFY(reply.ok());
        QCOMPARE(reply->bytes, std::uint64_t{300'000});
        QVERIFY(reply->body.empty());
        QCOMPARE(QFileInfo(whole).size(), 300'000);
        for (const char* path : {"/broken", "/status/404"}) {
            request.url = server.url(path);
            request.saveTo = directory.filePath("broken").toStdString();
            const auto broken = Awaited(client, request).reply();
            QVERIFY(!broken.ok() || broken->status == 404);
        }
        QCOMPARE(QDir(directory.path()).entryList(QDir::Files), QStringList{"whole"});
        request.saveTo = directory.filePath("none/there").toStdString();
        QCOMPARE(codeOf(Awaited(client, request).reply()), word(ErrorCode::notFound));
    }
    void redirectsAreFollowedUpToTheirBound()
    {
        const WebServer server;
        HttpClient client;
        HttpProfile profile;
        profile.redirects = 3;
        const auto reply = Awaited(client, get(server.url("/redirect/3"), profile)).reply();
        QCOMPARE(reply->status, 200);
        QCOMPARE(reply->url, server.url("/ok"));
        QCOMPARE(codeOf(Awaited(client, get(server.url("/redirect/4"), profile)).reply()),
                 word(ErrorCode::conflict));
        profile.redirects = 0;
        const auto stays = Awaited(client, get(server.url("/redirect/1"), profile)).reply();
        QCOMPARE(stays->status, 302);
    }
    void theServersWishToWaitIsRead()
    {
        const WebServer server;
        HttpClient client;
        const auto reply = Awaited(client, get(server.url("/status/429?after=7"))).reply();
        QCOMPARE(reply->status, 429);
        QVERIFY(reply->retryAfter == std::chrono::seconds(7));
        QVERIFY(!Awaited(client, get(server.url("/status/503"))).reply()->retryAfter);
    }
    void whoStaysSilentIsGivenUp()
    {
        const WebServer server;
        HttpClient client;
        HttpProfile profile;
        profile.silentFor = std::chrono::seconds(1);
        QCOMPARE(codeOf(Awaited(client, get(server.url("/hold"), profile)).reply()),
                 word(ErrorCode::timedOut));
    }
    void whatCannotBeReachedSaysWhy()
    {
        HttpClient client;
        std::string nobody;
        {
            const WebServer server;
            nobody = server.url("/ok");
        }
        QCOMPARE(codeOf(Awaited(client, get(nobody)).reply()), word(ErrorCode::unavailable));
        QCOMPARE(codeOf(Awaited(client, get("ftp://127.0.0.1/x")).reply()),
                 word(ErrorCode::invalidArgument));
        QCOMPARE(codeOf(Awaited(client, get("http://")).reply()), word(ErrorCode::invalidArgument));
    }
    void aRequestGoesThroughTheProxyThatIsNamed()
    {
        const WebServer proxy({"--proxy"});
        HttpClient client;
        HttpProfile profile;
        profile.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
        const auto reply = Awaited(client, get("http://nowhere.invalid/echo", profile)).reply();
        QVERIFY2(reply.ok(), reply.ok() ? "" : reply.error().text().c_str());
        const auto told = QJsonDocument::fromJson(QByteArray::fromStdString(reply->body)).object();
        QCOMPARE(told["path"].toString(), QString("http://nowhere.invalid/echo"));
    }
    void theEnvironmentsProxyIsNotForThisMachine()
    {
        const WebServer server;
        qputenv("http_proxy", "http://127.0.0.1:1");
        HttpClient client;
        const auto reply = Awaited(client, get(server.url("/ok"))).reply();
        qunsetenv("http_proxy");
        QVERIFY(reply.ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HttpClientTest);
#include "http_client_test.moc"
