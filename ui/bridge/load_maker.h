// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "api/load_making.h"
#include "base/result.h"
#include "bridge/inbox.h"
#include "bridge/task_thread.h"

namespace muster::ui {

/// Makes a load of what arrived in a recorded run, which may go on still, behind the screen.
/// Answers come on this object's thread while their context lives.
/// Thread safety: the thread it lives in (the UI thread).
class LoadMaker final : public QObject {
    Q_OBJECT

public:
    using Answer = std::function<void(const Result<LoadOutline>&)>;

    explicit LoadMaker(QObject* parent = nullptr);
    ~LoadMaker() override;

    /// What the load would be; nothing is written.
    void outline(const std::filesystem::path& session, const LoadQuery& query, QObject* context,
                 Answer done);
    void save(const std::filesystem::path& session, const LoadQuery& query,
              const std::filesystem::path& file, QObject* context, Answer done);

private:
    void ask(const std::filesystem::path& session, const LoadQuery& query,
             std::optional<std::filesystem::path> file, QObject* context, Answer done);

    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<TaskThread> m_thread;  ///< started when first needed
};

}  // namespace muster::ui
