// SPDX-License-Identifier: Apache-2.0
#include "storage/retention.h"

#include <atomic>
#include <condition_variable>

#include "recording.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

constexpr int kBlock = 4'096;

void fill(Recording& recording, int events, Duration apart)
{
    const TypeId type = recording.types.intern("work.done").value();
    for (int i = 0; i < events; ++i) {
        recording.publish(i % 64 == 0 ? TypeId(EventType::loadBurst) : type,
                          {{"text", "some text to fill the pages of the session with"}});
        if (i % 8 == 0) {
            const MetricSample sample{.info = &allMetrics()[0],
                                      .labels = {},
                                      .at = recording.clock->wall(),
                                      .value = 1.0 * i,
                                      .buckets = {}};
            recording.recorder->accept({&sample, 1});
        }
        recording.clock->advance(apart);
        while (recording.recorder->behind()) {
            recording.flush();
        }
    }
    recording.recorder->addResult(
        {.at = {}, .action = "digest", .agent = "a", .item = "i", .data = {{"bytes", 1}}});
    recording.flush();
}

}  // namespace

class RetentionTest : public QObject {
    Q_OBJECT

    /// maintain(), until it has been carried out.
    static void maintain(Recording& recording)
    {
        recording.recorder->maintain();
        // The writer does a block of retention between two batches.
        for (int i = 0; i < 12; ++i) {
            recording.recorder->addMark({.at = {}, .kind = "run", .text = "tick"});
            recording.flush();
        }
    }

private slots:
    void isOnByDefault()
    {
        const RetentionOptions options;
        QVERIFY(options.age && options.quotaBytes && options.freeDiskFloor);
    }

