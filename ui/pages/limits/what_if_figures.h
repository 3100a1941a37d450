// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "api/what_if.h"

namespace muster::ui {

/// A stage that was told again, as a table: a row for each span of time, with the calls that
/// asked, what was rejected and would have been, and of a breaker the state at its end.
/// Thread safety: the GUI thread's.
class WhatIfFigures : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Columns { Time, Asked, Recorded, Proposed, StateWas, StateWhatIf, ColumnCount };

    WhatIfFigures(const WhatIfStage& stage, Duration span, bool utc, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    /// Times in UTC, figures as they are.
    [[nodiscard]] QString csv() const;

private:
    struct States {
        std::string was = "closed";
        std::string whatIf = "closed";
    };

    std::vector<WhatIfSpan> m_spans;
    std::vector<States> m_states;  ///< of a breaker, a span each; else empty
    bool m_utc;
};

}  // namespace muster::ui
