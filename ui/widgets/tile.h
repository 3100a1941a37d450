// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "style/palette.h"

namespace muster::ui {

/// One figure to read from across the room: title, number with unit, and a line that says what
/// changed. Its size never depends on what it shows. Clickable when it leads somewhere.
/// Thread safety: the GUI thread's.
class Tile : public QWidget {
    Q_OBJECT

public:
    explicit Tile(const QString& title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& title() const { return m_title; }
    void setValue(const QString& number, const QString& unit = {}, Role colour = Role::text);
    void setDelta(const QString& text, Role colour = Role::dim);
    /// Shows "not available" and why.
    void setMissing(const QString& reason);
    /// What the reader sees: "312 k/s".
    [[nodiscard]] QString valueText() const;
    [[nodiscard]] const QString& deltaText() const { return m_delta; }

    /// Makes it a button; clicked() follows.
    void setLeadsTo(const QString& tip);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void clicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void tellAccessibility();
    void fitNumber();

    QString m_title;
    QString m_number;
    QString m_unit;
    QString m_delta;
    Role m_numberColour = Role::text;
    Role m_deltaColour = Role::dim;
    bool m_missing = false;
    bool m_leads = false;
    bool m_focusShown = false;
    int m_numberPixels = 0;  ///< only shrinks while the width stays, so that nothing jumps
};

}  // namespace muster::ui
