// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "base/service_start.h"

namespace muster::ui {

/// How the engine's services came up: one a row, group by group, each with where it lies in the
/// whole start. Set once; a start does not change any more.
/// Thread safety: the GUI thread's.
class StartupModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Group, Service, Timeline, Begins, Takes, State, Needs, ColumnCount };
    enum Roles {
        FromRole = Qt::UserRole + 1,  ///< of Timeline: 0…1 of the whole start
        ToRole,
        StateRole,         ///< muster::ServiceState as int
        FirstOfGroupRole,  ///< bool: no row above is of its group
    };

    explicit StartupModel(const EngineStartup& startup, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] QString text(const ServiceStart& service, int column) const;

    std::vector<ServiceStart> m_services;
    Duration m_whole{};
};

}  // namespace muster::ui
