// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/agents/agent_delegate.h"

#include <QMouseEvent>
#include <QPainter>

#include "models/agent_table_model.h"
#include "models/format.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = AgentTableModel;

constexpr int kPadding = 8;

QString optional(const QVariant& value, Unit unit)
{
    return value.isValid() ? figureText(value.toDouble(), unit) : QStringLiteral("–");
}

Role colourOf(const QModelIndex& index)
{
    switch (index.column()) {
        case Model::idColumn:
        case Model::typeColumn:
        case Model::actionColumn:
            return Role::dim;
        case Model::stateColumn:
            return lookOfState(index.data().toString()).colour;
        case Model::restartsColumn:
            return index.data().toULongLong() > 0 ? Role::warn : Role::dim;
        default:
            return index.data().isValid() ? Role::text : Role::faint;
    }
}

}  // namespace

StateLook lookOfState(const QString& state)
{
    if (state == QLatin1String("ready")) {
        return {QStringLiteral("●"), Role::ok};
    }
    if (state == QLatin1String("busy")) {
        return {QStringLiteral("◉"), Role::accent};
    }
    if (state == QLatin1String("suspended")) {
        return {QStringLiteral("‖"), Role::dim};
    }
    if (state == QLatin1String("initializing")) {
        return {QStringLiteral("◌"), Role::warn};
    }
    return {QStringLiteral("✕"), Role::bad};
}

QString AgentDelegate::cellText(const QModelIndex& index)
{
    const auto value = index.data();
    switch (index.column()) {
        case Model::stateColumn:
            return value.toString().isEmpty()
                       ? QString()
                       : lookOfState(value.toString()).glyph + QLatin1Char(' ') + value.toString();
        default:
            break;
    }
    if (index.data(Model::RowRole).value<const AgentRow*>() == nullptr) {
        return value.toString();
    }
    switch (index.column()) {
        case Model::rateColumn:
            return optional(value, Unit::perSecond);
        case Model::totalColumn:
        case Model::mailboxColumn:
        case Model::restartsColumn:
            return value.isValid() ? exactText(value.toULongLong()) : QStringLiteral("–");
        case Model::oldestColumn:
        case Model::p50Column:
        case Model::p99Column:
            return optional(value, Unit::nanoseconds);
        case Model::memoryColumn:
            return optional(value, Unit::bytes);
        default:
            return value.toString();
    }
}

void AgentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const
{
    painter->save();
    paintRow(painter, option);
    if (index.column() == Model::checkColumn) {
        const auto ticked = index.data(Qt::CheckStateRole);
        if (ticked.isValid()) {
            paintTick(painter, option.rect, ticked.toInt() == Qt::Checked);
        }
        painter->restore();
        return;
    }
    const bool fixed = index.column() == Model::idColumn;
    static const QFont mono = fontFor(FontRole::mono);
    painter->setFont(fixed ? mono : option.font);
    painter->setPen(currentPalette()[colourOf(index)]);
    const auto cell = option.rect.adjusted(kPadding, 0, -kPadding, -1);
    const auto text =
        painter->fontMetrics().elidedText(cellText(index), Qt::ElideRight, cell.width());
    painter->drawText(cell, index.data(Qt::TextAlignmentRole).toInt(), text);
    painter->restore();
}

bool AgentDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                const QStyleOptionViewItem&, const QModelIndex& index)
{
    const bool press = event->type() == QEvent::MouseButtonRelease;
    if (!press || index.column() != Model::checkColumn ||
        static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton) {
        return false;
    }
    const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    return model->setData(index, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace muster::ui
