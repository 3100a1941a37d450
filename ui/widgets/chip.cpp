// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chip.h"

#include <QEvent>
#include <QPainter>

#include "style/palette.h"

namespace muster::ui {

Chip::Chip(QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::RichText);
    setContentsMargins(9, 3, 9, 3);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAlignment(Qt::AlignCenter);
}

void Chip::show(const QString& strong, const QString& rest, Role colour)
{
    if (strong != m_strong || rest != m_rest || colour != m_colour) {
        m_colour = colour;
        m_strong = strong;
        m_rest = rest;
        dress();
    }
}

QString Chip::plainText() const
{
    return (m_strong + QLatin1Char(' ') + m_rest).trimmed();
}

void Chip::dress()
{
    const auto colour = [](Role role) { return currentPalette()[role].name(); };
    setText(QStringLiteral("<span style='color:%1;font-weight:600'>%2</span> "
                           "<span style='color:%3'>%4</span>")
                .arg(colour(m_colour), m_strong.toHtmlEscaped(), colour(Role::dim),
                     m_rest.toHtmlEscaped()));
    setAccessibleName(plainText());
    setMinimumWidth(std::max(minimumWidth(), sizeHint().width()));
}

void Chip::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        dress();
    }
}

void Chip::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(currentPalette()[Role::line]);
    painter.setBrush(currentPalette()[Role::raise]);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadiusSmall,
                            space::kRadiusSmall);
    painter.end();
    QLabel::paintEvent(event);
}

}  // namespace muster::ui
