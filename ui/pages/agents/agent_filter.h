// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

class QCompleter;
class QStringListModel;
class QTimer;

namespace muster::ui {

/// The filter line of the agent table: completes the term under the cursor, waits until typing
/// rests before it asks, and shows in its frame that the engine did not understand.
/// Thread safety: the GUI thread's.
class AgentFilter : public QLineEdit {
    Q_OBJECT

public:
    explicit AgentFilter(QWidget* parent = nullptr);

    /// What is known to complete with: values after `type:`.
    void setTypes(const QStringList& types);
    /// Marks the line as not understood; empty: all is well.
    void setError(const QString& error);

    /// What may be typed, with examples.
    [[nodiscard]] static QString helpText();
    /// The terms that go on from `word`, the one being typed.
    [[nodiscard]] static QStringList completions(const QString& word, const QStringList& types);

signals:
    /// The text after typing has rested, or at once by Enter.
    void filterChanged(const QString& filter);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void complete();
    void insertCompletion(const QString& completion);
    [[nodiscard]] QString wordAtCursor() const;

    QCompleter* m_completer;
    QStringListModel* m_offers;
    QTimer* m_rest;
    QStringList m_types;
};

}  // namespace muster::ui
