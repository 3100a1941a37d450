// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "faulty_disk.h"
#include "recording.h"
#include "storage/queue_editor.h"

namespace muster::tests {

namespace {

JobRecord jobOf(std::uint64_t id, std::string payload = "payload")
{
    JobRecord job;
    job.id = {id};
    job.content = std::make_shared<const JobContent>(JobContent{.queue = "orders",
                                                                .payload = std::move(payload),
                                                                .key = "k",
                                                                .cause = {3},
                                                                .priority = JobPriority::high,
                                                                .pushedAt = {77}});
    job.attempts = 2;
    job.readyAt = {88};
    job.delay = Duration{5};
    job.token = 9;
    job.leasedAt = {99};
    job.lease = Duration{30};
    job.history = {{1, {10}, {20}, {"network", "timed_out", "a \"word\""}}};
    return job;
}

DeadLetterRecord letterOf(std::uint64_t id, LetterState state = LetterState::waiting)
{
    DeadLetterRecord letter;
    letter.job = jobOf(id);
    letter.diedAt = {100};
    letter.failure = {"application", "unavailable", "it broke"};
    letter.cause = "exhausted";
    letter.state = state;
    letter.changedAt = {200};
    letter.changedBy = "me";
    letter.reason = "because";
    letter.retriedAs = {12};
    letter.edits = 1;
    return letter;
}

QueueRecord bookOf(std::uint64_t pushed, std::uint64_t done = 0, std::uint64_t died = 0)
{
    return {.name = "orders",
            .paused = true,
            .lastJob = {pushed},
            .lastToken = 9,
            .pushed = pushed,
            .done = done,
            .died = died,
            .fed = 4,
            .input = "lines:a"};
}

QueueStep stepOf(std::uint64_t id)
{
    QueueStep step;
    step.jobs = {jobOf(id)};
    step.queue = bookOf(id);
    return step;
}

StoredQueues queuesIn(const std::filesystem::path& file)
{
    return readerOf(file)->queues().value();
}

void makeSession(const std::filesystem::path& file)
{
    Recording recording(file);
    if (!recording.close()) {
        qFatal("cannot make a session");
    }
}

}  // namespace

class QueueStorageTest : public QObject {
    Q_OBJECT

private slots:
    void allOfAQueueIsThereAgain()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            QueueStep step;
            step.jobs = {jobOf(1), jobOf(2, std::string("\xff\0b", 3)), jobOf(5)};
            step.gone = {{5}};
            step.letters = {letterOf(3), letterOf(4, LetterState::discarded)};
            step.keys = {{{1}, "orders", "k", {50}}, {{2}, "orders", "l", {60}}};
            step.queue = bookOf(5, 1, 2);
            recording.recorder->addQueueStep(1, step);
            QueueStep later;
            later.keysGone = {{2}};
            recording.recorder->addQueueStep(2, later);
            QVERIFY(recording.close());
        }
        const StoredQueues stored = queuesIn(directory.file());
        QVERIFY2(stored.notice.empty(), stored.notice.c_str());
        QVERIFY(stored.queues == std::vector{bookOf(5, 1, 2)});
        QCOMPARE(stored.jobs.size(), std::size_t{2});
        const JobRecord wanted = jobOf(1);
        const JobRecord& job = stored.jobs[0];
        QVERIFY(*job.content == *wanted.content && job.history == wanted.history);
        QVERIFY(job.attempts == 2 && job.readyAt.nanoseconds == 88 && job.delay.count() == 5);
        QVERIFY(job.token == 9 && job.leasedAt.nanoseconds == 99 && job.lease.count() == 30);
        QCOMPARE(stored.jobs[1].content->payload, std::string("\xff\0b", 3));
        QCOMPARE(stored.letters.size(), std::size_t{2});
        const DeadLetterRecord& letter = stored.letters[0];
        QVERIFY(letter.failure == letterOf(3).failure && letter.cause == "exhausted");
        QVERIFY(letter.changedBy == "me" && letter.reason == "because" && letter.edits == 1);
        QVERIFY(letter.retriedAs == JobId{12} && letter.job.history == wanted.history);
        QVERIFY(stored.letters[1].state == LetterState::discarded);
        QCOMPARE(stored.keys.size(), std::size_t{1});
        QVERIFY(stored.keys[0].id == JobId{1} && stored.keys[0].at.nanoseconds == 50);

