// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/replay.h"

class QComboBox;
class QProgressBar;
class QPushButton;

namespace muster::ui {

class Replayer;

/// Plays, pauses, steps and ends a replay, and says how far it came.
/// Thread safety: the GUI thread's.
class ReplayBar : public QWidget {
    Q_OBJECT

public:
    ReplayBar(Replayer& replayer, QWidget* parent = nullptr);

    [[nodiscard]] double speed() const;
    void togglePlay();
    /// What did not fit the list, in all.
    void setSkipped(std::uint64_t skipped);
    /// How it stands, in a line; the page shows it.
    [[nodiscard]] const QString& text() const { return m_text; }

signals:
    void textChanged(const QString& text, const QString& tip);
    /// Back to what was recorded.
    void closed();

private:
    void show(const ReplayProgress& progress);
    void refresh();

    Replayer& m_replayer;
    QPushButton* m_play;
    QPushButton* m_step;
    QComboBox* m_speed;
    QProgressBar* m_progress;
    QString m_text;
    QPushButton* m_end;
    std::uint64_t m_skipped = 0;
};

}  // namespace muster::ui
