// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/snapshot.h"
#include "widgets/card.h"

namespace muster::ui {

class KeyValues;

/// What the run has come to: how long it works, how much of its input and of its stages is done,
/// and whether what its file expects holds. Its rows are the workload's; only values change.
/// Thread safety: the GUI thread's.
class RunCard : public Card {
    Q_OBJECT

public:
    explicit RunCard(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    /// "serve.p99 < 150ms: ● 76.0 ms", a row each.
    [[nodiscard]] QStringList texts() const;
    [[nodiscard]] int rowsHeight() const;

private:
    void showExpectations(const Snapshot& snapshot, int row);

    KeyValues* m_rows;
};

}  // namespace muster::ui
