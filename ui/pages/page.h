// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantMap>
#include <QWidget>
#include <optional>
#include <vector>

#include "api/queries.h"
#include "api/series.h"
#include "api/snapshot.h"

namespace muster::ui {

class ChartGroup;
class EngineBridge;
class Library;
class TimeChart;
class TimeRangeModel;
class TimeSeriesModel;

/// What the pages of one window share. Outlives the pages.
struct PageContext {
    EngineBridge* bridge = nullptr;
    Library* library = nullptr;
    TimeRangeModel* range = nullptr;
    TimeSeriesModel* series = nullptr;
    ChartGroup* crosshair = nullptr;
};

/// One view of the console: answers one question. The shell owns it, hands it each snapshot
/// while it is shown and carries out what it asks for.
/// Thread safety: the GUI thread's.
class Page : public QWidget {
    Q_OBJECT

public:
    Page(const QString& name, const QString& title, const QString& question,
         QWidget* parent = nullptr);

    [[nodiscard]] const QString& name() const { return m_name; }          ///< "overview"
    [[nodiscard]] const QString& title() const { return m_title; }        ///< "Overview"
    [[nodiscard]] const QString& question() const { return m_question; }  ///< "Is all well?"

    /// The newest snapshot; called at most ten times a second, and only while shown.
    virtual void setSnapshot(const SnapshotPtr& snapshot) = 0;
    /// The window's time range is another one; charts follow the context's model by themselves.
    virtual void setTimeRange() {}
    /// Read-only lock: what changes the run is disabled, and says so.
    virtual void setReadOnly(bool) {}
    /// The same with the reason to say; empty: not locked.
    void lock(const QString& reason);
    /// What disabled commands say.
    [[nodiscard]] QString lockText() const;
    /// The key for filtering ('/') was pressed on this page.
    virtual void focusFilter() {}
    /// Space was pressed: stands still, or goes on. False when the page leaves it to the window,
    /// which then stops or resumes the shared time range.
    virtual bool togglePause() { return false; }

    /// What an export of this page holds.
    [[nodiscard]] virtual std::vector<TimeChart*> charts() const { return {}; }
    [[nodiscard]] virtual std::vector<Series> exportSeries() const { return {}; }
    /// The records behind what is shown, where they are not those series; the window's time
    /// range and the format are filled in by the one who exports.
    [[nodiscard]] virtual std::optional<ExportQuery> exportQuery() const { return {}; }

    /// What is kept between runs: columns, filters, splitters.
    [[nodiscard]] virtual QVariantMap state() const { return {}; }
    virtual void restoreState(const QVariantMap&) {}

signals:
    /// A command to carry out, as typed: "load.rate 500/s".
    void commandRequested(const QString& commandLine);
    /// Another page to show: its name.
    void pageRequested(const QString& page);

private:
    QString m_name;
    QString m_title;
    QString m_question;
    QString m_lockReason;
};

}  // namespace muster::ui
