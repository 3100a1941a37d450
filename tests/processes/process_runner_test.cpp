// SPDX-License-Identifier: Apache-2.0
#include "processes/process_runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest/QtTest>
#include <future>
#include <vector>

#include "processes/group_watch.h"
#include "support/test_case.h"

namespace muster {
namespace {

/// A program under way and the way to wait for what comes of it.
class Awaited {
public:
    Awaited(ProcessRunner& runner, std::vector<std::string> command, std::uint64_t longest = 65'536)
    {
        ProcessRequest request;
        request.command = std::move(command);
        request.environment = {"PATH=/usr/bin:/bin"};
        request.longestOutput = longest;
        auto receiver = std::make_unique<Receiver>();
        m_future = receiver->promise.get_future();
        auto started = runner.run(std::move(request), std::move(receiver));
        if (started) {
            m_ticket = *std::move(started);
        } else {
            m_refused = started.error();
        }
    }
    [[nodiscard]] const std::optional<Error>& refused() const { return m_refused; }
    [[nodiscard]] Result<ProcessReport> report()
    {
        if (m_future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
            return Error{ErrorCode::timedOut, "no report in a minute", "", ""};
        }
        try {
            return m_future.get();
        } catch (const std::future_error&) {
            return Error{ErrorCode::cancelled, "dropped", "", ""};
        }
    }
    void cancel() { m_ticket.cancel(); }

private:
    struct Receiver final : ProcessReceiver {
        void done(Result<ProcessReport> report) override { promise.set_value(std::move(report)); }
        std::promise<Result<ProcessReport>> promise;
    };
    std::future<Result<ProcessReport>> m_future;
    ProcessRunner::Ticket m_ticket;
    std::optional<Error> m_refused;
};

bool alive(pid_t pid)
{
    QFile stat(QString("/proc/%1/stat").arg(pid));
    if (!stat.open(QIODevice::ReadOnly)) {
        return false;
    }
    const auto text = stat.readAll();
    const auto state = text.mid(text.lastIndexOf(')') + 2, 1);
    return state != "Z" && state != "X";
}

int openDescriptors()
{
    return static_cast<int>(QDir("/proc/self/fd")
                                .entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System)
                                .size());
}

}  // namespace

class ProcessRunnerTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    QByteArray content(const QString& name)
    {
        QFile file(m_directory.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    /// A shell with a child, which says both their numbers in a file.
    std::vector<std::string> family(const QString& name)
    {
        return {"sh", "-c",
                "sleep 1000 & echo $! $$ > " + m_directory.filePath(name).toStdString() + "; wait"};
    }

private slots:
    void aProgramsEndAndWordsAreReported()
    {
        ProcessRunner runner;
        const auto report =
            Awaited(runner, {"sh", "-c", "echo out; echo err >&2; exit 7"}).report();
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().text().c_str());
        QCOMPARE(report->status.code.value_or(-1), 7);
        QCOMPARE(report->output, std::string("out\n"));
        QCOMPARE(report->errors, std::string("err\n"));
        QVERIFY(report->peakMemory > 100'000 && report->wall > Duration::zero());
    }
    void manyAtOnceAreAllReportedAndLeaveNothingOpen()
    {
        ProcessRunner runner;
        QVERIFY(Awaited(runner, {"true"}).report().ok());
        const int before = openDescriptors();
        std::vector<Awaited> started;
        for (int i = 0; i < 100; ++i) {
            started.emplace_back(runner,
                                 std::vector<std::string>{"echo", "number", std::to_string(i)});
        }
        for (int i = 0; i < 100; ++i) {
            const auto report = started[static_cast<std::size_t>(i)].report();
            QVERIFY(report.ok());
            QCOMPARE(report->output, "number " + std::to_string(i) + "\n");
        }
        QCOMPARE(runner.running(), std::uint64_t{0});
        QTRY_COMPARE_WITH_TIMEOUT(openDescriptors(), before, 60'000);
    }
    void oneThatWritesWithoutEndKeepsNobodyWaiting()
    {
        ProcessRunner runner;
        Awaited endless(runner, {"yes"}, 1000);
        for (int i = 0; i < 5; ++i) {
            QVERIFY(Awaited(runner, {"true"}).report().ok());
        }
        endless.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(runner.running(), std::uint64_t{0}, 60'000);
    }
    void whatIsGivenUpEndsWithItsChildren()
    {
        ProcessRunner runner;
        Awaited started(runner, family("given-up"));
        QTRY_VERIFY_WITH_TIMEOUT(content("given-up").endsWith('\n'), 60'000);
        const auto pids = content("given-up").simplified().split(' ');
        QVERIFY(alive(pids[0].toInt()) && alive(pids[1].toInt()));
        started.cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pids[0].toInt()) && !alive(pids[1].toInt()), 60'000);
        QVERIFY(!started.report().ok());
    }
    void whatAProgramLeavesBehindEndsWithIt()
    {
        ProcessRunner runner;
        const auto report =
            Awaited(runner, {"sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"}).report();
        QVERIFY(report.ok());
        const auto child = QByteArray::fromStdString(report->output).trimmed().toInt();
        QVERIFY(child > 0);
        QTRY_VERIFY_WITH_TIMEOUT(!alive(child), 60'000);
    }
    void theEndOfTheRunnerEndsWhatRuns()
    {
        auto runner = std::make_unique<ProcessRunner>();
        Awaited started(*runner, family("runner"));
        QTRY_VERIFY_WITH_TIMEOUT(content("runner").endsWith('\n'), 60'000);
        const auto pids = content("runner").simplified().split(' ');
        runner.reset();
        QVERIFY(!alive(pids[1].toInt()));
        QTRY_VERIFY_WITH_TIMEOUT(!alive(pids[0].toInt()), 60'000);
        QVERIFY(!started.report().ok());
    }
    void aProgramThatIsNotThereIsAnErrorOfItsOwn()
    {
        ProcessRunner runner;
        const auto report = Awaited(runner, {"no-such-program-here"}).report();
        QVERIFY(!report.ok());
        QCOMPARE(std::string(toString(report.error().code)), std::string("not_found"));
    }
    void moreThanTheBoundIsRefused()
    {
        ProcessRunnerOptions options;
        options.mostRunning = 1;
        ProcessRunner runner(options);
        Awaited first(runner, {"sleep", "1000"});
        Awaited second(runner, {"true"});
        QVERIFY(second.refused() && second.refused()->code == ErrorCode::overloaded);
    }
    void aWatchKillsTheGroupsItKnowsAndNoOther()
    {
        Launch sleeper;
        sleeper.command = {"sleep", "1000"};
        pid_t known = 0;
        pid_t forgotten = 0;
        {
            GroupWatch watch;
            QVERIFY(watch.start().ok());
            sleeper.announce = watch.descriptor();
            known = *launch(sleeper);
            forgotten = *launch(sleeper);
            watch.forget(forgotten);
        }
        int status = 0;
        QCOMPARE(::waitpid(known, &status, 0), known);
        QVERIFY(WIFSIGNALED(status));
        QVERIFY(alive(forgotten));
        ::kill(forgotten, SIGKILL);
        ::waitpid(forgotten, nullptr, 0);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ProcessRunnerTest);
#include "process_runner_test.moc"
