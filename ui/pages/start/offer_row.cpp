// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/start/offer_row.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QStyle>

#include "style/palette.h"

namespace muster::ui {

OfferRow::OfferRow(const QString& title, const QString& line, const QString& action,
                   QWidget* parent)
    : QWidget(parent),
      m_title(new QLabel(title)),
      m_line(new QLabel(line)),
      m_button(new QPushButton(action))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::kPage, space::kSmall + 2, space::kSmall + 2, space::kSmall + 2);
    row->setSpacing(space::kPage);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(1);
    m_title->setFont(fontFor(FontRole::strong));
    m_title->setTextFormat(Qt::PlainText);
    m_line->setFont(fontFor(FontRole::small));
    m_line->setForegroundRole(QPalette::PlaceholderText);
    m_line->setTextFormat(Qt::PlainText);
    m_line->setWordWrap(true);
    m_line->setVisible(!line.isEmpty());
    texts->addWidget(m_title);
    texts->addWidget(m_line);
    row->addLayout(texts, 1);
    row->addWidget(m_button, 0, Qt::AlignVCenter);
    m_button->setAccessibleName(action + QLatin1Char(' ') + title);
    setCursor(Qt::PointingHandCursor);
    connect(m_button, &QPushButton::clicked, this, &OfferRow::chosen);
}

void OfferRow::setPrimary(bool on)
{
    m_button->setProperty("primary", on);
    m_button->style()->polish(m_button);
}

void OfferRow::setProblem(const QString& why)
{
    m_button->hide();
    m_line->setText(why);
    m_line->show();
    setCursor(Qt::ArrowCursor);
}

QString OfferRow::title() const
{
    return m_title->text();
}

void OfferRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& palette = currentPalette();
    painter.setPen(palette[Role::line]);
    painter.setBrush(m_under && m_button->isVisible() ? palette.tint(Role::line, Role::raise, 0.5)
                                                      : palette[Role::raise]);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadiusSmall,
                            space::kRadiusSmall);
}

void OfferRow::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->pos()) &&
        m_button->isVisible()) {
        m_button->click();
    }
}

void OfferRow::enterEvent(QEnterEvent*)
{
    m_under = true;
    update();
}

void OfferRow::leaveEvent(QEvent*)
{
    m_under = false;
    update();
}

}  // namespace muster::ui
