// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "api/report.h"

namespace muster::ui {

/// What was changed in a run and what the key figures were before and after it: a row for each
/// figure that shows a difference, in the order of time; one where none does, or why nothing can
/// be told. Thread safety: the GUI thread's.
class CauseTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns {
        At,
        Kind,
        Change,
        VerdictColumn,
        Figure,
        Before,
        After,
        Effect,
        Interval,
        ColumnCount
    };

    explicit CauseTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void setCauses(std::vector<Cause> causes, WallTime runStartedAt);

    /// Whether a row says one thing from the figure's column on: why nothing can be told.
    [[nodiscard]] bool saysOneThing(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row {
        std::size_t cause = 0;
        std::size_t effect = kNone;
        bool first = false;  ///< of its cause
    };
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    [[nodiscard]] QString text(const Row& row, int column) const;
    [[nodiscard]] QString causeText(const Cause& cause, int column) const;

    std::vector<Cause> m_causes;
    std::vector<Row> m_rows;
    WallTime m_start;
};

}  // namespace muster::ui
