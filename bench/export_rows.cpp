// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "bench/row.h"
#include "bench/world.h"
#include "storage/export.h"
#include "storage/recorder.h"

namespace muster::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeries = 200;
constexpr auto kPatience = std::chrono::seconds(60);

/// A session of `points` metric points that goes with the benchmark.
class MeasuredSession {
public:
    explicit MeasuredSession(std::uint64_t points)
        : m_directory(fs::temp_directory_path() /
                      ("muster_bench_export_" + std::to_string(getpid())))
    {
        fs::create_directories(m_directory);
        auto clock = std::make_shared<ManualClock>();
        RecorderOptions options;
        options.file = file();
        options.clock = clock;
        options.run.startedAt = clock->wall();
        const auto recorder = must(Recorder::open(options));
        std::vector<std::string> labels;
        for (std::uint64_t i = 0; i < kSeries; ++i) {
            labels.push_back("type=t" + std::to_string(i));
        }
        std::vector<MetricSample> samples(kSeries);
        for (std::uint64_t moment = 0; moment < points / kSeries; ++moment) {
            for (std::uint64_t i = 0; i < kSeries; ++i) {
                samples[i] = {findMetric("agents.live"),
                              labels[i],
                              clock->wall(),
                              static_cast<double>(moment) * 1.25 + static_cast<double>(i) / 3,
                              {}};
            }
            recorder->accept(samples);
            clock->advance(std::chrono::seconds(1));
            if (moment % 200 == 0) {
                must(recorder->flush(kPatience));
            }
        }
        must(recorder->close({.endedAt = clock->wall(), .summaryJson = "{}"}, kPatience));
    }
    MeasuredSession(const MeasuredSession&) = delete;
    MeasuredSession& operator=(const MeasuredSession&) = delete;
    ~MeasuredSession() { fs::remove_all(m_directory); }

    [[nodiscard]] fs::path file() const { return m_directory / "session.db"; }
    [[nodiscard]] fs::path out(const char* name) const { return m_directory / name; }

private:
    fs::path m_directory;
};

/// The same rows by SQLite and printf alone: no checksums, no damage, no choice.
std::uint64_t exportRaw(const fs::path& file, const fs::path& out)
{
    sqlite3* database = nullptr;
    sqlite3_stmt* names = nullptr;
    sqlite3_stmt* frames = nullptr;
    sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_prepare_v2(database, "SELECT name, labels, unit FROM metric_series ORDER BY id", -1,
                       &names, nullptr);
    std::vector<std::array<std::string, 3>> series;
    while (sqlite3_step(names) == SQLITE_ROW) {
        auto& row = series.emplace_back();
        for (int i = 0; i < 3; ++i) {
            row[static_cast<std::size_t>(i)] =
                reinterpret_cast<const char*>(sqlite3_column_text(names, i));
        }
    }
    sqlite3_prepare_v2(database, "SELECT at, run, points FROM metric_frames ORDER BY id", -1,
                       &frames, nullptr);
    std::FILE* stream = std::fopen(out.c_str(), "w");
    std::uint64_t rows = 0;
    while (sqlite3_step(frames) == SQLITE_ROW) {
        const auto at = sqlite3_column_int64(frames, 0);
        const std::time_t seconds = at / 1'000'000'000;
        std::tm parts{};
        gmtime_r(&seconds, &parts);
        char time[32];
        std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &parts);
        const auto* points = static_cast<const char*>(sqlite3_column_blob(frames, 2));
        for (std::size_t i = 0; i < series.size(); ++i) {
            double value = 0;
            std::memcpy(&value, points + i * sizeof value, sizeof value);
            if (!std::isnan(value)) {
                std::fprintf(stream, "%s.%09dZ,%s,%s,%.17g,%s,%d\n", time,
                             static_cast<int>(at % 1'000'000'000), series[i][0].c_str(),
                             series[i][1].c_str(), value, series[i][2].c_str(),
                             sqlite3_column_int(frames, 1));
                ++rows;
            }
        }
    }
    std::fclose(stream);
    sqlite3_finalize(names);
    sqlite3_finalize(frames);
    sqlite3_close(database);
    return rows;
}

Outcome exportAs(StoredFormat format, std::uint64_t points)
{
    const MeasuredSession session(points);
    const auto clock = systemClock();
    Outcome outcome;
    outcome.ops = points;

    const auto reader = must(SessionReader::open(session.file()));
    StoredExport what;
    what.kind = StoredKind::metrics;
    what.format = format;
    const double before = residentBytes();
    double most = before;
    const MonoTime begin = clock->now();
    {
        std::ofstream out(session.out("ours.csv"), std::ios::binary);
        static_cast<void>(must(exportSession(*reader, what, out, [&most](std::uint64_t rows) {
            most = rows % 65'536 == 0 ? std::max(most, residentBytes()) : most;
            return true;
        })));
    }
    outcome.total = clock->now() - begin;
    outcome.spans.record(static_cast<std::uint64_t>(outcome.nanoseconds() * 1000));
    outcome.opsPerSpan = points;
    outcome.more["memory_bytes"] = most - before;
    if (format == StoredFormat::csv) {
        const MonoTime rawBegin = clock->now();
        const auto rows = exportRaw(session.file(), session.out("raw.csv"));
        const auto raw = std::chrono::duration<double>(clock->now() - rawBegin).count();
        outcome.more["raw_ns"] = raw * 1e9 / static_cast<double>(std::max<std::uint64_t>(1, rows));
        outcome.more["raw_share"] = raw / std::chrono::duration<double>(outcome.total).count();
    }
    return outcome;
}

}  // namespace

void addExportRows(std::vector<Row>& rows)
{
    constexpr std::uint64_t kPoints = 1'000'000;
    constexpr std::uint64_t kQuickPoints = 100'000;
    const auto row = [&rows](const char* name, const char* what, double goal, StoredFormat format) {
        rows.push_back({name, what, goal, kPoints, kQuickPoints,
                        [format](std::uint64_t points) { return exportAs(format, points); }});
    };
    row("export_metrics_1m", "a metric point written to a CSV file; SQLite and printf beside it",
        1000, StoredFormat::csv);
    row("export_metrics_1m/wide", "the same in a column for each series", 0, StoredFormat::csvWide);
    row("export_metrics_1m/openmetrics", "the same as OpenMetrics text", 0,
        StoredFormat::openMetrics);
}

}  // namespace muster::bench
