// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <filesystem>
#include <memory>

#include "bridge/data_source.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// One export of recorded rows to a file, on a thread of its own, with progress and cancel. The
/// file appears under its name only when it is complete; what was cancelled leaves none.
/// Thread safety: the thread it lives in (the UI thread). Destroying it cancels and waits.
class Exporter final : public QObject {
    Q_OBJECT

public:
    explicit Exporter(DataSources sources, QObject* parent = nullptr);
    ~Exporter() override;

    /// Errors: what cannot go together, before anything is asked for.
    [[nodiscard]] static Result<void> check(const ExportQuery& query) { return checkExport(query); }
    /// Reads `database`, which a live run may be writing to. finished() follows.
    void start(const std::filesystem::path& database, const ExportQuery& query,
               const QString& file);
    /// A copy of the whole session, likewise; progressed() counts bytes then.
    void startCopy(const std::filesystem::path& database, const QString& file);
    void cancel();
    [[nodiscard]] bool running() const { return m_running; }
    [[nodiscard]] const QString& file() const { return m_file; }

signals:
    void progressed(quint64 rows);
    void finished(const muster::Result<std::uint64_t>& rows);

private:
    using Rows = Result<std::uint64_t>;
    /// On the exporter's thread; asks `progress` whether to go on.
    using Work =
        std::function<Rows(const std::filesystem::path& file, const ExportProgress& progress)>;
    void run(const QString& file, Work work);

    const DataSources m_sources;
    std::shared_ptr<Inbox> m_inbox;
    std::shared_ptr<std::atomic<bool>> m_cancelled;
    QString m_file;
    bool m_running = false;
    std::unique_ptr<TaskThread> m_thread;
};

}  // namespace muster::ui
