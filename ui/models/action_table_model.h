// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

#include "api/snapshot.h"

namespace muster::ui {

/// The configured actions, one a row, with the last minute's rates. Rows come and go one by
/// one and cells change in place, so that a selection stays where it is.
/// Thread safety: the GUI thread's.
class ActionTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Name, Kind, Rate, Failed, P50, P99, Trend, ColumnCount };
    enum Roles {
        RateHistoryRole = Qt::UserRole + 1,  ///< of Trend: QVector<double>, oldest first
        NumberRole,                          ///< of figures: double, NaN when not available
        MissingRole,                         ///< of figures: why not available
        TroubleRole,                         ///< bool: there are failures now
    };

    explicit ActionTableModel(QObject* parent = nullptr);

    void setRows(const std::vector<ActionRow>& rows);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    static constexpr int kHistory = 120;

private:
    struct Row {
        ActionRow action;
        QVector<double> rates;
    };

    [[nodiscard]] static double number(const Row& row, int column);
    [[nodiscard]] static QString missing(const Row& row, int column);

    std::vector<Row> m_rows;
};

}  // namespace muster::ui
