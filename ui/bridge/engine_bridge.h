// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "bridge/data_source.h"
#include "bridge/inbox.h"
#include "bridge/past_view.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// The one place where the console meets the engine. It owns the run (or the recorded session)
/// and keeps its threads apart from the screen's: opening, draining and reading happen in the
/// background, and every answer comes back on the thread of this object, in which the caller's
/// context still lives; when the context is gone the answer is dropped.
/// Thread safety: the thread it lives in (the UI thread), all of it.
class EngineBridge final : public QObject {
    Q_OBJECT

public:
    enum class Mode {
        empty,     ///< nothing is open: the Start page
        opening,   ///< an engine or a session is on its way
        live,      ///< an engine runs, or ran and can still be looked into
        recorded,  ///< a session file is open to read
        closing,   ///< draining
    };
    Q_ENUM(Mode)

    template <class T>
    using Answer = std::function<void(const Result<T>&)>;
    using TailAnswer =
        std::function<void(const std::vector<EventRow>& rows, std::uint64_t skipped)>;

    explicit EngineBridge(DataSources sources, QObject* parent = nullptr);
    ~EngineBridge() override;  ///< drains with the default bound when close() was not called

    [[nodiscard]] Mode mode() const noexcept { return m_mode; }
    [[nodiscard]] bool live() const noexcept { return m_mode == Mode::live; }
    [[nodiscard]] bool recorded() const noexcept { return m_mode == Mode::recorded; }

    /// Closes what is open, then starts an engine; modeChanged(live) or openFailed() follows.
    void start(EngineOptions options);
    /// Closes what is open, then opens a recorded session to read.
    void openSession(std::filesystem::path file);
    /// Asks the run to end; it stays open to be looked into. runEnded() follows.
    void requestStop();
    /// Drains within the bound and lets go; runEnded(), then modeChanged(empty) follow.
    void close(Duration bound = Engine::kDrainBound);

    /// The newest, or null before the first. In recorded mode: what the session's last run came
    /// to, with state `finished` and every live figure unknown or zero; pages ask recorded().
    [[nodiscard]] const SnapshotPtr& snapshot() const noexcept { return m_snapshot; }
    /// When the snapshot at hand was published, on the steady clock.
    [[nodiscard]] std::chrono::steady_clock::time_point snapshotArrival() const noexcept
    {
        return m_arrival;
    }
    [[nodiscard]] std::optional<std::filesystem::path> database() const;
    [[nodiscard]] std::optional<SessionInfo> session() const;
    /// Of the engine that is open; else of one that failed to start just now.
    [[nodiscard]] EngineStartup startup() const;

    void submit(const Command& command, QObject* context, Answer<CommandOutcome> done);
    void agents(const AgentQuery& query, QObject* context, Answer<AgentPage> done);
    void agentDetail(AgentId id, QObject* context, Answer<AgentDetail> done);
    void events(const EventQuery& query, QObject* context, Answer<EventPage> done);
    void history(const HistoryQuery& query, QObject* context, Answer<HistoryPage> done);
    void whatIf(const WhatIfQuery& query, QObject* context, Answer<WhatIf> done);
    void letters(const LetterQuery& query, QObject* context, Answer<LetterList> done);
    void jobs(const JobQuery& query, QObject* context, Answer<std::vector<JobRow>> done);
    void previewRetry(const LetterQuery& query, std::optional<std::string> payload,
                      QObject* context, Answer<std::vector<RetryPreview>> done);
    /// One tail at a time: the one before ends. It ends with its context too.
    void tailEvents(const EventQuery& query, std::uint32_t rowsPerSecond, QObject* context,
                    TailAnswer rows);
    void stopTail();

    /// Shows what was recorded at a moment, in place of what is: agents() and events() answer as
    /// of then, nothing can be changed, and momentArrived() follows. Nothing happens where nothing
    /// is recorded.
    void lookAt(WallTime at);
    void backToLive();
    [[nodiscard]] bool lookingBack() const noexcept { return m_lookedAt.has_value(); }
    /// The moment that was asked for.
    [[nodiscard]] std::optional<WallTime> lookedAt() const noexcept { return m_lookedAt; }
    /// What was there; null until it has arrived.
    [[nodiscard]] const PastMomentPtr& moment() const noexcept { return m_moment; }
    /// Whether there are agents to list: of an engine, or of a moment.
    [[nodiscard]] bool hasAgents() const noexcept { return live() || m_moment != nullptr; }

    /// Why nothing can be changed now; empty: it can.
    [[nodiscard]] QString lockReason() const;
    /// While locked every command that changes something is refused here, whoever asks.
    void setReadOnly(bool on);
    [[nodiscard]] bool readOnly() const noexcept { return m_readOnly; }

signals:
    void modeChanged(muster::ui::EngineBridge::Mode mode);
    /// The newest snapshot; those that came in between are dropped.
    void snapshotReady(const muster::SnapshotPtr& snapshot);
    void openFailed(const muster::Error& error);
    void runEnded(const muster::RunSummary& summary);
    void readOnlyChanged(bool on);
    void lookingBackChanged(bool on);
    void momentArrived(const muster::ui::PastMomentPtr& moment);
    void lookFailed(const muster::Error& error);

private:
    using Make = std::function<DataSources::Made(EngineStartup& startup)>;
    void open(Make make);
    void adopt(std::uint64_t opening, DataSources::Made made, EngineStartup startup);
    void listen();
    void takeSnapshot(std::chrono::steady_clock::time_point arrival);
    void summarise();
    void closed(const RunSummary& summary);
    void letGo(std::shared_ptr<DataSource> source);
    void setMode(Mode mode);

    const DataSources m_sources;
    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<TaskThread> m_worker;
    std::shared_ptr<DataSource> m_source;
    EngineStartup m_failedStart;
    Mode m_mode = Mode::empty;
    SnapshotPtr m_snapshot;
    std::chrono::steady_clock::time_point m_arrival{};
    std::shared_ptr<std::atomic<bool>> m_snapshotPending =
        std::make_shared<std::atomic<bool>>(false);
    std::uint64_t m_opening = 0;  ///< the newest request to open wins
    bool m_closing = false;       ///< a drain of m_source is under way
    bool m_summarised = false;
    bool m_readOnly = false;
    PastView m_past;
    std::optional<WallTime> m_lookedAt;
    PastMomentPtr m_moment;
    std::uint64_t m_tail = 0;  ///< rows of a tail before this one are dropped
};

}  // namespace muster::ui

Q_DECLARE_METATYPE(muster::SnapshotPtr)
