// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "api/durable_queues.h"
#include "widgets/card.h"

class QLabel;
class QPushButton;

namespace muster::ui {

class FlatTable;
class QueueTableModel;

/// The durable queues: how much waits and how old, how much goes in and out; one of them chosen,
/// paused or made to go on.
/// Thread safety: the GUI thread's.
class QueuesCard : public Card {
    Q_OBJECT

public:
    explicit QueuesCard(QWidget* parent = nullptr);

    void show(const std::vector<QueueRow>& queues);
    void setEmptyText(const QString& text);
    void setCanSteer(bool can, const QString& reason);
    /// The chosen queue, or null while there is none.
    [[nodiscard]] const QueueRow* chosen() const;

signals:
    void commandRequested(const QString& commandLine);
    void chosenChanged();

private:
    void showChosen();
    void togglePaused();

    QueueTableModel* m_model;
    FlatTable* m_table;
    QPushButton* m_pause;
    QLabel* m_note;  ///< why the chosen one stands still
    bool m_canSteer = false;
    QString m_reason;
};

}  // namespace muster::ui
