// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tile.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "style/paint.h"

namespace muster::ui {

namespace {

constexpr int kHeight = 86;
constexpr int kMinimumWidth = 118;
constexpr int kTitleHeight = 16;
constexpr int kNumberHeight = 28;
constexpr int kSmallestNumber = 14;

}  // namespace

Tile::Tile(const QString& title, QWidget* parent) : QWidget(parent), m_title(title)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(title);
}

void Tile::setValue(const QString& number, const QString& unit, Role colour)
{
    if (!m_missing && number == m_number && unit == m_unit && colour == m_numberColour) {
        return;
    }
    m_missing = false;
    m_number = number;
    m_unit = unit;
    m_numberColour = colour;
    tellAccessibility();
}

void Tile::setDelta(const QString& text, Role colour)
{
    if (text == m_delta && colour == m_deltaColour) {
        return;
    }
    m_delta = text;
    m_deltaColour = colour;
    tellAccessibility();
}

void Tile::setMissing(const QString& reason)
{
    if (m_missing && reason == m_delta) {
        return;
    }
    m_missing = true;
    m_number = tr("not available");
    m_unit.clear();
    m_delta = reason;
    m_numberColour = Role::dim;
    m_deltaColour = Role::dim;
    tellAccessibility();
}

QString Tile::valueText() const
{
    return m_unit.isEmpty() ? m_number : m_number + QLatin1Char(' ') + m_unit;
}

void Tile::tellAccessibility()
{
    setAccessibleDescription(m_delta.isEmpty() ? valueText()
                                               : valueText() + QStringLiteral(", ") + m_delta);
    fitNumber();
    update();
}

void Tile::fitNumber()
{
    QFont font = fontFor(FontRole::number);
    const int unit =
        m_unit.isEmpty()
            ? 0
            : QFontMetrics(fontFor(FontRole::small)).horizontalAdvance(m_unit) + space::kTight;
    const int room = width() - 2 * space::kPage - unit;
    int pixels = m_numberPixels > 0 ? m_numberPixels : font.pixelSize();
    for (; pixels > kSmallestNumber; --pixels) {
        font.setPixelSize(pixels);
        if (QFontMetrics(font).horizontalAdvance(m_number) <= room) {
            break;
        }
    }
    m_numberPixels = pixels;
}

void Tile::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_numberPixels = 0;
    fitNumber();
}

void Tile::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_focusShown = showsFocus(event->reason());
    update();
}

void Tile::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_focusShown = false;
    update();
}

void Tile::setLeadsTo(const QString& tip)
{
    m_leads = true;
    setToolTip(tip);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
}

QSize Tile::sizeHint() const
{
    return {150, kHeight};
}

QSize Tile::minimumSizeHint() const
{
    return {kMinimumWidth, kHeight};
}

void Tile::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    const bool lit = m_leads && (m_focusShown || underMouse());
    paintPanel(painter, rect(), lit ? Role::raise : Role::panel,
               m_focusShown ? Role::accent : Role::line);

    QRect line(space::kPage, space::kCardTop + 1, width() - 2 * space::kPage, kTitleHeight);
    painter.setFont(fontFor(FontRole::smallStrong));
    painter.setPen(colours[Role::dim]);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_title);

    line.setTop(line.bottom() + 3);
    line.setHeight(kNumberHeight);
    QFont big = fontFor(FontRole::number);
    big.setPixelSize(std::max(m_numberPixels, kSmallestNumber));
    painter.setFont(m_missing ? fontFor(FontRole::heading) : big);
    const QFontMetrics metrics(painter.font());
    const int baseline =
        line.top() + (kNumberHeight + QFontMetrics(fontFor(FontRole::number)).capHeight()) / 2;
    painter.setPen(colours[m_numberColour]);
    painter.drawText(line.left(), baseline, m_number);
    painter.setFont(fontFor(FontRole::small));
    const int unitLeft = line.left() + metrics.horizontalAdvance(m_number) + space::kTight;
    painter.setPen(colours[Role::dim]);
    painter.drawText(unitLeft, baseline, m_unit);

    line.setTop(line.bottom() + 2);
    line.setHeight(kTitleHeight);
    painter.setPen(colours[m_deltaColour]);
    painter.drawText(
        line, Qt::AlignLeft | Qt::AlignVCenter,
        QFontMetrics(painter.font()).elidedText(m_delta, Qt::ElideRight, line.width()));
}

void Tile::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_leads && event->button() == Qt::LeftButton && rect().contains(event->pos())) {
        emit clicked();
    }
}

void Tile::keyPressEvent(QKeyEvent* event)
{
    if (m_leads && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)) {
        emit clicked();
        return;
    }
    QWidget::keyPressEvent(event);
}

bool Tile::event(QEvent* event)
{
    if (m_leads && (event->type() == QEvent::Enter || event->type() == QEvent::Leave)) {
        update();
    }
    return QWidget::event(event);
}

}  // namespace muster::ui
