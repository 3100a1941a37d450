// SPDX-License-Identifier: Apache-2.0
#include "storage/export.h"

#include <array>

#include "storage/internal/event_scan.h"
#include "storage/internal/export_writer.h"
#include "storage/internal/metric_export.h"
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

}  // namespace

Result<std::uint64_t> exportSession(SessionReader& session, const StoredExport& what,
                                    std::ostream& stream, const StoredExportProgress& progress)
{
    if (what.kind != StoredKind::metrics && what.format > StoredFormat::jsonl) {
        return Error{ErrorCode::invalidArgument,
                     "only metrics can be written in this format",
                     {},
                     "Export metrics, or choose csv or jsonl"};
    }
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
