// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

#include "api/queries.h"
#include "base/result.h"
#include "charts/chart_group.h"

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

/// Saves what a page shows: its rows or series in the visible range, in every format that an
/// export has, its picture, or one of its charts. Written in the background, with progress and
/// cancel.
/// Thread safety: the GUI thread's.
class PageExport : public QObject {
    Q_OBJECT

public:
    /// Asks for a file name and calls `done` with it, or with nothing.
    using ChooseFile = std::function<void(const QString& suggested, const QString& kinds,
                                          std::function<void(const QString&)> done)>;
    enum class Kind { csv, csvWide, jsonLines, openMetrics, histograms, session, picture };

    PageExport(EngineBridge* bridge, Exporter* exporter, TimeRangeModel* range, Toasts* toasts,
               QWidget* window);
    ~PageExport() override;

    void setChooseFile(ChooseFile choose) { m_choose = std::move(choose); }
    void fill(QMenu* menu, std::function<Page*()> current);
    void save(Page* page, Kind kind);
    /// Asks for format and series first.
    void ask(Page* page);
    void save(TimeChart* chart, ChartFile kind);
    /// Of the page as it is now, at once and without asking.
    void savePicture(Page* page, const QString& file);

private:
    [[nodiscard]] std::optional<ExportQuery> queryOf(Page* page, Kind kind) const;
    [[nodiscard]] std::optional<ExportQuery> rowsOf(Page* page) const;
    /// Says so when there is nothing to export.
    [[nodiscard]] bool canExport(bool rows);
    void saveAs(const QString& name, const ExportQuery& query);
    void saveRows(const ExportQuery& query, const QString& file);
    void write(const QString& file, std::function<bool()> work);
    void finished(const Result<std::uint64_t>& rows);

    QWidget* m_window;
    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    Toasts* m_toasts;
    ChooseFile m_choose;
    Exporter* m_exporter;
    std::shared_ptr<Inbox> m_inbox;
    std::unique_ptr<TaskThread> m_pictures;
    int m_progress = 0;
    bool m_copies = false;  ///< what is under way is a copy of the session
};

}  // namespace muster::ui
