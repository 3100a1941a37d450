// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "style/palette.h"

namespace muster::ui {

Banner::Banner(QWidget* parent) : QWidget(parent), m_text(new QLabel)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::kPage + 22, space::kSmall, space::kPage, space::kSmall);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* away = new QPushButton(tr("Put away"));
    row->addWidget(m_text, 1);
    row->addWidget(away);
    connect(away, &QPushButton::clicked, this, &QWidget::hide);
    hide();
}

void Banner::show(const QString& topic, const Error& error)
{
    m_topic = topic;
    m_text->setText(QString::fromStdString(error.text()));
    setAccessibleName(m_text->text());
    setVisible(true);
}

void Banner::clear(const QString& topic)
{
    if (topic == m_topic) {
        hide();
    }
}

QString Banner::text() const
{
    return isHidden() ? QString() : m_text->text();
}

void Banner::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto& palette = currentPalette();
    painter.fillRect(rect(), palette.tint(Role::bad, Role::panel, space::kTintPill));
    painter.fillRect(QRect(0, 0, 3, height()), palette[Role::bad]);
    painter.setFont(fontFor(FontRole::strong));
    painter.setPen(palette[Role::bad]);
    painter.drawText(QRect(space::kPage, 0, 20, height()), Qt::AlignCenter, QStringLiteral("✕"));
}

}  // namespace muster::ui
