// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVector>
#include <QWidget>

#include "style/palette.h"

class QPainter;

namespace muster::ui {

/// A line without axes, from 0 to its largest value; NaN breaks it. For delegates.
void paintSparkline(QPainter& painter, const QRectF& rect, const QVector<double>& values,
                    const QColor& colour, bool filled = false);

/// The same as a widget. It says nothing by itself: a figure must stand beside it.
/// Thread safety: the GUI thread's.
class Sparkline : public QWidget {
    Q_OBJECT

public:
    explicit Sparkline(Role colour = Role::accent, QWidget* parent = nullptr);

    void setValues(const QVector<double>& values);
    void setColour(Role colour);
    void setFilled(bool filled);

    [[nodiscard]] QSize sizeHint() const override { return {120, 26}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<double> m_values;
    Role m_colour;
    bool m_filled = false;
};

}  // namespace muster::ui
