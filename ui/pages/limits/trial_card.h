// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/configuration.h"
#include "widgets/card.h"

class QLabel;
class QPushButton;

namespace muster::ui {

class KeyValues;
class LevelBar;

/// A change on trial: what it is, how long it has left, what guards it and how near that is; to
/// keep or to revert. Hidden while nothing is on trial.
/// Thread safety: the GUI thread's.
class TrialCard : public Card {
    Q_OBJECT

public:
    explicit TrialCard(QWidget* parent = nullptr);

    void show(const std::optional<TrialStatus>& trial);
    void setCanSteer(bool on, const QString& reason);

signals:
    void commandRequested(const QString& commandLine);

private:
    QLabel* m_change;
    LevelBar* m_left;
    KeyValues* m_guards;
    QPushButton* m_keep;
    QPushButton* m_revert;
};

}  // namespace muster::ui
