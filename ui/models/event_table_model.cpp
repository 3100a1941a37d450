// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/event_table_model.h"

#include <QDateTime>
#include <algorithm>
#include <array>

namespace muster::ui {

namespace {

constexpr std::array<const char*, EventTableModel::columnsCount> kTitles{"Time", "Type", "Source",
                                                                         "Data"};

QString clockTime(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.nanoseconds / 1'000'000)
        .toString(QStringLiteral("HH:mm:ss.zzz"));
}

}  // namespace

EventTableModel::EventTableModel(Request::Fetch fetch, QObject* parent)
    : QAbstractTableModel(parent),
      m_request(std::move(fetch), [this](const EventQuery& query, const Result<EventPage>& page) {
          show(query, page);
      })
{
}

int EventTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int EventTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columnsCount;
}

const EventRow* EventTableModel::eventAt(int row) const
{
    const bool there = row >= 0 && row < static_cast<int>(m_rows.size());
    return there ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int EventTableModel::rowOf(EventId event) const
{
    const auto found = std::ranges::find(m_rows, event, &EventRow::id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

QVariant EventTableModel::data(const QModelIndex& index, int role) const
{
    const auto* row = index.isValid() ? eventAt(index.row()) : nullptr;
    if (row == nullptr) {
        return {};
    }
    if (role == RowRole) {
        return QVariant::fromValue(row);
    }
    if (role == Qt::ToolTipRole && index.column() == timeColumn) {
        return QString::fromStdString(toString(row->at));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
        case timeColumn:
            return clockTime(row->at);
        case typeColumn:
            // What is played again must not be taken for what happens.
            return (row->replayed ? QStringLiteral("↻ ") : QString()) +
                   QString::fromStdString(row->type);
        case sourceColumn:
            return QString::fromStdString(row->source);
        case dataColumn:
            return QString::fromStdString(row->data);
        default:
            return {};
    }
}

QVariant EventTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 ||
        section >= columnsCount) {
        return {};
    }
    return tr(kTitles[static_cast<std::size_t>(section)]);
}

bool EventTableModel::canFetchMore(const QModelIndex& parent) const
{
    return !parent.isValid() && !m_tailing && m_more && !m_request.busy();
}

void EventTableModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent)) {
        return;
    }
    auto next = m_query;
    if (!m_rows.empty()) {
        next.after = m_rows.back().id;
    }
    m_request.ask(next);
}

void EventTableModel::setQuery(const EventQuery& query)
{
    empty();
    m_tailing = false;
    m_paused = false;
    m_query = query;
    m_query.after.reset();
    m_query.limit = kPageRows;
    m_request.forget();
    m_request.ask(m_query);
}

void EventTableModel::startTail(const EventQuery& query)
{
    setQuery(query);
    m_tailing = true;
}

void EventTableModel::startReplay()
{
    empty();
    m_request.forget();
    m_tailing = true;
    m_paused = false;
    emit refreshed({});
}

void EventTableModel::append(const std::vector<EventRow>& rows)
{
    if (!m_tailing || rows.empty()) {
        return;
    }
    if (!m_paused) {
        insertNewest(rows);
        return;
    }
    m_waiting.insert(m_waiting.end(), rows.begin(), rows.end());
    if (m_waiting.size() > kTailRows) {
        m_waiting.erase(m_waiting.begin(), m_waiting.end() - kTailRows);
    }
    emit refreshed({});
}

void EventTableModel::setPaused(bool on)
{
    m_paused = on;
    if (!on) {
        insertNewest(std::exchange(m_waiting, {}));
    }
    emit refreshed({});
}

void EventTableModel::insertNewest(const std::vector<EventRow>& rows)
{
    const auto kept = std::min<std::size_t>(rows.size(), kTailRows);
    if (kept == 0) {
        return;
    }
    beginInsertRows({}, 0, static_cast<int>(kept) - 1);
    for (auto row = rows.end() - static_cast<std::ptrdiff_t>(kept); row != rows.end(); ++row) {
        m_rows.push_front(*row);
    }
    endInsertRows();
    trim();
    emit refreshed({});
}

void EventTableModel::trim()
{
    const int rows = static_cast<int>(m_rows.size());
    if (rows > kTailRows) {
        beginRemoveRows({}, kTailRows, rows - 1);
        m_rows.resize(kTailRows);
        endRemoveRows();
    }
}

void EventTableModel::show(const EventQuery&, const Result<EventPage>& page)
{
    if (!page.ok()) {
        m_more = false;
        emit refreshed(QString::fromStdString(page.error().text()));
        return;
    }
    m_more = page->more && !page->rows.empty();
    if (!m_tailing) {
        appendOlder(page->rows);
    } else {
        // The tail may have brought some of them already.
        std::vector<EventRow> older;
        std::ranges::copy_if(page->rows, std::back_inserter(older),
                             [this](const EventRow& row) { return !known(row.id); });
        appendOlder(older);
    }
    emit refreshed({});
}

void EventTableModel::appendOlder(const std::vector<EventRow>& rows)
{
    if (rows.empty()) {
        return;
    }
    const int first = static_cast<int>(m_rows.size());
    beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
    m_rows.insert(m_rows.end(), rows.begin(), rows.end());
    endInsertRows();
}

bool EventTableModel::known(EventId event) const
{
    return rowOf(event) >= 0 ||
           std::ranges::find(m_waiting, event, &EventRow::id) != m_waiting.end();
}

void EventTableModel::empty()
{
    m_waiting.clear();
    m_more = false;
    if (!m_rows.empty()) {
        beginRemoveRows({}, 0, static_cast<int>(m_rows.size()) - 1);
        m_rows.clear();
        endRemoveRows();
    }
}

}  // namespace muster::ui
