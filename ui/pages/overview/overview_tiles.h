// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"

namespace muster::ui {

class Tile;

/// The row of seven figures at the top of Overview.
/// Thread safety: the GUI thread's.
class OverviewTiles : public QWidget {
    Q_OBJECT

public:
    explicit OverviewTiles(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);

signals:
    void pageRequested(const QString& page);

private:
    Tile* add(const QString& title, const QString& name, const QString& page, const QString& tip);
    void showRates(const Snapshot& snapshot);
    void showTotals(const Snapshot& snapshot);
    void showLatency(const LatencySummary& latency);
    void showWaiting(const Waiting& waiting);
    void showPressure(const Snapshot& snapshot);

    Tile* m_agents;
    Tile* m_events;
    Tile* m_actions;
    Tile* m_failures;
    Tile* m_latency;
    Tile* m_waiting;
    Tile* m_pressure;
};

}  // namespace muster::ui
