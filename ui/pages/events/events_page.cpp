// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/events_page.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>

#include "bridge/engine_bridge.h"
#include "bridge/replayer.h"
#include "models/event_table_model.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/events/event_delegate.h"
#include "pages/events/event_detail_pane.h"
#include "pages/events/event_filter_bar.h"
#include "pages/events/event_text.h"
#include "pages/events/replay_bar.h"
#include "widgets/card.h"
#include "widgets/chip.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = EventTableModel;
constexpr std::size_t kArrivedKept = Model::kTailRows;

}  // namespace

EventsPage::EventsPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("events"), tr("Events"), tr("What happened?"), parent),
      m_bridge(context.bridge),
      m_range(context.range),
      m_model(new Model(
          [this](const EventQuery& query, auto answer) { m_bridge->events(query, this, answer); },
          this)),
      m_filter(new EventFilterBar),
      m_table(new FlatTable),
      m_totals(new Chip),
      m_pause(new QPushButton),
      m_replayer(new Replayer(this)),
      m_replayBar(new ReplayBar(*m_replayer)),
      m_replay(new QPushButton(tr("↻ Replay"))),
      m_note(new QLabel),
      m_splitter(new QSplitter),
      m_detail(new EventDetailPane)
{
    makeTable();
    auto* card = new Card;
    card->setFlush(true);
    card->body()->setSpacing(0);
    card->body()->addWidget(makeTools());
    card->body()->addWidget(m_table, 1);
    m_splitter->addWidget(card);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({860, 350});
    m_splitter->setHandleWidth(space::kGap);
    m_splitter->setChildrenCollapsible(false);
    m_detail->setMinimumWidth(280);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    layout->addWidget(m_splitter);

    m_flush.setInterval(kFlushMs);
    connect(&m_flush, &QTimer::timeout, this, &EventsPage::flush);
    connect(m_filter, &EventFilterBar::changed, this, &EventsPage::ask);
    connect(m_model, &Model::refreshed, this, &EventsPage::refreshed);
    connect(m_detail, &EventDetailPane::followRequested, m_filter, &EventFilterBar::follow);
    connect(m_pause, &QPushButton::clicked, this, &EventsPage::togglePause);
    connect(m_replay, &QPushButton::clicked, this, &EventsPage::startReplay);
    connect(m_replayBar, &ReplayBar::closed, this, &EventsPage::endReplay);
    connect(m_replayBar, &ReplayBar::textChanged, this,
            [this](const QString& text, const QString& tip) {
                if (m_replaying) {
                    m_note->setText(text);
                    m_note->setToolTip(tip);
                }
            });
    connect(m_replayer, &Replayer::changed, this, &EventsPage::takeReplayed);
    connect(m_replayer, &Replayer::over, this, &EventsPage::replayOver);
    const auto again = [this] {
        m_filter->setLivePossible(!m_bridge->recorded() && !m_bridge->lookingBack());
        m_asked = false;
        endReplay();
        if (isVisible()) {
            ask();
        }
    };
    connect(m_bridge, &EngineBridge::modeChanged, this, again);
    connect(m_bridge, &EngineBridge::lookingBackChanged, this, again);
    connect(m_bridge, &EngineBridge::momentArrived, this, again);
    m_filter->setLivePossible(!m_bridge->recorded() && !m_bridge->lookingBack());
    setPaused(false);
}

QWidget* EventsPage::makeTools()
{
    auto* tools = new QWidget;
    auto* rows = new QVBoxLayout(tools);
    rows->setContentsMargins(space::kPage, 0, space::kPage, space::kCardTop);
    rows->setSpacing(space::kSmall);
    rows->addWidget(m_filter);
    auto* second = new QHBoxLayout;
    second->setSpacing(space::kSmall);
    m_note->setFont(fontFor(FontRole::small));
    m_note->setContentsMargins(space::kSmall, 0, 0, 0);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // never over the totals
    second->addWidget(m_totals);
    second->addWidget(m_note, 1);
    second->addWidget(m_replay);
    second->addWidget(m_pause);
    rows->addLayout(second);
    rows->addWidget(m_replayBar);
    m_replayBar->hide();
    m_replay->setToolTip(
        tr("Plays what is selected here again, at its own speed, faster or step by step, in a "
           "sandbox that reaches nothing outside"));
    m_totals->setToolTip(
        tr("Counted only: the capture policy keeps no record of these events, "
           "but every one was counted"));
    m_totals->show(QStringLiteral("–"), tr("events"));
    return tools;
}

