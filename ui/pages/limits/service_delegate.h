// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "models/service_list_model.h"

namespace muster::ui {

/// Paints a service as a card: its breaker's state in word, glyph and colour, a circle as large
/// as its share of the calls, what became of the calls, and how full its limits are. Where there
/// are many, a small card has the state, the calls and their failures only.
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

    /// Small cards, for many services: what is wrong is seen, the rest stands in the pane.
    void setDense(bool dense) { m_dense = dense; }
    /// How high a card is, and how wide at least.
    [[nodiscard]] QSize leastSize() const;

private:
    bool m_dense = false;
};

}  // namespace muster::ui
