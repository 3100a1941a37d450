// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "bridge/data_source.h"

namespace muster::tests {

/// A source whose every answer the test decides; it answers on the caller's thread.
/// Thread safety: any thread.
class FakeSource final : public ui::DataSource {
public:
    /// `agents` of them, named worker-0, worker-1, …; every third is busy.
    explicit FakeSource(std::uint64_t agents = 1'000);

    // What the test sets.
    bool isLive = true;
    std::optional<std::filesystem::path> file;
    std::optional<SessionInfo> info;
    EngineStartup engineStartup;
    std::function<RunSummary(Duration)> onDrain;
    std::function<Result<CommandOutcome>(const Command&)> onCommand;
    std::function<Result<HistoryPage>(const HistoryQuery&)> onHistory;
    std::function<Result<WhatIf>(const WhatIfQuery&)> onWhatIf;
    std::vector<LetterRow> deadLetters;  ///< the newest first, that wait
    std::vector<JobRow> jobRows;
    std::function<Result<std::vector<RetryPreview>>(const LetterQuery&,
                                                    const std::optional<std::string>&)>
        onPreviewRetry;
    void publish(SnapshotPtr snapshot);
    /// The tail's consumer gets these; false when nobody listens.
    bool emitEvents(std::vector<EventRow> rows, std::uint64_t skipped = 0);
    void setEvents(std::vector<EventRow> newestFirst);

    // What the test asks.
    [[nodiscard]] std::vector<Command> commands() const;
    [[nodiscard]] std::vector<AgentQuery> agentQueries() const;
    [[nodiscard]] std::vector<EventQuery> eventQueries() const;
    [[nodiscard]] std::optional<EventQuery> tail() const;
    [[nodiscard]] int stopsRequested() const;

    bool live() const noexcept override { return isLive; }
    std::optional<std::filesystem::path> database() const override { return file; }
    std::optional<SessionInfo> session() const override { return info; }
    EngineStartup startup() const override { return engineStartup; }
    void onSnapshot(std::function<void()> notify) override;
    SnapshotPtr takeSnapshot() override;
    void submit(Command command, CommandDone done) override;
    void agents(AgentQuery query, Reply<AgentPage> done) override;
    void agentDetail(AgentId id, Reply<AgentDetail> done) override;
    void events(EventQuery query, Reply<EventPage> done) override;
    void tailEvents(EventQuery query, std::uint32_t rowsPerSecond, TailRows rows) override;
    void stopTail() override;
    void history(HistoryQuery query, Reply<HistoryPage> done) override;
    void whatIf(WhatIfQuery query, Reply<WhatIf> done) override;
    void letters(LetterQuery query, Reply<LetterList> done) override;
    void jobs(JobQuery query, Reply<std::vector<JobRow>> done) override;
    void previewRetry(LetterQuery query, std::optional<std::string> payload,
                      Reply<std::vector<RetryPreview>> done) override;
    void requestStop() override;
    RunSummary drain(Duration bound) override;

private:
    const std::uint64_t m_agents;
    mutable std::mutex m_mutex;
    std::function<void()> m_notify;
    SnapshotPtr m_snapshot;
    std::vector<EventRow> m_events;
    std::vector<Command> m_commands;
    std::vector<AgentQuery> m_agentQueries;
    std::vector<EventQuery> m_eventQueries;
    std::optional<EventQuery> m_tail;
    TailRows m_tailRows;
    int m_stops = 0;
};

/// Always the same source, whatever is started or opened.
[[nodiscard]] ui::DataSources sourcesOf(std::shared_ptr<FakeSource> source);

[[nodiscard]] AgentRow agentRow(std::uint64_t number);
/// A dead letter of the queue "orders"; each of a greater number died later.
[[nodiscard]] LetterRow letterRow(std::uint64_t number);
/// So many of them, the newest first.
[[nodiscard]] std::vector<LetterRow> letterRows(std::uint64_t count);
[[nodiscard]] JobRow jobRow(std::uint64_t number);
[[nodiscard]] EventRow eventRow(std::uint64_t number, const std::string& type = "action.completed");
/// A running engine with 100,240 agents and plausible figures everywhere.
[[nodiscard]] std::shared_ptr<Snapshot> busySnapshot(std::uint64_t sequence = 1);

}  // namespace muster::tests
