// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "api/past.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

using PastMomentPtr = std::shared_ptr<const PastMoment>;

/// What was recorded of a run, at whichever moment is asked for: on a thread of its own, the newest
/// question first; one that was overtaken is given up. While nobody asks it goes through the run
/// ahead, so that the next answers come fast.
/// Thread safety: the thread it lives in (the UI thread). Destroying it gives up what is under way
/// and waits for that.
class PastView final : public QObject {
    Q_OBJECT

public:
    template <class T>
    using Reply = std::function<void(Result<T>)>;

    explicit PastView(QObject* parent = nullptr);
    ~PastView() override;

    /// Another session; nothing of it is read before it is asked for.
    void setFile(std::optional<std::filesystem::path> file);
    /// The run that is meant; else the newest.
    void setRun(std::optional<RunId> run) { m_run = run; }
    /// Goes through the run beforehand, as long as nobody asks for a moment.
    void prepare();
    /// arrived() or failed() follows, for the newest asked for.
    void lookAt(WallTime at);
    /// What is under way is of no interest any more.
    void forget();
    /// Of the moment that arrived last. Answers come on any thread.
    void agents(AgentQuery query, Reply<AgentPage> done);
    void agentDetail(AgentId id, Reply<AgentDetail> done);

    [[nodiscard]] bool busy() const { return m_asking; }

signals:
    void arrived(const muster::ui::PastMomentPtr& moment);
    void failed(const muster::Error& error);

private:
    using Flag = std::shared_ptr<std::atomic<bool>>;
    struct Reader;

    void post(std::function<void(Reader&)> task);
    void send();
    void answered(std::uint64_t asked, const Result<PastMomentPtr>& moment);

    std::shared_ptr<Inbox> m_inbox;
    std::shared_ptr<Reader> m_reader;  ///< of the thread
    std::optional<RunId> m_run;
    std::optional<WallTime> m_wanted;  ///< asked for after the one under way
    std::uint64_t m_asked = 0;
    bool m_asking = false;
    Flag m_overtaken;  ///< of what is under way: a newer question waits
    std::unique_ptr<TaskThread> m_thread;
};

}  // namespace muster::ui

Q_DECLARE_METATYPE(muster::ui::PastMomentPtr)
