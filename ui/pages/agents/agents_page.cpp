// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/agents/agents_page.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QToolButton>

#include "bridge/engine_bridge.h"
#include "models/agent_table_model.h"
#include "models/format.h"
#include "pages/agents/agent_delegate.h"
#include "pages/agents/agent_detail_pane.h"
#include "pages/agents/agent_filter.h"
#include "pages/agents/agent_text.h"
#include "widgets/card.h"
#include "widgets/chip.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = AgentTableModel;

struct BulkAction {
    const char* title;
    const char* command;
};

constexpr BulkAction kBulk[] = {{"Suspend", "agents.suspend"},
                                {"Resume", "agents.resume"},
                                {"Restart…", "agents.restart"},
                                {"Stop…", "agents.stop"}};

constexpr int kWidths[Model::columnsCount] = {34, 80, 124, 62, 100, 76, 76,
                                              74, 74, 74,  74, 70,  74, 120};
/// What goes first where there is not room for all.
constexpr int kLeast[] = {Model::actionColumn, Model::typeColumn,   Model::restartsColumn,
                          Model::memoryColumn, Model::oldestColumn, Model::p50Column};

}  // namespace

AgentsPage::AgentsPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("agents"), tr("Agents"), tr("Who is running, and who is slow?"), parent),
      m_bridge(context.bridge),
      m_model(new Model(
          [this](const AgentQuery& query, auto answer) { m_bridge->agents(query, this, answer); },
          this)),
      m_table(new FlatTable),
      m_filter(new AgentFilter),
      m_error(new QLabel),
      m_count(new Chip),
      m_columns(new QToolButton),
      m_bulk(new QToolButton),
      m_bulkMenu(new QMenu(this)),
      m_splitter(new QSplitter),
      m_detail(new AgentDetailPane(context.bridge))
{
    makeTable();
    auto* card = new Card;
    card->setFlush(true);
    card->body()->setSpacing(0);
    card->body()->addWidget(makeTools());
    card->body()->addWidget(m_error);
    card->body()->addWidget(m_table, 1);
    m_splitter->addWidget(card);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({900, 310});
    m_splitter->setHandleWidth(space::kGap);
    m_splitter->setChildrenCollapsible(false);
    m_detail->setMinimumWidth(280);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    layout->addWidget(m_splitter);

    m_refresh.setInterval(kRefreshMs);
    connect(&m_refresh, &QTimer::timeout, m_model, &Model::refresh);
    connect(&m_refresh, &QTimer::timeout, m_detail, &AgentDetailPane::refresh);
    connect(m_model, &Model::refreshed, this, &AgentsPage::refreshed);
    connect(m_model, &Model::checkedChanged, this, &AgentsPage::updateBulk);
    connect(m_filter, &AgentFilter::filterChanged, m_model, &Model::setFilter);
    connect(m_detail, &AgentDetailPane::commandRequested, this, &Page::commandRequested);
    connect(m_bridge, &EngineBridge::modeChanged, this, [this] {
        m_model->clear();
        updateSteering();
    });
    updateSteering();
}

QWidget* AgentsPage::makeTools()
{
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(space::kPage, 0, space::kPage, space::kCardTop);
    row->setSpacing(space::kSmall);
    makeColumnsMenu();
    makeBulkMenu();
    row->addWidget(m_filter, 1);
    row->addWidget(m_count);
    row->addWidget(m_columns);
    row->addWidget(m_bulk);
    m_count->show(QStringLiteral("–"), tr("agents"));
    m_error->setContentsMargins(space::kPage, 0, space::kPage, space::kCardTop);
    m_error->setWordWrap(true);
    m_error->hide();
    return tools;
}

