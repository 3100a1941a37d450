// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/agent_table_model.h"

#include <algorithm>
#include <array>

namespace muster::ui {

namespace {

struct ColumnInfo {
    const char* title;
    const char* help;
    AgentColumn sort;  ///< AgentColumn::count: cannot be sorted by
    bool number;
};

constexpr std::array<ColumnInfo, AgentTableModel::columnsCount> kColumns{{
    {"", "Tick agents to act on them together", AgentColumn::count, false},
    {"Id", "Slot and generation: never used again for another agent", AgentColumn::id, false},
    {"Name", "Its name in the directory", AgentColumn::name, false},
    {"Type", "What it was made as", AgentColumn::type, false},
    {"State", "initializing, ready, busy, suspended or terminating", AgentColumn::state, false},
    {"Rate", "Messages per second since the row was last refreshed", AgentColumn::rate, true},
    {"Total", "Messages handled since it was created", AgentColumn::total, true},
    {"Mailbox", "Messages waiting", AgentColumn::mailbox, true},
    {"Oldest", "Age of the oldest message waiting", AgentColumn::oldest, true},
    {"p50", "Half of its messages were handled within this time", AgentColumn::p50, true},
    {"p99", "99 of 100 messages were handled within this time", AgentColumn::p99, true},
    {"Memory", "Cell, behaviour and waiting mail", AgentColumn::memory, true},
    {"Restarts", "Times it was started again", AgentColumn::restarts, true},
    {"Action", "What it is doing now", AgentColumn::action, false},
}};

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

QVariant figure(const Known& known)
{
    return known.known() ? QVariant(known.value) : QVariant();
}

const Known* knownOf(const AgentRow& row, int column)
{
    switch (column) {
        case AgentTableModel::rateColumn:
            return &row.rate;
        case AgentTableModel::oldestColumn:
            return &row.oldest;
        case AgentTableModel::p50Column:
            return &row.p50;
        case AgentTableModel::p99Column:
            return &row.p99;
        default:
            return nullptr;
    }
}

}  // namespace

AgentTableModel::AgentTableModel(Request::Fetch fetch, QObject* parent)
    : QAbstractTableModel(parent),
      m_request(std::move(fetch), [this](const AgentQuery& query, const Result<AgentPage>& page) {
          show(query, page);
      })
{
    m_query.limit = 2 * kMargin;
}

int AgentTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int AgentTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columnsCount;
}

const AgentRow* AgentTableModel::agentAt(int row) const
{
    const auto at = row - m_first;
    const bool fetched = at >= 0 && at < static_cast<int>(m_fetched.size()) && row < m_rows;
    return fetched ? &m_fetched[static_cast<std::size_t>(at)] : nullptr;
}

int AgentTableModel::rowOf(AgentId agent) const
{
    const auto found = std::ranges::find(m_fetched, agent, &AgentRow::id);
    return found == m_fetched.end() ? -1 : m_first + static_cast<int>(found - m_fetched.begin());
}

QVariant AgentTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool number = kColumns[static_cast<std::size_t>(index.column())].number;
        return static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    const auto* row = agentAt(index.row());
    switch (role) {
        case RowRole:
            return QVariant::fromValue(row);
        case Qt::DisplayRole:
            return row != nullptr
                       ? text(*row, index.column())
                       : QVariant(index.column() == nameColumn ? tr("loading…") : QString());
        case Qt::CheckStateRole:
            if (index.column() == checkColumn && row != nullptr) {
                return m_checked.contains(row->id.packed()) ? Qt::Checked : Qt::Unchecked;
            }
            return {};
        case Qt::ToolTipRole:
            if (row != nullptr && !counted(*row) &&
                kColumns[static_cast<std::size_t>(index.column())].number) {
                return fromText(row->rate.missing);
            }
            if (const auto* known = row != nullptr ? knownOf(*row, index.column()) : nullptr) {
                return known->known() ? QVariant() : QVariant(fromText(known->missing));
            }
            return {};
        default:
            return {};
    }
}

QVariant AgentTableModel::text(const AgentRow& row, int column) const
{
    const bool count = column == totalColumn || column == mailboxColumn || column == memoryColumn ||
                       column == restartsColumn;
    if (count && !counted(row)) {
        return {};
    }
    switch (column) {
        case idColumn:
            return fromText(toString(row.id));
        case nameColumn:
            return fromText(row.name);
        case typeColumn:
            return fromText(row.type);
        case stateColumn:
            return fromText(row.state);
        case totalColumn:
            return QVariant::fromValue<quint64>(row.total);
        case mailboxColumn:
            return QVariant::fromValue<quint64>(row.mailbox);
        case memoryColumn:
            return QVariant::fromValue<quint64>(row.memory);
        case restartsColumn:
            return QVariant::fromValue<quint64>(row.restarts);
        case actionColumn:
            return fromText(row.action);
        default:
            break;
    }
    const auto* known = knownOf(row, column);
    return known != nullptr ? figure(*known) : QVariant();
}

