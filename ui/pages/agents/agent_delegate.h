// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

#include "style/palette.h"

namespace muster::ui {

/// How an agent's state is shown: never by colour alone.
struct StateLook {
    QString glyph;
    Role colour = Role::dim;
};

[[nodiscard]] StateLook lookOfState(const QString& state);

/// Paints the agent table's cells itself, past the style sheet: some four hundred a frame.
/// Thread safety: the GUI thread's.
class AgentDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    /// What the reader sees in the cell, with its unit: "1.90 s", "–".
    [[nodiscard]] static QString cellText(const QModelIndex& index);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
};

}  // namespace muster::ui
