// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "api/engine.h"
#include "api/internal/agent_rows.h"
#include "api/internal/engine_core.h"
#include "api/internal/event_tail.h"
#include "api/internal/query_thread.h"
#include "api/internal/queue_rows.h"
#include "api/internal/stored_tail.h"
#include "storage/session_reader.h"

namespace muster {

/// Answers the console's questions on the query thread. Each `done` is called exactly once.
/// Thread safety: any thread.
class EngineQueries {
public:
    explicit EngineQueries(EngineCore& core) : m_core(core) {}

    void agents(AgentQuery query, std::function<void(Result<AgentPage>)> done);
    void agentDetail(AgentId id, std::function<void(Result<AgentDetail>)> done);
    void events(EventQuery query, std::function<void(Result<EventPage>)> done);
    void letters(LetterQuery query, std::function<void(Result<LetterList>)> done);
    void jobs(JobQuery query, std::function<void(Result<std::vector<JobRow>>)> done);
    void previewRetry(LetterQuery query, std::optional<std::string> payload, JobFindings job,
                      std::function<void(Result<std::vector<RetryPreview>>)> done);
    void history(HistoryQuery query, std::function<void(Result<HistoryPage>)> done);
    void whatIf(WhatIfQuery query, std::function<void(Result<WhatIf>)> done);

    /// Neither waits for the query thread; rows of the tail before may still come for a moment.
    void tail(EventQuery query, std::uint32_t rowsPerSecond, EventTail::Rows rows);
    void stopTail();
    /// Lets the tail hand over what waits; for a beat.
    void flushTail();

    /// Answers what waits, then ends the thread.
    void stop();

private:
    struct WantedTail {
        EventQuery query;
        std::uint32_t rowsPerSecond = 0;
        EventTail::Rows rows;  // empty: none
    };

    template <class T>
    void ask(std::function<Result<T>()> answer, std::function<void(Result<T>)> done);
    template <class T>
    void refuse(const std::function<void(Result<T>)>& done) const;

    [[nodiscard]] Result<AgentPage> readAgents(const AgentQuery& query);
    void readDetail(AgentId id, const std::function<void(Result<AgentDetail>)>& done);
    [[nodiscard]] Result<EventPage> readEvents(const EventQuery& query);
    [[nodiscard]] Result<HistoryPage> readHistory(const HistoryQuery& query);
    [[nodiscard]] Result<WhatIf> readWhatIf(WhatIfQuery query);
    /// Changes the tail to what is wanted; on the query thread only.
    void changeTail();
    /// Hands over what came; on the query thread only.
    void carryTail();
    /// Opens the session on first use; on the query thread only.
    [[nodiscard]] Result<SessionReader*> reader();

    EngineCore& m_core;
    // The query thread's.
    std::unique_ptr<SessionReader> m_reader;
    std::unique_ptr<EventTail> m_tail;
    std::optional<StoredTail> m_storedTail;
    bool m_tailFailed = false;  // and that was said

    std::mutex m_tailMutex;                  // guards m_wantedTail; held for a move only
    std::optional<WantedTail> m_wantedTail;  // what the query thread shall change m_tail to
    std::atomic<bool> m_tailing{false};      // there is a tail, or one is wanted
    std::atomic<bool> m_tailPosted{false};
    QueryThread m_thread;
};

}  // namespace muster
