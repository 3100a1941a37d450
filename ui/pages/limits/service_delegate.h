// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "models/service_list_model.h"

namespace muster::ui {

/// Paints a service as a card: its breaker's state in word, glyph and colour, a circle as large
/// as its share of the calls, what became of the calls, and how full its limits are.
/// Thread safety: the GUI thread's.
class ServiceDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    /// A cell of the view's grid, the gap to the next card included.
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;

    static constexpr int kHeight = 224;      ///< of a card
    static constexpr int kLeastWidth = 300;  ///< and as wide at least
};

}  // namespace muster::ui
