// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/paint.h"

#include <QFontMetrics>
#include <QPainter>

namespace muster::ui {

bool showsFocus(Qt::FocusReason reason)
{
    return reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
           reason == Qt::ShortcutFocusReason;
}

void paintPanel(QPainter& painter, const QRect& rect, Role ground, Role outline)
{
    const Palette& colours = currentPalette();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours[outline]);
    painter.setBrush(colours[ground]);
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadius,
                            space::kRadius);
    painter.restore();
}

void paintHeader(QPainter& painter, const QRect& line, const QString& title, const QString& value,
                 Role valueColour)
{
    const Palette& colours = currentPalette();
    painter.setFont(fontFor(FontRole::smallStrong));
    const QFontMetrics metrics(painter.font());
    const int taken = value.isEmpty() ? 0 : metrics.horizontalAdvance(value) + space::kGap;
    painter.setPen(colours[Role::dim]);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(title, Qt::ElideRight, line.width() - taken));
    painter.setPen(colours[valueColour]);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, value);
}

}  // namespace muster::ui
