// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "api/queries.h"
#include "models/latest_request.h"

class QLabel;
class QPushButton;
class QTabBar;
class QStackedWidget;
class QTableWidget;

namespace muster::ui {

class Card;
class EngineBridge;
class JsonView;

/// One agent in full: its figures and state, its last messages, its events over time, and what
/// can be done to it. Asks again while it is shown; the agent may end meanwhile, and then the
/// pane says so and keeps what it knew.
/// Thread safety: the GUI thread's.
class AgentDetailPane : public QWidget {
    Q_OBJECT

public:
    explicit AgentDetailPane(EngineBridge* bridge, QWidget* parent = nullptr);

    /// Null agent: nothing is selected.
    void showAgent(AgentId agent, const QString& name = {});
    [[nodiscard]] AgentId agent() const { return m_agent; }
    void refresh();
    void setCanSteer(bool on, const QString& reason);

signals:
    void commandRequested(const QString& commandLine);

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeStateTab();
    QWidget* makeTable(QTableWidget** table, const QStringList& titles, QLabel** note);
    QWidget* makeActions();
    void show(const Result<AgentDetail>& detail);
    void showDetail(const AgentDetail& detail);
    void showFacts(const AgentDetail& detail);
    void showMessages(const AgentDetail& detail);
    void showTimeline(const Result<EventPage>& page);
    void askTimeline();
    void request(const char* command);

    EngineBridge* m_bridge;
    AgentId m_agent;
    LatestRequest<AgentId, AgentDetail> m_details;
    LatestRequest<EventQuery, EventPage> m_events;
    Card* m_card;
    QLabel* m_state;
    QTabBar* m_tabs;
    QStackedWidget* m_pages;
    QLabel* m_facts = nullptr;
    JsonView* m_json = nullptr;
    QTableWidget* m_messages = nullptr;
    QLabel* m_messagesNote = nullptr;
    QTableWidget* m_timeline = nullptr;
    QLabel* m_timelineNote = nullptr;
    QWidget* m_actions = nullptr;
    QPushButton* m_suspend = nullptr;
    std::optional<AgentDetail> m_shown;
    bool m_suspended = false;
};

}  // namespace muster::ui
