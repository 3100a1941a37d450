// SPDX-License-Identifier: Apache-2.0
#include "storage/session_reader.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "storage/internal/event_scan.h"
#include "storage/internal/metric_query.h"
#include "storage/internal/queue_rows.h"
#include "storage/internal/row.h"
#include "storage/internal/session_lock.h"
#include "storage/internal/stream_scan.h"
#include "storage/session_file.h"

namespace muster {

namespace fs = std::filesystem;

namespace {

Result<std::uint64_t> countEvents(Database& database, DamageLog& damage)
{
    const auto sum = database.queryInteger("SELECT sum(rows) FROM event_blocks");
    if (!sum) {
        if (!isDamage(sum.error())) {
            return sum.error();
        }
        damage.add("event blocks", 0, 1);
        return std::uint64_t{0};
    }
    return static_cast<std::uint64_t>(*sum);
}

}  // namespace

Result<std::unique_ptr<SessionReader>> SessionReader::open(const fs::path& file)
{
    auto state = std::make_unique<State>();
    state->file = canonicalSessionPath(file);
    if (auto done = state->open(); !done) {
        Error error = done.error();
        error.where = state->file.string();
        return error;
    }
    return std::unique_ptr<SessionReader>(new SessionReader(std::move(state)));
}

SessionReader::SessionReader(std::unique_ptr<State> state) : m_state(std::move(state)) {}

SessionReader::~SessionReader() = default;

Result<StoredSession> SessionReader::info()
{
    const ReadMoment moment(m_state->database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    auto runs = m_state->runs();
    auto events = countEvents(m_state->database, m_state->damage);
    auto progress = m_state->progress();
    for (const Error* error : {errorOf(runs), errorOf(events), errorOf(progress)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    StoredSession session{
        .file = m_state->file,
        .bytes = 0,
        .schemaVersion = kSessionSchemaVersion,
        .readOnly = damaged() || !m_state->writable,
        .live = SessionLock::held(m_state->file),
        .notice = notice(),
        .events = *events,
        .results = static_cast<std::uint64_t>(progress->lastOf(Numbered::results)),
        .errors = static_cast<std::uint64_t>(progress->lastOf(Numbered::errors)),
        .runs = std::move(runs).value()};
    for (const char* suffix : {"", "-wal"}) {
        fs::path part = m_state->file;
        part += suffix;
        std::error_code missing;
        const auto size = fs::file_size(part, missing);
        session.bytes += missing ? 0 : size;
    }
    return session;
}

Result<StoredEventPage> SessionReader::events(const StoredEventQuery& query)
{
    // One more than asked for tells whether there are more.
    StoredEventQuery wider = query;
    wider.limit += query.limit > 0 ? 1 : 0;
    StoredEventPage page;
    const auto visited = visitEvents(wider, [&page](const StoredEvent& event) {
        page.rows.push_back(event);
        return true;
    });
    if (!visited) {
        return visited.error();
    }
    page.more = query.limit > 0 && page.rows.size() > query.limit;
    if (page.more) {
        page.rows.pop_back();
    }
    return page;
}

Result<std::uint64_t> SessionReader::visitEvents(const StoredEventQuery& query,
                                                 const StoredEventVisitor& visit)
{
    const ReadMoment moment(m_state->database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    auto scan = EventScan::open(*m_state, query);
    if (!scan) {
        return scan.error();
    }
    return scan->run(visit);
}

Result<StoredMetricPage> SessionReader::metrics(const StoredMetricQuery& query)
{
    const ReadMoment moment(m_state->database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    return MetricQuery(*m_state, query).run();
}

Result<StreamPage> SessionReader::stream(const StreamQuery& query)
{
    const ReadMoment moment(m_state->database);
    return moment.begun() ? readStream(*m_state, query) : moment.begun().error();
}

Result<std::vector<StoredStream>> SessionReader::streams(std::string_view after,
                                                         std::uint64_t limit)
{
    const ReadMoment moment(m_state->database);
    return moment.begun() ? readStreams(*m_state, after, limit) : moment.begun().error();
}

Result<std::vector<StoredMark>> SessionReader::marks(const std::optional<StoredRange>& range)
{
    const ReadMoment moment(m_state->database);
    return moment.begun() ? m_state->marks(range) : moment.begun().error();
}

Result<std::vector<CallLogRecord>> SessionReader::calls(RunId run, std::string_view service)
{
    const ReadMoment moment(m_state->database);
    return moment.begun() ? m_state->calls(run, service) : moment.begun().error();
}

Result<std::vector<StoredConfiguration>> SessionReader::configurations()
{
    const ReadMoment moment(m_state->database);
    return moment.begun() ? m_state->configurations() : moment.begun().error();
}

Result<StoredQueues> SessionReader::queues()
{
    const ReadMoment moment(m_state->database);
    if (!moment.begun()) {
        return moment.begun().error();
    }
    auto stored = loadQueues(m_state->database, LetterRows::all);
    if (stored && !stored->notice.empty()) {
        m_state->damage.remark(stored->notice);
    }
    return stored;
}

Result<std::vector<CaptureCounts>> SessionReader::captureCounts(std::optional<RunId> run)
{
    auto statement = m_state->database.prepare("SELECT * FROM capture ORDER BY type, run");
    if (!statement) {
        return statement.error();
    }
    std::vector<CaptureCounts> all;
    for (;;) {
        const auto row = statement->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return all;
        }
        if (!rowHolds(*statement)) {
            m_state->damage.add("capture", 0, 1);
            continue;
        }
        if (run && statement->integer(0) != run->value) {
            continue;
        }
        if (all.empty() || all.back().type != statement->text(1)) {
            all.push_back({.type = std::string(statement->text(1))});
        }
        const auto count = [&](int column) {
            return static_cast<std::uint64_t>(statement->integer(column));
        };
        all.back().kept += count(2);
        all.back().sampledAway += count(3);
        all.back().capped += count(4);
        all.back().countedOnly += count(5);
        all.back().shed += count(6);
    }
}

bool SessionReader::damaged() const noexcept
{
    return m_state->damaged || !m_state->damage.empty();
}

std::string SessionReader::notice() const
{
    std::string text = m_state->notice;
    const std::string damage = m_state->damage.text();
    text += (text.empty() || damage.empty() ? "" : ". ") + damage;
    return text;
}

}  // namespace muster