void AgentsPage::makeTable()
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new AgentDelegate(m_table));
    m_table->setAccessibleName(tr("Agents"));
    m_table->installEventFilter(this);
    auto* header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setSortIndicator(Model::idColumn, Qt::AscendingOrder);
    header->setSectionsClickable(true);
    header->setSortIndicatorShown(true);
    header->setStretchLastSection(true);
    for (int column = 0; column < Model::columnsCount; ++column) {
        m_table->setColumnWidth(column, kWidths[column]);
    }
    header->setSectionResizeMode(Model::checkColumn, QHeaderView::Fixed);
    connect(header, &QHeaderView::sortIndicatorChanged, m_model, &Model::sort);
    connect(m_table, &FlatTable::windowChanged, this, [this] {
        fitColumns();
        const auto [first, count] = m_table->visibleRows();
        m_model->setWindow(first, count);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                const auto* agent = m_model->agentAt(current.row());
                if (!m_following && current.isValid() && agent != nullptr) {
                    m_selected = agent->id;
                    m_detail->showAgent(m_selected, QString::fromStdString(agent->name));
                }
            });
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* csv = new QAction(tr("Copy rows on screen as CSV"), m_table);
    auto* json = new QAction(tr("Copy rows on screen as JSON"), m_table);
    csv->setShortcut(QKeySequence::Copy);
    csv->setShortcutContext(Qt::WidgetShortcut);
    connect(csv, &QAction::triggered, this, [this] { copyRows(true); });
    connect(json, &QAction::triggered, this, [this] { copyRows(false); });
    m_table->addActions({csv, json});
}

void AgentsPage::makeColumnsMenu()
{
    m_columns->setText(tr("Columns"));
    m_columns->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    for (int column = Model::nameColumn; column < Model::columnsCount; ++column) {
        auto* action = menu->addAction(Model::columnTitle(column));
        action->setCheckable(true);
        action->setToolTip(Model::columnHelp(column));
        connect(action, &QAction::triggered, this, [this, column](bool on) {
            m_columnsChosen = true;
            m_table->setColumnHidden(column, !on);
        });
        connect(menu, &QMenu::aboutToShow, action,
                [this, action, column] { action->setChecked(!m_table->isColumnHidden(column)); });
    }
    m_columns->setMenu(menu);
}

void AgentsPage::makeBulkMenu()
{
    m_bulk->setPopupMode(QToolButton::InstantPopup);
    for (const auto& each : kBulk) {
        auto* action = m_bulkMenu->addAction(tr(each.title));
        connect(action, &QAction::triggered, this, [this, &each] {
            emit commandRequested(
                QStringLiteral("%1 \"%2\"").arg(QLatin1String(each.command), target()));
        });
    }
    m_bulkMenu->addSeparator();
    connect(m_bulkMenu->addAction(tr("Clear ticks")), &QAction::triggered, m_model,
            &Model::clearChecked);
    m_bulk->setMenu(m_bulkMenu);
    updateBulk();
}

void AgentsPage::fitColumns()
{
    if (m_columnsChosen) {
        return;
    }
    int wide = 0;
    for (int column = 0; column < Model::columnsCount; ++column) {
        wide += kWidths[column];
    }
    for (const int column : kLeast) {
        const bool hide = wide > m_table->viewport()->width();
        if (m_table->isColumnHidden(column) != hide) {
            m_table->setColumnHidden(column, hide);
        }
        wide -= hide ? kWidths[column] : 0;
    }
}

QString AgentsPage::target() const
{
    const auto ticked = m_model->checked();
    if (ticked.isEmpty()) {
        return m_model->filter().isEmpty() ? QStringLiteral("name:*") : m_model->filter();
    }
    QStringList ids;
    for (const auto agent : ticked) {
        ids << QString::fromStdString(toString(agent));
    }
    return QStringLiteral("id:") + ids.join(QLatin1Char(','));
}

void AgentsPage::updateBulk()
{
    const auto ticked = m_model->checked().size();
    m_bulk->setText(ticked > 0                    ? tr("Act on %1 ticked").arg(exactText(ticked))
                    : m_model->filter().isEmpty() ? tr("Act on all")
                                                  : tr("Act on matching"));
}

void AgentsPage::refreshed(const QString& error)
{
    m_error->setVisible(!error.isEmpty());
    m_filter->setError(error);
    if (!error.isEmpty()) {
        m_error->setText(QStringLiteral("<span style='color:%1'>✕ %2</span>")
                             .arg(currentPalette()[Role::bad].name(), error.toHtmlEscaped()));
        return;
    }
    m_count->show(exactText(m_model->matching()), tr("of %1").arg(exactText(m_model->total())));
    m_table->setEmptyText(
        m_model->total() == 0 && m_bridge->lookingBack()
            ? tr("No agent lived at this moment. Move the slider above to another.")
        : m_model->total() == 0 && m_over
            ? tr("The run has ended, and its agents with it. What they did is on Events.")
        : m_model->total() == 0
            ? tr("No agent is alive. They appear here as the workload makes them.")
            : tr("No agent matches. Clear the filter, or change it."));
    updateBulk();
    followSelection();
}

