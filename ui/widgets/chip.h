// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "style/palette.h"

namespace muster::ui {

/// A short fact in a frame: "8,112 of 100,240". Rich text; its width only grows, so that what
/// stands beside it does not jump while figures change.
/// Thread safety: the GUI thread's.
class Chip : public QLabel {
    Q_OBJECT

public:
    explicit Chip(QWidget* parent = nullptr);

    /// `strong` is emphasised, `rest` follows it.
    void show(const QString& strong, const QString& rest, Role colour = Role::text);
    [[nodiscard]] QString plainText() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void dress();

    QString m_strong;
    QString m_rest;
    Role m_colour = Role::text;
};

}  // namespace muster::ui
