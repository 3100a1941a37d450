// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/card.h"

#include <QEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "style/paint.h"

namespace muster::ui {

namespace {

constexpr int kHeaderHeight = 18;

}  // namespace

Card::Card(const QString& title, QWidget* parent)
    : QWidget(parent), m_title(title), m_body(new QVBoxLayout(this))
{
    m_body->setSpacing(space::kSmall);
    setAccessibleName(title);
    updateMargins();
}

void Card::setTitle(const QString& title)
{
    if (title != m_title) {
        m_title = title;
        setAccessibleName(title);
        updateMargins();
        update();
    }
}

void Card::setValue(const QString& value, Role colour)
{
    if (value != m_value || colour != m_valueColour) {
        m_value = value;
        m_valueColour = colour;
        setAccessibleDescription(value);
        updateMargins();
        placeHeaderWidget();
        update();
    }
}

void Card::setHeaderWidget(QWidget* widget)
{
    m_headerWidget = widget;
    if (widget != nullptr) {
        widget->setParent(this);
        widget->show();
    }
    updateMargins();
    placeHeaderWidget();
}

void Card::setFlush(bool flush)
{
    m_flush = flush;
    updateMargins();
}

void Card::setRaised(bool raised)
{
    m_raised = raised;
    update();
}

bool Card::hasHeader() const
{
    return !m_title.isEmpty() || !m_value.isEmpty() || m_headerWidget != nullptr;
}

void Card::updateMargins()
{
    const int header = hasHeader() ? kHeaderHeight + space::kSmall : 0;
    const int side = m_flush ? space::kTight : space::kPage;
    m_body->setContentsMargins(side, space::kCardTop + header, side,
                               m_flush ? 1 : space::kCardTop + 1);
}

void Card::placeHeaderWidget()
{
    if (m_headerWidget == nullptr) {
        return;
    }
    const QSize size = m_headerWidget->sizeHint();
    const int value =
        m_value.isEmpty()
            ? 0
            : QFontMetrics(fontFor(FontRole::smallStrong)).horizontalAdvance(m_value) + space::kGap;
    m_headerWidget->setGeometry(width() - space::kPage - value - size.width(),
                                space::kCardTop + (kHeaderHeight - size.height()) / 2, size.width(),
                                size.height());
}

void Card::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeHeaderWidget();
}

bool Card::event(QEvent* event)
{
    const bool handled = QWidget::event(event);
    if (event->type() == QEvent::LayoutRequest) {
        placeHeaderWidget();  // it may have grown: it is in no layout
    }
    return handled;
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintPanel(painter, rect(), m_raised ? Role::raise : Role::panel);
    if (hasHeader()) {
        paintHeader(painter,
                    {space::kPage, space::kCardTop, width() - 2 * space::kPage, kHeaderHeight},
                    m_title, m_value, m_valueColour);
    }
}

}  // namespace muster::ui
