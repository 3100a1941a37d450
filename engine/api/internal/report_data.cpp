// SPDX-License-Identifier: Apache-2.0
#include "api/internal/report_data.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <tuple>

#include "api/internal/measured.h"
#include "api/series.h"
#include "storage/export.h"

namespace muster {

namespace {

constexpr std::size_t kChartPoints = 240;
constexpr std::size_t kMostMoves = 50;
constexpr std::size_t kMostErrorKinds = 200;

struct ChartInfo {
    const char* title;
    std::span<const Series> lines;
};

constexpr std::array kThroughput{Series::actionsRate, Series::actionsFailedRate};
constexpr std::array kLatency{Series::actionP50, Series::actionP99};
constexpr std::array kLoad{Series::loadOfferedRate, Series::loadAchievedRate,
                           Series::loadDroppedRate};
constexpr std::array kAgents{Series::agentsLive, Series::agentsBusy};
constexpr std::array kMail{Series::mailboxWaiting};
constexpr std::array kEvents{Series::eventsRate, Series::eventsStoredRate};
constexpr std::array kShares{Series::cpuShare, Series::memoryShare, Series::diskShare};
constexpr std::array kMemory{Series::memoryUsed};
constexpr std::array kCharts{ChartInfo{"Actions", kThroughput},
                             ChartInfo{"Latency", kLatency},
                             ChartInfo{"Load", kLoad},
                             ChartInfo{"Agents", kAgents},
                             ChartInfo{"Messages waiting", kMail},
                             ChartInfo{"Events", kEvents},
                             ChartInfo{"Resources of their limits", kShares},
                             ChartInfo{"Memory", kMemory}};

Result<StoredRun> findRun(SessionReader& reader, const CompareSide& side)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        if (!side.run || run->id == *side.run) {
            return *run;
        }
    }
    return Error{ErrorCode::notFound, "there is no such run in the session", side.file.string(),
                 "Name another with --run"};
}

Result<std::vector<ReportChart>> readCharts(SessionReader& reader, const ReportData& data)
{
    std::vector<ReportChart> charts;
    for (const ChartInfo& info : kCharts) {
        StoredMetricQuery query{.metrics = {},
                                .range = {data.range.from, data.range.to},
                                .run = data.run.id,
                                .maxPoints = kChartPoints};
        for (const Series series : info.lines) {
            query.metrics.emplace_back(seriesInfo(series).metric);
        }
        const auto page = reader.metrics(query);
        if (!page) {
            return page.error();
        }
        ReportChart chart{info.title, std::string(seriesInfo(info.lines.front()).unit), {}};
        for (const Series series : info.lines) {
            for (const StoredMetricSeries& stored : page->series) {
                if (stored.metric == seriesInfo(series).metric && stored.labels.empty() &&
                    !stored.points.empty()) {
                    chart.lines.push_back({std::string(seriesInfo(series).title), stored.points});
                }
            }
        }
        if (!chart.lines.empty()) {
            charts.push_back(std::move(chart));
        }
    }
    return charts;
}

std::vector<ReportLatency> latenciesOf(const MeasuredSide& side)
{
    static constexpr std::array<std::pair<const char*, double>, 6> kPercentiles{
        {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1}}};
    std::vector<ReportLatency> all;
    for (const MeasuredSeries& series : side) {
        Histogram merged;
        for (const Histogram& each : series.histograms) {
            merged.merge(each);
        }
        if (merged.empty()) {
            continue;
        }
        ReportLatency& latency = all.emplace_back();
        latency.series =
            series.labels.empty() ? series.metric : series.metric + '{' + series.labels + '}';
        latency.unit = series.unit;
        latency.samples = merged.samples();
        for (const auto& [name, quantile] : kPercentiles) {
            latency.percentiles.emplace_back(name, merged.quantile(quantile));
        }
    }
    return all;
}

/// Takes JSON Lines of errors and counts them by what they have in common.
class ErrorCounter : public std::streambuf {
public:
    [[nodiscard]] std::vector<ReportErrors> take()
    {
        std::vector<ReportErrors> all;
        for (auto& [key, errors] : m_errors) {
            all.push_back(std::move(errors));
        }
        std::ranges::stable_sort(all, std::greater{}, &ReportErrors::count);
        return all;
    }

protected:
    std::streamsize xsputn(const char* text, std::streamsize count) override
    {
        std::string_view rest(text, static_cast<std::size_t>(count));
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            m_line += rest.substr(0, end);
            add();
            rest.remove_prefix(end + 1);
        }
        m_line += rest;
        return count;
    }
    int overflow(int c) override
    {
        const char byte = traits_type::to_char_type(c);
        xsputn(&byte, 1);
        return traits_type::not_eof(c);
    }

