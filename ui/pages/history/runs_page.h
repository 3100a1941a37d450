// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <filesystem>

#include "bridge/history_reader.h"
#include "pages/page.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace muster::ui {

class Card;
class CauseTableModel;
class CompareTableModel;
class FlatTable;
class OverlayChart;
class RunTableModel;
class SideEditor;

/// What was it like then, is it worse now? The recorded runs; any is opened, two are compared:
/// each figure with its effect, interval and verdict, and on one axis of time. Reading and
/// comparing take place behind the screen.
/// Thread safety: the GUI thread's.
class RunsPage : public Page {
    Q_OBJECT

public:
    /// `folder`: where sessions are found; the one of the window's run is found wherever it is.
    RunsPage(const PageContext& context, std::filesystem::path folder, QWidget* parent = nullptr);
    ~RunsPage() override;

    void setSnapshot(const SnapshotPtr&) override {}
    [[nodiscard]] QVariantMap state() const override;
    void restoreState(const QVariantMap& state) override;

    /// Instead of asking for the name of a report by a dialog.
    using ChooseFile =
        std::function<void(const QString& suggested, std::function<void(const QString&)> done)>;
    void setChooseFile(ChooseFile choose) { m_choose = std::move(choose); }
    /// What is under way, what came of it, or why it failed.
    [[nodiscard]] QString note() const;

public slots:
    void refresh();

signals:
    /// A session to look at, read only when a run is under way elsewhere.
    void openRequested(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;

private:
    [[nodiscard]] QWidget* makeRuns();
    [[nodiscard]] QWidget* makeComparison();
    void makeTables();
    void makeKeys();
    void connectParts();
    void showRuns(const RunList& list);
    void choose(bool first);
    void openCurrent();
    void compare();
    void compared(const Result<CompareAnswer>& answer);
    void drawCurrent();
    void showChanges();
    void changesArrived(const RecordedRun& run, const Result<std::vector<Cause>>& causes);
    void saveReport();
    void writeReport(const ReportQuery& query, const QString& file);
    /// Empty: nothing is under way.
    void setBusy(const QString& what);
    void tell(const QString& note);
    void showBusy();
    void updateButtons();

    EngineBridge* m_bridge;
    std::filesystem::path m_folder;
    HistoryReader* m_reader;
    RunTableModel* m_runs;
    CompareTableModel* m_rows;
    CauseTableModel* m_causes;
    FlatTable* m_runTable;
    FlatTable* m_rowTable;
    FlatTable* m_causeTable;
    QStackedWidget* m_views;  ///< the comparison, or the changes of one run
    OverlayChart* m_chart;
    SideEditor* m_a;
    SideEditor* m_b;
    Card* m_recorded = nullptr;
    Card* m_comparison = nullptr;
    QLabel* m_note;
    QPushButton* m_open;
    QPushButton* m_useA;
    QPushButton* m_useB;
    QPushButton* m_compare;
    QPushButton* m_changes;
    QPushButton* m_report;
    QPushButton* m_cancel;
    QPushButton* m_all;
    QStringList m_opened;  ///< sessions elsewhere that were open in this window
    QString m_busy;
    QElapsedTimer m_busySince;
    QTimer m_busyTick;
    ChooseFile m_choose;
};

}  // namespace muster::ui
