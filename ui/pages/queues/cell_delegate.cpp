// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/cell_delegate.h"

#include <QMouseEvent>
#include <QPainter>

#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

constexpr int kPadding = 8;

}  // namespace

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const
{
    painter->save();
    paintRow(painter, option);
    const QVariant ticked = index.data(Qt::CheckStateRole);
    if (ticked.isValid()) {
        paintTick(painter, option.rect, ticked.toInt() == Qt::Checked);
    } else {
        const QRect cell = option.rect.adjusted(kPadding, 0, -kPadding, -1);
        const QVariant align = index.data(Qt::TextAlignmentRole);
        painter->setFont(option.font);
        painter->setPen(currentPalette()[m_colour(index)]);
        painter->drawText(
            cell,
            align.isValid() ? align.toInt() : static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                              cell.width()));
    }
    painter->restore();
}

bool CellDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                               const QStyleOptionViewItem&, const QModelIndex& index)
{
    const QVariant ticked = index.data(Qt::CheckStateRole);
    if (event->type() != QEvent::MouseButtonRelease || !ticked.isValid() ||
        static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton) {
        return false;
    }
    return model->setData(index, ticked.toInt() == Qt::Checked ? Qt::Unchecked : Qt::Checked,
                          Qt::CheckStateRole);
}

}  // namespace muster::ui
