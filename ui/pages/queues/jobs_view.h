// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "api/durable_queues.h"

namespace muster::ui {

class EngineBridge;
class FlatTable;
class JobTableModel;

/// The jobs of the chosen queue that are not done, asked for anew every second while they are in
/// view.
/// Thread safety: the GUI thread's.
class JobsView : public QWidget {
    Q_OBJECT

public:
    explicit JobsView(EngineBridge* bridge, QWidget* parent = nullptr);

    /// Null: there is no queue.
    void setQueue(const QueueRow* queue);
    void setUtc(bool utc);
    /// Stands still, or goes on.
    void togglePause();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    EngineBridge* m_bridge;
    JobTableModel* m_model;
    FlatTable* m_table;
    QTimer m_refresh;
    bool m_paused = false;
};

}  // namespace muster::ui
