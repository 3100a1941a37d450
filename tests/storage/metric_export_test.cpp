// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <QFile>
#include <algorithm>
#include <fstream>

#include "recording.h"
#include "storage/export.h"
#include "telemetry/catalogue.h"
#include "telemetry/histogram.h"

namespace muster::tests {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// What was freed stays in memory for a while.
constexpr double kFlat = 512e6;
#else
constexpr double kFlat = 24e6;
#endif

StoredExport metricsAs(StoredFormat format)
{
    StoredExport what;
    what.kind = StoredKind::metrics;
    what.format = format;
    return what;
}

const MetricInfo& metric(std::string_view name)
{
    return *findMetric(name);
}

/// Two moments a second apart: agents.live in both, latency in both, the created ones in the first.
void recordTwoMoments(Recording& recording)
{
    for (int i = 0; i < 2; ++i) {
        Histogram came;
        came.record(1'000'000, 2);
        came.record(40'000'000, static_cast<std::uint64_t>(i) + 1);
        const std::string buckets = came.encode();
        const WallTime at = recording.clock->wall();
        std::vector<MetricSample> samples{{&metric("agents.live"), {}, at, 5.5 + i, {}},
                                          {&metric("actions.latency"), "action=a", at,
                                           static_cast<double>(came.samples()), buckets}};
        if (i == 0) {
            samples.push_back({&metric("agents.created"), "type=task,x", at, 7, {}});
        }
        recording.recorder->accept(samples);
        recording.clock->advance(std::chrono::seconds(1));
    }
}

/// `frames` moments of 200 series each: a million points are 5,000 of them.
void recordPoints(Recording& recording, int frames)
{
    std::vector<std::string> labels;
    for (int i = 0; i < 200; ++i) {
        labels.push_back("type=t" + std::to_string(i));
    }
    std::vector<MetricSample> samples;
    for (int i = 0; i < frames; ++i) {
        samples.clear();
        for (std::size_t k = 0; k < labels.size(); ++k) {
            const auto value = static_cast<double>(i) * 1.25 + static_cast<double>(k);
            samples.push_back(
                {&metric("agents.live"), labels[k], recording.clock->wall(), value, {}});
        }
        recording.recorder->accept(samples);
        recording.clock->advance(std::chrono::seconds(1));
        if (i % 200 == 0) {
            recording.flush();
        }
    }
}

double residentBytes()
{
    std::ifstream file("/proc/self/statm");
    double all = 0;
    double resident = 0;
    file >> all >> resident;
    return resident * 4096;
}

/// Counts lines and keeps nothing.
class LineCounter : public std::streambuf {
public:
    [[nodiscard]] std::uint64_t lines() const { return m_lines; }

protected:
    std::streamsize xsputn(const char* text, std::streamsize count) override
    {
        m_lines += static_cast<std::uint64_t>(std::count(text, text + count, '\n'));
        return count;
    }
    int overflow(int c) override { return c; }

private:
    std::uint64_t m_lines = 0;
};

}  // namespace

class MetricExportTest : public QObject {
    Q_OBJECT

private slots:
    void writesAColumnForEachSeriesAlignedOnTheMoments()
    {
        Directory directory;
        Recording recording(directory.file());
        recordTwoMoments(recording);
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(exported(*reader, metricsAs(StoredFormat::csvWide)),
                 std::string("time,run,agents.live (1),actions.latency{action=a} (ns),"
                             "\"agents.created{type=task,x} (1)\"\n"
                             "2026-01-01T00:00:00.000000000Z,1,5.5,3,7\n"
                             "2026-01-01T00:00:01.000000000Z,1,6.5,4,\n"));
    }

    void writesOpenMetricsWithHistogramsThatAddUp()
    {
        Directory directory;
        Recording recording(directory.file());
        recordTwoMoments(recording);
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const std::string text = exported(*reader, metricsAs(StoredFormat::openMetrics));
        QVERIFY(text.ends_with("\n# EOF\n"));
        QVERIFY(
            text.starts_with("# TYPE muster_actions_latency_seconds histogram\n"
                             "# UNIT muster_actions_latency_seconds seconds\n"
                             "# HELP muster_actions_latency_seconds From an action's"));
        const auto holds = [&text](const char* line) {
            return text.find(line) != std::string::npos;
        };
        // 1 ms lies in the bucket that ends at 1,048,575 ns.
        QVERIFY(
            holds("\nmuster_actions_latency_seconds_bucket{le=\"0.001048575\",action=\"a\","
                  "run=\"1\"} 4 1767225601.000000000\n"));
        QVERIFY(
            holds("\nmuster_actions_latency_seconds_bucket{le=\"+Inf\",action=\"a\","
                  "run=\"1\"} 3 1767225600.000000000\n"));
        QVERIFY(
            holds("\nmuster_actions_latency_seconds_count{action=\"a\",run=\"1\"} 7 "
                  "1767225601.000000000\n"));
        QVERIFY(
            holds("\nmuster_agents_live{run=\"1\"} 5.5 1767225600.000000000\n"
                  "muster_agents_live{run=\"1\"} 6.5 1767225601.000000000\n"));
        QVERIFY(holds("\nmuster_agents_created_total{type=\"task\""));
        const auto sum = text.find("_sum{action=\"a\",run=\"1\"} ", text.find("_count{action=\"a\""
                                                                              ",run=\"1\"} 7"));
        const double seconds = std::stod(text.substr(text.find("} ", sum) + 2));
        QVERIFY(std::abs(seconds - 0.124) < 0.00124);
    }

