// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QFile>
#include <QTemporaryDir>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "base/rng.h"
#include "storage/session_reader.h"
#include "support/test_case.h"

namespace muster::tests {

namespace {

constexpr int kRounds = 25;

/// A process at work until it is killed. Not QProcess: the thread sanitizer does not bear its
/// fork beside other threads.
class Worker {
public:
    Worker(const std::string& session, const std::string& ledger, int seed)
    {
        std::string program = MUSTER_QUEUE_WORKER;
        std::string arguments[]{session, ledger, std::to_string(seed)};
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

using Ids = std::set<std::uint64_t>;

/// What the workers wrote down, of all rounds.
struct Books {
    Ids pushed;
    Ids acknowledged;
    Ids maybeAcknowledged;
    Ids maybeDiscarded;
    std::map<std::uint64_t, int> deliveries;
    std::set<std::uint64_t> tokens;
    std::string wrong;

    void read(const std::string& file)
    {
        QFile ledger(QString::fromStdString(file));
        if (!ledger.open(QIODevice::ReadOnly)) {
            return;
        }
        QByteArray all = ledger.readAll();
        all.truncate(all.lastIndexOf('\n') + 1);  // it may have died inside the last line
        std::istringstream lines(all.toStdString());
        char what = 0;
        std::uint64_t id = 0;
        while (lines >> what >> id) {
            std::uint64_t token = 0;
            switch (what) {
                case 'P':
                    wrong += pushed.insert(id).second ? "" : " pushed twice";
                    break;
                case 'T':
                    lines >> token;
                    ++deliveries[id];
                    wrong += tokens.insert(token).second ? "" : " token twice";
                    wrong += acknowledged.contains(id) ? " handed out once it was done" : "";
                    break;
                case 'a':
                    maybeAcknowledged.insert(id);
                    break;
                case 'A':
                    acknowledged.insert(id);
                    break;
                case 'd':
                    maybeDiscarded.insert(id);
                    break;
                default:
                    wrong += " unreadable";
            }
        }
    }
};

}  // namespace

class QueueKillTest : public QObject {
    Q_OBJECT

    /// Nothing acknowledged is lost, nothing done is handed out again, each letter is in one place.
    static void check(const Books& books, const StoredQueues& stored)
    {
        QVERIFY2(books.wrong.empty(), books.wrong.c_str());
        QVERIFY2(stored.notice.empty(), stored.notice.c_str());
        Ids jobs;
        Ids causes;
        for (const JobRecord& job : stored.jobs) {
            jobs.insert(job.id.value);
            causes.insert(job.content->cause.value);
        }
        Ids letters;
        for (const DeadLetterRecord& letter : stored.letters) {
            const std::uint64_t id = letter.job.id.value;
            letters.insert(id);
            QVERIFY(!jobs.contains(id));
            QVERIFY(letter.state != LetterState::discarded || books.maybeDiscarded.contains(id));
            QCOMPARE(letter.state == LetterState::retried, letter.retriedAs.value != 0);
            QVERIFY(letter.state == LetterState::retried || !causes.contains(id));
        }
        for (const std::uint64_t id : books.acknowledged) {
            QVERIFY(!jobs.contains(id) && !letters.contains(id));
        }
        for (const std::uint64_t id : books.pushed) {
            QVERIFY2(
                jobs.contains(id) || letters.contains(id) || books.maybeAcknowledged.contains(id),
                std::to_string(id).c_str());
        }
        for (const auto& [id, times] : books.deliveries) {
            QVERIFY2(times <= 3, std::to_string(id).c_str());
        }
    }

private slots:
    void nothingAcknowledgedIsLostOrDoneTwiceWhenTheProcessIsKilled()
    {
        QTemporaryDir directory;
        const std::string session = directory.filePath("session.db").toStdString();
        const std::string ledger = directory.filePath("ledger").toStdString();
        Rng rng(7);
        Books books;
        for (int round = 1; round <= kRounds && !QTest::currentTestFailed(); ++round) {
            std::error_code missing;
            const auto before = std::filesystem::exists(ledger, missing)
                                    ? std::filesystem::file_size(ledger, missing)
                                    : 0;
            Worker worker(session, ledger, round);
            const auto target = before + 1 + rng.below(20'000);
            QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(ledger, missing) &&
                                         std::filesystem::file_size(ledger, missing) >= target,
                                     60'000);
            worker.kill();
            books = {};
            books.read(ledger);
            check(books, SessionReader::open(session).value()->queues().value());
        }
        const StoredQueues stored = SessionReader::open(session).value()->queues().value();
        Ids states;
        for (const DeadLetterRecord& letter : stored.letters) {
            states.insert(static_cast<std::uint64_t>(letter.state));
        }
        QVERIFY2(books.acknowledged.size() > 100 && states.size() >= 2,
                 std::to_string(books.acknowledged.size()).c_str());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::QueueKillTest);
#include "queue_kill_test.moc"
