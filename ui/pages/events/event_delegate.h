// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "style/palette.h"

namespace muster::ui {

/// The colour of an event's type: trouble stands out, all else is calm. The type's own word
/// says the same.
[[nodiscard]] Role colourOfEvent(const QString& type);

/// Paints an event's row: time and data in the fixed face, type coloured by what it tells.
/// Thread safety: the GUI thread's.
class EventDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace muster::ui
