// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sparkline.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

namespace muster::ui {

void paintSparkline(QPainter& painter, const QRectF& rect, const QVector<double>& values,
                    const QColor& colour, bool filled)
{
    double largest = 0;
    for (const double value : values) {
        largest = value > largest ? value : largest;
    }
    if (values.size() < 2) {
        return;
    }
    const QRectF inner = rect.adjusted(0, 1.5, 0, -1.5);
    const double step = inner.width() / static_cast<double>(values.size() - 1);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.4, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    QPolygonF run;
    const auto flush = [&] {
        if (filled && run.size() > 1) {
            QColor soft = colour;
            soft.setAlphaF(0.13F);
            QPainterPath area;
            area.addPolygon(run);
            area.lineTo(run.last().x(), inner.bottom());
            area.lineTo(run.first().x(), inner.bottom());
            painter.fillPath(area, soft);
        }
        painter.drawPolyline(run);
        run.clear();
    };
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i])) {
            flush();
            continue;
        }
        const double share = largest > 0 ? values[i] / largest : 0;
        run << QPointF(inner.left() + step * static_cast<double>(i),
                       inner.bottom() - share * inner.height());
    }
    flush();
    painter.restore();
}

Sparkline::Sparkline(Role colour, QWidget* parent) : QWidget(parent), m_colour(colour)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void Sparkline::setValues(const QVector<double>& values)
{
    if (values != m_values) {
        m_values = values;
        update();
    }
}

void Sparkline::setColour(Role colour)
{
    if (colour != m_colour) {
        m_colour = colour;
        update();
    }
}

void Sparkline::setFilled(bool filled)
{
    m_filled = filled;
    update();
}

void Sparkline::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintSparkline(painter, rect(), m_values, currentPalette()[m_colour], m_filled);
}

}  // namespace muster::ui
