// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;
class QToolButton;

namespace muster::ui {

class TimeRangeModel;

/// The window's time range: a menu of presets, Live, earlier and later, zoom out, and an exact
/// range to type.
/// Thread safety: the GUI thread's.
class TimeRangeBar : public QWidget {
    Q_OBJECT

public:
    explicit TimeRangeBar(TimeRangeModel& range, QWidget* parent = nullptr);

    /// Opens the window to type an absolute range in.
    void askAbsolute();
    /// Opens the menu of presets.
    void openMenu();

private:
    void fillMenu();
    void refresh();

    TimeRangeModel& m_range;
    QToolButton* m_earlier;
    QPushButton* m_choose;
    QToolButton* m_later;
    QToolButton* m_zoomOut;
    QPushButton* m_live;
};

}  // namespace muster::ui
