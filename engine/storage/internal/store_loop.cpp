// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/store_loop.h"

#include <algorithm>

#include "storage/internal/session_state.h"

namespace muster {

namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(50);
constexpr Duration kLongestPause = std::chrono::seconds(5);
/// How long what the capture policy counted may be ahead of what the session says of it.
constexpr Duration kCapturePeriod = std::chrono::seconds(1);
/// How long closing may take for what the next run could do as well.
constexpr Duration kLastUpkeep = std::chrono::milliseconds(500);

}  // namespace

StoreLoop::StoreLoop(Parts parts, SessionFile::State& state)
    : m_parts(std::move(parts)),
      m_state(state),
      m_wallAtStart(m_parts.clock->wall()),
      m_monoAtStart(m_parts.clock->now()),
      m_commits(m_parts.writer->commits())
{
    m_status.recording = true;
    m_status.file = state.file;
    measure();
}

void StoreLoop::run()
{
    for (;;) {
        const RecordQueue::Work work = m_parts.queue.take(m_batch, upkeepWaits());
        if (work.idle) {
            keepUp();
            continue;
        }
        if (m_batch.size() > 0) {
            storeBatch();
        }
        m_parts.queue.done();
        if (work.maintain && !work.closed) {
            answerRequests();
            maintain();
        }
        if (work.closed) {
            endRun();
            return;
        }
    }
}

void StoreLoop::storeBatch()
{
    const bool stored = persist([this](SessionWriter& writer) {
        auto done = writer.write(m_batch);
        return done ? writeChangedCapture(writer) : done;
    });
    if (!stored) {
        const std::lock_guard lock(m_statusMutex);
        m_status.drops.lostAtClose += m_batch.size();
        for (PendingAppend& pending : m_batch.appends) {
            pending.answer.set_value(*m_error);
        }
        return;
    }
    measure();
    for (std::size_t i = 0; i < m_batch.appends.size(); ++i) {
        m_batch.appends[i].answer.set_value(std::move(m_attempted.appends[i]));
    }
    if (acknowledged && !m_attempted.durable.empty()) {
        acknowledged(m_attempted.durable);
    }
    if (queueCommitted && !m_batch.queueSteps.empty()) {
        queueCommitted(m_batch.queueSteps.back().number);
    }
}

bool StoreLoop::upkeepWaits() const
{
    return m_parts.writer != nullptr && m_parts.writer->upkeepWaits();
}

void StoreLoop::keepUp()
{
    const bool stored = persist([](SessionWriter& writer) { return writer.upkeep(); });
    if (stored && m_parts.writer && !m_parts.writer->upkeepProblem().empty()) {
        m_parts.logger.error("{}", m_parts.writer->upkeepProblem());
    }
}

void StoreLoop::endRun()
{
    if (m_error) {
        return;  // given up already
    }
    const auto until = RealTime::now() + kLastUpkeep;
    while (upkeepWaits() && RealTime::now() < until && !m_error) {
        keepUp();
    }
    m_captureAt = {};
    const bool ended = persist([this](SessionWriter& writer) {
        auto done = writeChangedCapture(writer);
        return done && m_end ? writer.endRun(*m_end) : done;
    });
    m_parts.writer.reset();
    m_parts.file.reset();
    const std::lock_guard lock(m_statusMutex);
    m_status.recording = false;
    if (ended) {
        std::error_code ignored;
        m_status.bytes = std::filesystem::file_size(m_status.file, ignored);
    }
}

bool StoreLoop::persist(const Fill& fill)
{
    m_attempted = {};
    bool stored = false;
    while (!stored) {
        if (m_parts.writer != nullptr) {
            const auto done = attempt(fill);
            m_attempted = m_parts.writer->written();
            if (done) {
                m_commits = m_parts.writer->commits();
                break;
            }
            failed(done.error());
        }
        const Reopened reopened = reopenUntilDone();
        if (reopened == Reopened::gaveUp) {
            return false;
        }
        stored = reopened == Reopened::landed;
    }
    {
        const std::lock_guard lock(m_statusMutex);
        m_status.stored += m_attempted.events;
        m_status.drops.unwritable += m_attempted.unwritable;
    }
    recovered();
    return true;
}

