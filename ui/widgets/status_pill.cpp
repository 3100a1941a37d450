// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status_pill.h"

#include <QPainter>

namespace muster::ui {

namespace {

constexpr int kHeight = 19;
constexpr int kSide = 8;

}  // namespace

StatusPill::StatusPill(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StatusPill::setLook(const StatusLook& look)
{
    if (look.word == m_look.word && look.colour == m_look.colour && look.glyph == m_look.glyph) {
        return;
    }
    m_look = look;
    setAccessibleName(look.word);
    const int width =
        QFontMetrics(fontFor(FontRole::smallStrong)).horizontalAdvance(text()) + 2 * kSide;
    if (width > m_widest) {
        m_widest = width;
        updateGeometry();
    }
    update();
}

QSize StatusPill::sizeHint() const
{
    return {m_widest, kHeight};
}

void StatusPill::paintEvent(QPaintEvent*)
{
    if (m_look.word.isEmpty()) {
        return;
    }
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(fontFor(FontRole::smallStrong));
    const int width = QFontMetrics(painter.font()).horizontalAdvance(text()) + 2 * kSide;
    const QRectF pill(this->width() - width, (height() - kHeight) / 2.0, width, kHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.tint(m_look.colour, Role::panel, space::kTintPill));
    painter.drawRoundedRect(pill, kHeight / 2.0, kHeight / 2.0);
    painter.setPen(colours[m_look.colour]);
    painter.drawText(pill, Qt::AlignCenter, text());
}

}  // namespace muster::ui
