// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "bridge/history_reader.h"

namespace muster::ui {

/// Recorded runs, newest first, of which two can be chosen to be compared: A and B. One can be
/// both, where two ranges of it are.
/// Thread safety: the GUI thread's.
class RunTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns {
        Chosen,
        Workload,
        Run,
        Started,
        Took,
        Actions,
        Failed,
        Size,
        StateColumn,
        File,
        ColumnCount
    };

    explicit RunTableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    /// What was chosen stays chosen where it is still there.
    void setRuns(std::vector<RecordedRun> runs);
    [[nodiscard]] const RecordedRun* runAt(int row) const;
    [[nodiscard]] const RecordedRun* chosenA() const { return runAt(m_a); }
    [[nodiscard]] const RecordedRun* chosenB() const { return runAt(m_b); }
    /// A run that cannot be read cannot be chosen. Choosing it again takes it back.
    bool chooseA(int row);
    bool chooseB(int row);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    [[nodiscard]] static QString stateText(RecordedRun::State state);

private:
    bool choose(int& place, int row);
    [[nodiscard]] QString text(int row, int column) const;

    struct Totals {
        QString actions;
        QString failed;
    };

    std::vector<RecordedRun> m_runs;
    std::vector<Totals> m_totals;  ///< of each run, as its summary has them
    int m_a = -1;
    int m_b = -1;
};

}  // namespace muster::ui
