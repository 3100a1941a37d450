// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "api/durable_queues.h"

namespace muster::ui {

/// The durable queues, one a row. Cells change in place; rows come and go with the run.
/// Thread safety: the GUI thread's.
class QueueTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Name, State, Ready, Delayed, Held, Letters, Oldest, In, Out, ColumnCount };

    explicit QueueTableModel(QObject* parent = nullptr);

    void setQueues(const std::vector<QueueRow>& queues);
    [[nodiscard]] const QueueRow* queueAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<QueueRow> m_rows;
};

}  // namespace muster::ui
