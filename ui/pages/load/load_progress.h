// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/snapshot.h"
#include "widgets/card.h"

namespace muster::ui {

class KeyValues;
class LevelBar;
class MarkList;

/// How far the load is: in its stages and in its input; what has been changed.
/// Thread safety: the GUI thread's.
class LoadProgress : public Card {
    Q_OBJECT

public:
    explicit LoadProgress(QWidget* parent = nullptr);

    void setSnapshot(const Snapshot& snapshot);
    void setUtc(bool utc);

private:
    void showProfile(const LoadStatus& load);
    void showInput(const LoadStatus& load);

    KeyValues* m_profile;
    LevelBar* m_profileBar;
    KeyValues* m_input;
    LevelBar* m_inputBar;
    MarkList* m_marks;
};

}  // namespace muster::ui
