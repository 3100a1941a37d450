// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "api/durable_queues.h"
#include "widgets/card.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace muster::ui {

class JsonView;
class KeyValues;

/// One dead letter in full: its payload, why it died, and each attempt at it.
/// Thread safety: the GUI thread's.
class LetterPane : public Card {
    Q_OBJECT

public:
    explicit LetterPane(QWidget* parent = nullptr);

    /// Null: none is chosen.
    void show(const LetterRow* letter, bool utc);
    /// What a dry run found: empty: it passes; none: it was not tried.
    void setFinding(const std::optional<QString>& finding);
    void setCanSteer(bool can, const QString& reason);
    [[nodiscard]] const std::optional<LetterRow>& letter() const { return m_letter; }
    [[nodiscard]] QString historyText() const;

signals:
    void editRequested();

private:
    std::optional<LetterRow> m_letter;
    QLabel* m_empty;
    QWidget* m_content;
    KeyValues* m_facts;
    JsonView* m_payload;
    QPlainTextEdit* m_history;
    QPushButton* m_edit;
    QLabel* m_message;
    bool m_canSteer = false;
    QString m_reason;
};

}  // namespace muster::ui
