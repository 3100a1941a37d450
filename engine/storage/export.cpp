// SPDX-License-Identifier: Apache-2.0
#include "storage/export.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "storage/internal/csv.h"
#include "storage/internal/event_scan.h"
#include "storage/internal/export_writer.h"
#include "storage/internal/frame_scan.h"
#include "storage/internal/reader_state.h"
#include "storage/internal/result_export.h"

namespace muster {

namespace {

void writeId(ExportWriter& out, std::string_view key, std::uint64_t id)
{
    id != 0 ? out.number(key, id) : out.none(key);
}

void writeEvent(ExportWriter& out, const StoredEvent& event)
{
    out.text("id", toString(event.id));
    out.text("time", toString(event.at));
    out.number("run", event.run.value);
    out.text("type", event.type);
    out.text("source", event.source);
    out.json("data", event.data);
    writeId(out, "trace", event.trace.value);
    event.cause ? out.text("cause", toString(event.cause)) : out.none("cause");
    writeId(out, "correlation", event.correlation.value);
    out.boolean("durable", event.durable);
    out.number("version", event.version);
}

Result<void> exportEvents(SessionReader::State& session, const StoredExport& what,
                          ExportWriter& out)
{
    const std::array<std::string, 11> columns{"id",          "time",    "run",    "type",
                                              "source",      "data",    "trace",  "cause",
                                              "correlation", "durable", "version"};
    out.header(columns);
    StoredEventQuery query = what.events;
    if (what.range) {
        query.range = what.range;
    }
    if (what.run) {
        query.run = what.run;
    }
    auto scan = EventScan::open(session, query);
    if (!scan) {
        return scan.error();
    }
    const auto done = scan->run([&](const StoredEvent& event) {
        writeEvent(out, event);
        return out.endRow();
    });
    return done ? Result<void>() : Result<void>(done.error());
}

/// What stands before and after the value on every line of one series.
struct SeriesText {
    std::size_t place = 0;
    std::string before;
    std::string after;
};

SeriesText seriesText(const SeriesRow& series, StoredFormat format)
{
    SeriesText text{.place = series.number - 1, .before = {}, .after = {}};
    if (format == StoredFormat::csv) {
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

Result<void> exportMetrics(SessionReader::State& session, const StoredExport& what,
                           ExportWriter& out)
{
    const std::array<std::string, 6> columns{"time", "metric", "labels", "value", "unit", "run"};
    out.header(columns);
    auto all = readSeries(session);
    auto frames = FrameScan::open(session, what.range, what.run);
    if (!all || !frames) {
        return all ? frames.error() : all.error();
    }
    std::vector<SeriesText> wanted;
    for (const SeriesRow& series : *all) {
        if (what.metrics.empty() ||
            std::ranges::find(what.metrics, series.name) != what.metrics.end()) {
            wanted.push_back(seriesText(series, what.format));
        }
    }
    return frames->run([&](const Frame& frame) {
        const std::string time = (out.csv() ? "" : "{\"time\":\"") + toString(frame.at);
        const std::string run = std::to_string(frame.run.value) + (out.csv() ? "" : "}");
        for (const SeriesText& series : wanted) {
            const double value = frame.points[series.place];
            if (std::isnan(value)) {
                continue;
            }
            std::string& line = out.line();
            line += time;
            line += series.before;
            appendJsonNumber(line, value);
            line += series.after;
            line += run;
            if (!out.endRow()) {
                return false;
            }
        }
        return true;
    });
}

}  // namespace

Result<std::uint64_t> exportSession(SessionReader& session, const StoredExport& what,
                                    std::ostream& stream, const StoredExportProgress& progress)
{
    SessionReader::State& state = session.state();
    const ReadMoment moment(state.database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    ExportWriter out(stream, what.format, progress);
    Result<void> done;
    switch (what.kind) {
        case StoredKind::metrics:
            done = exportMetrics(state, what, out);
            break;
        case StoredKind::events:
            done = exportEvents(state, what, out);
            break;
        case StoredKind::results:
            done = exportResults(state, what, out);
            break;
        case StoredKind::errors:
            done = exportErrors(state, what, out);
            break;
    }
    return done ? out.result() : Result<std::uint64_t>(done.error());
}

}  // namespace muster
