// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history/history_delegate.h"

#include <QPainter>

#include "models/cause_table_model.h"
#include "models/compare_table_model.h"
#include "models/run_table_model.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Runs = RunTableModel;
using Rows = CompareTableModel;
using Look = HistoryDelegate::Look;

Role colourOf(CompareVerdict verdict)
{
    switch (verdict) {
        case CompareVerdict::better:
            return Role::ok;
        case CompareVerdict::worse:
            return Role::bad;
        case CompareVerdict::changed:
            return Role::warn;
        default:
            return Role::dim;
    }
}

}  // namespace

HistoryDelegate::Look lookOfRun(const QModelIndex& index)
{
    const auto state = static_cast<RecordedRun::State>(index.data(Qt::UserRole).toInt());
    const bool readable = state != RecordedRun::State::unreadable;
    switch (index.column()) {
        case Runs::Chosen:
            return {Role::accent, false, true};
        case Runs::Workload:
            return {readable ? Role::text : Role::dim, false, readable};
        case Runs::StateColumn:
            return {state == RecordedRun::State::closed     ? Role::ok
                    : state == RecordedRun::State::live     ? Role::accent
                    : state == RecordedRun::State::unclosed ? Role::warn
                                                            : Role::bad};
        case Runs::Run:
        case Runs::Took:
        case Runs::Actions:
        case Runs::Failed:
        case Runs::Size:
            return {Role::text, true};
        default:
            return {Role::dim};
    }
}

HistoryDelegate::Look lookOfRow(const QModelIndex& index)
{
    const auto verdict = static_cast<CompareVerdict>(index.data(Qt::UserRole).toInt());
    switch (index.column()) {
        case Rows::VerdictColumn:
            return {colourOf(verdict), false, verdict <= CompareVerdict::changed};
        case Rows::Figure:
            return {Role::text};
        case Rows::Effect:
            return {colourOf(verdict), true};
        case Rows::Interval:
            return {Role::dim};
        default:
            return {Role::text, true};
    }
}

void HistoryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const
{
    constexpr int kPadding = 8;
    const Look look = m_lookOf(index);
    painter->save();
    paintRow(painter, option);
    painter->setFont(fontFor(look.strong ? FontRole::strong : FontRole::body));
    painter->setPen(currentPalette()[look.colour]);
    const auto cell = option.rect.adjusted(kPadding, 0, -kPadding, -1);
    painter->drawText(
        cell, (look.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, cell.width()));
    painter->restore();
}

HistoryDelegate::Look lookOfCause(const QModelIndex& index)
{
    using Causes = CauseTableModel;
    const auto verdict = static_cast<CompareVerdict>(index.data(Qt::UserRole).toInt());
    const bool plain = verdict > CompareVerdict::changed;
    switch (index.column()) {
        case Causes::At:
            return {Role::dim, true};
        case Causes::Kind:
        case Causes::Interval:
            return {Role::dim};
        case Causes::VerdictColumn:
            return {colourOf(verdict), false, !plain};
        case Causes::Figure:
            return {plain ? Role::dim : Role::text};
        case Causes::Effect:
            return {colourOf(verdict), true};
        case Causes::Change:
            return {Role::text};
        default:
            return {Role::text, true};
    }
}

}  // namespace muster::ui