QVariant AgentTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnsCount) {
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
            return columnTitle(section);
        case Qt::ToolTipRole:
            return columnHelp(section);
        case Qt::TextAlignmentRole: {
            const bool number = kColumns[static_cast<std::size_t>(section)].number;
            return static_cast<int>((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        default:
            return {};
    }
}

Qt::ItemFlags AgentTableModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (index.column() == checkColumn && agentAt(index.row()) != nullptr) {
        flags |= Qt::ItemIsUserCheckable;
    }
    return flags;
}

bool AgentTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const auto* row = index.isValid() ? agentAt(index.row()) : nullptr;
    if (role != Qt::CheckStateRole || index.column() != checkColumn || row == nullptr) {
        return false;
    }
    if (value.toInt() == Qt::Checked) {
        m_checked.insert(row->id.packed());
    } else {
        m_checked.remove(row->id.packed());
    }
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit checkedChanged(static_cast<int>(m_checked.size()));
    return true;
}

void AgentTableModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnsCount) {
        return;
    }
    const auto by = kColumns[static_cast<std::size_t>(column)].sort;
    if (by == AgentColumn::count) {
        return;
    }
    m_query.sort = by;
    m_query.descending = order == Qt::DescendingOrder;
    m_request.ask(m_query);
}

void AgentTableModel::setFilter(const QString& filter)
{
    const auto text = filter.trimmed().toStdString();
    if (text == m_query.filter) {
        return;
    }
    m_query.filter = text;
    m_request.ask(m_query);
}

void AgentTableModel::setWindow(int first, int count)
{
    const int last = std::min(first + count + kMargin, std::max(m_rows, 2 * kMargin));
    const int from = std::max(0, first - kMargin);
    const auto offset = static_cast<quint64>(from);
    const auto limit = static_cast<quint64>(std::max(last - from, 1));
    if (offset == m_query.offset && limit == m_query.limit) {
        return;
    }
    m_query.offset = offset;
    m_query.limit = limit;
    m_request.ask(m_query);
}

void AgentTableModel::refresh()
{
    if (!m_request.busy()) {
        m_request.ask(m_query);
    }
}

void AgentTableModel::clear()
{
    m_request.forget();
    m_fetched.clear();
    m_total = 0;
    setMatching(0);
    clearChecked();
}

QList<AgentId> AgentTableModel::checked() const
{
    QList<AgentId> agents;
    agents.reserve(m_checked.size());
    for (const auto packed : m_checked) {
        agents.push_back(AgentId::unpack(packed));
    }
    std::ranges::sort(agents);
    return agents;
}

void AgentTableModel::clearChecked()
{
    if (m_checked.isEmpty()) {
        return;
    }
    m_checked.clear();
    if (m_rows > 0) {
        emit dataChanged(index(0, checkColumn), index(m_rows - 1, checkColumn),
                         {Qt::CheckStateRole});
    }
    emit checkedChanged(0);
}

void AgentTableModel::show(const AgentQuery& query, const Result<AgentPage>& page)
{
    if (!page.ok()) {
        emit refreshed(fromText(page.error().text()));
        return;
    }
    m_total = page->total;
    const int before = m_first;
    const int beforeCount = static_cast<int>(m_fetched.size());
    m_first = static_cast<int>(std::min<quint64>(page->offset, kLongestTable));
    m_fetched = page->rows;
    setMatching(page->matching);
    const int from = std::min(before, m_first);
    const int to = std::max(before + beforeCount, m_first + static_cast<int>(m_fetched.size()));
    if (m_rows > 0 && to > from) {
        emit dataChanged(index(std::min(from, m_rows - 1), 0),
                         index(std::min(to, m_rows) - 1, columnsCount - 1));
    }
    emit refreshed({});
    // The table shrank under the window: what is on screen now is another part of it.
    if (m_fetched.empty() && query.offset > 0 && m_rows > 0) {
        m_query.offset = static_cast<quint64>(std::max(0, m_rows - static_cast<int>(query.limit)));
        m_request.ask(m_query);
    }
}

void AgentTableModel::setMatching(quint64 matching)
{
    m_matching = matching;
    const int rows = static_cast<int>(std::min<quint64>(matching, kLongestTable));
    if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_rows = rows;
        endInsertRows();
    } else if (rows < m_rows) {
        beginRemoveRows({}, rows, m_rows - 1);
        m_rows = rows;
        endRemoveRows();
    }
}

QString AgentTableModel::columnTitle(int column)
{
    return tr(kColumns[static_cast<std::size_t>(column)].title);
}

QString AgentTableModel::columnHelp(int column)
{
    return tr(kColumns[static_cast<std::size_t>(column)].help);
}

}  // namespace muster::ui
