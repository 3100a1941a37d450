// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace muster::ui {

/// What stands where there is nothing to show: says why, and what to do.
/// Thread safety: the GUI thread's.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(const QString& title, const QString& text, QWidget* parent = nullptr);

    void setText(const QString& title, const QString& text);
    /// Shows a button; pressed() follows.
    void setAction(const QString& action);

signals:
    void pressed();

private:
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_action;
};

}  // namespace muster::ui
