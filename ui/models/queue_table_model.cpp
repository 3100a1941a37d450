// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/queue_table_model.h"

#include <algorithm>

#include "models/format.h"

namespace muster::ui {

namespace {

/// A dash where it is missing: the cell's tip says why.
QString shown(const Known& figure, Unit unit)
{
    return figure.known() ? figureText(figure, unit) : QStringLiteral("–");
}

QString tipOf(const QueueRow& queue, int column)
{
    switch (column) {
        case QueueTableModel::State:
            return QString::fromStdString(queue.standstill);
        case QueueTableModel::Oldest:
            return QString::fromStdString(queue.oldest.missing);
        case QueueTableModel::In:
            return QString::fromStdString(queue.pushedPerSecond.missing);
        case QueueTableModel::Out:
            return QString::fromStdString(queue.donePerSecond.missing);
        default:
            return {};
    }
}

}  // namespace

QueueTableModel::QueueTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void QueueTableModel::setQueues(const std::vector<QueueRow>& queues)
{
    if (std::ranges::equal(m_rows, queues, {}, &QueueRow::name, &QueueRow::name)) {
        m_rows = queues;
        if (!m_rows.empty()) {
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        }
        return;
    }
    beginResetModel();
    m_rows = queues;
    endResetModel();
}

const QueueRow* QueueTableModel::queueAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int QueueTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int QueueTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant QueueTableModel::data(const QModelIndex& index, int role) const
{
    const QueueRow* queue = queueAt(index.row());
    if (queue == nullptr) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() > State) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        return tipOf(*queue, index.column());
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
        case Name:
            return QString::fromStdString(queue->name);
        case State:
            return queue->paused               ? tr("‖ paused")
                   : queue->lettersFull        ? tr("▲ stands still")
                   : queue->standstill.empty() ? tr("● goes on")
                                               : tr("◐ retries wait");
        case Ready:
            return exactText(queue->ready);
        case Delayed:
            return exactText(queue->delayed);
        case Held:
            return exactText(queue->held);
        case Letters:
            return exactText(queue->letters);
        case Oldest:
            return shown(queue->oldest, Unit::nanoseconds);
        case In:
            return shown(queue->pushedPerSecond, Unit::perSecond);
        case Out:
            return shown(queue->donePerSecond, Unit::perSecond);
        default:
            return {};
    }
}

QVariant QueueTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        const bool number = section > State;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Name:
            return tr("Queue");
        case State:
            return tr("State");
        case Ready:
            return tr("Ready");
        case Delayed:
            return tr("Delayed");
        case Held:
            return tr("In flight");
        case Letters:
            return tr("Dead");
        case Oldest:
            return tr("Oldest");
        case In:
            return tr("In");
        case Out:
            return tr("Done");
        default:
            return {};
    }
}

}  // namespace muster::ui