        // Who goes on gets the letters that wait.
        Recording again(directory.file());
        const StoredQueues taken = again.recorder->takeQueues();
        QCOMPARE(taken.letters.size(), std::size_t{1});
        QCOMPARE(taken.jobs.size(), std::size_t{2});
    }

    void aStepIsSaidToBeCommittedOnlyOnceItIs()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        std::atomic<std::uint64_t> committed{0};
        recording.recorder->onQueueCommitted([&](std::uint64_t number) {
            if (queuesIn(directory.file()).jobs.size() == number) {
                committed = number;
            }
        });
        faults.arm("storage.commit", {ErrorCode::diskFull, "the disk is full", {}, "Free space"}, 1,
                   2);
        recording.recorder->addQueueStep(1, stepOf(1));
        QTRY_VERIFY(recording.recorder->queueTrouble().has_value());
        QVERIFY(recording.recorder->queueTrouble()->code == ErrorCode::diskFull);
        QVERIFY(queuesIn(directory.file()).jobs.empty());
        QTRY_COMPARE_WITH_TIMEOUT(committed.load(), 1U, 30'000);
        QVERIFY(!recording.recorder->queueTrouble());
        recording.recorder->addQueueStep(2, stepOf(2));
        recording.flush();
        QCOMPARE(committed.load(), 2U);
    }

    void aStepIsWholeOrNotAtAllWhereverItFails()
    {
        for (std::uint64_t nth = 1;; ++nth) {
            Directory directory;
            makeSession(directory.file());
            FaultPoints faults;
            bool failed = false;
            {
                auto editor = QueueEditor::open(directory.file(), &faults).value();
                editor->addQueueStep(1, stepOf(1));
                QueueStep surgery;
                surgery.gone = {{1}};
                surgery.letters = {letterOf(1)};
                surgery.queue = bookOf(1, 0, 1);
                faults.arm("storage.write", {ErrorCode::ioFailure, "no", {}, {}}, nth);
                std::uint64_t committed = 0;
                editor->onQueueCommitted([&](std::uint64_t number) { committed = number; });
                editor->addQueueStep(2, surgery);
                failed = editor->queueTrouble().has_value();
                QCOMPARE(committed, failed ? 0U : 2U);
                faults.disarm("storage.write");
                editor->addQueueStep(3, {});
                QCOMPARE(committed, failed ? 0U : 3U);
            }
            const StoredQueues stored = queuesIn(directory.file());
            QVERIFY2(stored.notice.empty(), stored.notice.c_str());
            QCOMPARE(stored.jobs.size(), std::size_t{failed ? 1U : 0U});
            QCOMPARE(stored.letters.size(), std::size_t{failed ? 0U : 1U});
            if (!failed) {
                QCOMPARE(nth, std::uint64_t{4});  // three rows, and nothing was left to fail
                break;
            }
        }
    }

    void powerLossAtAnyWriteOrSyncLeavesALetterInOnePlace()
    {
        std::uint64_t crashes = 0;
        for (std::uint64_t nth = 1; nth < 200; ++nth) {
            Directory directory;
            Directory after;
            FaultyDisk disk;
            makeSession(directory.file());
            bool reached = false;
            {
                auto editor = QueueEditor::open(directory.file()).value();
                editor->addQueueStep(1, stepOf(1));
                const std::uint64_t before = disk.operations();
                disk.onOperation([&](std::uint64_t number) {
                    if (number != before + nth || reached) {
                        return;
                    }
                    reached = true;
                    for (const auto& [path, content] :
                         disk.afterPowerLoss(canonicalSessionPath(directory.path()).string())) {
                        QFile file(QString::fromStdString(
                            (after.path() / std::filesystem::path(path).filename()).string()));
                        if (!file.open(QIODevice::WriteOnly) ||
                            file.write(content.data(), static_cast<qint64>(content.size())) < 0) {
                            qFatal("cannot write what is left");
                        }
                    }
                });
                QueueStep surgery;
                surgery.gone = {{1}};
                surgery.letters = {letterOf(1)};
                surgery.queue = bookOf(1, 0, 1);
                editor->addQueueStep(2, surgery);
                QVERIFY(!editor->queueTrouble());
            }
            disk.onOperation({});
            if (!reached) {
                break;
            }
            ++crashes;
            auto editor = QueueEditor::open(after.file()).value();
            const StoredQueues stored = editor->takeStored();
            QCOMPARE(stored.jobs.size() + stored.letters.size(), std::size_t{1});
            QVERIFY2(stored.notice.empty(), stored.notice.c_str());
        }
        QVERIFY(crashes > 3);
    }

    void damagedRowsAreLeftOutAndSaid()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            QueueStep step;
            step.jobs = {jobOf(1), jobOf(2), jobOf(3)};
            step.letters = {letterOf(4)};
            step.queue = bookOf(4, 0, 1);
            recording.recorder->addQueueStep(1, step);
            QVERIFY(recording.close());
        }
        execute(directory.file(),
                "UPDATE jobs SET payload = 'changed' WHERE id = 1; DELETE FROM jobs WHERE id = 3;"
                "UPDATE dead_letters SET reason = 'another' WHERE id = 4");
        auto reader = readerOf(directory.file());
        const StoredQueues stored = reader->queues().value();
        QCOMPARE(stored.jobs.size(), std::size_t{1});
        QVERIFY(stored.letters.empty());
        QVERIFY2(stored.notice.find("2 jobs of queue \"orders\"") != std::string::npos,
                 stored.notice.c_str());
        QVERIFY(reader->notice().find("1 dead letters") != std::string::npos);
        // A run goes on with what is left.
        Recording recording(directory.file());
        QCOMPARE(recording.recorder->takeQueues().jobs.size(), std::size_t{1});
    }

    void whoeverWritesTheSessionKeepsOthersFromItsQueues()
    {
        Directory directory;
        Recording recording(directory.file());
        const auto refused = QueueEditor::open(directory.file());
        QVERIFY(!refused && refused.error().code == ErrorCode::conflict);
        const auto missing = QueueEditor::open(directory.file("none.db"));
        QVERIFY(!missing && missing.error().code == ErrorCode::notFound);
        QVERIFY(!std::filesystem::exists(directory.file("none.db")));
    }

    void theRecordOfALetterThatWasDealtWithGoesByAge()
    {
        Directory directory;
        {
            Recording recording(directory.file(), [](RecorderOptions& options) {
                options.retention.age = std::chrono::hours(1);
            });
            QueueStep step;
            step.letters = {letterOf(1), letterOf(2, LetterState::retried),
                            letterOf(3, LetterState::discarded)};
            step.letters[2].changedAt = recording.clock->wall();
            step.queue = bookOf(3, 0, 3);
            recording.recorder->addQueueStep(1, step);
            recording.flush();
            recording.recorder->maintain();
            QTRY_COMPARE(queuesIn(directory.file()).letters.size(), std::size_t{2});
            QVERIFY(recording.close());
        }
        const StoredQueues stored = queuesIn(directory.file());
        QVERIFY(stored.letters[0].job.id == JobId{1} && stored.letters[1].job.id == JobId{3});
        QVERIFY2(stored.notice.empty(), stored.notice.c_str());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::QueueStorageTest);
#include "queue_storage_test.moc"