Result<void> StoreLoop::attempt(const Fill& fill)
{
    SessionWriter& writer = *m_parts.writer;
    if (auto done = writer.begin(); !done) {
        return done;
    }
    auto done = fill(writer);
    return done ? writer.commit() : done;
}

StoreLoop::Reopened StoreLoop::reopenUntilDone()
{
    for (;;) {
        m_pause = std::clamp(m_pause * 2, kFirstPause, kLongestPause);
        if (!m_parts.queue.waitForRetry(m_pause)) {
            return Reopened::gaveUp;
        }
        if (const auto done = reopen(); !done) {
            failed(done.error());
            continue;
        }
        // The commit that failed may have reached the file before it was said to have failed.
        const bool landed = m_parts.writer->commits() == m_commits + 1;
        m_commits = m_parts.writer->commits();
        return landed ? Reopened::landed : Reopened::lost;
    }
}

Result<void> StoreLoop::reopen()
{
    m_parts.writer.reset();
    if (auto done = m_state.reopen(m_parts.place.faults); !done) {
        return done;
    }
    auto writer = SessionWriter::open(m_parts.place);
    if (!writer) {
        return writer.error();
    }
    if ((*writer)->commits() < m_commits) {
        return Error{ErrorCode::corrupt, "records that were committed are not in the session",
                     m_state.file.string(), "Check its disk, and record to another (--db)"};
    }
    m_parts.writer = std::move(writer).value();
    return {};
}

void StoreLoop::failed(const Error& error)
{
    m_parts.writer.reset();
    m_state.database.close();
    const bool first = !m_error;
    const bool changed = first || m_error->message != error.message;
    m_error = error;
    m_error->where = m_state.file.string();
    if (first) {
        m_failingSince = RealTime::now();
    }
    m_parts.queue.setFailing(true);
    RecorderTrouble trouble{.error = m_error, .lasted = RealTime::now() - m_failingSince};
    {
        const std::lock_guard lock(m_statusMutex);
        m_status.recording = false;
        m_trouble = m_error;
        trouble.failedWrites = ++m_status.failedWrites;
        m_status.problem = "Recording stands still. " + m_error->text() +
                           " It is tried again by itself, and nothing durable is lost so far";
    }
    if (changed) {
        m_parts.logger.error("recording stands still: {}", m_error->text());
        if (troubled) {
            troubled(trouble);
        }
    }
}

void StoreLoop::recovered()
{
    if (!m_error) {
        return;
    }
    m_error.reset();
    m_pause = {};
    m_parts.queue.setFailing(false);
    RecorderTrouble over{.lasted = RealTime::now() - m_failingSince};
    {
        const std::lock_guard lock(m_statusMutex);
        m_status.recording = true;
        m_status.problem.clear();
        m_trouble.reset();
        over.failedWrites = m_status.failedWrites;
    }
    m_parts.logger.info("recording goes on after {} ms",
                        std::chrono::duration_cast<std::chrono::milliseconds>(over.lasted).count());
    if (troubled) {
        troubled(over);
    }
}

RecorderStatus StoreLoop::status() const
{
    const std::lock_guard lock(m_statusMutex);
    return m_status;
}

std::optional<Error> StoreLoop::trouble() const
{
    const std::lock_guard lock(m_statusMutex);
    return m_trouble;
}

Result<void> StoreLoop::writeChangedCapture(SessionWriter& writer)
{
    const auto now = RealTime::now();
    if (m_captureAt != RealTime::time_point{} && now - m_captureAt < kCapturePeriod) {
        return {};
    }
    m_captureAt = now;
    return writer.writeCapture(m_parts.gate.counts());
}

void StoreLoop::measure()
{
    std::error_code ignored;
    std::filesystem::path log = m_state.file;
    log += "-wal";
    std::uint64_t bytes = 0;
    for (const std::filesystem::path& file : {m_state.file, log}) {
        const auto size = std::filesystem::file_size(file, ignored);
        bytes += ignored ? 0 : size;
    }
    const std::lock_guard lock(m_statusMutex);
    m_status.bytes = bytes;
}

}  // namespace muster