    void theRangeAndTheSeriesAreChosen()
    {
        Directory directory;
        Recording recording(directory.file());
        recordTwoMoments(recording);
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        StoredExport what = metricsAs(StoredFormat::openMetrics);
        what.metrics = {"actions.latency{action=a}"};
        what.range = StoredRange{ManualClock::kSimulationEpoch + std::chrono::seconds(1),
                                 ManualClock::kSimulationEpoch + std::chrono::seconds(5)};
        const std::string text = exported(*reader, what);
        QVERIFY(text.find("agents_live") == std::string::npos);
        QVERIFY(text.find("_count{action=\"a\",run=\"1\"} 4 1767225601") != std::string::npos);
        what.metrics = {"agents.lived"};
        std::ostringstream out;
        const auto unknown = exportSession(*reader, what, out);
        QVERIFY(!unknown && unknown.error().code == ErrorCode::notFound);
        QVERIFY(unknown.error().text().find("agents.lived") != std::string::npos);
        what.metrics = {"load.target"};
        QCOMPARE(exported(*reader, what), std::string("# EOF\n"));
        what.kind = StoredKind::events;
        const auto wrong = exportSession(*reader, what, out);
        QVERIFY(!wrong && wrong.error().code == ErrorCode::invalidArgument);
    }

    void aMillionPointsTakeNoMoreMemoryThanAFew_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<quint64>("lines");
        const auto row = [](const char* name, StoredFormat format, quint64 lines) {
            QTest::newRow(name) << static_cast<int>(format) << lines;
        };
        row("csv", StoredFormat::csv, 1'000'001);
        row("jsonl", StoredFormat::jsonl, 1'000'000);
        row("csv-wide", StoredFormat::csvWide, 5'001);
        row("openmetrics", StoredFormat::openMetrics, 1'000'003);
    }
    void aMillionPointsTakeNoMoreMemoryThanAFew()
    {
        static const Directory directory;
        if (!QFile::exists(QString::fromStdString(directory.file()))) {
            Recording recording(directory.file());
            recordPoints(recording, 5'000);
            QVERIFY(recording.close());
        }
        QFETCH(int, format);
        QFETCH(quint64, lines);
        auto reader = readerOf(directory.file());
        StoredExport what = metricsAs(static_cast<StoredFormat>(format));
        LineCounter counter;
        std::ostream out(&counter);
        what.range = StoredRange{{0}, ManualClock::kSimulationEpoch + std::chrono::seconds(3)};
        QVERIFY(exportSession(*reader, what, out));
        const auto few = counter.lines();
        what.range.reset();
        const double before = residentBytes();
        double most = before;
        const auto rows = exportSession(*reader, what, out, [&most](std::uint64_t) {
            most = std::max(most, residentBytes());
            return true;
        });
        QVERIFY(rows);
        QCOMPARE(counter.lines() - few, lines);
        QVERIFY2(most - before < kFlat, qPrintable(QString::number(most - before)));
    }

    void copiesASessionThatIsBeingWritten()
    {
        Directory directory;
        Recording recording(directory.file());
        recordPoints(recording, 1'500);
        recording.flush();
        auto reader = readerOf(directory.file());
        const auto copy = directory.file("copy.db");
        int told = 0;
        // Each time it tells of its progress the run goes on: the copy is of one moment all the
        // same, and comes to an end.
        const auto bytes = copySession(*reader, copy, [&](std::uint64_t done, std::uint64_t all) {
            ++told;
            recordPoints(recording, 1);
            recording.flush();
            return done <= all;
        });
        QVERIFY2(bytes, bytes ? "" : bytes.error().text().c_str());
        QVERIFY(told > 1);
        QCOMPARE(*bytes, static_cast<std::uint64_t>(std::filesystem::file_size(copy)));
        QVERIFY(recording.close());
        auto copied = readerOf(copy);
        QCOMPARE(std::ranges::count(exported(*copied, metricsAs(StoredFormat::csvWide)), '\n'),
                 std::ptrdiff_t{1501});
        QVERIFY(copied->notice().empty());
        QVERIFY(!std::filesystem::exists(directory.file("copy.db-wal")));
        QVERIFY(sessionState(copy).value() == SessionState::unclosed);
    }

    void aCancelledCopyLeavesNothingAndAnotherIsNotWrittenOver()
    {
        Directory directory;
        Recording recording(directory.file());
        recordPoints(recording, 300);
        recording.flush();
        auto reader = readerOf(directory.file());
        const auto copy = directory.file("copy.db");
        const auto cancelled =
            copySession(*reader, copy, [](std::uint64_t, std::uint64_t) { return false; });
        QVERIFY(!cancelled && cancelled.error().code == ErrorCode::cancelled);
        QVERIFY(!std::filesystem::exists(copy));
        QVERIFY(!std::filesystem::exists(directory.file("copy.db.part")));
        const auto itself = copySession(*reader, directory.file());
        QVERIFY(!itself && itself.error().code == ErrorCode::invalidArgument);
        const auto nowhere = copySession(*reader, directory.path() / "none" / "copy.db");
        QVERIFY(!nowhere && nowhere.error().code == ErrorCode::permissionDenied);
        QVERIFY(recording.close());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::MetricExportTest);
#include "metric_export_test.moc"
