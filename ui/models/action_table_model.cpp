// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/action_table_model.h"

#include <array>
#include <limits>
#include <utility>

#include "models/format.h"

namespace muster::ui {

namespace {

struct Column {
    const char* title;
    const char* tip;
    Unit unit;
};

constexpr std::array<Column, ActionTableModel::ColumnCount> kColumns = {{
    {"Action", "Name in the workload file", Unit::count},
    {"Kind", "What carries it out", Unit::count},
    {"Rate", "Completed per second, over the snapshot's rate window", Unit::perSecond},
    {"Failed", "Share of completions that failed, over the rate window", Unit::share},
    {"p50", "Half of the completions took less; over the latency window", Unit::nanoseconds},
    {"p99", "99 % of the completions took less; over the latency window", Unit::nanoseconds},
    {"Last minute", "Completions per second, newest at the right", Unit::perSecond},
}};

double valueOf(const Known& value)
{
    return value.known() ? value.value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

ActionTableModel::ActionTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void ActionTableModel::setRows(const std::vector<ActionRow>& rows, WallTime at)
{
    constexpr int kBridged = 4;  // ticks: a late snapshot is no gap
    const bool anew = m_ticks.wentBack(at);
    const int ticks = m_ticks.until(at);
    const double gap = std::numeric_limits<double>::quiet_NaN();
    const auto common = static_cast<int>(std::min(rows.size(), m_rows.size()));
    if (rows.size() < m_rows.size()) {
        beginRemoveRows({}, static_cast<int>(rows.size()), static_cast<int>(m_rows.size()) - 1);
        m_rows.resize(rows.size());
        endRemoveRows();
    } else if (rows.size() > m_rows.size()) {
        beginInsertRows({}, common, static_cast<int>(rows.size()) - 1);
        m_rows.resize(rows.size());
        endInsertRows();
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Row& row = m_rows[i];
        if (anew || row.action.name != rows[i].name) {
            row.rates.clear();
        }
        row.action = rows[i];
        for (int tick = 1; tick <= ticks; ++tick) {
            const bool unseen = ticks > kBridged && tick < ticks;
            row.rates.push_back(unseen ? gap : rows[i].totals.perSecond);
        }
        row.rates.remove(0, std::max<qsizetype>(0, row.rates.size() - kHistory));
    }
    if (!rows.empty()) {
        emit dataChanged(index(0, 0), index(static_cast<int>(rows.size()) - 1, ColumnCount - 1));
    }
}

void ActionTableModel::setOver(std::optional<Duration> took)
{
    if (took && *took <= Duration::zero()) {
        took.reset();
    }
    if (std::exchange(m_took, took).has_value() != took.has_value()) {
        emit headerDataChanged(Qt::Horizontal, Rate, Failed);
    }
}

bool ActionTableModel::whole(const ActionTotals& totals) const
{
    return m_took && totals.ok + totals.failed > 0;
}

int ActionTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ActionTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

double ActionTableModel::number(const Row& row, int column) const
{
    const ActionTotals& totals = row.action.totals;
    const auto ended = static_cast<double>(totals.ok + totals.failed);
    if (whole(totals) && column == Rate) {
        return ended / std::chrono::duration<double>(*m_took).count();
    }
    if (whole(totals) && column == Failed) {
        return static_cast<double>(totals.failed) / ended;
    }
    switch (column) {
        case Rate:
            return totals.perSecond;
        case Failed:
            return totals.okShare.known() ? 1 - totals.okShare.value : valueOf(totals.okShare);
        case P50:
            return valueOf(totals.latency.p50);
        case P99:
            return valueOf(totals.latency.p99);
        default:
            return std::numeric_limits<double>::quiet_NaN();
    }
}

QString ActionTableModel::missing(const Row& row, int column) const
{
    const ActionTotals& totals = row.action.totals;
    switch (column) {
        case Failed:
            return whole(totals) ? QString() : QString::fromStdString(totals.okShare.missing);
        case P50:
            return QString::fromStdString(totals.latency.p50.missing);
        case P99:
            return QString::fromStdString(totals.latency.p99.missing);
        default:
            return {};
    }
}

QVariant ActionTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const bool figures = column >= Rate && column <= P99;
    switch (role) {
        case Qt::DisplayRole:
            if (column == Name) {
                return QString::fromStdString(row.action.name);
            }
            if (column == Kind) {
                return QString::fromStdString(row.action.kind);
            }
            if (!figures) {
                return {};
            }
            return missing(row, column).isEmpty()
                       ? figureText(number(row, column),
                                    kColumns[static_cast<std::size_t>(column)].unit)
                       : notAvailable();
        case Qt::TextAlignmentRole:
            return figures ? int(Qt::AlignRight | Qt::AlignVCenter)
                           : int(Qt::AlignLeft | Qt::AlignVCenter);
        case Qt::ToolTipRole:
            return missing(row, column).isEmpty()
                       ? QVariant()
                       : QVariant(notAvailable() + QStringLiteral(": ") + missing(row, column));
        case NumberRole:
            return figures ? QVariant(number(row, column)) : QVariant();
        case MissingRole:
            return missing(row, column);
        case RateHistoryRole:
            return column == Trend ? QVariant::fromValue(row.rates) : QVariant();
        case TroubleRole:
            return row.action.totals.failuresPerSecond > 0;
        default:
            return {};
    }
}

QVariant ActionTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const Column& column = kColumns[static_cast<std::size_t>(section)];
    const bool mean = m_took && (section == Rate || section == Failed);
    switch (role) {
        case Qt::DisplayRole:
            return mean && section == Rate ? tr("Mean rate") : QString::fromLatin1(column.title);
        case Qt::ToolTipRole:
            if (mean) {
                return tr("Over the whole run, which is over");
            }
            return QString::fromLatin1(column.tip);
        case Qt::TextAlignmentRole:
            return section >= Rate && section <= P99 ? int(Qt::AlignRight | Qt::AlignVCenter)
                                                     : int(Qt::AlignLeft | Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace muster::ui
