// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/service_list_model.h"

#include <algorithm>
#include <limits>

#include "models/format.h"

namespace muster::ui {

namespace {

constexpr double kFailingShare = 0.05;

QString nameOf(const ServiceStatus& status)
{
    return QString::fromStdString(status.name);
}

std::string stateOf(const ServiceStatus& status)
{
    return status.breaker ? status.breaker->state : std::string();
}

QString times(std::uint64_t count)
{
    return count == 1 ? ServiceListModel::tr("once")
                      : ServiceListModel::tr("%1 times").arg(exactText(count));
}

}  // namespace

ServiceListModel::ServiceListModel(QObject* parent) : QAbstractListModel(parent) {}

ServiceListModel::Trouble ServiceListModel::troubleOf(const ServiceStatus& status)
{
    const std::string state = stateOf(status);
    if (state == "open") {
        return Trouble::open;
    }
    if (state == "forced_open") {
        return Trouble::forcedOpen;
    }
    if (state == "half_open") {
        return Trouble::halfOpen;
    }
    if (status.failuresPerSecond > status.perSecond * kFailingShare) {
        return Trouble::failing;
    }
    if (status.rejectionsPerSecond > 0) {
        return Trouble::rejecting;
    }
    return state == "disabled" || state == "metrics_only" ? Trouble::bypassed : Trouble::none;
}

QString ServiceListModel::breakerText(const ServiceStatus& status)
{
    if (!status.breaker) {
        return tr("no circuit breaker");
    }
    const BreakerUse& use = *status.breaker;
    if (use.state == "open") {
        return tr("retry in %1 · opened %2")
            .arg(figureText(use.retryAfter, Unit::nanoseconds), times(use.opened));
    }
    if (use.state == "half_open") {
        return tr("%1 of %2 probes answered, %3 failed")
            .arg(exactText(use.calls), exactText(use.probesMost), exactText(use.failures));
    }
    if (use.state == "forced_open") {
        return tr("by the operator: nothing passes");
    }
    if (use.state == "disabled") {
        return tr("everything passes, nothing counts");
    }
    if (use.state == "metrics_only") {
        return tr("everything passes, and is counted");
    }
    return use.opened == 0 ? tr("never opened") : tr("opened %1").arg(times(use.opened));
}

void ServiceListModel::take(const std::vector<ServiceStatus>& services, int ticks)
{
    constexpr int kBridged = 4;  // ticks: a late snapshot is no gap
    m_rows.resize(services.size());
    for (std::size_t i = 0; i < services.size(); ++i) {
        Row& row = m_rows[i];
        if (row.status.name != services[i].name) {
            row.rates.clear();
        }
        row.status = services[i];
        row.trouble = troubleOf(row.status);
        row.pinned = m_pinned.contains(nameOf(row.status));
        for (int tick = 1; tick <= ticks; ++tick) {
            const bool unseen = ticks > kBridged && tick < ticks;
            row.rates.push_back(unseen ? std::numeric_limits<double>::quiet_NaN()
                                       : row.status.perSecond);
        }
        row.rates.remove(0, std::max<qsizetype>(0, row.rates.size() - kHistory));
    }
}

void ServiceListModel::setServices(const std::vector<ServiceStatus>& services, WallTime at)
{
    if (m_ticks.wentBack(at)) {
        for (Row& row : m_rows) {
            row.rates.clear();
        }
    }
    const bool same = std::ranges::equal(m_rows, services, [](const Row& row, const auto& status) {
        return row.status.name == status.name;
    });
    if (!same) {
        beginResetModel();
        m_at.clear();
        take(services, m_ticks.until(at));
        endResetModel();
    } else {
        take(services, m_ticks.until(at));
    }
    arrange();
    if (!m_at.empty()) {
        emit dataChanged(index(0), index(static_cast<int>(m_at.size()) - 1));
    }
}

bool ServiceListModel::before(const Row& one, const Row& other) const
{
    if (one.pinned != other.pinned) {
        return one.pinned;
    }
    if (m_order == Order::trouble && one.trouble != other.trouble) {
        return one.trouble < other.trouble;
    }
    if (m_order == Order::rate && one.status.perSecond != other.status.perSecond) {
        return one.status.perSecond > other.status.perSecond;
    }
    return one.status.name < other.status.name;
}

bool ServiceListModel::passes(const Row& row) const
{
    for (const QString& word : m_filter.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (word.startsWith(QLatin1String("state:"))) {
            const auto states = word.mid(6).replace(QLatin1Char('-'), QLatin1Char('_'));
            if (!states.split(QLatin1Char(','))
                     .contains(QString::fromStdString(stateOf(row.status)))) {
                return false;
            }
        } else if (word == QLatin1String("trouble:yes")) {
            if (row.trouble >= Trouble::bypassed) {
                return false;
            }
        } else if (!nameOf(row.status).contains(word, Qt::CaseInsensitive)) {
            return false;
        }
    }
    return true;
}

void ServiceListModel::arrange()
{
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (passes(m_rows[i])) {
            wanted.push_back(i);
        }
    }
    std::ranges::stable_sort(wanted, [this](std::size_t one, std::size_t other) {
        return before(m_rows[one], m_rows[other]);
    });
    if (wanted == m_at) {
        return;
    }
    emit layoutAboutToBeChanged();
    const auto had = persistentIndexList();
    QModelIndexList moved;
    for (const QModelIndex& one : had) {
        const auto at = std::ranges::find(wanted, m_at[static_cast<std::size_t>(one.row())]);
        moved.push_back(at == wanted.end() ? QModelIndex()
                                           : index(static_cast<int>(at - wanted.begin())));
    }
    m_at = std::move(wanted);
    changePersistentIndexList(had, moved);
    emit layoutChanged();
}

