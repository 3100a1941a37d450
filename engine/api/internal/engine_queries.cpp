// SPDX-License-Identifier: Apache-2.0
#include "api/internal/engine_queries.h"

#include <algorithm>
#include <utility>

#include "api/internal/agent_rows.h"
#include "api/internal/history.h"
#include "api/internal/queue_rows.h"
#include "api/internal/stored.h"
#include "api/internal/what_if.h"

namespace muster {

template <class T>
void EngineQueries::refuse(const std::function<void(Result<T>)>& done) const
{
    done(Error{ErrorCode::overloaded,
               "too many questions wait for an answer",
               {},
               "Ask again in a moment."});
}

template <class T>
void EngineQueries::ask(std::function<Result<T>()> answer, std::function<void(Result<T>)> done)
{
    auto shared = std::make_shared<std::function<void(Result<T>)>>(std::move(done));
    if (!m_thread.post([answer = std::move(answer), shared] { (*shared)(answer()); })) {
        refuse<T>(*shared);
    }
}

void EngineQueries::agents(AgentQuery query, std::function<void(Result<AgentPage>)> done)
{
    ask<AgentPage>([this, query = std::move(query)] { return readAgents(query); }, std::move(done));
}

void EngineQueries::agentDetail(AgentId id, std::function<void(Result<AgentDetail>)> done)
{
    auto shared = std::make_shared<std::function<void(Result<AgentDetail>)>>(std::move(done));
    if (!m_thread.post([this, id, shared] { readDetail(id, *shared); })) {
        refuse<AgentDetail>(*shared);
    }
}

void EngineQueries::events(EventQuery query, std::function<void(Result<EventPage>)> done)
{
    ask<EventPage>([this, query = std::move(query)] { return readEvents(query); }, std::move(done));
}

void EngineQueries::history(HistoryQuery query, std::function<void(Result<HistoryPage>)> done)
{
    ask<HistoryPage>([this, query = std::move(query)] { return readHistory(query); },
                     std::move(done));
}

void EngineQueries::whatIf(WhatIfQuery query, std::function<void(Result<WhatIf>)> done)
{
    ask<WhatIf>([this, query = std::move(query)] { return readWhatIf(query); }, std::move(done));
}

Result<AgentPage> EngineQueries::readAgents(const AgentQuery& query)
{
    return agentPage(m_core.runtime->directory(), query, *m_core.clock);
}

void EngineQueries::readDetail(AgentId id, const std::function<void(Result<AgentDetail>)>& done)
{
    agentDetailOf(*m_core.runtime, *m_core.clock, id, done);
}

Result<EventPage> EngineQueries::readEvents(const EventQuery& query)
{
    if (!m_core.recorder) {
        return readMemory(*m_core.bus, query, RunId{});
    }
    const auto session = reader();
    return session ? muster::readEvents(**session, query) : Result<EventPage>(session.error());
}

Result<HistoryPage> EngineQueries::readHistory(const HistoryQuery& query)
{
    const auto session = m_core.recorder ? reader() : Result<SessionReader*>(nullptr);
    return historyPage(m_core.frames, m_core.marks, session ? *session : nullptr, query);
}

Result<WhatIf> EngineQueries::readWhatIf(WhatIfQuery query)
{
    if (!m_core.recorder) {
        return Error{ErrorCode::unavailable,
                     "the run is not recorded, so no log tells what was called",
                     {},
                     "Record it: --db FILE, or as the console does by itself."};
    }
    const auto session = reader();
    if (!session) {
        return session.error();
    }
    query.run = query.run.value_or(m_core.recorder->run());
    return askWhatIf(**session, query);
}

Result<SessionReader*> EngineQueries::reader()
{
    if (!m_reader) {
        auto opened = SessionReader::open(*m_core.options.database);
        if (!opened) {
            return opened.error();
        }
        m_reader = *std::move(opened);
    }
    return m_reader.get();
}

void EngineQueries::tail(EventQuery query, std::uint32_t rowsPerSecond, EventTail::Rows rows)
{
    {
        const std::lock_guard lock(m_tailMutex);
        m_wantedTail = WantedTail{std::move(query), rowsPerSecond, std::move(rows)};
        m_tailing = true;
    }
    flushTail();
}

void EngineQueries::stopTail()
{
    {
        const std::lock_guard lock(m_tailMutex);
        m_wantedTail = WantedTail{};
    }
    flushTail();
}

void EngineQueries::flushTail()
{
    if (!m_tailing || m_tailPosted.exchange(true)) {
        return;
    }
    const bool posted = m_thread.post([this] {
        m_tailPosted = false;
        changeTail();
        carryTail();
    });
    if (!posted) {
        m_tailPosted = false;
    }
}

void EngineQueries::carryTail()
{
    if (m_tail) {
        m_tail->flush(m_core.clock->now());
    }
    if (!m_storedTail) {
        return;
    }
    const auto session = reader();
    const auto done = session ? m_storedTail->flush(**session, m_core.clock->now())
                              : Result<void>(session.error());
    if (!done && !std::exchange(m_tailFailed, true)) {
        m_core.log->component("api").error("the tail of events stands still: {}",
                                           done.error().text());
    }
    m_tailFailed = m_tailFailed && !done;
}

void EngineQueries::changeTail()
{
    std::optional<WantedTail> wanted;
    {
        const std::lock_guard lock(m_tailMutex);
        wanted = std::exchange(m_wantedTail, std::nullopt);
    }
    if (!wanted) {
        return;
    }
    m_tail.reset();
    m_storedTail.reset();
    m_tailFailed = false;
    if (wanted->rows && wanted->query.after && m_core.recorder) {
        if (const auto session = reader()) {
            auto made =
                StoredTail::start(**session, wanted->query, wanted->rowsPerSecond, wanted->rows);
            m_storedTail = made ? std::optional(*std::move(made)) : std::nullopt;
        }
    }
    // From now on, too, when what it shall come after is not stored any more.
    if (wanted->rows && !m_storedTail) {
        const auto run = m_core.recorder ? m_core.recorder->run() : RunId{};
        auto made = EventTail::subscribe(*m_core.bus, std::move(wanted->query),
                                         wanted->rowsPerSecond, run, std::move(wanted->rows));
        m_tail = made ? *std::move(made) : nullptr;
    }
    const std::lock_guard lock(m_tailMutex);
    m_tailing = m_tail != nullptr || m_storedTail || m_wantedTail.has_value();
}

void EngineQueries::stop()
{
    m_thread.stop();
    m_tail.reset();
}

namespace {

Error noQueues()
{
    return {ErrorCode::unavailable,
            "there is no durable queue",
            {},
            "Declare one in the workload ([queues.NAME], takes = \"NAME\")"};
}

}  // namespace

void EngineQueries::letters(LetterQuery query, std::function<void(Result<LetterList>)> done)
{
    ask<LetterList>(
        [this, query = std::move(query)]() -> Result<LetterList> {
            if (!m_core.queues) {
                return noQueues();
            }
            return toList(m_core.queues->letters(toFilter(query), query.offset, query.limit));
        },
        std::move(done));
}

void EngineQueries::jobs(JobQuery query, std::function<void(Result<std::vector<JobRow>>)> done)
{
    ask<std::vector<JobRow>>(
        [this, query = std::move(query)]() -> Result<std::vector<JobRow>> {
            if (!m_core.queues) {
                return noQueues();
            }
            const auto jobs = m_core.queues->jobs(query.queue, {query.after}, query.limit);
            if (!jobs) {
                return jobs.error();
            }
            std::vector<JobRow> rows;
            for (const JobView& job : *jobs) {
                rows.push_back(toRow(job.record, job.state));
            }
            return rows;
        },
        std::move(done));
}

void EngineQueries::previewRetry(LetterQuery query, std::optional<std::string> payload,
                                 JobFindings job,
                                 std::function<void(Result<std::vector<RetryPreview>>)> done)
{
    ask<std::vector<RetryPreview>>(
        [this, query = std::move(query), payload = std::move(payload),
         job = std::move(job)]() -> Result<std::vector<RetryPreview>> {
            if (!m_core.queues) {
                return noQueues();
            }
            return muster::previewRetry(*m_core.queues, query, job, payload);
        },
        std::move(done));
}

}  // namespace muster
