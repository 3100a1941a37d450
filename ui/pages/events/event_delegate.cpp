// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/event_delegate.h"

#include <QPainter>

#include "models/event_table_model.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = EventTableModel;
constexpr int kPadding = 8;

Role colourOf(const QModelIndex& index)
{
    switch (index.column()) {
        case Model::typeColumn:
            return colourOfEvent(index.data().toString());
        case Model::sourceColumn:
            return Role::text;
        default:
            return Role::dim;
    }
}

}  // namespace

Role colourOfEvent(const QString& type)
{
    static const QStringList bad{QStringLiteral("failed"), QStringLiteral("crashed"),
                                 QStringLiteral("opened"), QStringLiteral("escalated"),
                                 QStringLiteral("dead_lettered")};
    static const QStringList warning{QStringLiteral("restarted"), QStringLiteral("changed"),
                                     QStringLiteral("raised"),    QStringLiteral("half_opened"),
                                     QStringLiteral("rejected"),  QStringLiteral("stalled")};
    const auto what = type.section(QLatin1Char('.'), -1);
    if (bad.contains(what)) {
        return Role::bad;
    }
    return warning.contains(what) ? Role::warn : Role::accent;
}

void EventDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    painter->save();
    paintRow(painter, option);
    static const QFont mono = fontFor(FontRole::mono);
    const bool fixed = index.column() == Model::timeColumn || index.column() == Model::dataColumn;
    painter->setFont(fixed ? mono : option.font);
    painter->setPen(currentPalette()[colourOf(index)]);
    const auto cell = option.rect.adjusted(kPadding, 0, -kPadding, -1);
    // A long text is cut before it is measured: only so much of it can be on screen.
    const auto text = index.data().toString().left(cell.width() / 4 + 1);
    painter->drawText(cell, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, cell.width()));
    painter->restore();
}

}  // namespace muster::ui