void ServiceListModel::setFilter(const QString& filter)
{
    m_filter = filter;
    arrange();
}

void ServiceListModel::setOrder(Order order)
{
    m_order = order;
    arrange();
}

void ServiceListModel::setPinned(const QStringList& names)
{
    m_pinned = {names.begin(), names.end()};
    for (Row& row : m_rows) {
        row.pinned = m_pinned.contains(nameOf(row.status));
    }
    arrange();
}

QStringList ServiceListModel::pinned() const
{
    QStringList names(m_pinned.begin(), m_pinned.end());
    names.sort();
    return names;
}

void ServiceListModel::togglePin(const QString& name)
{
    QStringList names = pinned();
    if (!names.removeOne(name)) {
        names.push_back(name);
    }
    setPinned(names);
}

const ServiceListModel::Row* ServiceListModel::rowAt(int row) const
{
    const bool there = row >= 0 && row < static_cast<int>(m_at.size());
    return there ? &m_rows[m_at[static_cast<std::size_t>(row)]] : nullptr;
}

int ServiceListModel::rowOf(const QString& name) const
{
    for (int row = 0; row < static_cast<int>(m_at.size()); ++row) {
        if (nameOf(rowAt(row)->status) == name) {
            return row;
        }
    }
    return -1;
}

bool ServiceListModel::contains(const QString& name) const
{
    return std::ranges::any_of(m_rows,
                               [&name](const Row& row) { return nameOf(row.status) == name; });
}

int ServiceListModel::inState(const std::string& state) const
{
    return static_cast<int>(std::ranges::count_if(
        m_rows, [&state](const Row& row) { return stateOf(row.status) == state; }));
}

double ServiceListModel::highestRate() const
{
    double highest = 0;
    for (const Row& row : m_rows) {
        highest = std::max(highest, row.status.perSecond);
    }
    return highest;
}

int ServiceListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_at.size());
}

QVariant ServiceListModel::data(const QModelIndex& index, int role) const
{
    const Row* row = rowAt(index.row());
    if (row == nullptr) {
        return {};
    }
    const ServiceStatus& status = row->status;
    switch (role) {
        case Qt::DisplayRole:
            return nameOf(status);
        case Qt::AccessibleTextRole:
            return tr("%1, %2, %3 calls, %4")
                .arg(nameOf(status),
                     QString::fromStdString(stateOf(status))
                         .replace(QLatin1Char('_'), QLatin1Char(' ')),
                     figureText(status.perSecond, Unit::perSecond), breakerText(status));
        case Qt::ToolTipRole:
            return breakerText(status);
        default:
            return {};
    }
}

}  // namespace muster::ui