private:
    void add()
    {
        const auto row = nlohmann::json::parse(m_line, nullptr, false);
        m_line.clear();
        const auto text = [&row](const char* key) {
            const bool there = row.is_object() && row.contains(key) && row[key].is_string();
            return there ? row[key].get<std::string>() : std::string();
        };
        auto key = std::tuple(text("action"), text("class"), text("code"));
        // What is beyond the bound is counted under no name of its own.
        if (m_errors.size() >= kMostErrorKinds && !m_errors.contains(key)) {
            key = {"others", "", ""};
        }
        ReportErrors& errors = m_errors[key];
        if (++errors.count == 1) {
            std::tie(errors.action, errors.failureClass, errors.code) = key;
            errors.example = text("item") + ": " + text("message");
        }
    }

    std::string m_line;
    std::map<std::tuple<std::string, std::string, std::string>, ReportErrors> m_errors;
};

Result<std::vector<ReportErrors>> readErrors(SessionReader& reader, const ReportData& data,
                                             const std::function<bool()>& goOn)
{
    ErrorCounter counter;
    std::ostream out(&counter);
    StoredExport what;
    what.kind = StoredKind::errors;
    what.format = StoredFormat::jsonl;
    what.run = data.run.id;
    what.range = StoredRange{data.range.from, data.range.to};
    const auto done =
        exportSession(reader, what, out, [&goOn](std::uint64_t) { return !goOn || goOn(); });
    return done ? Result<std::vector<ReportErrors>>(counter.take()) : done.error();
}

Result<void> readBreakers(SessionReader& reader, ReportData& data)
{
    StoredEventQuery query;
    query.type = "breaker.*";
    query.run = data.run.id;
    query.range = StoredRange{data.range.from, data.range.to};
    query.newestFirst = false;
    query.limit = 0;
    const auto seen = reader.visitEvents(query, [&data](const StoredEvent& event) {
        if (++data.breakerMoves <= kMostMoves) {
            data.breakers.push_back({event.at, event.type, event.data});
        }
        return true;
    });
    return seen ? Result<void>() : seen.error();
}

Result<void> readRun(SessionReader& reader, const ReportQuery& query, ReportData& data,
                     const std::function<bool()>& goOn)
{
    auto run = findRun(reader, query.run);
    if (!run) {
        return run.error();
    }
    data.run = *std::move(run);
    const auto measured = readMeasured(reader, data.run.id, query.run.range, {}, goOn);
    if (!measured) {
        return measured.error();
    }
    data.range =
        query.run.range && query.run.range->from > measured->range.from
            ? TimeRange{query.run.range->from, measured->range.to}
            : TimeRange{std::min(data.run.startedAt, measured->range.from), measured->range.to};
    data.latencies = latenciesOf(measured->side);
    auto charts = readCharts(reader, data);
    auto errors = charts ? readErrors(reader, data, goOn) : charts.error();
    if (!charts || !errors) {
        return charts ? errors.error() : charts.error();
    }
    data.charts = *std::move(charts);
    data.errors = *std::move(errors);
    return readBreakers(reader, data);
}

}  // namespace

Result<ReportData> readReport(const ReportQuery& query, const std::function<bool()>& goOn)
{
    auto reader = SessionReader::open(query.run.file);
    if (!reader) {
        return reader.error();
    }
    ReportData data;
    data.file = query.run.file;
    if (auto done = readRun(**reader, query, data, goOn); !done) {
        Error error = done.error();
        error.where = error.where.empty() ? query.run.file.string() : error.where;
        return error;
    }
    data.notice = (*reader)->notice();
    CompareSide run = query.run;
    run.run = data.run.id;
    auto causes = causesOf(run, goOn);
    if (!causes) {
        return causes.error();
    }
    data.causes = *std::move(causes);
    if (query.against) {
        auto answer = compareSessions({.a = *query.against, .b = run}, goOn);
        if (!answer) {
            return answer.error();
        }
        data.comparison = *std::move(answer);
    }
    return data;
}

Result<void> writeReport(const ReportQuery& query, std::ostream& out,
                         const std::function<bool()>& goOn)
{
    const auto data = readReport(query, goOn);
    if (!data) {
        return data.error();
    }
    switch (query.format) {
        case ReportFormat::html:
            out << reportHtml(*data);
            break;
        case ReportFormat::markdown:
            out << reportMarkdown(*data);
            break;
        case ReportFormat::json:
            out << reportJson(*data) << '\n';
            break;
    }
    out.flush();
    return out.good() ? Result<void>()
                      : Error{ErrorCode::ioFailure,
                              "the report could not be written",
                              {},
                              "Free space where it is written to, or write it elsewhere"};
}

}  // namespace muster
