// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/cause_table_model.h"

#include <array>
#include <utility>

#include "models/compare_table_model.h"
#include "models/format.h"

namespace muster::ui {

namespace {

constexpr std::array<const char*, CauseTableModel::ColumnCount> kTitles = {
    "At", "Kind", "Change", "Verdict", "Figure", "Before", "After", "Effect", "95 % interval"};

/// The column of a comparison that says the same.
int comparedColumn(int column)
{
    switch (column) {
        case CauseTableModel::VerdictColumn:
            return CompareTableModel::VerdictColumn;
        case CauseTableModel::Figure:
            return CompareTableModel::Figure;
        case CauseTableModel::Before:
            return CompareTableModel::A;
        case CauseTableModel::After:
            return CompareTableModel::B;
        case CauseTableModel::Effect:
            return CompareTableModel::Effect;
        default:
            return CompareTableModel::Interval;
    }
}

}  // namespace

void CauseTableModel::setCauses(std::vector<Cause> causes, WallTime runStartedAt)
{
    beginResetModel();
    m_causes = std::move(causes);
    m_start = runStartedAt;
    m_rows.clear();
    for (std::size_t i = 0; i < m_causes.size(); ++i) {
        const auto before = m_rows.size();
        for (std::size_t k = 0; k < m_causes[i].effects.size(); ++k) {
            if (m_causes[i].effects[k].verdict <= CompareVerdict::changed) {
                m_rows.push_back({.cause = i, .effect = k, .first = m_rows.size() == before});
            }
        }
        if (m_rows.size() == before) {
            m_rows.push_back({.cause = i, .effect = kNone, .first = true});
        }
    }
    endResetModel();
}

bool CauseTableModel::saysOneThing(int row) const
{
    return row >= 0 && row < rowCount() && m_rows[static_cast<std::size_t>(row)].effect == kNone;
}

int CauseTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CauseTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString CauseTableModel::causeText(const Cause& cause, int column) const
{
    switch (column) {
        case At:
            return clockText(cause.at - m_start);
        case Kind:
            return QString::fromStdString(cause.kind);
        case Change:
            return QString::fromStdString(cause.text);
        default:
            return {};
    }
}

QString CauseTableModel::text(const Row& row, int column) const
{
    const Cause& cause = m_causes[row.cause];
    if (column <= Change) {
        return row.first ? causeText(cause, column) : QString();
    }
    if (row.effect != kNone) {
        return CompareTableModel::text(cause.effects[row.effect], comparedColumn(column));
    }
    const bool unclear = !cause.unclear.empty();
    if (column == VerdictColumn) {
        return unclear ? tr("– unclear") : CompareTableModel::verdictText(CompareVerdict::same);
    }
    if (column == Figure) {
        return unclear ? QString::fromStdString(cause.unclear)
                       : tr("in the %1 figures that can be compared").arg(cause.effects.size());
    }
    return {};
}

QVariant CauseTableModel::data(const QModelIndex& index, int role) const
{
    if (index.row() < 0 || index.row() >= rowCount()) {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return text(row, index.column());
        case Qt::ToolTipRole:
            return index.column() <= Change ? causeText(m_causes[row.cause], Change)
                                            : text(row, index.column());
        case Qt::UserRole:
            return static_cast<int>(row.effect == kNone
                                        ? CompareVerdict::same
                                        : m_causes[row.cause].effects[row.effect].verdict);
        default:
            return {};
    }
}

QVariant CauseTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const bool number = section == At || section == Before || section == After || section == Effect;
    return role == Qt::DisplayRole ? QVariant(tr(kTitles[static_cast<std::size_t>(section)]))
           : role == Qt::TextAlignmentRole
               ? QVariant(
                     static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter))
               : QVariant();
}

}  // namespace muster::ui
