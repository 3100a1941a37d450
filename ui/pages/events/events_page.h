// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "pages/page.h"

class QLabel;
class QPushButton;
class QSplitter;

namespace muster::ui {

class Chip;
class EventDetailPane;
class EventFilterBar;
class EventTableModel;
class FlatTable;
class ReplayBar;
class Replayer;

/// What happened? A live tail that can stand still, or a query over what was recorded, with
/// each event in full beside it.
/// Thread safety: the GUI thread's.
class EventsPage : public Page {
    Q_OBJECT

public:
    explicit EventsPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setTimeRange() override;
    void focusFilter() override;
    bool togglePause() override;
    [[nodiscard]] std::optional<ExportQuery> exportQuery() const override;
    [[nodiscard]] QVariantMap state() const override;
    void restoreState(const QVariantMap& state) override;

    /// Plays what the filter and the range select of the session again, in a sandbox, in place of
    /// the list; until endReplay().
    Q_INVOKABLE void startReplay();
    void endReplay();
    [[nodiscard]] bool replaying() const { return m_replaying; }

    /// The tail is let in this often, and at most this many rows a second.
    static constexpr int kFlushMs = 250;
    static constexpr std::uint32_t kRowsPerSecond = 400;

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeTools();
    void makeTable();
    void ask();
    void startTail();
    void flush();
    void refreshed(const QString& error);
    void setPaused(bool on);
    void takeReplayed();
    void replayOver(const QString& error);
    void showReplay();
    void copyRows(bool csv);
    [[nodiscard]] EventQuery query() const;

    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    EventTableModel* m_model;
    EventFilterBar* m_filter;
    FlatTable* m_table;
    Chip* m_totals;
    QPushButton* m_pause;
    Replayer* m_replayer;
    ReplayBar* m_replayBar;
    QPushButton* m_replay;
    QLabel* m_note;
    QSplitter* m_splitter;
    EventDetailPane* m_detail;
    QTimer m_flush;
    std::vector<EventRow> m_arrived;
    std::uint64_t m_skipped = 0;  ///< of the tail, for want of room in the rate
    bool m_asked = false;
    bool m_replaying = false;
    std::uint64_t m_notShown = 0;  ///< of the replay, for want of room in the list
};

}  // namespace muster::ui
