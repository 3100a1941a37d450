// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/level_bar.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace muster::ui {

void paintLevel(QPainter& painter, const QRectF& area, std::optional<double> share, Role colour)
{
    const Palette& colours = currentPalette();
    const QRectF bar(area.left(), area.center().y() - kLevelBar / 2.0, area.width(), kLevelBar);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours[Role::line]);
    painter.drawRoundedRect(bar, kLevelBar / 2.0, kLevelBar / 2.0);
    if (share && *share > 0) {
        QRectF filled = bar;
        filled.setWidth(std::max<double>(kLevelBar, bar.width() * std::min(*share, 1.0)));
        painter.setBrush(colours[colour]);
        painter.drawRoundedRect(filled, kLevelBar / 2.0, kLevelBar / 2.0);
    }
}

LevelBar::LevelBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Share of the limit"));
}

void LevelBar::setShare(std::optional<double> share)
{
    if (share == m_share) {
        return;
    }
    m_share = share;
    setAccessibleDescription(share ? QStringLiteral("%1 %").arg(qRound(*share * 100))
                                   : tr("not available"));
    update();
}

void LevelBar::setColour(Role colour)
{
    if (colour != m_colour) {
        m_colour = colour;
        update();
    }
}

void LevelBar::setThresholds(double warning, double critical)
{
    if (warning != m_warning || critical != m_critical) {
        m_warning = warning;
        m_critical = critical;
        update();
    }
}

void LevelBar::setTicks(bool ticks)
{
    m_ticks = ticks;
    update();
}

void LevelBar::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLevel(painter, rect(), m_share, m_colour);
    if (m_ticks) {
        for (const auto& [at, colour] :
             {std::pair(m_warning, Role::warn), std::pair(m_critical, Role::bad)}) {
            if (!std::isfinite(at)) {
                continue;
            }
            painter.fillRect(QRectF(std::round(width() * at) - 1, 0, 2, height()),
                             colours[Role::panel]);
            painter.fillRect(QRectF(std::round(width() * at), 0, 1, height()), colours[colour]);
        }
    }
}

}  // namespace muster::ui
