// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

#include "api/queries.h"
#include "base/result.h"

class QMenu;
class QWidget;

namespace muster::ui {

class EngineBridge;
class Exporter;
class Inbox;
class Page;
class TaskThread;
class TimeRangeModel;
class Toasts;

/// Saves what a page shows: its rows or series in the visible range as CSV or JSON Lines, or
/// its picture. Written in the background, with progress and cancel.
/// Thread safety: the GUI thread's.
class PageExport : public QObject {
    Q_OBJECT

public:
    /// Asks for a file name and calls `done` with it, or with nothing.
    using ChooseFile = std::function<void(const QString& suggested, const QString& kinds,
                                          std::function<void(const QString&)> done)>;
    enum class Kind { csv, jsonLines, picture };

    PageExport(EngineBridge* bridge, Exporter* exporter, TimeRangeModel* range, Toasts* toasts,
               QWidget* window);
    ~PageExport() override;

    void setChooseFile(ChooseFile choose) { m_choose = std::move(choose); }
    void fill(QMenu* menu, std::function<Page*()> current);
    void save(Page* page, Kind kind);
    /// Of the page as it is now, at once and without asking.
    void savePicture(Page* page, const QString& file);

private:
    [[nodiscard]] std::optional<ExportQuery> queryOf(Page* page, Kind kind) const;
    void saveRows(const ExportQuery& query, const QString& file);
    void finished(const Result<std::uint64_t>& rows);

    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    Toasts* m_toasts;
    ChooseFile m_choose;
    Exporter* m_exporter;
    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<TaskThread> m_pictures;
    int m_progress = 0;
};

}  // namespace muster::ui
