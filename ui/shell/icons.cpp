// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kScale = 3;  ///< pixels a device-independent one: enough for any screen

template <class Paint>
QIcon draw(int side, Paint paint)
{
    QPixmap pixmap(side * kScale, side * kScale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(kScale, kScale);
    paint(painter);
    painter.end();
    pixmap.setDevicePixelRatio(kScale);
    return QIcon(pixmap);
}

}  // namespace

QIcon lockIcon(bool closed)
{
    return draw(16, [closed](QPainter& painter) {
        const auto& palette = currentPalette();
        const QColor colour = palette[closed ? Role::warn : Role::dim];
        QPainterPath shackle;
        shackle.moveTo(5, 7.5);
        shackle.lineTo(5, 5.5);
        shackle.arcTo(QRectF(5, 2.5, 6, 6), 180, -180);
        if (closed) {
            shackle.lineTo(11, 7.5);
        }
        painter.setPen(QPen(colour, 1.4));
        painter.drawPath(shackle);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawRoundedRect(QRectF(3.5, 7.2, 9, 6.6), 1.4, 1.4);
    });
}

QIcon appIcon()
{
    return draw(64, [](QPainter& painter) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(darkPalette()[Role::accent]);
        painter.drawRoundedRect(QRectF(4, 4, 56, 56), 16, 16);
        painter.setPen(
            QPen(darkPalette()[Role::onAccent], 6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF points[] = {{17, 45}, {17, 20}, {32, 37}, {47, 20}, {47, 45}};
        painter.drawPolyline(points, 5);
    });
}

}  // namespace muster::ui
