// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/session_writer.h"

#include <cstddef>
#include <utility>

#include "base/thread_slot.h"
#include "storage/internal/row.h"
#include "storage/internal/text.h"

namespace muster {

namespace {

/// Events come from the caches of other cores: asked for before they are needed.
constexpr std::size_t kAhead = 6;

void prefetch(const Event& event) noexcept
{
    const auto* bytes = reinterpret_cast<const std::byte*>(&event);
    for (std::size_t line = 0; line < 4; ++line) {
        __builtin_prefetch(bytes + line * kCacheLine);
    }
}

/// Whether the database refused the one record, and would take others.
bool aboutOneRecord(const Error& error)
{
    return error.code == ErrorCode::outOfRange || error.code == ErrorCode::internal;
}

}  // namespace

Result<std::unique_ptr<SessionWriter>> SessionWriter::open(const Place& place)
{
    std::unique_ptr<SessionWriter> writer(new SessionWriter(place));
    if (auto done = writer->prepare(); !done) {
        return done.error();
    }
    return writer;
}

Result<void> SessionWriter::prepare()
{
    Database& database = m_place.database;
    const auto loaded = loadProgress(database);
    if (!loaded) {
        return loaded.error();
    }
    m_progress = *loaded;
    auto events = EventRows::open(database, m_progress, m_place.run, m_place.origin);
    auto types = NameTable::open(database, m_progress, Numbered::eventTypes);
    auto frames = FrameRows::open(database, m_progress, m_place.run);
    auto results = ResultRows::open(database, m_progress, m_place.run);
    auto streams = StreamRows::open(database, m_progress);
    auto queues = QueueRows::open(database, m_place.faults);
    auto texts = TextIndexer::open(database, m_progress);
    auto rollups = RollupRows::open(database, m_progress);
    auto mark = database.prepare("INSERT INTO marks VALUES(?,?,?,?,?,?)");
    auto calls = database.prepare("INSERT INTO calls VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    auto configuration =
        database.prepare("INSERT INTO configurations VALUES(?,?,?,?,?,?,?,?,?,?,?,?)");
    auto capture = database.prepare("INSERT OR REPLACE INTO capture VALUES(?,?,?,?,?,?,?,?)");
    auto progress = prepareProgress(database);
    for (const Error* error :
         {errorOf(events), errorOf(types), errorOf(frames), errorOf(results), errorOf(streams),
          errorOf(queues), errorOf(texts), errorOf(rollups), errorOf(mark), errorOf(calls),
          errorOf(configuration), errorOf(capture), errorOf(progress)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    m_events = std::move(events).value();
    m_types = std::move(types).value();
    m_frames = std::move(frames).value();
    m_results = std::move(results).value();
    m_streams = std::move(streams).value();
    m_queues = std::move(queues).value();
    m_texts = std::move(texts).value();
    m_rollups = std::move(rollups).value();
    m_mark = std::move(mark).value();
    m_calls = std::move(calls).value();
    m_configuration = std::move(configuration).value();
    m_capture = std::move(capture).value();
    m_writeProgress = std::move(progress).value();
    return {};
}

Result<void> SessionWriter::begin()
{
    m_written = {};
    return m_place.database.execute("BEGIN IMMEDIATE");
}

template <class Records, class Write>
Result<void> SessionWriter::writeAll(const Records& records, Write write)
{
    for (const auto& record : records) {
        if (m_place.faults != nullptr) {
            if (auto fault = m_place.faults->pass("storage.write")) {
                return *fault;
            }
        }
        if (auto done = write(record); !done) {
            if (!aboutOneRecord(done.error())) {
                return done;
            }
            ++m_written.unwritable;
        }
    }
    return {};
}

Result<void> SessionWriter::write(const RecordBatch& batch)
{
    auto done = writeAll(batch.events, [this, &batch](const EventPtr& event) {
        const auto next = static_cast<std::size_t>(&event - batch.events.data()) + kAhead;
        if (next < batch.events.size()) {
            prefetch(*batch.events[next]);
        }
        return writeEvent(*event);
    });
    if (done) {
        done = writeAll(batch.results,
                        [this](const ResultRecord& result) { return m_results.append(result); });
    }
    if (done) {
        done = writeAll(batch.errors,
                        [this](const ErrorRecord& error) { return m_results.append(error); });
    }
    if (done) {
        done = writeAll(batch.marks, [this](const MarkRecord& mark) { return writeMark(mark); });
    }
    if (done) {
        done =
            writeAll(batch.calls, [this](const CallLogRecord& calls) { return writeCalls(calls); });
    }
    if (done) {
        done = writeAll(batch.configurations, [this](const ConfigurationRecord& version) {
            return writeConfiguration(version);
        });
    }
    if (done) {
        done = writeAppends(batch.appends);
    }
    for (const NumberedStep& queue : batch.queueSteps) {
        if (done) {
            done = m_queues.append(queue.step);
        }
    }
    return done ? m_frames.append(batch.samples) : done;
}

Result<void> SessionWriter::writeAppends(const std::vector<PendingAppend>& appends)
{
    for (const PendingAppend& pending : appends) {
        if (m_place.faults != nullptr) {
            if (auto fault = m_place.faults->pass("storage.write")) {
                return *fault;
            }
        }
        auto answer = m_streams.append(pending.append, m_events, m_types);
        if (!answer) {
            return answer.error();
        }
        if (*answer && !(*answer)->before) {
            m_written.events += pending.append.events.size();
        }
        m_written.appends.push_back(std::move(*answer));
    }
    return {};
}

Result<void> SessionWriter::writeEvent(const Event& event)
{
    const std::size_t type = event.type.value;
    if (m_typeNumbers.size() <= type) {
        m_typeNumbers.resize(type + 1);
    }
    if (m_typeNumbers[type] == 0) {
        const auto number = m_types.number(event.typeName());
        if (!number) {
            return number.error();
        }
        m_typeNumbers[type] = *number;
    }
    m_source.clear();
    appendText(m_source, event.source);
    m_data.clear();
    event.data().appendJson(m_data);
    auto done = m_events.append({.id = event.id,
                                 .at = event.at,
                                 .type = m_typeNumbers[type],
                                 .source = m_source,
                                 .data = m_data,
                                 .trace = event.trace,
                                 .cause = event.cause,
                                 .correlation = event.correlation,
                                 .version = event.info().version,
                                 .durable = event.durable});
    if (done) {
        ++m_written.events;
        if (event.durable) {
            m_written.durable.push_back(event.id);
        }
    }
    return done;
}

Result<void> SessionWriter::writeMark(const MarkRecord& mark)
{
    auto done = RowWriter(m_mark)
                    .put(m_progress.lastOf(Numbered::marks) + 1)
                    .put(std::int64_t{m_place.run.value})
                    .put(mark.at.nanoseconds)
                    .put(mark.kind)
                    .put(validUtf8(mark.text, m_text))
                    .insert();
    if (done) {
        ++m_progress.lastOf(Numbered::marks);
    }
    return done;
}

Result<void> SessionWriter::writeCalls(const CallLogRecord& calls)
{
    auto done = RowWriter(m_calls)
                    .put(m_progress.lastOf(Numbered::calls) + 1)
                    .put(std::int64_t{m_place.run.value})
                    .put(calls.at.nanoseconds)
                    .put(calls.service)
                    .put(calls.machine)
                    .put(calls.begin)
                    .put(calls.asked)
                    .put(calls.entries)
                    .put(calls.lost)
                    .put(std::as_bytes(std::span(calls.data)))
                    .insert();
    if (done) {
        ++m_progress.lastOf(Numbered::calls);
    }
    return done;
}

Result<void> SessionWriter::writeConfiguration(const ConfigurationRecord& version)
{
    auto done = RowWriter(m_configuration)
                    .put(m_progress.lastOf(Numbered::configurations) + 1)
                    .put(std::int64_t{m_place.run.value})
                    .put(version.at.nanoseconds)
                    .put(version.version)
                    .put(version.parent)
                    .put(version.kind)
                    .put(validUtf8(version.author, m_text))
                    .put(validUtf8(version.reason, m_data))
                    .put(version.hash)
                    .put(version.document)
                    .put(version.kept)
                    .insert();
    if (done) {
        ++m_progress.lastOf(Numbered::configurations);
    }
    return done;
}

Result<void> SessionWriter::writeCapture(std::span<const CaptureCounts> counts)
{
    for (const CaptureCounts& of : counts) {
        auto done = RowWriter(m_capture)
                        .put(std::int64_t{m_place.run.value})
                        .put(of.type)
                        .put(of.kept)
                        .put(of.sampledAway)
                        .put(of.capped)
                        .put(of.countedOnly)
                        .put(of.shed)
                        .insert();
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<void> SessionWriter::endRun(const RunEndRecord& end)
{
    Database& database = m_place.database;
    auto old = database.prepare("SELECT * FROM runs WHERE id = ?1");
    auto replace = database.prepare("INSERT OR REPLACE INTO runs VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    if (!old || !replace) {
        return old ? replace.error() : old.error();
    }
    const auto row = old->bind(1, std::int64_t{m_place.run.value}).step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorCode::corrupt,
                     "the run is not in its session any more",
                     {},
                     "Record to another file (--db)"};
    }
    RowWriter closed(replace.value());
    closed.put(old->integer(0)).put(old->integer(1)).put(old->integer(2));
    for (int column = 3; column < 7; ++column) {
        closed.put(old->text(column));
    }
    old->isNull(7) ? closed.putNull() : closed.put(old->integer(7));
    closed.put(end.endedAt.nanoseconds).put(end.summaryJson);
    return closed.insert();
}

bool SessionWriter::rollupWaits() const noexcept
{
    return !m_rollupsBroken && m_rollups.waits();
}

bool SessionWriter::upkeepWaits() const noexcept
{
    return rollupWaits() || (!m_textsBroken && m_texts.waits(m_events.openBlock()));
}

Result<void> SessionWriter::upkeep()
{
    m_upkeepProblem.clear();
    if (!upkeepWaits()) {
        return {};
    }
    Database& database = m_place.database;
    if (auto done = database.execute("SAVEPOINT upkeep"); !done) {
        return done;
    }
    const Progress before = m_progress;
    const bool rollups = rollupWaits();
    const auto done = rollups ? m_rollups.advance() : m_texts.advance(m_events.openBlock());
    if (!done) {
        m_progress = before;
        giveUpUpkeep(rollups, done.error());
        if (auto undone = database.execute("ROLLBACK TO upkeep"); !undone) {
            return undone;
        }
    }
    return database.execute("RELEASE upkeep");
}

void SessionWriter::giveUpUpkeep(bool rollups, const Error& error)
{
    if (rollups) {
        m_rollups = {};
        m_rollupsBroken = true;
    } else {
        m_texts = {};
        m_textsBroken = true;
    }
    m_upkeepProblem =
        (rollups ? "metrics are not rolled up: " : "the full-text index is not kept up: ") +
        error.text();
}

Result<void> SessionWriter::commit()
{
    if (auto done = m_events.finish(); !done) {
        return done;
    }
    if (auto done = m_frames.finish(); !done) {
        return done;
    }
    if (auto done = m_rollups.finish(); !done) {
        return done;
    }
    ++m_progress.commits;
    if (auto done = writeProgress(m_writeProgress, m_progress); !done) {
        return done;
    }
    if (m_place.faults != nullptr) {
        if (auto fault = m_place.faults->pass("storage.commit")) {
            return *fault;
        }
    }
    return m_place.database.execute("COMMIT");
}

}  // namespace muster
