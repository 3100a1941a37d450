// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QTableView;

namespace muster::ui {

class ActionTableModel;
class AttentionList;
class Card;
class OverviewTiles;
class RunCard;

/// Is all well, and what changed? Seven figures, six charts on one time axis, the actions,
/// what the run has come to, and what needs someone. Fits 1280 × 800 without scrolling.
/// Thread safety: the GUI thread's.
class OverviewPage : public Page {
    Q_OBJECT

public:
    explicit OverviewPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setReadOnly(bool readOnly) override;
    [[nodiscard]] std::vector<TimeChart*> charts() const override { return m_charts; }
    [[nodiscard]] std::vector<Series> exportSeries() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeCharts(const PageContext& context);
    QWidget* makeActions();
    QWidget* makeAttention();
    void explainMissing(const Snapshot& snapshot);
    void fitBottom();

    OverviewTiles* m_tiles;
    std::vector<TimeChart*> m_charts;
    ActionTableModel* m_actions;
    QWidget* m_bottom = nullptr;
    RunCard* m_run = nullptr;
    QTableView* m_table = nullptr;
    Card* m_actionsCard = nullptr;
    AttentionList* m_attention = nullptr;
    Card* m_attentionCard = nullptr;
};

}  // namespace muster::ui
