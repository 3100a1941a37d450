// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <memory>
#include <vector>

#include "bridge/data_source.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// A workload file that could be run: what it says of itself, or why it cannot be.
struct WorkloadOffer {
    QString file;
    Result<WorkloadInfo> info;
};

/// A session file that could be opened.
struct SessionOffer {
    QString file;
    quint64 bytes = 0;
    WallTime changedAt;
    bool unclosed = false;  ///< its last run was not closed and nobody writes to it
};

/// What there is to open: example workloads, recorded sessions, and what a workload would do.
/// Reading files takes place in the background; answers come on this object's thread while
/// their context lives.
/// Thread safety: the thread it lives in (the UI thread).
class Library final : public QObject {
    Q_OBJECT

public:
    explicit Library(DataSources sources, QObject* parent = nullptr);
    ~Library() override;

    void checkWorkload(const std::filesystem::path& file, std::vector<std::string> overrides,
                       QObject* context, std::function<void(const Result<WorkloadInfo>&)> done);
    /// Every *.toml of the folder, by name.
    void workloads(const std::filesystem::path& folder, QObject* context,
                   std::function<void(const std::vector<WorkloadOffer>&)> done);
    /// The files of the sessions' folder, newest first, at most `limit`; unclosed ones are told.
    void sessions(const std::filesystem::path& folder, std::size_t limit, QObject* context,
                  std::function<void(const std::vector<SessionOffer>&)> done);

    /// A file that begins as every SQLite database does.
    [[nodiscard]] static bool looksLikeSession(const std::filesystem::path& file);

private:
    const DataSources m_sources;
    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<TaskThread> m_reader;  ///< started when first needed
    void post(std::function<void()> task);
};

}  // namespace muster::ui
