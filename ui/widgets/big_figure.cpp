// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/big_figure.h"

#include <QPainter>

#include "style/palette.h"

namespace muster::ui {

BigFigure::BigFigure(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void BigFigure::setFigure(const Figure& figure, const QString& remark)
{
    if (figure.number == m_figure.number && figure.unit == m_figure.unit && remark == m_remark) {
        return;
    }
    m_figure = figure;
    m_remark = remark;
    setAccessibleName(figure.text() + QLatin1Char(' ') + remark);
    update();
}

void BigFigure::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    const bool missing = m_figure.number == notAvailable();
    painter.setFont(fontFor(missing ? FontRole::heading : FontRole::number));
    const QFontMetrics metrics(painter.font());
    const int baseline = height() - 6;
    painter.setPen(colours[missing ? Role::dim : Role::text]);
    painter.drawText(0, baseline, m_figure.number);
    int left = metrics.horizontalAdvance(m_figure.number) +
               (m_figure.unit.isEmpty() ? space::kGap : space::kTight);
    painter.setFont(fontFor(FontRole::small));
    const QFontMetrics small(painter.font());
    painter.setPen(colours[Role::dim]);
    for (const QString& part : {m_figure.unit, m_remark}) {
        if (!part.isEmpty()) {
            painter.drawText(left, baseline,
                             small.elidedText(part, Qt::ElideRight, width() - left));
            left += small.horizontalAdvance(part) + space::kGap;
        }
    }
}

}  // namespace muster::ui