    void deletesWhatIsTooOld()
    {
        Directory directory;
        std::atomic<std::uint64_t> rows{0};
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {.age = std::chrono::hours(1),
                                 .metrics = {.samples = std::chrono::hours(1)},
                                 .quotaBytes = {},
                                 .freeDiskFloor = {},
                                 .freeDisk = {}};
        });
        recording.recorder->onRetention([&](const RecorderRetention& retention) {
            QCOMPARE(retention.rule, std::string("age"));
            rows += retention.rows;
        });
        fill(recording, 3 * kBlock, std::chrono::milliseconds(100));
        maintain(recording);
        QCOMPARE(rows.load(), 0U);
        recording.clock->advance(std::chrono::minutes(58));
        maintain(recording);
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto events = allEvents(*reader);
        QVERIFY(!events.empty() && events.size() < std::size_t{3 * kBlock});
        QVERIFY(rows >= 3 * kBlock - events.size());
        // A block at most is kept longer than it must be.
        const WallTime cutoff = recording.clock->wall() - std::chrono::hours(1);
        QVERIFY(events.front().at > cutoff - std::chrono::milliseconds(100) * kBlock);
        QVERIFY(events[kBlock].at > cutoff);
        QCOMPARE(events.back().position, std::int64_t{3 * kBlock});
        QCOMPARE(reader->info()->results, 1U);
        QVERIFY2(reader->notice().empty(), reader->notice().c_str());
        const auto page = reader->metrics({.metrics = {std::string(allMetrics()[0].name)},
                                           .range = {{0}, recording.clock->wall()},
                                           .run = {},
                                           .maxPoints = 0});
        QVERIFY(page->series.front().points.size() < 3 * kBlock / 8);
        QVERIFY(page->series.front().points.size() > 250);
    }

    void staysUnderItsQuotaAndKeepsWhatIsDurable()
    {
        Directory directory;
        constexpr std::uint64_t kQuota = 2 * 1024 * 1024;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {
                .age = {}, .quotaBytes = kQuota, .freeDiskFloor = {}, .freeDisk = {}};
        });
        for (int round = 0; round < 8; ++round) {
            fill(recording, kBlock, std::chrono::milliseconds(10));
            maintain(recording);
        }
        const auto ids = recording.ledger.ids();
        QVERIFY(recording.close());
        QVERIFY(std::filesystem::file_size(directory.file()) < kQuota + kQuota / 2);
        auto reader = readerOf(directory.file());
        std::vector<EventId> durable;
        const auto events = allEvents(*reader);
        for (const StoredEvent& event : events) {
            if (event.durable) {
                durable.push_back(event.id);
            }
        }
        QVERIFY(durable == ids);
        QVERIFY(events.size() < std::size_t{8 * kBlock});
        QVERIFY2(reader->notice().empty(), reader->notice().c_str());
        QVERIFY(recording.recorder->status().problem.empty());
    }

    static void log(Recording& recording, int parts)
    {
        for (int i = 0; i < parts; ++i) {
            recording.recorder->addCalls({.at = recording.clock->wall(),
                                          .service = i % 2 == 0 ? "shop" : "disk",
                                          .machine = "breaker",
                                          .begin = i,
                                          .asked = static_cast<std::uint64_t>(i),
                                          .entries = 2,
                                          .lost = 0,
                                          .data = std::string(8'000, 'x')});
            recording.clock->advance(std::chrono::seconds(1));
        }
        recording.flush();
    }

    void deletesPartsOfCallLogsThatAreTooOldAndMissesNone()
    {
        Directory directory;
        {
            Recording recording(directory.file(), [](RecorderOptions& options) {
                options.retention = {.age = std::chrono::seconds(100),
                                     .quotaBytes = {},
                                     .freeDiskFloor = {},
                                     .freeDisk = {}};
            });
            log(recording, 300);
            maintain(recording);
            QVERIFY(recording.close());
        }
        {
            auto reader = readerOf(directory.file());
            const auto kept = reader->calls(RunId{1}, "shop").value();
            QCOMPARE(kept.size(), std::size_t{50});
            QCOMPARE(kept.front().begin, std::int64_t{200});
            QCOMPARE(kept.back().begin, std::int64_t{298});
            QVERIFY2(!reader->damaged() && reader->notice().empty(), reader->notice().c_str());
        }
        // One that goes missing later is missed all the same.
        execute(directory.file(), "DELETE FROM calls WHERE id = 250");
        auto reader = readerOf(directory.file());
        QCOMPARE(reader->calls(RunId{1}, "disk").value().size(), std::size_t{49});
        QVERIFY(reader->damaged());
    }

    void callLogsAreUnderTheQuotaToo()
    {
        Directory directory;
        constexpr std::uint64_t kQuota = 1024 * 1024;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {
                .age = {}, .quotaBytes = kQuota, .freeDiskFloor = {}, .freeDisk = {}};
        });
        for (int round = 0; round < 4; ++round) {
            log(recording, 200);
            maintain(recording);
        }
        QVERIFY(recording.recorder->status().problem.empty());
        QVERIFY(recording.close());
        QVERIFY(std::filesystem::file_size(directory.file()) < 3 * kQuota);
        auto reader = readerOf(directory.file());
        const auto kept = reader->calls(RunId{1}, "disk").value();
        QVERIFY(!kept.empty() && kept.size() < 100);
        QCOMPARE(kept.back().begin, std::int64_t{199});
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
    }

    void recordsOnlyWhatMustNotBeLostWhileTheDiskIsLow()
    {
        Directory directory;
        std::atomic<std::uint64_t> free{1'000};
        Recording recording(directory.file(), [&](RecorderOptions& options) {
            options.retention = {
                .age = {}, .quotaBytes = {}, .freeDiskFloor = 400, .freeDisk = [&] {
                    return std::optional(free.load());
                }};
        });
        const auto publishOne = [&] { recording.publish("work.done"); };
        maintain(recording);
        publishOne();
        free = 300;
        maintain(recording);
        QVERIFY(recording.recorder->status().problem.find("Free space") != std::string::npos);
        publishOne();
        recording.publish(EventType::loadBurst);
        QCOMPARE(recording.recorder->status().drops.noSpace, 1U);
        free = 450;
        maintain(recording);
        publishOne();
        QCOMPARE(recording.recorder->status().drops.noSpace, 2U);
        free = 501;
        maintain(recording);
        QVERIFY(recording.recorder->status().problem.empty());
        publishOne();
        QVERIFY(recording.close());
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{3});
    }

    void saysSoWhenTheQuotaHoldsNothingThatMayGo()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {
                .age = {}, .quotaBytes = 100 * 1024, .freeDiskFloor = {}, .freeDisk = {}};
        });
        for (int i = 0; i < 3 * kBlock; ++i) {
            recording.publish(EventType::loadBurst, {{"text", "that must not be lost"}});
        }
        recording.flush();
        maintain(recording);
        QVERIFY(recording.recorder->status().problem.find("quota") != std::string::npos);
        recording.publish("work.done");
        QCOMPARE(recording.recorder->status().drops.noSpace, 1U);
        QVERIFY(recording.close());
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{3 * kBlock});
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::RetentionTest);
#include "retention_test.moc"
