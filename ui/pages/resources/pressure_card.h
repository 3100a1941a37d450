// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/snapshot.h"
#include "widgets/card.h"

class QLabel;

namespace muster::ui {

class MarkList;
class StatusPill;

/// The pressure level in words, what it means for the run, and what it did.
/// Thread safety: the GUI thread's.
class PressureCard : public Card {
    Q_OBJECT

public:
    explicit PressureCard(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    void setUtc(bool utc);
    [[nodiscard]] QString meaning() const;

private:
    StatusPill* m_level;
    QLabel* m_cause;
    QLabel* m_first;
    QLabel* m_meaning;
    MarkList* m_marks;
};

}  // namespace muster::ui
