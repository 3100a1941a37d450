// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "style/status_look.h"

namespace muster::ui {

/// A state as glyph and word on a tint of its colour. Its width only grows.
/// Thread safety: the GUI thread's.
class StatusPill : public QWidget {
    Q_OBJECT

public:
    explicit StatusPill(QWidget* parent = nullptr);

    void setLook(const StatusLook& look);
    [[nodiscard]] QString text() const { return m_look.text(); }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    StatusLook m_look;
    int m_widest = 0;
};

}  // namespace muster::ui
