// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <cmath>

#include "base/rng.h"
#include "recording.h"
#include "telemetry/catalogue.h"

namespace muster::tests {

namespace {

constexpr const char* kRamp = "process.memory";
constexpr const char* kHistogram = "actions.latency";
constexpr const char* kMedian = "actions.latency.p50";

std::int64_t ask(const std::filesystem::path& file, const char* sql)
{
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK ||
        sqlite3_busy_timeout(database, 30'000) != SQLITE_OK ||
        sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    const std::int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return answer;
}

/// Samples one a second whose value is the second: what is missing or counted twice shows.
class Ramp {
public:
    explicit Ramp(Recording& recording) : m_recording(recording), m_start(recording.clock->wall())
    {
    }

    void record(int seconds)
    {
        for (const int end = m_second + seconds; m_second < end; ++m_second) {
            Histogram histogram;
            histogram.record(static_cast<std::uint64_t>(m_second + 1) * 1'000);
            const std::string buckets = histogram.encode();
            const WallTime at = m_recording.clock->wall();
            const std::array batch{
                MetricSample{findMetric(kRamp), {}, at, static_cast<double>(m_second), {}},
                MetricSample{findMetric(kHistogram), {}, at, 1, buckets},
                MetricSample{findMetric(kMedian), {}, at, -1, {}}};
            m_recording.recorder->accept(batch);
            m_recording.clock->advance(std::chrono::seconds(1));
            if (m_second % 5'000 == 4'999) {
                m_recording.flush();
            }
        }
        m_recording.flush();
    }
    [[nodiscard]] WallTime at(int second) const { return m_start + std::chrono::seconds(second); }

private:
    Recording& m_recording;
    WallTime m_start;
    int m_second = 0;
};

StoredMetricPage read(SessionReader& reader, StoredRange range, std::size_t points,
                      const char* metric = kRamp)
{
    auto page =
        reader.metrics({.metrics = {metric}, .range = range, .run = {}, .maxPoints = points});
    if (!page) {
        qFatal("%s", page.error().text().c_str());
    }
    return std::move(page).value();
}

/// Every second from `first` to `last` once: each point goes on where the one before ended.
void verifyRamp(const StoredMetricPage& page, int first, int last, int tolerance = 0)
{
    const auto& points = page.series.at(0).points;
    QVERIFY(!points.empty());
    QVERIFY2(std::abs(points.front().min - first) <= tolerance,
             qPrintable(QStringLiteral("begins at %1").arg(points.front().min)));
    QVERIFY2(std::abs(points.back().max - last) <= tolerance,
             qPrintable(QStringLiteral("ends at %1").arg(points.back().max)));
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto where = QStringLiteral("point %1: %2 to %3, mean %4")
                               .arg(i)
                               .arg(points[i].min)
                               .arg(points[i].max)
                               .arg(points[i].value);
        QVERIFY2(std::abs(points[i].value - (points[i].min + points[i].max) / 2) < 1e-6,
                 qPrintable(where));
        QVERIFY2(i == 0 || points[i].min == points[i - 1].max + 1, qPrintable(where));
        QVERIFY2(i == 0 || points[i].at > points[i - 1].at, qPrintable(where));
    }
}

void awaitRollups(const std::filesystem::path& file, int frames)
{
    QTRY_VERIFY_WITH_TIMEOUT(
        ask(file, "SELECT rolled_10s FROM progress") > frames - 30 &&
            ask(file, "SELECT rolled_1m * 6 FROM progress") * 10 > frames - 300 &&
            ask(file, "SELECT rolled_10m FROM progress") * 60 > frames - 1'500,
        60'000);
}

}  // namespace

class MetricHistoryTest : public QObject {
    Q_OBJECT

private slots:
    void givesEverySampleOnceOverAnyRange()
    {
        Directory directory;
        Recording recording(directory.file());
        Ramp ramp(recording);
        constexpr int kSeconds = 6 * 3'600;
        ramp.record(kSeconds);
        awaitRollups(directory.file(), kSeconds);
        auto reader = readerOf(directory.file());
        const auto whole = read(*reader, {ramp.at(0), ramp.at(kSeconds)}, 100);
        verifyRamp(whole, 0, kSeconds - 1);
        QVERIFY(whole.series[0].points.size() <= 100);
        QVERIFY(whole.read.back() == std::chrono::minutes(1));
        QVERIFY(whole.read.front() == Duration(0));  // the newest are not rolled up yet
        Rng rng(8);
        for (int round = 0; round < 60; ++round) {
            const int a = static_cast<int>(rng.below(kSeconds));
            const int b = static_cast<int>(rng.below(kSeconds));
            const std::size_t points = 1 + rng.below(500);
            const StoredRange range{ramp.at(std::min(a, b)), ramp.at(std::max(a, b))};
            verifyRamp(read(*reader, range, points), std::min(a, b), std::max(a, b));
        }
        verifyRamp(read(*reader, {ramp.at(100), ramp.at(700)}, 0), 100, 700);
        QVERIFY2(reader->notice().empty(), reader->notice().c_str());
        QVERIFY(recording.close());
    }

    void takesPercentilesFromMergedHistograms()
    {
        Directory directory;
        Recording recording(directory.file());
        Ramp ramp(recording);
        ramp.record(7'200);
        awaitRollups(directory.file(), 7'200);
        auto reader = readerOf(directory.file());
        for (const std::size_t points : {1U, 5U, 20U, 300U}) {
            const auto values = read(*reader, {ramp.at(0), ramp.at(7'200)}, points);
            const auto medians = read(*reader, {ramp.at(0), ramp.at(7'200)}, points, kMedian);
            QCOMPARE(medians.series[0].points.size(), values.series[0].points.size());
            for (std::size_t i = 0; i < values.series[0].points.size(); ++i) {
                // The median of a ramp is its mean.
                const double wanted = (values.series[0].points[i].value + 1) * 1'000;
                const double median = medians.series[0].points[i].value;
                QVERIFY2(std::abs(median - wanted) <= wanted * 0.01 + 1'000,
                         qPrintable(QStringLiteral("%1 instead of %2").arg(median).arg(wanted)));
            }
        }
        // A point of a few seconds says what its samples say.
        const auto fine = read(*reader, {ramp.at(0), ramp.at(7'200)}, 3'000, kMedian);
        for (const StoredMetricPoint& point : fine.series[0].points) {
            QCOMPARE(point.value, -1.0);
        }
        QVERIFY(recording.close());
    }

    void keepsWhatIsCoarserLongerAndJoinsItWithoutASeam()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {.age = {},
                                 .metrics = {.samples = std::chrono::minutes(30),
                                             .tenSeconds = std::chrono::hours(2),
                                             .oneMinute = std::chrono::hours(5),
                                             .tenMinutes = {}},
                                 .quotaBytes = {},
                                 .freeDiskFloor = {},
                                 .freeDisk = {}};
        });
        Ramp ramp(recording);
        constexpr int kSeconds = 12 * 3'600;
        for (int hour = 0; hour < 12; ++hour) {
            ramp.record(3'600);
            awaitRollups(directory.file(), (hour + 1) * 3'600);
            recording.recorder->maintain();
            const auto first = [&] {
                // The writer does a block of retention between two batches.
                recording.recorder->addMark({.at = {}, .kind = "run", .text = "tick"});
                recording.flush();
                return ask(directory.file(), "SELECT min(id) FROM metric_frames");
            };
            QTRY_VERIFY_WITH_TIMEOUT(first() > hour * 3'600, 30'000);
        }
        QVERIFY(ask(directory.file(), "SELECT min(id) FROM metric_10s") > 1'000);
        QVERIFY(ask(directory.file(), "SELECT min(id) FROM metric_1m") > 100);
        auto reader = readerOf(directory.file());
        for (const std::size_t points : {0U, 2'000U, 300U, 20U}) {
            const auto page = read(*reader, {ramp.at(0), ramp.at(kSeconds)}, points);
            verifyRamp(page, 0, kSeconds - 1);
            QVERIFY(page.read.back() == std::chrono::minutes(10));
        }
        verifyRamp(read(*reader, {ramp.at(5 * 3'600), ramp.at(11 * 3'600)}, 100), 5 * 3'600,
                   11 * 3'600, 600);
        QVERIFY2(reader->notice().empty(), reader->notice().c_str());
        QVERIFY(recording.close());
    }

    void countsEachSampleOnceWhereverACommitFails()
    {
        Directory directory;
        FaultPoints faults;
        {
            Recording recording(directory.file(),
                                [&](RecorderOptions& options) { options.faults = &faults; });
            Ramp ramp(recording);
            for (int part = 0; part < 12; ++part) {
                faults.arm("storage.commit", {ErrorCode::ioFailure, "the sync failed", {}, {}},
                           static_cast<std::uint64_t>(1 + part % 2));
                ramp.record(300);
            }
            faults.disarm("storage.commit");
            awaitRollups(directory.file(), 3'600);
            QVERIFY(recording.recorder->status().failedWrites >= 6);
            QVERIFY(recording.close());
        }
        auto reader = readerOf(directory.file());
        for (const std::size_t points : {500U, 60U, 10U, 3U}) {
            const auto page =
                read(*reader, {{0}, {std::numeric_limits<std::int64_t>::max()}}, points);
            verifyRamp(page, 0, 3'599);
        }
    }

    void goesOnInTheNextRunAndKeepsRunsApart()
    {
        Directory directory;
        for (int run = 0; run < 3; ++run) {
            Recording recording(directory.file());
            Ramp ramp(recording);
            ramp.record(1'000);
            QVERIFY(recording.close());
        }
        auto reader = readerOf(directory.file());
        for (std::uint32_t run = 1; run <= 3; ++run) {
            for (const std::size_t points : {100U, 10U, 1U}) {
                const auto page =
                    reader->metrics({.metrics = {kRamp},
                                     .range = {{0}, {std::numeric_limits<std::int64_t>::max()}},
                                     .run = RunId{run},
                                     .maxPoints = points});
                verifyRamp(*page, 0, 999);
            }
        }
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::MetricHistoryTest);
#include "metric_history_test.moc"
