// SPDX-License-Identifier: Apache-2.0
#include "api/session.h"

#include "api/internal/arrival_record.h"
#include "api/internal/past.h"
#include "api/internal/queue_rows.h"
#include "api/internal/stored.h"
#include "api/internal/what_if.h"
#include "storage/export.h"
#include "storage/session_reader.h"
#include "storage/stream.h"

namespace muster {

class Session::Impl {
public:
    explicit Impl(std::unique_ptr<SessionReader> opened) : reader(std::move(opened)) {}

    std::unique_ptr<SessionReader> reader;
};

Session::Session(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const std::filesystem::path& file)
{
    auto reader = SessionReader::open(file);
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<Session>(new Session(std::make_unique<Impl>(*std::move(reader))));
}

Result<SessionInfo> Session::info()
{
    const auto stored = m_impl->reader->info();
    if (!stored) {
        return stored.error();
    }
    SessionInfo info{.file = stored->file,
                     .bytes = stored->bytes,
                     .schemaVersion = stored->schemaVersion,
                     .readOnly = stored->readOnly,
                     .live = stored->live,
                     .notice = stored->notice,
                     .events = stored->events,
                     .runs = {}};
    for (const auto& run : stored->runs) {
        info.runs.push_back({.id = run.id,
                             .startedAt = run.startedAt,
                             .endedAt = run.endedAt,
                             .workload = run.workload,
                             .workloadFile = run.workloadFile,
                             .build = run.build,
                             .machine = run.machine,
                             .summaryJson = run.summaryJson});
    }
    return info;
}

Result<EventPage> Session::events(const EventQuery& query)
{
    return readEvents(*m_impl->reader, query);
}

Result<StreamReadPage> Session::stream(const StreamReadQuery& query)
{
    const auto stored =
        m_impl->reader->stream({query.stream, query.from, query.backwards, query.limit});
    if (!stored) {
        return stored.error();
    }
    StreamReadPage page{{}, stored->more, stored->version};
    for (const auto& row : stored->rows) {
        page.rows.push_back({row.version, toRow(row.event)});
    }
    return page;
}

Result<std::vector<StreamInfo>> Session::streams()
{
    const auto stored = m_impl->reader->streams();
    if (!stored) {
        return stored.error();
    }
    std::vector<StreamInfo> streams;
    for (const auto& stream : *stored) {
        streams.push_back({stream.name, stream.version});
    }
    return streams;
}

std::string Session::notice() const
{
    return m_impl->reader->notice();
}

bool Session::damaged() const
{
    return m_impl->reader->damaged();
}

Result<HistoryPage> Session::history(const HistoryQuery& query)
{
    return readHistory(*m_impl->reader, query);
}

Result<WhatIf> Session::whatIf(const WhatIfQuery& query)
{
    return askWhatIf(*m_impl->reader, query);
}

Result<std::vector<QueueRow>> Session::queues()
{
    const auto stored = m_impl->reader->queues();
    return stored ? Result<std::vector<QueueRow>>(storedQueues(*stored, systemClock()->wall()))
                  : stored.error();
}

Result<LetterList> Session::letters(const LetterQuery& query)
{
    const auto stored = m_impl->reader->queues();
    return stored ? Result<LetterList>(storedLetters(*stored, query)) : stored.error();
}

Result<std::vector<JobRow>> Session::jobs(const JobQuery& query)
{
    const auto stored = m_impl->reader->queues();
    if (!stored) {
        return stored.error();
    }
    std::vector<JobRow> rows;
    const WallTime now = systemClock()->wall();
    for (const JobRecord& job : stored->jobs) {
        if (rows.size() < query.limit && job.id.value > query.after &&
            (query.queue.empty() || job.content->queue == query.queue)) {
            const auto state = job.lease > Duration::zero() ? JobQueue::State::leased
                               : job.readyAt > now          ? JobQueue::State::delayed
                                                            : JobQueue::State::ready;
            rows.push_back(toRow(job, state));
        }
    }
    return rows;
}

Result<PastState> Session::stateAt(const PastQuery& query, const PastAgentVisitor& agents)
{
    return rebuildState(*m_impl->reader, query, agents);
}

Result<LoadOutline> Session::loadOutline(const LoadQuery& query)
{
    auto made = makeLoad(*m_impl->reader, query);
    return made ? Result<LoadOutline>(std::move(made->outline)) : made.error();
}

Result<LoadOutline> Session::saveLoad(const LoadQuery& query, const std::filesystem::path& file)
{
    return muster::saveLoad(*m_impl->reader, query, file);
}

Result<ConfigurationHistory> Session::configurations()
{
    const auto stored = m_impl->reader->configurations();
    const auto info = m_impl->reader->info();
    if (!stored || !info) {
        return stored ? info.error() : stored.error();
    }
    ConfigurationHistory history;
    for (const auto& [run, record] : *stored) {
        history.versions.push_back({.version = record.version,
                                    .parent = record.parent,
                                    .run = run,
                                    .at = record.at,
                                    .kind = record.kind,
                                    .author = record.author,
                                    .reason = record.reason,
                                    .hash = record.hash,
                                    .document = record.document,
                                    .kept = record.kept});
    }
    if (history.versions.empty()) {
        return history;
    }
    const ConfigurationVersion& newest = history.versions.back();
    history.interrupted = !newest.kept.empty() && !info->live;
    history.inForce = history.interrupted ? newest.kept : newest.document;
    for (const ConfigurationVersion& each : history.versions) {
        history.version = each.document == history.inForce ? each.version : history.version;
    }
    return history;
}

Result<std::uint64_t> Session::exportTo(const ExportQuery& query, std::ostream& out,
                                        const ExportProgress& progress)
{
    if (auto fits = checkExport(query); !fits) {
        return fits.error();
    }
    if (query.what == ExportWhat::session) {
        return Error{ErrorCode::invalidArgument,
                     "a copy of the session cannot be written to a stream",
                     {},
                     "Name a file for it"};
    }
    const StoredExport what{
        .kind = static_cast<StoredKind>(query.what),
        .format = static_cast<StoredFormat>(query.format),
        .range = toStored(query.range),
        .run = query.run,
        .metrics = query.metrics,
        .events = toStored(query.events),
    };
    return exportSession(*m_impl->reader, what, out, progress);
}

Result<std::uint64_t> Session::copyTo(const std::filesystem::path& file,
                                      const CopyProgress& progress)
{
    return copySession(*m_impl->reader, file, progress);
}

Result<void> checkExport(const ExportQuery& query)
{
    const bool whole = query.what == ExportWhat::session;
    const auto refuse = [](const char* message, const char* advice) {
        return Error{ErrorCode::invalidArgument, message, {}, advice};
    };
    if (whole != (query.format == ExportFormat::sqlite)) {
        return whole ? refuse("a session is copied as a whole, in format sqlite only",
                              "Choose the format sqlite, or metrics, events, results or errors")
                     : refuse("only a whole session can be written as sqlite",
                              "Export the session, or choose csv or jsonl");
    }
    if (whole && (query.range || query.run || !query.metrics.empty())) {
        return refuse("a session is copied as a whole: it cannot be cut to a range, run or metric",
                      "Leave these out, or export metrics, events, results or errors");
    }
    const bool ofMetrics = query.format > ExportFormat::jsonl && !whole;
    if (ofMetrics && query.what != ExportWhat::metrics) {
        return refuse("only metrics can be written in this format",
                      "Export metrics, or choose csv or jsonl");
    }
    if (!query.metrics.empty() && query.what != ExportWhat::metrics) {
        return refuse("only an export of metrics can be cut to some metrics",
                      "Export metrics, or leave the metric out");
    }
    const EventQuery& events = query.events;
    if (query.what != ExportWhat::events &&
        (!events.type.empty() || !events.source.empty() || !events.text.empty())) {
        return refuse("only an export of events can be cut by type, source or text",
                      "Export events, or leave these out");
    }
    return {};
}

}  // namespace muster