void EventsPage::makeTable()
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new EventDelegate(m_table));
    m_table->setAccessibleName(tr("Events, newest first"));
    auto* header = m_table->horizontalHeader();
    header->setStretchLastSection(true);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->setColumnWidth(Model::timeColumn, 112);
    m_table->setColumnWidth(Model::typeColumn, 168);
    m_table->setColumnWidth(Model::sourceColumn, 130);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (const auto* row = m_model->eventAt(current.row())) {
                    m_detail->show(row);
                }
            });
    // Whoever reads further down must not have the rows move away below the eyes.
    connect(m_table->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] {
        if (m_model->tailing() && m_table->verticalScrollBar()->sliderPosition() > 0) {
            setPaused(true);
        }
    });
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* csv = new QAction(tr("Copy rows shown as CSV"), m_table);
    auto* json = new QAction(tr("Copy rows shown as JSON Lines"), m_table);
    csv->setShortcut(QKeySequence::Copy);
    csv->setShortcutContext(Qt::WidgetShortcut);
    connect(csv, &QAction::triggered, this, [this] { copyRows(true); });
    connect(json, &QAction::triggered, this, [this] { copyRows(false); });
    m_table->addActions({csv, json});
}

EventQuery EventsPage::query() const
{
    auto query = m_filter->query();
    if (!m_filter->live() && !query.correlation && !query.trace && m_range != nullptr &&
        !(m_range->live() && m_bridge->recorded())) {
        query.range = m_range->range();
    }
    return query;
}

void EventsPage::startReplay()
{
    const auto database = m_bridge->database();
    if (!database) {
        m_note->setText(tr("Nothing is recorded, so there is nothing to play again."));
        return;
    }
    ReplayQuery asked;
    asked.file = *database;
    asked.events = m_filter->query();
    asked.speed = m_replayBar->speed();
    if (const auto range = query().range; range && !m_filter->live()) {
        asked.from = range->from;
        asked.to = range->to;
    }
    m_bridge->stopTail();
    m_flush.stop();
    m_notShown = 0;
    m_replaying = true;
    m_model->startReplay();
    m_replayBar->setSkipped(0);
    m_replayer->start(asked);
    showReplay();
}

void EventsPage::endReplay()
{
    if (!m_replaying) {
        showReplay();
        return;
    }
    m_replayer->cancel();
    m_replaying = false;
    showReplay();
    if (isVisible()) {
        ask();
    } else {
        m_asked = false;
    }
}

void EventsPage::showReplay()
{
    m_replayBar->setVisible(m_replaying);
    m_filter->setEnabled(!m_replaying);
    m_filter->setToolTip(m_replaying ? tr("Chosen for the replay; end it to choose anew")
                                     : QString());
    m_replay->setVisible(!m_replaying && m_bridge->database().has_value());
    m_pause->setVisible(!m_replaying && m_filter->live());
}

void EventsPage::takeReplayed()
{
    if (!m_replaying) {
        return;
    }
    std::uint64_t skipped = 0;
    m_model->append(m_replayer->takeRows(skipped));
    m_notShown += skipped;
    m_replayBar->setSkipped(m_notShown);
}

void EventsPage::replayOver(const QString& error)
{
    takeReplayed();
    if (!error.isEmpty() && m_replaying) {
        refreshed(error);
    }
}

void EventsPage::ask()
{
    if (m_replaying) {
        return;
    }
    m_asked = true;
    showReplay();
    m_arrived.clear();
    m_skipped = 0;
    if (m_filter->live()) {
        startTail();
    } else {
        m_bridge->stopTail();
        m_flush.stop();
        m_model->setQuery(query());
    }
    setPaused(false);
}

void EventsPage::startTail()
{
    m_model->startTail(query());
    m_bridge->tailEvents(query(), kRowsPerSecond, this,
                         [this](const std::vector<EventRow>& rows, std::uint64_t skipped) {
                             m_arrived.insert(m_arrived.end(), rows.begin(), rows.end());
                             if (m_arrived.size() > kArrivedKept) {
                                 m_arrived.erase(m_arrived.begin(), m_arrived.end() - kArrivedKept);
                             }
                             m_skipped += skipped;
                         });
    m_flush.start();
}

