// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QSplitter;
class QStackedWidget;
class QTabBar;

namespace muster::ui {

class Card;
class JobsView;
class LetterPane;
class LettersView;
class QueuesCard;
class Tile;

/// What waits, and what failed? The durable queues with their depth and throughput, their jobs,
/// and the dead letters by cause: mended, retried at a rate or discarded, those ticked or all
/// that match.
/// Thread safety: the GUI thread's.
class QueuesPage : public Page {
    Q_OBJECT

public:
    explicit QueuesPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setTimeRange() override;
    void setReadOnly(bool on) override;
    void focusFilter() override;
    [[nodiscard]] bool togglePause() override;
    [[nodiscard]] std::vector<TimeChart*> charts() const override;
    [[nodiscard]] std::vector<Series> exportSeries() const override;
    [[nodiscard]] QVariantMap state() const override;
    void restoreState(const QVariantMap& state) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeTiles();
    QWidget* makeQueues();
    QWidget* makeLower();
    void showTiles(const std::vector<QueueRow>& queues);
    void showChosenLetter();
    void modeChanged();
    void updateSteering();
    [[nodiscard]] QString lockReason() const;
    void edit();

    PageContext m_context;
    std::vector<Tile*> m_tiles;
    std::vector<TimeChart*> m_charts;
    QueuesCard* m_queues;
    QTabBar* m_tabs;
    LettersView* m_letters;
    JobsView* m_jobs;
    LetterPane* m_detail;
    QSplitter* m_splitter;
    SnapshotPtr m_snapshot;
    bool m_readOnly = false;
};

}  // namespace muster::ui
