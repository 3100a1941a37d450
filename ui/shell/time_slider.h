// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSlider>
#include <vector>

#include "api/snapshot.h"

namespace muster::ui {

/// A run from its start to its end as a line to move along, with its marks on it; its value is
/// milliseconds since the start. Left and Right go to the next mark or whole second, Page Up and
/// Page Down from mark to mark, Home and End to the ends.
/// Thread safety: the GUI thread's.
class TimeSlider : public QAbstractSlider {
    Q_OBJECT

public:
    explicit TimeSlider(QWidget* parent = nullptr);

    void setRun(WallTime start, WallTime end);
    void setMarks(std::vector<Mark> marks);
    /// At another moment than the end, which is said by its colour.
    void setLookingBack(bool on);
    [[nodiscard]] WallTime start() const { return m_start; }
    [[nodiscard]] WallTime at(int value) const;
    [[nodiscard]] int valueAt(WallTime at) const;
    /// Where Left or Right lead to from a value; with `marksOnly` only marks count.
    [[nodiscard]] int before(int value, bool marksOnly = false) const;
    [[nodiscard]] int after(int value, bool marksOnly = false) const;

    [[nodiscard]] QSize sizeHint() const override { return {300, kHeight}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {120, kHeight}; }

    static constexpr int kHeight = 24;

signals:
    /// The user goes to a moment: by dragging, clicking or a key.
    void moved(int value);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int xOf(int value) const;
    [[nodiscard]] int valueOf(int x) const;
    [[nodiscard]] QString tipAt(int x) const;
    void go(int value);

    WallTime m_start;
    std::vector<Mark> m_marks;
    std::vector<int> m_stops;  ///< of the marks, rising
    bool m_lookingBack = false;
};

}  // namespace muster::ui
