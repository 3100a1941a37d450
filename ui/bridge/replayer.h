// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

#include "api/replay.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// Plays a recorded session's events again in a sandbox engine of its own, behind the screen: how
/// far it came is told a few times a second, the newest events wait to be taken.
/// Thread safety: the thread it lives in (the UI thread). Destroying it cancels and waits.
class Replayer final : public QObject {
    Q_OBJECT

public:
    explicit Replayer(QObject* parent = nullptr);
    ~Replayer() override;

    /// Ends the one before. changed() follows, and in the end over().
    void start(const ReplayQuery& query);
    [[nodiscard]] bool running() const noexcept { return m_running; }
    /// Of the one that runs, or ran last.
    [[nodiscard]] ReplayProgress progress() const;

    void pause();
    void resume();
    void step();
    void setSpeed(double speed);
    void cancel();

    /// Those that came since, oldest first; what did not fit is counted.
    [[nodiscard]] std::vector<EventRow> takeRows(std::uint64_t& skipped);

    static constexpr std::size_t kMostRows = 2'000;
    static constexpr int kLookMs = 100;

signals:
    void changed();
    /// Its progress says how it ended; `error` why it never began.
    void over(const QString& error);

private:
    class Rows;

    std::shared_ptr<Inbox> m_inbox;
    std::shared_ptr<Rows> m_rows;
    std::shared_ptr<ReplayControl> m_control;
    QTimer m_look;
    bool m_running = false;
    std::uint64_t m_number = 0;  ///< the newest replay is the one that counts
    std::unique_ptr<TaskThread> m_thread;
};

}  // namespace muster::ui
