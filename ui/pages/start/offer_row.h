// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace muster::ui {

/// One thing that can be opened: a title, a line below it, and a button. The whole row presses
/// the button. Thread safety: the GUI thread's.
class OfferRow : public QWidget {
    Q_OBJECT

public:
    OfferRow(const QString& title, const QString& line, const QString& action,
             QWidget* parent = nullptr);

    void setPrimary(bool on);
    /// Cannot be opened: the button goes and the line says why.
    void setProblem(const QString& why);
    [[nodiscard]] QPushButton* button() const { return m_button; }
    [[nodiscard]] QString title() const;

signals:
    void chosen();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QLabel* m_title;
    QLabel* m_line;
    QPushButton* m_button;
    bool m_under = false;
};

}  // namespace muster::ui
