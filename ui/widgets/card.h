// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "style/palette.h"

class QVBoxLayout;

namespace muster::ui {

/// A panel with a hairline border and round corners: what every page is laid out in. Its header
/// has the title at the left and one value at the right; both may be empty (no header then).
/// Thread safety: the GUI thread's.
class Card : public QWidget {
    Q_OBJECT

public:
    explicit Card(const QString& title = {}, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    [[nodiscard]] const QString& title() const { return m_title; }
    /// The text at the header's right; never moves the title.
    void setValue(const QString& value, Role colour = Role::text);
    [[nodiscard]] const QString& value() const { return m_value; }
    /// A widget at the header's right, left of the value.
    void setHeaderWidget(QWidget* widget);

    /// What is in the card goes here.
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }
    /// Content that touches the border, such as a table; the header keeps its padding.
    void setFlush(bool flush);
    /// Paints the panel one step up: a card in a card.
    void setRaised(bool raised);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    void updateMargins();
    void placeHeaderWidget();
    [[nodiscard]] bool hasHeader() const;

    QString m_title;
    QString m_value;
    Role m_valueColour = Role::text;
    QVBoxLayout* m_body;
    QWidget* m_headerWidget = nullptr;
    bool m_flush = false;
    bool m_raised = false;
};

}  // namespace muster::ui
