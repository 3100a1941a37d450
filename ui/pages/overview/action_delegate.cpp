// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/action_delegate.h"

#include <QPainter>

#include "charts/sparkline.h"
#include "models/action_table_model.h"
#include "style/palette.h"

namespace muster::ui {

void ActionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const
{
    const Palette& colours = currentPalette();
    const QRect cell = option.rect;
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->fillRect(cell, colours.tint(Role::accent, Role::panel, space::kTintSelected));
    }
    painter->fillRect(cell.left(), cell.bottom(), cell.width(), 1,
                      colours.tint(Role::line, Role::panel, 0.55));
    const QRect inner = cell.adjusted(8, 0, -8, 0);
    const bool trouble = index.data(ActionTableModel::TroubleRole).toBool();
    if (index.column() == ActionTableModel::Trend) {
        paintSparkline(*painter, QRectF(inner).adjusted(0, 4, 0, -4),
                       index.data(ActionTableModel::RateHistoryRole).value<QVector<double>>(),
                       colours[trouble ? Role::warn : Role::accent]);
        return;
    }
    const bool missing = !index.data(ActionTableModel::MissingRole).toString().isEmpty();
    Role colour = Role::text;
    if (index.column() == ActionTableModel::Kind || missing) {
        colour = Role::dim;
    } else if (index.column() == ActionTableModel::Failed && trouble) {
        colour = Role::bad;
    }
    const bool name = index.column() == ActionTableModel::Name;
    painter->setFont(fontFor(name ? FontRole::strong : FontRole::body));
    painter->setPen(colours[colour]);
    const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
    // The reason is the cell's tip: a word cut in the middle says less than a dash.
    const QString text = missing ? QStringLiteral("–") : index.data().toString();
    painter->drawText(
        inner, static_cast<int>(alignment),
        QFontMetrics(painter->font()).elidedText(text, Qt::ElideRight, inner.width()));
}

}  // namespace muster::ui
