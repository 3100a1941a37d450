// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/snapshot.h"
#include "widgets/card.h"

namespace muster::ui {

class CleanupList;
class KeyValues;

/// What pressure did since the run began: what was refused, thinned and shed, what was given
/// back, and each of the last clean-ups.
/// Thread safety: the GUI thread's.
class ReliefCard : public Card {
    Q_OBJECT

public:
    explicit ReliefCard(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    void setUtc(bool utc);

private:
    KeyValues* m_totals;
    CleanupList* m_cleanups;
};

}  // namespace muster::ui
