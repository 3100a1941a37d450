// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status_pill.h"

#include <QPainter>

namespace muster::ui {

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
    const int width = pillWidth(look);
    if (width > m_widest) {
        m_widest = width;
        updateGeometry();
    }
    update();
}

QSize StatusPill::sizeHint() const
{
    return {m_widest, kPillHeight};
}

void StatusPill::paintEvent(QPaintEvent*)
{
    if (m_look.word.isEmpty()) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintPill(painter, rect(), m_look);
}

}  // namespace muster::ui
