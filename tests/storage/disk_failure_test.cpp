// SPDX-License-Identifier: Apache-2.0
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <map>
#include <set>

#include "faulty_disk.h"
#include "recording.h"

namespace muster::tests {

namespace {

const Error kFull{ErrorCode::diskFull, "the disk is full", {}, "Free space"};

/// Troubles as they come, for a test to wait for.
class Troubles {
public:
    void watch(Recorder& recorder)
    {
        recorder.onTrouble([this](const RecorderTrouble& trouble) {
            const std::lock_guard lock(m_mutex);
            m_all.push_back(trouble);
            m_came.notify_all();
        });
    }
    [[nodiscard]] bool any()
    {
        const std::lock_guard lock(m_mutex);
        return !m_all.empty();
    }
    /// The next one that was not taken yet.
    RecorderTrouble next()
    {
        std::unique_lock lock(m_mutex);
        if (!m_came.wait_for(lock, kSoon, [this] { return !m_all.empty(); })) {
            qFatal("no trouble came");
        }
        RecorderTrouble trouble = m_all.front();
        m_all.pop_front();
        return trouble;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_came;
    std::deque<RecorderTrouble> m_all;
};

using Files = std::map<std::string, std::vector<char>>;

/// What power loss would leave, and what was acknowledged by then.
struct Left {
    Files files;
    std::vector<EventId> acknowledged;
};

Files afterPowerLoss(const FaultyDisk& disk, const Directory& of, Rng* chance = nullptr)
{
    return disk.afterPowerLoss(canonicalSessionPath(of.path()).string(), chance);
}

void write(const Files& files, const Directory& to)
{
    for (const auto& [path, content] : files) {
        std::ofstream(to.path() / std::filesystem::path(path).filename(), std::ios::binary)
            .write(content.data(), static_cast<std::streamsize>(content.size()));
    }
}

void leaveAfterPowerLoss(const FaultyDisk& disk, const Directory& of, const Directory& to)
{
    write(afterPowerLoss(disk, of), to);
}

bool allStored(const std::filesystem::path& file, const std::vector<EventId>& ids)
{
    std::set<EventId> stored;
    for (const StoredEvent& event : allEvents(file)) {
        stored.insert(event.id);
    }
    return std::ranges::all_of(ids, [&](const EventId& id) { return stored.contains(id); });
}

/// A file system of its own that is soon full.
class SmallDisk {
public:
    explicit SmallDisk(const std::filesystem::path& at) : m_at(at)
    {
        std::filesystem::create_directory(at);
        m_mounted = mount("tmpfs", at.c_str(), "tmpfs", 0, "size=512k") == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted) {
            umount2(m_at.c_str(), MNT_DETACH);
        }
    }
    [[nodiscard]] bool mounted() const { return m_mounted; }

private:
    std::filesystem::path m_at;
    bool m_mounted = false;
};

}  // namespace

class DiskFailureTest : public QObject {
    Q_OBJECT

private slots:
    void goesOnByItselfAfterAFailedCommit()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        Troubles troubles;
        troubles.watch(*recording.recorder);
        faults.arm("storage.commit", kFull, 1, 3);
        std::vector<EventId> ids;
        for (int i = 0; i < 10; ++i) {
            ids.push_back(recording.publish(EventType::loadBurst));
        }
        const RecorderTrouble began = troubles.next();
        QVERIFY(began.error && began.error->code == ErrorCode::diskFull);
        QCOMPARE(began.failedWrites, 1U);
        const RecorderTrouble over = troubles.next();
        QVERIFY(!over.error);
        QCOMPARE(over.failedWrites, 3U);
        recording.flush();
        QVERIFY(recording.ledger.ids() == ids);
        QVERIFY(recording.recorder->status().problem.empty());
        QVERIFY(recording.close());
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{10});
    }

    void acknowledgesNothingWhileTheFileCannotBeOpenedAgain()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        Troubles troubles;
        troubles.watch(*recording.recorder);
        recording.publish(EventType::loadBurst);
        recording.flush();
        const Error broken{ErrorCode::ioFailure, "the disk reported an error", {}, "Check it"};
        faults.arm("storage.open", broken, 1, 1'000'000);
        faults.arm("storage.write", kFull);
        recording.publish(EventType::loadBurst);
        QVERIFY(troubles.next().error->code == ErrorCode::diskFull);
        QVERIFY(troubles.next().error->code == ErrorCode::ioFailure);
        const RecorderStatus status = recording.recorder->status();
        QVERIFY(!status.recording);
        QVERIFY(status.problem.find("Check it") != std::string::npos);
        QCOMPARE(status.waiting, 1U);
        QCOMPARE(recording.ledger.ids().size(), std::size_t{1});
        const auto flushed = recording.recorder->flush(std::chrono::milliseconds(1));
        QVERIFY(!flushed && flushed.error().code == ErrorCode::timedOut);
        faults.disarm("storage.open");
        recording.flush();
        QCOMPARE(recording.ledger.ids().size(), std::size_t{2});
        QVERIFY(recording.close());
        QVERIFY(allStored(directory.file(), recording.ledger.ids()));
    }

    void noticesThatItsFileWasTakenAway()
    {
        Directory directory;
        Recording recording(directory.file());
        Troubles troubles;
        troubles.watch(*recording.recorder);
        recording.publish(EventType::loadBurst);
        recording.flush();
        std::filesystem::rename(directory.file(), directory.file("elsewhere.db"));
        recording.recorder->maintain();
        const RecorderTrouble gone = troubles.next();
        QVERIFY(gone.error && gone.error->code == ErrorCode::notFound);
        recording.publish(EventType::loadBurst);
        QVERIFY(troubles.next().error);
        QCOMPARE(recording.ledger.ids().size(), std::size_t{1});
        std::filesystem::rename(directory.file("elsewhere.db"), directory.file());
        recording.flush();
        QCOMPARE(recording.ledger.ids().size(), std::size_t{2});
        QVERIFY(recording.close());
        QVERIFY(allStored(directory.file(), recording.ledger.ids()));
    }

    void saysWhatCouldNotBeWrittenWhenItMustEnd()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        recording.publish(EventType::loadBurst);
        recording.flush();
        faults.arm("storage.commit", kFull, 1, 1'000'000);
        recording.publish(EventType::loadBurst);
        recording.publish(EventType::loadBurst);
        const auto closed =
            recording.recorder->close({.endedAt = recording.clock->wall(), .summaryJson = "{}"},
                                      std::chrono::milliseconds(200));
        QVERIFY(!closed && closed.error().code == ErrorCode::diskFull);
        QCOMPARE(recording.recorder->status().drops.lostAtClose, 2U);
        QCOMPARE(recording.ledger.ids().size(), std::size_t{1});
        recording.recorder.reset();
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{1});
        QVERIFY(sessionState(directory.file()).value() == SessionState::unclosed);
    }

    void shedsByClassWhenTheBoundIsReached()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(), [&](RecorderOptions& options) {
            options.faults = &faults;
            options.queueBound = 100;
        });
        Troubles troubles;
        troubles.watch(*recording.recorder);
        faults.arm("storage.open", kFull, 1, 1'000'000);
        faults.arm("storage.commit", kFull, 1, 1'000'000);
        recording.publish("work.done");
        (void)troubles.next();
        QVERIFY(!recording.recorder->behind());
        for (int i = 0; i < 150; ++i) {
            recording.publish("work.done");
        }
        QVERIFY(recording.recorder->behind());
        QCOMPARE(recording.recorder->status().drops.queueFull, 51U);
        for (int i = 0; i < 150; ++i) {
            recording.publish(EventType::agentReady);
        }
        QCOMPARE(recording.recorder->status().drops.queueFull, 101U);
        for (int i = 0; i < 150; ++i) {
            recording.publish(EventType::loadBurst);
            recording.recorder->addResult(
                {.at = {}, .action = "digest", .agent = "a", .item = "i", .data = {{"bytes", i}}});
        }
        QCOMPARE(recording.recorder->status().drops.queueFull, 101U);
        QCOMPARE(recording.recorder->status().waiting, 500U);
        faults.disarm("storage.open");
        faults.disarm("storage.commit");
        recording.flush();
        QVERIFY(!recording.recorder->behind());
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(allEvents(*reader).size(), std::size_t{350});
        QCOMPARE(reader->info()->results, 150U);
        std::uint64_t shed = 0;
        const auto captured = reader->captureCounts({});
        for (const CaptureCounts& counts : *captured) {
            shed += counts.shed;
        }
        QCOMPARE(shed, 101U);
    }

    void survivesADiskThatIsReallyFull()
    {
        if (geteuid() != 0) {
            QSKIP("only root may mount a small disk");
        }
        Directory directory;
        const SmallDisk disk(directory.file("disk"));
        if (!disk.mounted()) {
            QSKIP("mounting is not allowed here");
        }
        const auto file = directory.file("disk") / std::filesystem::path("session.db");
        Recording recording(file);
        Troubles troubles;
        troubles.watch(*recording.recorder);
        const auto filler = directory.file("disk") / std::filesystem::path("filler");
        {
            std::ofstream out(filler);
            out << std::string(200 * 1024, 'x');
        }
        const std::string text(500, 'y');
        const TypeId type = recording.types.intern("work.done").value();
        std::size_t published = 0;
        const auto publishSome = [&] {
            for (int i = 0; i < 1'000; ++i, ++published) {
                recording.publish(type, {{"text", text}},
                                  {.trace = {}, .cause = {}, .correlation = {}, .durable = true});
            }
        };
        publishSome();
        const RecorderTrouble full = troubles.next();
        QVERIFY(full.error && full.error->code == ErrorCode::diskFull);
        QVERIFY(recording.recorder->status().problem.find("Free space") != std::string::npos);
        QVERIFY(allStored(file, recording.ledger.ids()));
        QVERIFY(mount("tmpfs", directory.file("disk").c_str(), "tmpfs", MS_REMOUNT, "size=64m") ==
                0);
        QVERIFY(!troubles.next().error);
        recording.flush();
        QCOMPARE(recording.ledger.ids().size(), published);
        QVERIFY(recording.close());
        QVERIFY(allStored(file, recording.ledger.ids()));
        QVERIFY(readerOf(file)->notice().empty());
    }

    void acknowledgesNothingThatASyncFailedFor_data()
    {
        QTest::addColumn<int>("operation");
        QTest::addColumn<int>("nth");
        for (int nth = 1; nth <= 12; ++nth) {
            QTest::addRow("sync %d", nth) << int(FaultyDisk::Operation::sync) << nth;
            QTest::addRow("write %d", nth * 3) << int(FaultyDisk::Operation::write) << nth * 3;
        }
    }
    void acknowledgesNothingThatASyncFailedFor()
    {
        QFETCH(int, operation);
        QFETCH(int, nth);
        Directory directory;
        FaultyDisk disk;
        Recording recording(directory.file());
        Troubles troubles;
        troubles.watch(*recording.recorder);
        disk.failFrom(FaultyDisk::Operation(operation), static_cast<std::uint64_t>(nth));
        std::vector<EventId> published;
        for (int i = 0; i < 400 && !troubles.any(); ++i) {
            published.push_back(recording.publish(EventType::loadBurst, {{"n", i}}));
            while (!recording.recorder->flush(std::chrono::milliseconds(20)) && !troubles.any()) {
            }
        }
        QVERIFY(troubles.next().error);
        // What is acknowledged by now lies on the disk even if the power goes.
        Directory after;
        leaveAfterPowerLoss(disk, directory, after);
        QVERIFY(allStored(after.file(), recording.ledger.ids()));
        disk.heal();
        recording.flush();
        QVERIFY(recording.ledger.ids() == published);
        QVERIFY(recording.close());
        const auto stored = allEvents(directory.file());
        QCOMPARE(stored.size(), published.size());
        for (std::size_t i = 0; i < stored.size(); ++i) {
            QVERIFY(stored[i].id == published[i]);
        }
    }

    void losesNothingAcknowledgedWhenThePowerGoesAtAnyWrite()
    {
        Directory directory;
        FaultyDisk disk;
        const auto file = directory.file();
        std::atomic<int> checked{0};
        std::atomic<int> lost{0};
        {
            Recording recording(file);
            bool inside = false;
            disk.onOperation([&](std::uint64_t) {
                if (std::exchange(inside, true)) {
                    return;  // what the check itself writes
                }
                // The acknowledged first: the disk may only be ahead of them.
                const auto ids = recording.ledger.ids();
                Directory after;
                leaveAfterPowerLoss(disk, directory, after);
                ++checked;
                lost += allStored(after.file(), ids) ? 0 : 1;
                lost += SessionFile::open(after.file()) ? 0 : 1;
                lost += allStored(after.file(), ids) ? 0 : 1;
                inside = false;
            });
            for (int group = 0; group < 12; ++group) {
                for (int i = 0; i < 3; ++i) {
                    recording.publish(EventType::loadBurst, {{"n", i}});
                }
                recording.recorder->addResult({.at = {},
                                               .action = "digest",
                                               .agent = "a",
                                               .item = "i",
                                               .data = {{"bytes", group}}});
                recording.flush();
            }
            QVERIFY(recording.close());
            disk.onOperation({});
        }
        QVERIFY(checked > 60);
        QCOMPARE(lost.load(), 0);
    }

    /// At each write and sync of a run the power goes, with what was not synced there in part; a
    /// next run takes the session up, and at its writes and syncs the power goes again.
    void losesNothingAcknowledgedWhenThePowerGoesInRecoveryToo()
    {
        constexpr std::uint64_t kOneOf = 4;  // of those in recovery
        FaultyDisk disk;
        Rng chance(23);
        std::vector<Left> left;
        {
            Directory directory;
            Recording recording(directory.file());
            disk.onOperation([&](std::uint64_t) {
                // The acknowledged first: the disk may only be ahead of them.
                auto ids = recording.ledger.ids();
                left.push_back({afterPowerLoss(disk, directory, &chance), std::move(ids)});
            });
            for (int group = 0; group < 5; ++group) {
                for (int i = 0; i < 3; ++i) {
                    recording.publish(EventType::loadBurst, {{"n", i}});
                }
                recording.flush();
            }
            QVERIFY(recording.close());
            disk.onOperation({});
        }
        QVERIFY2(left.size() > 25, std::to_string(left.size()).c_str());
        std::size_t inRecovery = 0;
        for (const Left& first : left) {
            Directory directory;
            write(first.files, directory);
            std::vector<Files> again;
            disk.onOperation([&](std::uint64_t) {
                if (chance.below(kOneOf) == 0) {
                    again.push_back(afterPowerLoss(disk, directory, &chance));
                }
            });
            {
                Recording next(directory.file());
                next.publish(EventType::loadBurst, {{"n", -1}});
                next.flush();
                QVERIFY(next.close());
            }
            disk.onOperation({});
            QVERIFY(allStored(directory.file(), first.acknowledged));
            for (const Files& files : again) {
                Directory after;
                write(files, after);
                const auto opened = SessionFile::open(after.file());
                QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().text().c_str());
                QVERIFY(allStored(after.file(), first.acknowledged));
            }
            inRecovery += again.size();
        }
        QVERIFY2(inRecovery > 2 * left.size(), std::to_string(inRecovery).c_str());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::DiskFailureTest);
#include "disk_failure_test.moc"