void AgentsPage::followSelection()
{
    m_following = true;
    m_table->setCurrentRowInPlace(m_selected ? m_model->rowOf(m_selected) : -1);
    m_following = false;
}

void AgentsPage::setSnapshot(const SnapshotPtr& snapshot)
{
    m_over = snapshot->state == RunState::finished || snapshot->state == RunState::failed;
    const QString workload = QString::fromStdString(snapshot->workload);
    if (!workload.isEmpty() && workload != m_workload) {
        if (!m_workload.isEmpty()) {
            m_filter->clear();  // it was made for other agents, and would hide these
        }
        m_workload = workload;
    }
    if (m_bridge->lookingBack()) {
        m_refresh.stop();
        m_filter->setEnabled(m_bridge->hasAgents());
        m_model->refresh();
        return;
    }
    if (!m_refresh.isActive() && m_bridge->live() && !m_paused && isVisible()) {
        m_refresh.start();
        m_model->refresh();
    }
}

void AgentsPage::setReadOnly(bool on)
{
    m_readOnly = on;
    updateSteering();
}

void AgentsPage::updateSteering()
{
    const bool live = m_bridge->live();
    const QString reason = m_readOnly ? lockText() : tr("Nothing runs");
    m_bulk->setEnabled(live && !m_readOnly);
    m_bulk->setToolTip(live && !m_readOnly ? QString() : reason);
    m_detail->setCanSteer(live && !m_readOnly, reason);
    const bool listed = m_bridge->hasAgents();
    m_filter->setEnabled(listed);
    if (!live) {
        m_refresh.stop();
    }
    if (!listed) {
        m_count->show(QStringLiteral("–"), tr("agents"));
        m_model->clear();
        m_selected = {};
        m_detail->showAgent({});
        m_table->setEmptyText(
            m_bridge->recorded()
                ? tr("This is a recorded session. Move the slider above to see the agents that "
                     "lived at a moment; what they did is on Events.")
                : tr("Nothing runs. Open a workload on the Start page to see its agents."));
    }
}

void AgentsPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

bool AgentsPage::togglePause()
{
    m_paused = !m_paused;
    if (m_paused) {
        m_refresh.stop();
    } else if (m_bridge->live()) {
        m_refresh.start();
    }
    return true;
}

void AgentsPage::toggleTick()
{
    const auto cell = m_model->index(m_table->currentIndex().row(), Model::checkColumn);
    const bool on = cell.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    m_model->setData(cell, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

bool AgentsPage::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_X) {
        toggleTick();
        return true;
    }
    return Page::eventFilter(watched, event);
}

void AgentsPage::copyRows(bool csv)
{
    const auto [first, count] = m_table->visibleRows();
    std::vector<const AgentRow*> rows;
    for (int row = first; row < first + count; ++row) {
        if (const auto* agent = m_model->agentAt(row)) {
            rows.push_back(agent);
        }
    }
    QGuiApplication::clipboard()->setText(csv ? agentsAsCsv(rows) : agentsAsJson(rows));
}

QVariantMap AgentsPage::state() const
{
    return {{QStringLiteral("columns"), m_table->horizontalHeader()->saveState()},
            {QStringLiteral("chosen"), m_columnsChosen},
            {QStringLiteral("splitter"), m_splitter->saveState()},
            {QStringLiteral("filter"), m_filter->text()},
            {QStringLiteral("workload"), m_workload}};
}

void AgentsPage::restoreState(const QVariantMap& state)
{
    auto* header = m_table->horizontalHeader();
    if (header->restoreState(state.value(QStringLiteral("columns")).toByteArray())) {
        m_model->sort(header->sortIndicatorSection(), header->sortIndicatorOrder());
    }
    m_columnsChosen = state.value(QStringLiteral("chosen")).toBool();
    fitColumns();
    m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
    m_workload = state.value(QStringLiteral("workload")).toString();
    m_filter->setText(state.value(QStringLiteral("filter")).toString());
}

void AgentsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_bridge->live() && !m_paused) {
        m_refresh.start();
        m_model->refresh();
    }
}

void AgentsPage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_refresh.stop();
}

}  // namespace muster::ui
