// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace muster::ui {

class Actions;

/// Every key, by what it is for; over the window until Escape or a click.
/// Thread safety: the GUI thread's.
class HelpOverlay : public QWidget {
    Q_OBJECT

public:
    HelpOverlay(const Actions& actions, QWidget* window);

    void toggle();
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] QString html() const;
    void place();

    const Actions& m_actions;
    QLabel* m_keys;
};

}  // namespace muster::ui
