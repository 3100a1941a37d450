// SPDX-License-Identifier: Apache-2.0
#include "support/web/web_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QDeadlineTimer>

namespace muster::tests {
namespace {

constexpr int kPatience = 60'000;  // ms

sockaddr_in loopback(int port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int freePort()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(listener, generic, size);
    ::getsockname(listener, generic, &size);
    ::close(listener);
    return ntohs(address.sin_port);
}

bool connects(int port)
{
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const bool ok =
        ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(client);
    return ok;
}

}  // namespace

ServerProcess::ServerProcess(const QString& program, const QStringList& arguments)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Should the test crash, its servers end too.
    m_process.start("setpriv", QStringList{"--pdeathsig", "KILL", program} + arguments);
    if (!m_process.waitForStarted(kPatience)) {
        qFatal("%s cannot be started; see installer/setup", qPrintable(program));
    }
}

ServerProcess::~ServerProcess()
{
    m_process.kill();
    m_process.waitForFinished(kPatience);
}

QByteArray ServerProcess::readLine()
{
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(kPatience)) {
            return {};
        }
    }
    return m_process.readLine().trimmed();
}

WebServer::WebServer(const QStringList& options)
    : m_process("python3",
                QStringList{QStringLiteral(MUSTER_SOURCE_DIR "/tests/support/web/web_server.py")} +
                    options),
      m_port(m_process.readLine().toInt())
{
}

std::string WebServer::url(const std::string& path) const
{
    return "http://127.0.0.1:" + std::to_string(m_port) + path;
}

TestAuthority::TestAuthority()
{
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", m_directory.filePath("ca.key"), "-out", certificate(), "-days", "2",
             "-subj", "/CN=Muster test authority"});
}

QString TestAuthority::sign(const QString& name, const QString& host)
{
    const QString base = m_directory.filePath(name);
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", base + ".key", "-out", base + ".csr", "-subj", "/CN=" + host});
    QFile extensions(base + ".ext");
    if (extensions.open(QIODevice::WriteOnly)) {
        extensions.write("subjectAltName=" + QByteArray(host[0].isDigit() ? "IP:" : "DNS:") +
                         host.toUtf8() + "\n");
        extensions.close();
    }
    openssl({"x509", "-req", "-in", base + ".csr", "-CA", certificate(), "-CAkey",
             m_directory.filePath("ca.key"), "-CAcreateserial", "-days", "2", "-out", base + ".pem",
             "-extfile", base + ".ext"});
    return base;
}

void TestAuthority::openssl(const QStringList& arguments)
{
    QProcess process;
    process.start("openssl", arguments);
    if (!process.waitForFinished(kPatience) || process.exitCode() != 0) {
        qFatal("openssl: %s", process.readAllStandardError().constData());
    }
}

Http2Server::Http2Server(const QString& directory, const QString& certificate)
    : m_port(freePort()),
      m_process("nghttpd", {"-a", "127.0.0.1", "-d", directory, QString::number(m_port),
                            certificate + ".key", certificate + ".pem"})
{
    QDeadlineTimer patience(kPatience);
    while (!connects(m_port) && !patience.hasExpired()) {
        ::poll(nullptr, 0, 5);
    }
}

std::string Http2Server::url(const std::string& path) const
{
    return "https://127.0.0.1:" + std::to_string(m_port) + path;
}

}  // namespace muster::tests
