// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <optional>
#include <vector>

#include "api/snapshot.h"
#include "models/tick_counter.h"

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

    /// The rates join the last minute's every kTick; where the model was not told for a while
    /// (its page was not shown) the minute has a gap.
    void setRows(const std::vector<ActionRow>& rows, WallTime at);
    /// The run took this long and is over: rates and shares are those of all of it, not the last
    /// moment's, in which nothing happened any more.
    void setOver(std::optional<Duration> took);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    static constexpr Duration kTick = std::chrono::milliseconds(500);
    static constexpr int kHistory = 120;  ///< ticks: a minute

private:
    struct Row {
        ActionRow action;
        QVector<double> rates;
    };

    [[nodiscard]] double number(const Row& row, int column) const;
    [[nodiscard]] QString missing(const Row& row, int column) const;
    /// Whether the whole run's figures are shown, and there are any.
    [[nodiscard]] bool whole(const ActionTotals& totals) const;

    std::vector<Row> m_rows;
    TickCounter m_ticks{kTick, kHistory};
    std::optional<Duration> m_took;
};

}  // namespace muster::ui
