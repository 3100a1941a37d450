// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "api/queries.h"

class QLineEdit;
class QPushButton;
class QTimer;

namespace muster::ui {

/// What the reader asks of the events: live or recorded, type, source, text, and one thing
/// that is followed. The time range is the window's.
/// Thread safety: the GUI thread's.
class EventFilterBar : public QWidget {
    Q_OBJECT

public:
    explicit EventFilterBar(QWidget* parent = nullptr);

    /// Without range, limit and key.
    [[nodiscard]] EventQuery query() const;
    [[nodiscard]] bool live() const;
    void setLive(bool on);
    /// A recorded session has no live tail.
    void setLivePossible(bool on);
    void setTypes(const QStringList& types);
    /// Follows a correlation or a trace, until it is cleared.
    void follow(const EventQuery& what, const QString& title);

    void setTexts(const QString& type, const QString& source, const QString& text);
    [[nodiscard]] QStringList texts() const;
    void focusText();

signals:
    void changed();

private:
    QLineEdit* addLine(const QString& placeholder, const QString& help, int stretch);
    void clearFollowed();

    QPushButton* m_live;
    QPushButton* m_recorded;
    QLineEdit* m_type;
    QLineEdit* m_source;
    QLineEdit* m_text;
    QPushButton* m_followed;
    QTimer* m_rest;
    EventQuery m_follow;
};

}  // namespace muster::ui
