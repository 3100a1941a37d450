// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "api/queries.h"
#include "pages/page.h"

class QLabel;
class QMenu;
class QSplitter;
class QToolButton;

namespace muster::ui {

class AgentDetailPane;
class AgentFilter;
class AgentTableModel;
class Card;
class Chip;
class FlatTable;

/// Who is running, and who is slow? A table of any length, filtered and sorted by the engine, of
/// which only what is on screen is fetched; beside it the selected agent in full.
/// Thread safety: the GUI thread's.
class AgentsPage : public Page {
    Q_OBJECT

public:
    explicit AgentsPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setReadOnly(bool on) override;
    void focusFilter() override;
    bool togglePause() override;
    [[nodiscard]] QVariantMap state() const override;
    void restoreState(const QVariantMap& state) override;

    /// How often the rows on screen are asked for.
    static constexpr int kRefreshMs = 300;

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeTools();
    void makeTable();
    void makeColumnsMenu();
    void makeBulkMenu();
    void refreshed(const QString& error);
    void fitColumns();
    void updateSteering();
    void updateBulk();
    void followSelection();
    void copyRows(bool csv);
    void toggleTick();
    [[nodiscard]] QString target() const;
    bool eventFilter(QObject* watched, QEvent* event) override;

    EngineBridge* m_bridge;
    AgentTableModel* m_model;
    FlatTable* m_table;
    AgentFilter* m_filter;
    QLabel* m_error;
    Chip* m_count;
    QToolButton* m_columns;
    QToolButton* m_bulk;
    QMenu* m_bulkMenu;
    QSplitter* m_splitter;
    AgentDetailPane* m_detail;
    QTimer m_refresh;
    AgentId m_selected;
    QString m_workload;            ///< the filter was made for its agents
    bool m_following = false;      ///< the selection is moved by the page, not by the reader
    bool m_columnsChosen = false;  ///< by the reader: else as many as there is room for
    bool m_paused = false;
    bool m_readOnly = false;
    bool m_over = false;  ///< the run has ended
};

}  // namespace muster::ui
