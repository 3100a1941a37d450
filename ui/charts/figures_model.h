// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "api/queries.h"
#include "charts/time_chart.h"

namespace muster::ui {

/// A chart as a table: a row a moment, a column a line. What a screen reader reads and what a
/// copy takes. A fixed copy of the moment it was made.
/// Thread safety: the GUI thread's.
class FiguresModel : public QAbstractTableModel {
    Q_OBJECT

public:
    static constexpr int kMostRows = 300;
    enum Roles { NumberRole = Qt::UserRole + 1 };  ///< double in the series' unit, NaN if none

    FiguresModel(const ChartSpec& spec, const TimeSeriesModel& series, TimeRange range, bool utc,
                 QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    /// Header keys carry units ("action_p99_ns"); an empty field is a figure there was not.
    [[nodiscard]] QString csv() const;

private:
    struct Row {
        WallTime at;
        std::vector<double> values;
    };

    ChartSpec m_spec;
    bool m_utc;
    std::vector<Row> m_rows;
};

}  // namespace muster::ui
