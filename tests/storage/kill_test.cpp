// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QFile>
#include <set>

#include "base/rng.h"
#include "recording.h"

namespace muster::tests {

namespace {

constexpr int kRounds = 25;

std::set<EventId> idsOf(const std::filesystem::path& file)
{
    std::set<EventId> ids;
    for (const StoredEvent& event : allEvents(file)) {
        ids.insert(event.id);
    }
    return ids;
}

/// A process that records until it is killed. Not QProcess: the thread sanitizer does not bear
/// its fork beside other threads.
class Writer {
public:
    Writer(const std::filesystem::path& session, const std::filesystem::path& ledger, int seed)
    {
        std::string program = MUSTER_LEDGER_WRITER;
        std::string arguments[]{session.string(), ledger.string(), std::to_string(seed)};
        char* argv[]{program.data(), arguments[0].data(), arguments[1].data(), arguments[2].data(),
                     nullptr};
        if (posix_spawn(&m_process, program.c_str(), nullptr, nullptr, argv, environ) != 0) {
            qFatal("cannot start %s", program.c_str());
        }
    }
    void kill()
    {
        ::kill(m_process, SIGKILL);
        waitpid(m_process, nullptr, 0);
    }

private:
    pid_t m_process = 0;
};

/// The whole lines of a ledger: the process may have died inside the last one.
std::vector<EventId> readLedger(const std::filesystem::path& file)
{
    QFile ledger(QString::fromStdString(file.string()));
    std::vector<EventId> ids;
    if (ledger.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : ledger.readAll().split('\n')) {
            if (line.size() == 32) {
                ids.push_back(parseEventId(line.toStdString()).value());
            }
        }
    }
    return ids;
}

}  // namespace

class KillTest : public QObject {
    Q_OBJECT

private slots:
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled()
    {
        Directory directory;
        Rng rng(7);
        std::size_t acknowledged = 0;
        for (int round = 1; round <= kRounds; ++round) {
            const auto ledger = directory.file(("ledger" + std::to_string(round)).c_str());
            Writer writer(directory.file(), ledger, round);
            const auto target = static_cast<std::uintmax_t>(33 * (1 + rng.below(2'000)));
            std::error_code missing;
            QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(ledger, missing) &&
                                         std::filesystem::file_size(ledger, missing) >= target,
                                     60'000);
            writer.kill();

            QVERIFY(sessionState(directory.file()).value() == SessionState::unclosed);
            auto reader = readerOf(directory.file());
            const std::set<EventId> stored = idsOf(directory.file());
            for (const EventId& id : readLedger(ledger)) {
                QVERIFY2(stored.contains(id), toString(id).c_str());
                ++acknowledged;
            }
            QVERIFY2(reader->notice().empty(), reader->notice().c_str());
            QCOMPARE(reader->info()->runs.size(), static_cast<std::size_t>(round));
        }
        QVERIFY(acknowledged > kRounds);
        // The next run recovers the session and goes on in it.
        Recording recording(directory.file());
        recording.publish(EventType::agentReady);
        QVERIFY(recording.close());
        QVERIFY(sessionState(directory.file()).value() == SessionState::closed);
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::KillTest);
#include "kill_test.moc"
