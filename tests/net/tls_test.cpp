// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "awaited.h"
#include "support/test_case.h"
#include "support/web/web_server.h"

namespace muster {

using tests::Http2Server;
using tests::TestAuthority;
using tests::WebServer;

/// Certificates of the test's own authority, against a server that really speaks TLS.
class TlsTest : public QObject {
    Q_OBJECT

    TestAuthority m_authority;

    HttpProfile trusting()
    {
        HttpProfile profile;
        profile.certificates = m_authority.certificate().toStdString();
        return profile;
    }
    static std::string secure(const WebServer& server)
    {
        return "https://127.0.0.1:" + std::to_string(server.port()) + "/ok";
    }
    static QStringList tls(const QString& certificate)
    {
        return {"--tls", certificate + ".pem", certificate + ".key"};
    }

private slots:
    void aCertificateOfAnAuthorityThatIsTrustedIsAccepted()
    {
        const WebServer server(tls(m_authority.sign("good", "127.0.0.1")));
        HttpClient client;
        const auto reply = Awaited(client, get(secure(server), trusting())).reply();
        QVERIFY2(reply.ok(), reply.ok() ? "" : reply.error().text().c_str());
        QCOMPARE(reply->body, std::string("hello"));
        QCOMPARE(reply->version, std::string("1.1"));
    }
    void oneThatNobodyTrustsIsRefused()
    {
        const WebServer server(tls(m_authority.sign("unknown", "127.0.0.1")));
        HttpClient client;
        const auto reply = Awaited(client, get(secure(server))).reply();
        QVERIFY(!reply.ok());
        QCOMPARE(word(reply.error().code), word(ErrorCode::permissionDenied));
        QVERIFY2(reply.error().advice.find("certificates") != std::string::npos,
                 reply.error().text().c_str());
    }
    void oneForAnotherHostIsRefused()
    {
        const WebServer server(tls(m_authority.sign("other", "other.example")));
        HttpClient client;
        const auto reply = Awaited(client, get(secure(server), trusting())).reply();
        QVERIFY(!reply.ok());
        QCOMPARE(word(reply.error().code), word(ErrorCode::permissionDenied));
    }
    void http2IsSpokenWhereItIsOffered()
    {
        const QTemporaryDir directory;
        QFile file(directory.filePath("page.txt"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("two") == 3);
        file.close();
        const Http2Server server(directory.path(), m_authority.sign("two", "127.0.0.1"));
        HttpClient client;
        const auto request = get(server.url("/page.txt"), trusting());
        std::vector<Awaited> sent;
        for (int i = 0; i < 50; ++i) {
            sent.emplace_back(client, request);
        }
        for (auto& each : sent) {
            const auto reply = each.reply();
            QVERIFY2(reply.ok(), reply.ok() ? "" : reply.error().text().c_str());
            QCOMPARE(reply->version, std::string("2"));
            QCOMPARE(reply->body, std::string("two"));
        }
        // All of them over one connection.
        QCOMPARE(client.figures().connected, std::uint64_t{1});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::TlsTest);
#include "tls_test.moc"
