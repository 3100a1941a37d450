// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <functional>

#include "style/palette.h"

namespace muster::ui {

/// Cells as texts on the ground of a FlatTable, each in the colour that is said for it; a cell
/// that can be ticked is a box.
/// Thread safety: the GUI thread's.
class CellDelegate : public QStyledItemDelegate {
public:
    using Colour = std::function<Role(const QModelIndex& index)>;

    CellDelegate(Colour colour, QObject* parent)
        : QStyledItemDelegate(parent), m_colour(std::move(colour))
    {
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    Colour m_colour;
};

}  // namespace muster::ui
