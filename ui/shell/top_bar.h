// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"
#include "bridge/engine_bridge.h"

class QMenu;
class QPushButton;
class QToolButton;

namespace muster::ui {

class Chip;
class TimeRangeBar;
class TimeRangeModel;

/// What runs, on what, and what can be done from anywhere: the palette, the time range, live,
/// export, the lock, stop. Thread safety: the GUI thread's.
class TopBar : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(TimeRangeModel* range, QWidget* parent = nullptr);

    void show(const Snapshot& snapshot, bool recorded);
    void setMode(EngineBridge::Mode mode);
    void setReadOnly(bool on);
    /// Why nothing can be changed; empty: it can.
    void lock(const QString& reason);
    void askAbsoluteRange();
    [[nodiscard]] QMenu* exportMenu() const { return m_exportMenu; }
    [[nodiscard]] Chip* runChip() const { return m_run; }

    static constexpr int kHeight = 44;

signals:
    void paletteRequested();
    void lockToggled();
    void stopRequested();
    void startPageRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void updateStop();

    Chip* m_run;
    Chip* m_engine;
    QPushButton* m_palette;
    TimeRangeBar* m_range;
    QToolButton* m_export;
    QMenu* m_exportMenu;
    QPushButton* m_lock;
    QPushButton* m_stop;
    EngineBridge::Mode m_mode = EngineBridge::Mode::empty;
    RunState m_state = RunState::idle;
    QString m_lockReason;
};

}  // namespace muster::ui
