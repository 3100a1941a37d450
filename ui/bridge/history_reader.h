// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/compare.h"
#include "api/report.h"
#include "api/session.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// One recorded run, or a session that has none to show and why.
struct RecordedRun {
    enum class State { closed, live, unclosed, damaged, unreadable };

    QString file;
    quint64 bytes = 0;
    WallTime changedAt;
    State state = State::closed;
    QString problem;  ///< of damaged and unreadable: what is the matter
    std::optional<RunInfo> run;
};

/// The same figure of two runs, each from where its range begins.
struct RunCurves {
    std::string metric;
    std::string labels;
    Duration length{};  ///< of the longer one
    std::vector<CurvePoint> a;
    std::vector<CurvePoint> b;
};

/// What there is so far; more comes until it is complete.
struct RunList {
    std::vector<RecordedRun> runs;  ///< those of the session changed last come first
    bool complete = false;
};

/// Reads recorded runs for the page History: which there are, how two compare, and a report.
/// All of it takes place on a thread of its own, one task after the other; answers come on this
/// object's thread while their context lives.
/// Thread safety: the thread it lives in (the UI thread). Destroying it cancels and waits.
class HistoryReader final : public QObject {
    Q_OBJECT

public:
    explicit HistoryReader(QObject* parent = nullptr);
    ~HistoryReader() override;

    /// Every run of the folder's sessions and of `others`, part by part. Sessions that are as they
    /// were are not read again. What was asked before is not answered any more.
    void runs(const std::filesystem::path& folder, const QStringList& others, QObject* context,
              std::function<void(const RunList&)> done);
    void compare(const CompareQuery& query, QObject* context,
                 std::function<void(const Result<CompareAnswer>&)> done);
    /// Of one figure of a comparison; the newest asked for is answered.
    void curves(const ComparedSide& a, const ComparedSide& b, const CompareRow& row,
                QObject* context, std::function<void(const Result<RunCurves>&)> done);
    /// What was changed in a run, and what that did.
    void causes(const CompareSide& run, QObject* context,
                std::function<void(const Result<std::vector<Cause>>&)> done);
    /// Written beside and moved into place: what is cancelled leaves nothing.
    void report(const ReportQuery& query, const QString& file, QObject* context,
                std::function<void(const Result<void>&)> done);
    /// A comparison, causes or a report under way ends with the error cancelled.
    void cancel();

private:
    using Flag = std::shared_ptr<std::atomic<bool>>;
    struct Known;

    void post(std::function<void()> task);
    /// Ends what is under way by the flag before, and gives it another.
    static Flag renew(Flag& flag);

    std::shared_ptr<Inbox> m_inbox;
    Flag m_cancelled;
    Flag m_listOvertaken;
    Flag m_curvesOvertaken;
    std::shared_ptr<Known> m_known;        ///< of the thread
    std::unique_ptr<TaskThread> m_thread;  ///< started when first needed
};

}  // namespace muster::ui
