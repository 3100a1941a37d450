// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/letter_table_model.h"

#include <algorithm>
#include <iterator>

#include "models/format.h"

namespace muster::ui {

namespace {

bool newer(const LetterRow& a, const LetterRow& b)
{
    return std::pair(a.diedAt, a.id) > std::pair(b.diedAt, b.id);
}

}  // namespace

LetterTableModel::LetterTableModel(Request::Fetch fetch, QObject* parent)
    : QAbstractTableModel(parent),
      m_request(std::move(fetch), [this](const LetterQuery& query, const Result<LetterList>& list) {
          show(query, list);
      })
{
}

void LetterTableModel::setQuery(const LetterQuery& query)
{
    m_query = query;
    m_query.offset = 0;
    m_query.limit = kWindow;
    m_request.forget();
    m_request.ask(m_query);
}

void LetterTableModel::refresh()
{
    LetterQuery query = m_query;
    query.offset = 0;
    query.limit = std::max<std::uint64_t>(kWindow, m_rows.size());
    m_request.ask(query);
}

void LetterTableModel::setUtc(bool utc)
{
    m_utc = utc;
    if (!m_rows.empty()) {
        emit dataChanged(index(0, Died), index(rowCount() - 1, Died));
    }
}

void LetterTableModel::show(const LetterQuery& query, const Result<LetterList>& list)
{
    if (!list.ok()) {
        m_total = 0;
        m_groups.clear();
        replace({});
        emit refreshed(QString::fromStdString(list.error().text()));
        return;
    }
    m_total = list->total;
    m_groups = list->groups;
    if (query.offset == 0) {
        replace(list->rows);
    } else {
        append(list->rows);
    }
    emit refreshed({});
}

/// Those that died meanwhile moved the window: what is here already is left out.
void LetterTableModel::append(const std::vector<LetterRow>& rows)
{
    const auto from =
        m_rows.empty() ? rows.begin() : std::ranges::upper_bound(rows, m_rows.back(), newer);
    if (from == rows.end()) {
        return;
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(rows.end() - from) - 1);
    m_rows.insert(m_rows.end(), from, rows.end());
    endInsertRows();
}

/// Both are in order, the newest first: what went and what came is told run by run, so that
/// a view keeps its place.
void LetterTableModel::replace(std::vector<LetterRow> rows)
{
    const auto has = [](const std::vector<LetterRow>& sorted, const LetterRow& row) {
        return std::ranges::binary_search(sorted, row, newer);
    };
    for (int last = rowCount() - 1; last >= 0; --last) {
        if (has(rows, m_rows[static_cast<std::size_t>(last)])) {
            continue;
        }
        int first = last;
        while (first > 0 && !has(rows, m_rows[static_cast<std::size_t>(first) - 1])) {
            --first;
        }
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
        last = first;
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (at < m_rows.size() && m_rows[at].id == rows[at].id) {
            m_rows[at] = rows[at];
            continue;
        }
        std::size_t end = at + 1;
        while (end < rows.size() && (at >= m_rows.size() || newer(rows[end], m_rows[at]))) {
            ++end;
        }
        beginInsertRows({}, static_cast<int>(at), static_cast<int>(end) - 1);
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at),
                      rows.begin() + static_cast<std::ptrdiff_t>(at),
                      rows.begin() + static_cast<std::ptrdiff_t>(end));
        endInsertRows();
        at = end - 1;
    }
    if (!m_rows.empty()) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
    dropTicksOfGone();
}

void LetterTableModel::dropTicksOfGone()
{
    const auto before = m_ticked.size();
    for (auto id = m_ticked.begin(); id != m_ticked.end();) {
        id = rowOf(*id) < 0 ? m_ticked.erase(id) : std::next(id);
    }
    if (m_ticked.size() != before) {
        emit ticksChanged();
    }
}

const LetterRow* LetterTableModel::letterAt(int row) const
{
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int LetterTableModel::rowOf(std::uint64_t id) const
{
    const auto found = std::ranges::find(m_rows, id, &LetterRow::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

void LetterTableModel::untick()
{
    m_ticked.clear();
    if (!m_rows.empty()) {
        emit dataChanged(index(0, Tick), index(rowCount() - 1, Tick), {Qt::CheckStateRole});
    }
    emit ticksChanged();
}

int LetterTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LetterTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LetterTableModel::data(const QModelIndex& index, int role) const
{
    const LetterRow* letter = letterAt(index.row());
    if (letter == nullptr) {
        return {};
    }
    if (role == Qt::CheckStateRole && index.column() == Tick) {
        return m_ticked.contains(letter->id) ? Qt::Checked : Qt::Unchecked;
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Attempts || index.column() == Id)) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    switch (index.column()) {
        case Id:
            return QString::number(letter->id);
        case Queue:
            return QString::fromStdString(letter->queue);
        case Cause:
            return QString::fromStdString(letter->failureClass + " · " + letter->code);
        case Attempts:
            return QString::number(letter->attempts);
        case Died:
            return timeText(letter->diedAt, m_utc);
        case Payload:
            return QString::fromStdString(letter->payload).simplified();
        default:
            return {};
    }
}

bool LetterTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const LetterRow* letter = letterAt(index.row());
    if (letter == nullptr || role != Qt::CheckStateRole || index.column() != Tick) {
        return false;
    }
    value.toInt() == Qt::Checked ? void(m_ticked.insert(letter->id))
                                 : void(m_ticked.remove(letter->id));
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit ticksChanged();
    return true;
}

QVariant LetterTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        const bool number = section == Attempts || section == Id;
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Id:
            return tr("Id");
        case Queue:
            return tr("Queue");
        case Cause:
            return tr("Cause");
        case Attempts:
            return tr("Attempts");
        case Died:
            return tr("Died");
        case Payload:
            return tr("Payload");
        default:
            return {};
    }
}

Qt::ItemFlags LetterTableModel::flags(const QModelIndex& index) const
{
    auto flags = QAbstractTableModel::flags(index);
    return index.column() == Tick ? flags | Qt::ItemIsUserCheckable : flags;
}

bool LetterTableModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && m_rows.size() < m_total && !m_request.busy();
}

void LetterTableModel::fetchMore(const QModelIndex&)
{
    LetterQuery query = m_query;
    query.offset = m_rows.size();
    m_request.ask(query);
}

}  // namespace muster::ui
