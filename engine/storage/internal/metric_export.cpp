// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/metric_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "events/fields.h"
#include "storage/internal/csv.h"
#include "storage/internal/hdr_log.h"
#include "telemetry/catalogue.h"

namespace muster {

namespace {

/// What stands before and after the value on every line of one series.
struct SeriesText {
    std::size_t place = 0;
    std::string before;
    std::string after;
};

SeriesText seriesText(const SeriesRow& series, bool csv)
{
    SeriesText text{.place = series.number - 1, .before = {}, .after = {}};
    if (csv) {
        text.before = ",";
        appendCsv(text.before, series.name);
        text.before += ',';
        appendCsv(text.before, series.labels);
        text.before += ',';
        text.after = ",";
        appendCsv(text.after, series.unit);
        text.after += ',';
    } else {
        text.before = "\",\"metric\":";
        appendJsonText(text.before, series.name);
        text.before += ",\"labels\":";
        appendJsonText(text.before, series.labels);
        text.before += ",\"value\":";
        text.after = ",\"unit\":";
        appendJsonText(text.after, series.unit);
        text.after += ",\"run\":";
    }
    return text;
}

/// Names that neither the session nor this build knows are a mistake; one that was not measured
/// in this session is not.
Result<void> checkNames(const std::vector<std::string>& names, const std::vector<SeriesRow>& all)
{
    for (const std::string& name : names) {
        const bool known =
            findMetric(name) != nullptr || std::ranges::any_of(all, [&](const SeriesRow& series) {
                return series.name == name || series.title() == name;
            });
        if (!known) {
            return Error{ErrorCode::notFound,
                         fmt::format("there is no metric \"{}\"", name),
                         {},
                         "Name one that `musterctl doctor --reference` lists, or a single series "
                         "with its labels: actions.latency{action=digest}"};
        }
    }
    return {};
}

Result<std::vector<SeriesRow>> chosenSeries(SessionReader::State& session,
                                            const std::vector<std::string>& names)
{
    auto all = readSeries(session);
    if (!all || names.empty()) {
        return all;
    }
    if (auto known = checkNames(names, *all); !known) {
        return known.error();
    }
    std::erase_if(*all, [&names](const SeriesRow& series) {
        return std::ranges::none_of(names, [&series](const std::string& name) {
            return name == series.name || name == series.title();
        });
    });
    return all;
}

/// A row for each sample.
Result<void> exportLong(FrameScan& frames, const std::vector<SeriesRow>& series, ExportWriter& out)
{
    const std::array<std::string, 6> columns{"time", "metric", "labels", "value", "unit", "run"};
    out.header(columns);
    std::vector<SeriesText> wanted;
    wanted.reserve(series.size());
    for (const SeriesRow& each : series) {
        wanted.push_back(seriesText(each, out.csv()));
    }
    return frames.run([&](const Frame& frame) {
        const std::string time = (out.csv() ? "" : "{\"time\":\"") + toString(frame.at);
        const std::string run = std::to_string(frame.run.value) + (out.csv() ? "" : "}");
        for (const SeriesText& each : wanted) {
            const double value = frame.points[each.place];
            if (std::isnan(value)) {
                continue;
            }
            std::string& line = out.line();
            line += time;
            line += each.before;
            appendJsonNumber(line, value);
            line += each.after;
            line += run;
            if (!out.endRow()) {
                return false;
            }
        }
        return true;
    });
}

/// A row for each moment.
Result<void> exportWide(FrameScan& frames, const std::vector<SeriesRow>& series, ExportWriter& out)
{
    std::vector<std::string> columns{"time", "run"};
    for (const SeriesRow& each : series) {
        columns.push_back(fmt::format("{} ({})", each.title(), each.unit));
    }
    out.header(columns);
    return frames.run([&](const Frame& frame) {
        std::string& line = out.line();
        line += toString(frame.at);
        line += ',';
        line += std::to_string(frame.run.value);
        for (const SeriesRow& each : series) {
            const double value = frame.points[each.number - 1];
            line += ',';
            if (!std::isnan(value)) {
                appendJsonNumber(line, value);
            }
        }
        return out.endRow();
    });
}

}  // namespace

Result<void> exportMetrics(SessionReader::State& session, const StoredExport& what,
                           ExportWriter& out)
{
    const auto series = chosenSeries(session, what.metrics);
    if (!series) {
        return series.error();
    }
    if (what.format == StoredFormat::openMetrics) {
        return exportOpenMetrics(session, what, *series, out);
    }
    if (what.format == StoredFormat::hdrLog) {
        return exportHdrLog(session, what, *series, out);
    }
    auto frames = FrameScan::open(session, what.range, what.run);
    if (!frames) {
        return frames.error();
    }
    return what.format == StoredFormat::csvWide ? exportWide(*frames, *series, out)
                                                : exportLong(*frames, *series, out);
}

}  // namespace muster
