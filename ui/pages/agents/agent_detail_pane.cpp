// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/agents/agent_detail_pane.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableWidget>

#include "bridge/engine_bridge.h"
#include "models/agent_table_model.h"
#include "models/format.h"
#include "pages/agents/agent_delegate.h"
#include "widgets/card.h"
#include "widgets/json_view.h"

namespace muster::ui {

namespace {

enum Tab { stateTab, messagesTab, timelineTab };
constexpr std::uint64_t kTimelineRows = 100;

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

void setRow(QTableWidget* table, int row, const QStringList& texts)
{
    for (int column = 0; column < texts.size(); ++column) {
        auto* item = table->item(row, column);
        if (item == nullptr) {
            item = new QTableWidgetItem;
            table->setItem(row, column, item);
        }
        item->setText(texts[column]);
        item->setToolTip(texts[column]);
    }
}

/// Both percentiles, or once why there are none.
QString handlingText(const AgentRow& row)
{
    if (!row.p50.known() && row.p50.missing == row.p99.missing) {
        return figureText(row.p50, Unit::nanoseconds);
    }
    return AgentDetailPane::tr("p50 %1 · p99 %2")
        .arg(figureText(row.p50, Unit::nanoseconds), figureText(row.p99, Unit::nanoseconds));
}

QString factRow(const QString& name, const QString& value)
{
    return QStringLiteral(
               "<tr><td style='color:%1;padding:2px 14px 2px 0'>%2</td>"
               "<td style='padding:2px 0'>%3</td></tr>")
        .arg(currentPalette()[Role::dim].name(), name.toHtmlEscaped(), value.toHtmlEscaped());
}

}  // namespace

AgentDetailPane::AgentDetailPane(EngineBridge* bridge, QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_details([this](AgentId id, auto answer) { m_bridge->agentDetail(id, this, answer); },
                [this](AgentId, const Result<AgentDetail>& detail) { show(detail); }),
      m_events(
          [this](const EventQuery& query, auto answer) { m_bridge->events(query, this, answer); },
          [this](const EventQuery&, const Result<EventPage>& page) { showTimeline(page); }),
      m_card(new Card(tr("No agent selected"), this)),
      m_state(new QLabel),
      m_tabs(new QTabBar),
      m_pages(new QStackedWidget)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_card);
    m_card->setHeaderWidget(m_state);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (const auto& title : {tr("State"), tr("Messages"), tr("Timeline")}) {
        m_tabs->addTab(title);
    }
    m_pages->addWidget(makeStateTab());
    m_pages->addWidget(
        makeTable(&m_messages, {tr("At"), tr("Message"), tr("Handling")}, &m_messagesNote));
    m_pages->addWidget(
        makeTable(&m_timeline, {tr("At"), tr("Event"), tr("Data")}, &m_timelineNote));
    m_card->body()->addWidget(m_tabs);
    m_card->body()->addWidget(m_pages, 1);
    m_card->body()->addWidget(makeActions());
    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_tabs, &QTabBar::currentChanged, this, &AgentDetailPane::refresh);
    showAgent({});
}

QWidget* AgentDetailPane::makeStateTab()
{
    auto* tab = new QWidget;
    auto* layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, space::kSmall, 0, 0);
    m_facts = new QLabel;
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop);
    m_json = new JsonView;
    m_json->setAccessibleName(tr("The agent's state as JSON"));
    layout->addWidget(m_facts);
    layout->addWidget(m_json, 1);
    layout->addStretch();
    return tab;
}

QWidget* AgentDetailPane::makeTable(QTableWidget** table, const QStringList& titles, QLabel** note)
{
    auto* tab = new QWidget;
    auto* layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, space::kSmall, 0, 0);
    *note = new QLabel;
    (*note)->setFont(fontFor(FontRole::small));
    (*note)->setWordWrap(true);
    auto* view = new QTableWidget(0, static_cast<int>(titles.size()));
    *table = view;
    view->setHorizontalHeaderLabels(titles);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(24);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view->setColumnWidth(0, 96);
    view->setColumnWidth(1, 128);
    view->horizontalHeader()->setStretchLastSection(true);
    view->setTabKeyNavigation(false);
    layout->addWidget(*note);
    layout->addWidget(view, 1);
    return tab;
}

QWidget* AgentDetailPane::makeActions()
{
    m_actions = new QWidget;
    auto* layout = new QHBoxLayout(m_actions);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(space::kSmall);
    m_suspend = new QPushButton(tr("Suspend"));
    auto* restart = new QPushButton(tr("Restart"));
    auto* stop = new QPushButton(tr("Stop"));
    for (auto* button : {m_suspend, restart, stop}) {
        layout->addWidget(button);
    }
    layout->addStretch();
    connect(m_suspend, &QPushButton::clicked, this,
            [this] { request(m_suspended ? "agents.resume" : "agents.suspend"); });
    connect(restart, &QPushButton::clicked, this, [this] { request("agents.restart"); });
    connect(stop, &QPushButton::clicked, this, [this] { request("agents.stop"); });
    return m_actions;
}

void AgentDetailPane::showAgent(AgentId agent, const QString& name)
{
    m_agent = agent;
    m_shown.reset();
    m_details.forget();
    m_events.forget();
    m_timeline->setRowCount(0);
    m_messages->setRowCount(0);
    const bool some = static_cast<bool>(agent);
    for (QWidget* each : std::initializer_list<QWidget*>{m_tabs, m_json, m_actions, m_state}) {
        each->setVisible(some);
    }
    if (!some) {
        m_tabs->setCurrentIndex(stateTab);
        m_card->setTitle(tr("No agent selected"));
        m_facts->setText(
            tr("Select a row to see the agent's state, its last messages and what "
               "happened to it."));
        return;
    }
    m_card->setTitle(name);
    m_state->setText({});
    m_facts->setText(tr("Asking the agent…"));
    m_json->setJson({});
    refresh();
}

void AgentDetailPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_shown) {
        showDetail(AgentDetail(*m_shown));  // its colours are in the text
    }
}

void AgentDetailPane::refresh()
{
    if (!m_agent || !isVisible()) {
        return;
    }
    if (!m_details.busy()) {
        m_details.ask(m_agent);
    }
    if (m_tabs->currentIndex() == timelineTab) {
        askTimeline();
    }
}

void AgentDetailPane::askTimeline()
{
    if (m_events.busy()) {
        return;
    }
    EventQuery query;
    query.source = "agent:" + toString(m_agent);
    query.limit = kTimelineRows;
    m_events.ask(query);
}

void AgentDetailPane::show(const Result<AgentDetail>& detail)
{
    if (detail.ok()) {
        showDetail(detail.value());
        return;
    }
    m_state->setText(tr("✕ ended"));
    m_state->setToolTip(fromText(detail.error().text()));
    m_actions->setVisible(false);
}

void AgentDetailPane::showDetail(const AgentDetail& detail)
{
    m_shown = detail;
    m_card->setTitle(fromText(detail.row.name));
    m_actions->setVisible(true);
    const auto state = fromText(detail.row.state);
    const auto look = lookOfState(state);
    const auto text = QStringLiteral("<span style='color:%1'>%2 %3</span>")
                          .arg(currentPalette()[look.colour].name(), look.glyph, state);
    if (text != m_state->text()) {
        m_state->setText(text);
        m_state->setAccessibleName(state);
        m_card->setHeaderWidget(m_state);  // its width is another one
    }
    m_suspended = state == QLatin1String("suspended");
    m_suspend->setText(m_suspended ? tr("Resume") : tr("Suspend"));
    showFacts(detail);
    m_json->setJson(detail.stateJson);
    showMessages(detail);
}

void AgentDetailPane::showFacts(const AgentDetail& detail)
{
    const auto& row = detail.row;
    QString html = QStringLiteral("<table>");
    html += factRow(tr("Id"), fromText(toString(row.id)));
    html += factRow(tr("Type"), fromText(row.type));
    const bool counted = AgentTableModel::counted(row);
    html += factRow(tr("Mailbox"), !counted ? fromText(row.rate.missing)
                                   : row.mailbox == 0
                                       ? tr("empty")
                                       : tr("%1 waiting, oldest %2")
                                             .arg(exactText(row.mailbox),
                                                  figureText(row.oldest, Unit::nanoseconds)));
    if (counted) {
        html += factRow(tr("Handling"), handlingText(row));
        html += factRow(tr("Handled"), exactText(row.total));
        html += factRow(tr("Memory"), figureText(static_cast<double>(row.memory), Unit::bytes));
    }
    if (!detail.supervisorName.empty()) {
        html += factRow(tr("Supervisor"), fromText(detail.supervisorName));
    }
    if (detail.createdAt.nanoseconds != 0) {
        html += factRow(tr("Since"), timeText(detail.createdAt));
    }
    QStringList capabilities;
    for (const auto& each : detail.capabilities) {
        capabilities << fromText(each);
    }
    if (!capabilities.isEmpty()) {
        html += factRow(tr("Can"), capabilities.join(QStringLiteral(", ")));
    }
    for (const auto& [key, value] : detail.attributes) {
        html += factRow(fromText(key), fromText(value));
    }
    html += QStringLiteral("</table>");
    if (html != m_facts->text()) {
        m_facts->setText(html);
    }
}

void AgentDetailPane::showMessages(const AgentDetail& detail)
{
    m_messages->setRowCount(static_cast<int>(detail.lastMessages.size()));
    int at = 0;
    for (const auto& message : detail.lastMessages) {
        const auto handling = figureText(message.handling, Unit::nanoseconds);
        const bool fine = message.outcome.empty() || message.outcome == "ok";
        setRow(m_messages, at++,
               {timeText(message.at, true), fromText(message.type),
                fine ? handling : fromText(message.outcome) + QStringLiteral(" · ") + handling});
    }
    m_messagesNote->setText(detail.lastMessages.empty() && detail.messagesNote.empty()
                                ? tr("No message was sampled yet.")
                                : fromText(detail.messagesNote));
}

void AgentDetailPane::showTimeline(const Result<EventPage>& page)
{
    if (!page.ok()) {
        m_timelineNote->setText(fromText(page.error().text()));
        return;
    }
    m_timeline->setRowCount(static_cast<int>(page->rows.size()));
    int at = 0;
    for (const auto& event : page->rows) {
        setRow(m_timeline, at++,
               {timeText(event.at, true), fromText(event.type), fromText(event.data)});
    }
    m_timelineNote->setText(page->rows.empty()
                                ? tr("No event of this agent was kept. The capture policy may "
                                     "only count them.")
                                : QString());
    m_timelineNote->setVisible(!m_timelineNote->text().isEmpty());
}

void AgentDetailPane::setCanSteer(bool on, const QString& reason)
{
    for (auto* button : m_actions->findChildren<QPushButton*>()) {
        button->setEnabled(on);
        button->setToolTip(on ? QString() : reason);
    }
}

void AgentDetailPane::request(const char* command)
{
    emit commandRequested(
        QStringLiteral("%1 id:%2").arg(QLatin1String(command), fromText(toString(m_agent))));
}

}  // namespace muster::ui
