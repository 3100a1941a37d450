// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "api/queries.h"

class QLabel;
class QPushButton;

namespace muster::ui {

class Card;
class JsonView;

/// One event in full: when, from whom, what it belongs to and its data; from here its
/// correlation or trace is followed. Keeps its own copy: the row may leave the table.
/// Thread safety: the GUI thread's.
class EventDetailPane : public QWidget {
    Q_OBJECT

public:
    explicit EventDetailPane(QWidget* parent = nullptr);

    void show(const EventRow* row);  ///< null: none is selected
    [[nodiscard]] const std::optional<EventRow>& shown() const { return m_event; }
    using QWidget::show;

signals:
    void followRequested(const muster::EventQuery& query, const QString& title);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeActions();
    [[nodiscard]] QString factsOf(const EventRow& row) const;
    void copy();

    std::optional<EventRow> m_event;
    Card* m_card;
    QLabel* m_facts;
    JsonView* m_json;
    QWidget* m_actions = nullptr;
    QPushButton* m_correlation = nullptr;
    QPushButton* m_trace = nullptr;
};

}  // namespace muster::ui
