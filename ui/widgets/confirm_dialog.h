// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace muster::ui {

/// Asks before something is done that touches much. Cancel is the default; where very much is
/// touched a word must be typed first. Opened with open(): no nested event loop. Deletes itself.
/// Thread safety: the GUI thread's.
class ConfirmDialog : public QDialog {
    Q_OBJECT

public:
    /// `exact` is what will be carried out, word for word; may be empty.
    ConfirmDialog(const QString& question, const QString& detail, const QString& exact,
                  QWidget* parent);

    void setActionText(const QString& text);
    /// The action is offered only once this has been typed.
    void requireTyped(const QString& word);

private:
    QPushButton* m_yes;
    QLineEdit* m_typed = nullptr;
};

}  // namespace muster::ui
