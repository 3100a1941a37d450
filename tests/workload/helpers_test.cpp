// SPDX-License-Identifier: Apache-2.0
#include "workload/helpers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <sys/wait.h>
#include <unistd.h>

#include <QtTest/QtTest>

#include "support/test_case.h"

namespace muster {

namespace {

using namespace std::chrono_literals;

constexpr const char* kServer = R"(
import http.server, signal, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2])); self.end_headers()
    def log_message(self, *a): pass
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()
)";

HelperSpec server(const std::string& status = "200")
{
    HelperSpec spec;
    spec.name = "server";
    spec.command = {"python3", "-c", kServer, "{port}", status};
    spec.ready = "http://127.0.0.1:{port}/";
    spec.readyWithin = 30s;
    return spec;
}

HelperSpec shell(const std::string& script)
{
    HelperSpec spec;
    spec.name = "shell";
    spec.command = {"/bin/sh", "-c", script, "{port}"};
    return spec;
}

bool connects(std::uint16_t port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool ok =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(socket);
    return ok;
}

/// Whether there is such a process that has not ended.
bool alive(pid_t pid)
{
    QFile stat(QString("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly)) {
        return false;
    }
    const auto text = stat.readAll();
    const char state = text.mid(text.lastIndexOf(')') + 2, 1).at(0);
    return state != 'Z' && state != 'X';
}

}  // namespace

class HelpersTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    QByteArray content(const char* name)
    {
        QFile file(m_directory.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void aHelperIsReadyWhenItAnswersAndGoneAfterwards()
    {
        auto helpers = Helpers::start({server()}, nullptr, {});
        QVERIFY2(helpers.ok(), helpers.ok() ? "" : helpers.error().text().c_str());
        const auto status = (*helpers)->status().at(0);
        QVERIFY(status.ready && status.port != 0);
        QVERIFY(connects(status.port));
        const auto pid = static_cast<pid_t>(status.pid);
        QVERIFY(alive(pid));
        QVERIFY((*helpers)->stop().empty());
        QVERIFY(!alive(pid) && !connects(status.port));
    }
    void oneThatAnswersWithAnErrorIsNotReady()
    {
        auto spec = server("503");
        spec.readyWithin = 1500ms;
        const auto helpers = Helpers::start({spec}, nullptr, {});
        QVERIFY(!helpers.ok());
        QVERIFY(helpers.error().code == ErrorCode::timedOut);
    }
    void oneThatEndsAtOnceIsNamedWithItsLastWords()
    {
        auto spec = shell("echo all fine; echo no such table >&2; exit 3");
        spec.ready = "tcp://127.0.0.1:{port}";
        const auto helpers = Helpers::start({spec}, nullptr, {});
        QVERIFY(!helpers.ok());
        const auto text = helpers.error().text();
        QVERIFY2(text.find("exit code 3") != std::string::npos, text.c_str());
        QVERIFY2(text.find("no such table") != std::string::npos, text.c_str());
    }
    void aProgramThatIsNotThereIsAnErrorAndEndsTheOthers()
    {
        HelperSpec missing;
        missing.name = "missing";
        missing.command = {"no-such-program-here"};
        const auto helpers = Helpers::start({shell("sleep 1000"), missing}, nullptr, {});
        QVERIFY(!helpers.ok());
        QVERIFY(helpers.error().code == ErrorCode::notFound);
        QVERIFY(helpers.error().text().find("no-such-program-here") != std::string::npos);
    }
    void oneThatEndsLaterIsStartedAgain()
    {
        auto helpers = Helpers::start({server()}, nullptr, {});
        QVERIFY(helpers.ok());
        const auto first = (*helpers)->status().at(0).pid;
        QVERIFY(::kill(static_cast<pid_t>(first), SIGKILL) == 0);
        QTRY_VERIFY_WITH_TIMEOUT(
            (*helpers)->status().at(0).ready && (*helpers)->status().at(0).pid != first, 60'000);
        QVERIFY((*helpers)->status().at(0).restarts >= 1);
    }
    void oneThatIgnoresTheRequestIsKilledWithItsChildren()
    {
        const auto file = m_directory.filePath("child").toStdString();
        auto spec =
            shell("trap '' TERM; sleep 1000 & echo $! > " + file + "; while :; do sleep 1; done");
        spec.stopWithin = 100ms;
        auto helpers = Helpers::start({spec}, nullptr, {});
        QVERIFY(helpers.ok());
        QTRY_VERIFY_WITH_TIMEOUT(content("child").endsWith('\n'), 60'000);
        const auto child = content("child").trimmed().toInt();
        QVERIFY(alive(child));
        const auto killed = (*helpers)->stop();
        QCOMPARE(killed, std::vector<std::string>{"shell"});
        QTRY_VERIFY_WITH_TIMEOUT(!alive(child), 60'000);
    }
    void noneOutlivesUsWhenWeAreKilled()
    {
        // A second process starts the helper and is killed; what it leaves behind is looked for.
        const auto file = m_directory.filePath("orphans").toStdString();
        const pid_t middle = ::fork();
        QVERIFY(middle >= 0);
        if (middle == 0) {
            auto helpers = Helpers::start({shell("sleep 1000 & echo $! $$ > " + file + "; wait")},
                                          nullptr, {});
            ::pause();
            ::_exit(0);
        }
        QTRY_VERIFY_WITH_TIMEOUT(content("orphans").endsWith('\n'), 60'000);
        const auto pids = content("orphans").simplified().split(' ');
        QVERIFY(alive(pids.at(0).toInt()) && alive(pids.at(1).toInt()));
        QVERIFY(::kill(middle, SIGKILL) == 0);
        ::waitpid(middle, nullptr, 0);
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pids.at(0).toInt()), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pids.at(1).toInt()), 60'000);
    }
    void stoppingDoesNotWaitForOneThatIsNotReady()
    {
        auto never = shell("sleep 1000");
        never.ready = "tcp://127.0.0.1:{port}";
        never.readyWithin = 1h;
        HelperSpec missing;
        missing.name = "missing";
        missing.command = {"no-such-program-here"};
        // The first error ends the others, the one that would be awaited for an hour included.
        const auto helpers = Helpers::start({missing, never}, nullptr, {});
        QVERIFY(!helpers.ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HelpersTest);
#include "helpers_test.moc"
