// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QTimer>
#include <string>

#include "api/durable_queues.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace muster::ui {

/// Changes a payload, and shows line by line what the change is, and what a retry with it would
/// meet, before it is made.
/// Thread safety: the GUI thread's.
class EditDialog : public QDialog {
    Q_OBJECT

public:
    EditDialog(const QString& title, std::string payload, QWidget* parent = nullptr);

    [[nodiscard]] std::string payload() const;
    /// As it reads: "- old", "+ new".
    [[nodiscard]] QString diffText() const;
    /// What a dry run of the payload said; null: none can be made now.
    void showPreview(const RetryPreview* preview);

signals:
    /// The payload changed, and stands still now: what would a retry with it meet?
    void previewWanted(const std::string& payload);

private:
    QPlainTextEdit* makeText(const QString& name, bool readOnly);
    void compare();

    const std::string m_before;
    QPlainTextEdit* m_editor;
    QPlainTextEdit* m_diff;
    QLabel* m_preview;
    QLabel* m_problem;
    QPushButton* m_save;
    QTimer m_still;
};

}  // namespace muster::ui
