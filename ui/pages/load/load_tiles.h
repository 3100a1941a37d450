// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/snapshot.h"

namespace muster::ui {

class Tile;

/// Wanted, offered, achieved and dropped beside each other, and how far the generator is behind.
/// Thread safety: the GUI thread's.
class LoadTiles : public QWidget {
    Q_OBJECT

public:
    explicit LoadTiles(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);

private:
    Tile* add(const QString& title, const QString& name, const QString& tip);
    void showLatency(const Snapshot& snapshot);
    void showGenerator(const LoadStatus& load);
    void showDropped(const LoadStatus& load);

    Tile* m_target;
    Tile* m_offered;
    Tile* m_achieved;
    Tile* m_dropped;
    Tile* m_latency;
    Tile* m_lag;
};

}  // namespace muster::ui
