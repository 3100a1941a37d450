// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/flat_table.h"

#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>

#include "style/palette.h"

namespace muster::ui {

FlatTable::FlatTable(QWidget* parent) : QTableView(parent)
{
    setShowGrid(false);
    setWordWrap(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    setCornerButtonEnabled(false);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(28);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &FlatTable::windowChanged);
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, &FlatTable::windowChanged);
}

void FlatTable::setEmptyText(const QString& text)
{
    if (text != m_emptyText) {
        m_emptyText = text;
        viewport()->setAccessibleDescription(text);
        viewport()->update();
    }
}

std::pair<int, int> FlatTable::visibleRows() const
{
    return {std::max(0, rowAt(0)), viewport()->height() / kRowHeight + 1};
}

void FlatTable::setCurrentRowInPlace(int row)
{
    const int shown = currentIndex().isValid() ? currentIndex().row() : -1;
    const bool selected = shown >= 0 && selectionModel()->isRowSelected(shown, {});
    if (row == shown && (row < 0 || selected)) {
        return;
    }
    setAutoScroll(false);  // else the view would run after the row
    if (row < 0) {
        selectionModel()->clear();
    } else {
        selectionModel()->setCurrentIndex(
            model()->index(row, std::max(0, currentIndex().column())),
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    setAutoScroll(true);
}

void FlatTable::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (m_emptyText.isEmpty() || model() == nullptr || model()->rowCount() > 0) {
        return;
    }
    QPainter painter(viewport());
    painter.setFont(font());
    painter.setPen(currentPalette()[Role::dim]);
    painter.drawText(viewport()->rect().adjusted(40, 0, -40, -kRowHeight),
                     Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

void FlatTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    emit windowChanged();
}

void paintRow(QPainter* painter, const QStyleOptionViewItem& option)
{
    const auto& palette = currentPalette();
    if ((option.state & QStyle::State_Selected) != 0) {
        painter->fillRect(option.rect,
                          palette.tint(Role::accent, Role::panel, space::kTintSelected));
    }
    painter->setPen(palette.tint(Role::line, Role::panel, 0.55));
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
}

void paintTick(QPainter* painter, const QRect& cell, bool on)
{
    constexpr int kTick = 13;
    const auto& palette = currentPalette();
    const QRectF box(cell.center().x() - kTick / 2 + 0.5, cell.center().y() - kTick / 2 + 0.5,
                     kTick, kTick);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(palette[on ? Role::accent : Role::faint]);
    painter->setBrush(on ? palette[Role::accent] : QColor(Qt::transparent));
    painter->drawRoundedRect(box, 3, 3);
    if (on) {
        painter->setPen(QPen(palette[Role::onAccent], 1.8));
        const QPointF points[] = {box.topLeft() + QPointF(3, 6.5), box.topLeft() + QPointF(5.5, 9),
                                  box.topLeft() + QPointF(10, 4)};
        painter->drawPolyline(points, 3);
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace muster::ui
