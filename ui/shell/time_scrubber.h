// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "bridge/engine_bridge.h"

class QLabel;
class QPushButton;

namespace muster::ui {

class ChartGroup;
class TimeRangeModel;
class TimeSeriesModel;
class TimeSlider;

/// The strip below the top bar that puts every page at a moment of the run: of one that goes on,
/// as far as it was recorded, and of a recorded session. It says as of when the pages are, how far
/// their sampled figures lie before that, and when what was rebuilt is not what was recorded.
/// Thread safety: the GUI thread's.
class TimeScrubber : public QWidget {
    Q_OBJECT

public:
    TimeScrubber(EngineBridge* bridge, TimeRangeModel* range, TimeSeriesModel* series,
                 ChartGroup* group, QWidget* parent = nullptr);

    /// The run that can be moved through, as its newest snapshot has it.
    void setNow(const Snapshot& snapshot);
    /// For the keyboard.
    void takeFocus();
    [[nodiscard]] TimeSlider* slider() const { return m_slider; }
    /// "As of 14:02:13.5 (45.0 s in)", with what else it says.
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void modeChanged();
    void lookingBackChanged(bool on);
    void moved(int value);
    void showMoment(const PastMomentPtr& moment);
    void showRange(WallTime at);
    void showText();
    void setMarks();

    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    TimeSeriesModel* m_series;
    ChartGroup* m_group;
    QLabel* m_title;
    QLabel* m_note;
    TimeSlider* m_slider;
    QPushButton* m_back;
    std::optional<TimeRange> m_rangeBefore;  ///< which back to live restores
    bool m_liveBefore = false;
    QString m_failure;
};

}  // namespace muster::ui
