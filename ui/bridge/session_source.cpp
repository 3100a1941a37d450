// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "bridge/engine_source.h"
#include "bridge/task_thread.h"

namespace muster::ui {

namespace {

Error notLive(const char* what)
{
    return {ErrorCode::unavailable,
            what,
            {},
            "Run the workload again to see it live, or look at Events and the charts, which are "
            "recorded"};
}

/// What the session's last run came to, as far as it was recorded. Live figures stay at zero
/// and their Known parts unknown, with the reason.
SnapshotPtr recordedSnapshot(const SessionInfo& info, const std::vector<QueueRow>& queues)
{
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->queues = queues;
    const std::string reason = "not kept in a recorded session";
    for (Known* each : {&snapshot->actions.okShare, &snapshot->actions.latency.p50,
                        &snapshot->actions.latency.p90, &snapshot->actions.latency.p95,
                        &snapshot->actions.latency.p99, &snapshot->actions.latency.p999,
                        &snapshot->actions.latency.max, &snapshot->waiting.oldest,
                        &snapshot->actions.serviceTime.p50, &snapshot->actions.serviceTime.p99,
                        &snapshot->load.generatorLag, &snapshot->load.generatorSaturation}) {
        each->missing = reason;
    }
    snapshot->sequence = 1;
    snapshot->state = RunState::finished;
    snapshot->events.published = info.events;
    snapshot->events.stored = info.events;
    snapshot->store.file = info.file.string();
    snapshot->store.bytes = info.bytes;
    snapshot->store.problem = info.notice;
    if (!info.runs.empty()) {
        const auto& run = info.runs.back();
        snapshot->workload = run.workload;
        snapshot->workloadFile = run.workloadFile;
        snapshot->at = run.endedAt.value_or(run.startedAt);
        snapshot->uptime = snapshot->at - run.startedAt;
        snapshot->stateReason =
            run.endedAt ? "recorded session"
            : info.live ? "another process records into this session; open here to read only"
                        : "recorded session that was not closed";
    }
    if (info.live) {
        snapshot->attention.push_back(
            {Severity::warning,
             "Another process records into this session: it is open here to read only, as far as "
             "it was recorded when it was opened",
             "Open it anew", "session:" + info.file.string()});
    }
    return snapshot;
}

class SessionSource final : public DataSource {
public:
    SessionSource(std::unique_ptr<Session> session, SessionInfo info, std::vector<QueueRow> queues)
        : m_session(std::move(session)), m_info(std::move(info)), m_queues(std::move(queues))
    {
    }

    bool live() const noexcept override { return false; }
    std::optional<std::filesystem::path> database() const override { return m_info.file; }
    std::optional<SessionInfo> session() const override { return m_info; }
    EngineStartup startup() const override { return {}; }

    void onSnapshot(std::function<void()>) override {}
    SnapshotPtr takeSnapshot() override { return recordedSnapshot(m_info, m_queues); }

    void submit(Command, CommandDone done) override
    {
        done(notLive("This is a recorded session: nothing in it can be steered"));
    }
    void agents(AgentQuery, Reply<AgentPage> done) override
    {
        done(
            notLive("Agents are live: a recorded session keeps their events and figures, not "
                    "the agents"));
    }
    void agentDetail(AgentId, Reply<AgentDetail> done) override
    {
        done(notLive("The agent of a recorded session is no longer there"));
    }
    void events(EventQuery query, Reply<EventPage> done) override
    {
        m_reader.post([this, query = std::move(query), done = std::move(done)] {
            done(m_session->events(query));
        });
    }
    void tailEvents(EventQuery, std::uint32_t, TailRows) override {}
    void stopTail() override {}
    void history(HistoryQuery query, Reply<HistoryPage> done) override
    {
        m_reader.post([this, query = std::move(query), done = std::move(done)] {
            done(m_session->history(query));
        });
    }
    void whatIf(WhatIfQuery query, Reply<WhatIf> done) override
    {
        m_reader.post([this, query = std::move(query), done = std::move(done)] {
            done(m_session->whatIf(query));
        });
    }
    void letters(LetterQuery query, Reply<LetterList> done) override
    {
        m_reader.post([this, query = std::move(query), done = std::move(done)] {
            done(m_session->letters(query));
        });
    }
    void jobs(JobQuery query, Reply<std::vector<JobRow>> done) override
    {
        m_reader.post([this, query = std::move(query), done = std::move(done)] {
            done(m_session->jobs(query));
        });
    }
    void previewRetry(LetterQuery, std::optional<std::string>,
                      Reply<std::vector<RetryPreview>> done) override
    {
        done(Error{ErrorCode::unavailable,
                   "a recorded session has no run that a retry could meet",
                   {},
                   "Run its workload with --db on this session, or use musterctl queue dry-run"});
    }
    void requestStop() override {}
    RunSummary drain(Duration) override { return {}; }

private:
    const std::unique_ptr<Session> m_session;
    const SessionInfo m_info;
    const std::vector<QueueRow> m_queues;
    TaskThread m_reader{"muster-session"};  ///< last: its tasks use the session
};

}  // namespace

DataSources::Made openRecorded(const std::filesystem::path& file)
{
    auto session = Session::open(file);
    if (!session.ok()) {
        return session.error();
    }
    auto info = session.value()->info();
    if (!info.ok()) {
        return info.error();
    }
    auto queues = session.value()->queues();
    if (!queues.ok()) {
        return queues.error();
    }
    return std::shared_ptr<DataSource>(std::make_shared<SessionSource>(
        std::move(session).value(), std::move(info).value(), std::move(queues).value()));
}

}  // namespace muster::ui
