// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace muster::tests {

/// A server of its own process, ended with its owner.
class ServerProcess {
public:
    ServerProcess(const QString& program, const QStringList& arguments);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    /// A line that it writes to its standard output; empty when it ends instead.
    [[nodiscard]] QByteArray readLine();

private:
    QProcess m_process;
};

/// web_server.py, which says what it does for which path; ready when constructed.
class WebServer {
public:
    explicit WebServer(const QStringList& options = {});

    [[nodiscard]] int port() const noexcept { return m_port; }
    [[nodiscard]] std::string url(const std::string& path) const;

private:
    ServerProcess m_process;
    int m_port = 0;
};

/// A certificate authority of the test's own and certificates that it signs, made by openssl.
class TestAuthority {
public:
    TestAuthority();
    [[nodiscard]] QString certificate() const { return m_directory.filePath("ca.pem"); }
    /// Makes `name`.pem and `name`.key for a host; the path without its ending.
    [[nodiscard]] QString sign(const QString& name, const QString& host);

private:
    void openssl(const QStringList& arguments);

    QTemporaryDir m_directory;
};

/// nghttpd, which speaks HTTP/2 over TLS, serving a directory; ready when constructed.
class Http2Server {
public:
    Http2Server(const QString& directory, const QString& certificate);
    [[nodiscard]] std::string url(const std::string& path) const;

private:
    int m_port;
    ServerProcess m_process;
};

}  // namespace muster::tests
