// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/compare_table_model.h"

#include <array>
#include <cmath>
#include <utility>

#include "models/format.h"

namespace muster::ui {

namespace {

constexpr std::array<const char*, CompareTableModel::ColumnCount> kTitles = {
    "Verdict", "Figure", "A", "B", "Effect", "95 % interval"};

QString percent(double share)
{
    constexpr double kTooMuchForDecimals = 10;
    const int decimals = std::abs(share) < kTooMuchForDecimals ? 1 : 0;
    return QStringLiteral("%1%2 %").arg(share > 0   ? QStringLiteral("+")
                                        : share < 0 ? QStringLiteral("−")
                                                    : QString(),
                                        QString::number(std::abs(share) * 100, 'f', decimals));
}

QString name(const CompareRow& row)
{
    const auto metric = QString::fromStdString(row.metric);
    return row.labels.empty()
               ? metric
               : QStringLiteral("%1 (%2)").arg(metric, QString::fromStdString(row.labels));
}

}  // namespace

QString CompareTableModel::figureIn(double value, std::string_view unit)
{
    constexpr std::string_view kPerSecond = "/s";
    if (unit == "1/s" || !unit.ends_with(kPerSecond)) {
        return figureText(value, unitOf(unit));
    }
    unit.remove_suffix(kPerSecond.size());
    return figureText(value, unitOf(unit)) + QStringLiteral("/s");
}

void CompareTableModel::setAnswer(std::optional<CompareAnswer> answer)
{
    beginResetModel();
    m_answer = std::move(answer);
    arrange();
    endResetModel();
}

void CompareTableModel::setAll(bool all)
{
    beginResetModel();
    m_all = all;
    arrange();
    endResetModel();
}

void CompareTableModel::arrange()
{
    m_order.clear();
    for (const auto verdict :
         {CompareVerdict::worse, CompareVerdict::better, CompareVerdict::changed,
          CompareVerdict::notComparable, CompareVerdict::same}) {
        for (std::size_t i = 0; m_answer && i < m_answer->rows.size(); ++i) {
            const bool notable = verdict <= CompareVerdict::changed;
            if (m_answer->rows[i].verdict == verdict && (m_all || notable)) {
                m_order.push_back(i);
            }
        }
    }
}

const CompareRow* CompareTableModel::rowAt(int row) const
{
    const bool there = row >= 0 && row < static_cast<int>(m_order.size());
    return there ? &m_answer->rows[m_order[static_cast<std::size_t>(row)]] : nullptr;
}

int CompareTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int CompareTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString CompareTableModel::verdictText(CompareVerdict verdict)
{
    static constexpr std::array kGlyphs{"✓", "✕", "≠", "=", "–"};
    const auto word = toString(verdict);
    return QString::fromUtf8(kGlyphs[static_cast<std::size_t>(verdict)]) + ' ' +
           QString::fromUtf8(word.data(), static_cast<qsizetype>(word.size()));
}

QString CompareTableModel::text(const CompareRow& row, int column)
{
    const bool compared = row.verdict != CompareVerdict::notComparable;
    switch (column) {
        case VerdictColumn:
            return verdictText(row.verdict);
        case Figure:
            return name(row);
        case A:
            return row.a.known() ? figureIn(row.a.value, row.unit) : notAvailable();
        case B:
            return row.b.known() ? figureIn(row.b.value, row.unit) : notAvailable();
        case Effect:
            return !compared    ? QString()
                   : row.effect ? percent(*row.effect)
                                : figureIn(row.difference, row.unit);
        case Interval:
            return !compared ? QString::fromStdString(row.reason)
                   : row.effect
                       ? tr("%1 to %2").arg(percent(row.effectLow), percent(row.effectHigh))
                       : tr("%1 to %2")
                             .arg(figureIn(row.low, row.unit), figureIn(row.high, row.unit));
        default:
            return {};
    }
}

QVariant CompareTableModel::data(const QModelIndex& index, int role) const
{
    const CompareRow* row = rowAt(index.row());
    if (row == nullptr) {
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return text(*row, index.column());
        case Qt::ToolTipRole:
            return tr("%1: %2 is better").arg(name(*row), QString::fromStdString(row->better));
        case Qt::UserRole:
            return static_cast<int>(row->verdict);
        default:
            return {};
    }
}

QVariant CompareTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const bool number = section == A || section == B || section == Effect;
    return role == Qt::DisplayRole ? QVariant(tr(kTitles[static_cast<std::size_t>(section)]))
           : role == Qt::TextAlignmentRole
               ? QVariant(
                     static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter))
               : QVariant();
}

}  // namespace muster::ui