void EventsPage::flush()
{
    m_model->append(std::exchange(m_arrived, {}));
}

void EventsPage::refreshed(const QString& error)
{
    if (!error.isEmpty()) {
        m_note->setText(QStringLiteral("<span style='color:%1'>✕ %2</span>")
                            .arg(currentPalette()[Role::bad].name(), error.toHtmlEscaped()));
        m_table->setEmptyText(error);
        return;
    }
    const auto rows = exactText(static_cast<std::uint64_t>(m_model->rowCount()));
    if (m_replaying) {
        m_note->setText(m_replayBar->text());
    } else if (!m_model->tailing()) {
        m_note->setText(m_model->complete() ? tr("%1 shown, all that match").arg(rows)
                                            : tr("%1 shown, scroll down for more").arg(rows));
    } else if (m_model->paused()) {
        m_note->setText(tr("Paused: %1 newer wait")
                            .arg(exactText(static_cast<std::uint64_t>(m_model->waiting()))));
    } else {
        m_note->setText(m_skipped == 0
                            ? tr("Newest first")
                            : tr("Newest first · %1 not shown").arg(exactText(m_skipped)));
        m_note->setToolTip(m_skipped == 0 ? QString()
                                          : tr("They passed too fast to be read. What is stored "
                                               "of them is under Recorded"));
    }
    m_table->setEmptyText(m_bridge->mode() == EngineBridge::Mode::empty
                              ? tr("Nothing runs. Open a workload or a session on the Start page.")
                          : m_model->tailing() ? tr("Nothing that matches has happened yet.")
                                               : tr("Nothing that matches was stored in this "
                                                    "time. Widen the range, or change the "
                                                    "filter."));
}

void EventsPage::setSnapshot(const SnapshotPtr& snapshot)
{
    const auto& totals = snapshot->events;
    m_totals->show(exactText(totals.published),
                   tr("events · %1 stored · %2 counted only · %3 dropped")
                       .arg(exactText(totals.stored), exactText(totals.countedOnly),
                            exactText(totals.dropped)));
}

void EventsPage::setTimeRange()
{
    if (isVisible() && !m_filter->live()) {
        ask();
    } else {
        m_asked = m_asked && m_filter->live();
    }
}

void EventsPage::setPaused(bool on)
{
    m_model->setPaused(on);
    m_pause->setText(on ? tr("▶ Go on") : tr("‖ Pause"));
    m_pause->setToolTip(tr("Space"));
}

bool EventsPage::togglePause()
{
    if (m_replaying) {
        m_replayBar->togglePlay();
        return true;
    }
    if (!m_filter->live()) {
        return false;
    }
    setPaused(!m_model->paused());
    if (!m_model->paused()) {
        m_table->scrollToTop();
    }
    return true;
}

void EventsPage::focusFilter()
{
    m_filter->focusText();
}

std::optional<ExportQuery> EventsPage::exportQuery() const
{
    ExportQuery exported;
    exported.what = ExportWhat::events;
    exported.events = m_filter->query();
    exported.events.limit = 0;
    exported.events.newestFirst = false;
    return exported;
}

void EventsPage::copyRows(bool csv)
{
    const auto [first, count] = m_table->visibleRows();
    std::vector<const EventRow*> rows;
    for (int row = first; row < first + count; ++row) {
        if (const auto* event = m_model->eventAt(row)) {
            rows.push_back(event);
        }
    }
    QGuiApplication::clipboard()->setText(csv ? eventsAsCsv(rows) : eventsAsJsonLines(rows));
}

QVariantMap EventsPage::state() const
{
    return {{QStringLiteral("columns"), m_table->horizontalHeader()->saveState()},
            {QStringLiteral("splitter"), m_splitter->saveState()},
            {QStringLiteral("filter"), m_filter->texts()}};
}

void EventsPage::restoreState(const QVariantMap& state)
{
    m_table->horizontalHeader()->restoreState(state.value(QStringLiteral("columns")).toByteArray());
    m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
    const auto texts = state.value(QStringLiteral("filter")).toStringList();
    if (texts.size() == 3) {
        m_filter->setTexts(texts[0], texts[1], texts[2]);
    }
}

void EventsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (!m_asked) {
        ask();
    } else if (m_filter->live() && !m_replaying) {
        m_flush.start();
    }
}

void EventsPage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_flush.stop();  // what comes meanwhile waits, bounded
}

}  // namespace muster::ui
