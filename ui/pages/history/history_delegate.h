// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <functional>

#include "style/palette.h"

namespace muster::ui {

/// Draws the cells of the page's tables: text, in the colour that its column and row ask for,
/// figures at the right. Thread safety: the GUI thread's.
class HistoryDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    struct Look {
        Role colour = Role::text;
        bool right = false;
        bool strong = false;
    };
    using LookOf = std::function<Look(const QModelIndex& index)>;

    HistoryDelegate(LookOf lookOf, QObject* parent)
        : QStyledItemDelegate(parent), m_lookOf(std::move(lookOf))
    {
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

private:
    LookOf m_lookOf;
};

/// For the table of runs: by their state.
[[nodiscard]] HistoryDelegate::Look lookOfRun(const QModelIndex& index);
/// For the table of changes: by the verdict.
[[nodiscard]] HistoryDelegate::Look lookOfCause(const QModelIndex& index);
/// For the table of a comparison: by the verdict.
[[nodiscard]] HistoryDelegate::Look lookOfRow(const QModelIndex& index);

}  // namespace muster::ui
