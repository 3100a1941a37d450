// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/startup_model.h"

#include <algorithm>
#include <array>

#include "models/format.h"

namespace muster::ui {

namespace {

struct Column {
    const char* title;
    const char* tip;
};

constexpr std::array<Column, StartupModel::ColumnCount> kColumns = {{
    {"Group", "Starts after all groups before it"},
    {"Service", "What of the engine starts"},
    {"From begin to ready", "Where it lies in the whole start"},
    {"Begins at", "Since the start began"},
    {"Takes", "How long it took"},
    {"State", "What came of it"},
    {"Needs", "Services that start before it"},
}};

QString stateText(ServiceState state)
{
    switch (state) {
        case ServiceState::waiting:
            return QObject::tr("○ Never began");
        case ServiceState::started:
            return QObject::tr("● Started");
        case ServiceState::failed:
            return QObject::tr("✕ Failed");
        case ServiceState::stopped:
            return QObject::tr("■ Stopped");
    }
    return {};
}

QString spanOf(Duration span)
{
    return figureText(static_cast<double>(span.count()), Unit::nanoseconds);
}

}  // namespace

StartupModel::StartupModel(const EngineStartup& startup, QObject* parent)
    : QAbstractTableModel(parent), m_services(startup.services), m_whole(startup.ready)
{
    std::ranges::stable_sort(m_services, {}, &ServiceStart::group);
    for (const auto& service : m_services) {
        m_whole = std::max(m_whole, service.began + service.took);
    }
}

int StartupModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_services.size());
}

int StartupModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString StartupModel::text(const ServiceStart& service, int column) const
{
    const bool begun = service.state != ServiceState::waiting;
    switch (column) {
        case Group:
            return QString::number(service.group + 1);
        case Service:
            return QString::fromStdString(service.service);
        case Begins:
            return begun ? spanOf(service.began) : notAvailable();
        case Takes:
            return begun ? spanOf(service.took) : notAvailable();
        case State:
            return stateText(service.state);
        case Needs: {
            QStringList needs;
            for (const auto& need : service.needs) {
                needs << QString::fromStdString(need);
            }
            return needs.empty() ? tr("nothing") : needs.join(QStringLiteral(", "));
        }
        default:
            return {};
    }
}

QVariant StartupModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    const auto& service = m_services[row];
    const auto share = [this](Duration at) {
        return m_whole > Duration::zero()
                   ? static_cast<double>(at.count()) / static_cast<double>(m_whole.count())
                   : 0.0;
    };
    switch (role) {
        case Qt::DisplayRole:
            return text(service, index.column());
        case Qt::ToolTipRole:
            return index.column() == Needs ? text(service, Needs) : QString();
        case Qt::TextAlignmentRole: {
            const bool figure = index.column() == Begins || index.column() == Takes;
            return QVariant::fromValue((figure ? Qt::AlignRight : Qt::AlignLeft) |
                                       Qt::AlignVCenter);
        }
        case FromRole:
            return share(service.began);
        case ToRole:
            return share(service.began + service.took);
        case StateRole:
            return static_cast<int>(service.state);
        case FirstOfGroupRole:
            return row == 0 || m_services[row - 1].group != service.group;
        default:
            return {};
    }
}

QVariant StartupModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) {
        return {};
    }
    const auto& column = kColumns[static_cast<std::size_t>(section)];
    switch (role) {
        case Qt::DisplayRole:
            return tr(column.title);
        case Qt::ToolTipRole:
            return tr(column.tip);
        case Qt::TextAlignmentRole: {
            const bool figure = section == Begins || section == Takes;
            return QVariant::fromValue((figure ? Qt::AlignRight : Qt::AlignLeft) |
                                       Qt::AlignVCenter);
        }
        default:
            return {};
    }
}

}  // namespace muster::ui
