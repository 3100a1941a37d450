// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/rail.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include "shell/rail_button.h"
#include "style/palette.h"

namespace muster::ui {

RailButton::RailButton(const QString& name, const QString& title, QWidget* parent)
    : QAbstractButton(parent), m_name(name)
{
    setText(title);
    setCheckable(true);
    setAutoExclusive(true);
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
}

void RailButton::setBadge(const QString& text, Role colour)
{
    if (text != m_badge || colour != m_colour) {
        m_badge = text;
        m_colour = colour;
        setAccessibleDescription(text);
        update();
    }
}

QSize RailButton::sizeHint() const
{
    return {Rail::kWidth - 2 * space::kSmall, 30};
}

void RailButton::paintEvent(QPaintEvent*)
{
    const auto& palette = currentPalette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isChecked() || underMouse() || hasFocus()) {
        painter.setPen(hasFocus() ? QPen(palette[Role::accent]) : QPen(Qt::NoPen));
        painter.setBrush(isChecked() ? palette.tint(Role::accent, Role::panel, space::kTintSelected)
                                     : palette[Role::raise]);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 1.5, -0.5, -1.5), space::kRadiusSmall,
                                space::kRadiusSmall);
    }
    const auto inside = rect().adjusted(space::kGap, 0, -space::kGap, 0);
    painter.setFont(fontFor(isChecked() ? FontRole::strong : FontRole::body));
    painter.setPen(palette[isChecked() ? Role::text : Role::dim]);
    painter.drawText(inside, Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(fontFor(m_colour != Role::dim ? FontRole::smallStrong : FontRole::small));
    painter.setPen(palette[m_colour]);
    painter.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, m_badge);
}

void RailButton::enterEvent(QEnterEvent*)
{
    update();
}

void RailButton::leaveEvent(QEvent*)
{
    update();
}

Rail::Rail(QWidget* parent) : QWidget(parent), m_rows(new QVBoxLayout(this))
{
    setFixedWidth(kWidth);
    setAccessibleName(tr("Pages"));
    m_rows->setContentsMargins(space::kSmall + 2, space::kSmall + 2, space::kSmall + 2,
                               space::kSmall);
    m_rows->setSpacing(0);
    m_rows->addStretch();
}

void Rail::addPage(const QString& name, const QString& title, const QString& group,
                   const QString& tip)
{
    int at = m_rows->count() - 1;  // before the stretch
    if (group != m_group) {
        m_group = group;
        auto* heading = new QLabel(group);
        heading->setFont(fontFor(FontRole::tiny));
        heading->setForegroundRole(QPalette::PlaceholderText);
        heading->setContentsMargins(space::kGap, space::kGap, 0, space::kTight);
        m_rows->insertWidget(at++, heading);
    }
    auto* button = new RailButton(name, title, this);
    button->setToolTip(tip);
    m_rows->insertWidget(at, button);
    m_buttons.push_back(button);
    connect(button, &RailButton::clicked, this, [this, name] { emit chosen(name); });
}

void Rail::setCurrent(const QString& name)
{
    for (auto* button : m_buttons) {
        button->setChecked(button->name() == name);
    }
}

void Rail::setBadge(const QString& name, const QString& text, Role colour)
{
    for (auto* button : m_buttons) {
        if (button->name() == name) {
            button->setBadge(text, colour);
        }
    }
}

void Rail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), currentPalette()[Role::panel]);
    painter.setPen(currentPalette()[Role::line]);
    painter.drawLine(rect().topRight(), rect().bottomRight());
}

}  // namespace muster::ui
