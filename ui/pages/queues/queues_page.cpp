// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/queues_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>

#include "bridge/engine_bridge.h"
#include "charts/time_chart.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/queues/edit_dialog.h"
#include "pages/queues/jobs_view.h"
#include "pages/queues/letter_pane.h"
#include "pages/queues/letters_view.h"
#include "pages/queues/queues_card.h"
#include "widgets/flat_table.h"
#include "widgets/tile.h"

namespace muster::ui {

namespace {

enum Tiles { Waiting, Held, Oldest, Done, Letters };
enum Tabs { LettersTab, JobsTab };
constexpr int kQueuesHeight = 186;
constexpr int kDetailWidth = 330;

/// All queues as one, for the tiles.
QueueRow sumOf(const std::vector<QueueRow>& queues)
{
    QueueRow sum;
    sum.oldest = Known{0, "no job waits"};
    for (const QueueRow& queue : queues) {
        sum.ready += queue.ready;
        sum.delayed += queue.delayed;
        sum.held += queue.held;
        sum.letters += queue.letters;
        sum.pushed += queue.pushed;
        sum.done += queue.done;
        sum.rescued += queue.rescued;
        sum.retrying += queue.retrying;
        sum.diedLastMinute += queue.diedLastMinute;
        if (queue.oldest.known() &&
            (!sum.oldest.known() || queue.oldest.value > sum.oldest.value)) {
            sum.oldest = queue.oldest;
        }
    }
    return sum;
}

}  // namespace

QueuesPage::QueuesPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("queues"), tr("Queues"), tr("What waits, and what failed?"), parent),
      m_context(context),
      m_queues(new QueuesCard),
      m_tabs(new QTabBar),
      m_letters(new LettersView(context.bridge)),
      m_jobs(new JobsView(context.bridge)),
      m_detail(new LetterPane),
      m_splitter(new QSplitter)
{
    m_splitter->addWidget(makeLower());
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({1092 - kDetailWidth, kDetailWidth});
    m_splitter->setHandleWidth(space::kGap);
    m_splitter->setChildrenCollapsible(false);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    rows->setSpacing(space::kGap);
    rows->addWidget(makeTiles());
    rows->addWidget(makeQueues());
    rows->addWidget(m_splitter, 1);
    connect(m_queues, &QueuesCard::commandRequested, this, &Page::commandRequested);
    connect(m_queues, &QueuesCard::chosenChanged, this,
            [this] { m_jobs->setQueue(m_queues->chosen()); });
    connect(m_letters, &LettersView::commandRequested, this, &Page::commandRequested);
    connect(m_letters, &LettersView::chosenChanged, this, &QueuesPage::showChosenLetter);
    connect(m_letters, &LettersView::editRequested, this, &QueuesPage::edit);
    connect(m_letters, &LettersView::counted, this, [this](quint64 letters) {
        m_tabs->setTabText(LettersTab, tr("Dead letters · %1").arg(exactText(letters)));
    });
    connect(m_detail, &LetterPane::editRequested, this, &QueuesPage::edit);
    if (m_context.bridge != nullptr) {
        connect(m_context.bridge, &EngineBridge::modeChanged, this, &QueuesPage::modeChanged);
    }
    modeChanged();
}

QWidget* QueuesPage::makeTiles()
{
    auto* tiles = new QWidget;
    auto* row = new QHBoxLayout(tiles);
    row->setContentsMargins({});
    row->setSpacing(space::kGap);
    for (const QString& title : {tr("Jobs that wait"), tr("In flight"), tr("Oldest that waits"),
                                 tr("Done"), tr("Dead letters")}) {
        m_tiles.push_back(new Tile(title));
        row->addWidget(m_tiles.back(), 1);
    }
    return tiles;
}

QWidget* QueuesPage::makeQueues()
{
    const QString empty =
        tr("No durable queue: a workload has one with [queues.NAME] and takes = \"NAME\"");
    const auto chart = [&](const QString& title, Unit unit, std::vector<ChartLine> lines) {
        m_charts.push_back(new TimeChart(
            {.title = title, .unit = unit, .lines = std::move(lines), .top = {}, .empty = empty},
            *m_context.series, *m_context.range, *m_context.crosshair));
    };
    chart(tr("Depth"), Unit::count,
          {{Series::jobsReady, tr("ready"), Role::accent, true},
           {Series::jobsLetters, tr("dead"), Role::bad}});
    chart(tr("Flow"), Unit::perSecond,
          {{Series::jobsPushedRate, tr("in"), Role::violet},
           {Series::jobsDoneRate, tr("done"), Role::ok}});
    auto* box = new QWidget;
    box->setFixedHeight(kQueuesHeight);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins({});
    row->setSpacing(space::kGap);
    row->addWidget(m_queues, 25);
    for (TimeChart* each : m_charts) {
        row->addWidget(each, 9);
    }
    return box;
}

QWidget* QueuesPage::makeLower()
{
    m_tabs->addTab(tr("Dead letters"));
    m_tabs->addTab(tr("Jobs"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Dead letters, or jobs"));
    auto* pages = new QStackedWidget;
    pages->addWidget(m_letters);
    pages->addWidget(m_jobs);
    connect(m_tabs, &QTabBar::currentChanged, pages, &QStackedWidget::setCurrentIndex);
    auto* card = new Card;
    card->setFlush(true);
    card->body()->setSpacing(0);
    card->body()->addWidget(m_tabs);
    card->body()->addWidget(pages, 1);
    return card;
}

void QueuesPage::setSnapshot(const SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    m_queues->setEmptyText(
        tr("No durable queue here. A workload has one with [queues.NAME] and "
           "takes = \"NAME\": see the example orders."));
    m_queues->show(snapshot->queues);
    showTiles(snapshot->queues);
    updateSteering();
    m_letters->show(snapshot->queues);
}

void QueuesPage::showTiles(const std::vector<QueueRow>& queues)
{
    if (queues.empty()) {
        for (Tile* tile : m_tiles) {
            tile->setMissing(tr("there is no durable queue"));
        }
        return;
    }
    const QueueRow sum = sumOf(queues);
    m_tiles[Waiting]->setValue(exactText(sum.ready + sum.delayed));
    m_tiles[Waiting]->setDelta(sum.delayed > 0 ? tr("%1 delayed").arg(exactText(sum.delayed))
                                               : tr("none delayed"));
    m_tiles[Held]->setValue(exactText(sum.held));
    m_tiles[Held]->setDelta(sum.rescued > 0 ? tr("%1 rescued").arg(exactText(sum.rescued))
                                            : tr("none rescued"));
    if (sum.oldest.known()) {
        const Figure age = figure(sum.oldest, Unit::nanoseconds);
        m_tiles[Oldest]->setValue(age.number, age.unit);
        m_tiles[Oldest]->setDelta({});
    } else {
        m_tiles[Oldest]->setMissing(QString::fromStdString(sum.oldest.missing));
    }
    m_tiles[Done]->setValue(exactText(sum.done));
    m_tiles[Done]->setDelta(tr("of %1 pushed").arg(exactText(sum.pushed)));
    m_tiles[Letters]->setValue(exactText(sum.letters), {},
                               sum.letters > 0 ? Role::bad : Role::text);
    m_tiles[Letters]->setDelta(
        sum.retrying > 0         ? tr("%1 to be retried").arg(exactText(sum.retrying))
        : sum.diedLastMinute > 0 ? tr("+%1 in the last minute").arg(exactText(sum.diedLastMinute))
                                 : QString());
}

void QueuesPage::showChosenLetter()
{
    const LetterRow* letter = m_letters->chosen();
    m_detail->show(letter, m_context.range->utc());
    if (letter != nullptr) {
        m_detail->setFinding(m_letters->finding(letter->id));
    }
}

void QueuesPage::edit()
{
    const LetterRow* letter = m_letters->chosen();
    if (letter == nullptr || letter->state != "waiting" || !lockReason().isEmpty()) {
        return;
    }
    auto* dialog = new EditDialog(tr("Edit dead letter %1").arg(letter->id), letter->payload, this);
    const std::uint64_t id = letter->id;
    connect(dialog, &EditDialog::previewWanted, this, [this, dialog, id](const std::string& text) {
        LetterQuery query;
        query.ids = {id};
        m_context.bridge->previewRetry(
            query, text, dialog, [dialog](const Result<std::vector<RetryPreview>>& previews) {
                dialog->showPreview(previews.ok() && !previews->empty() ? &previews->front()
                                                                        : nullptr);
            });
    });
    connect(dialog, &QDialog::accepted, this, [this, dialog, id] {
        const Command command{"dead.edit",
                              {{"letter", std::to_string(id)}, {"payload", dialog->payload()}}};
        emit commandRequested(QString::fromStdString(command.text()));
        m_letters->askAgainSoon();
    });
    dialog->open();
}

void QueuesPage::modeChanged()
{
    m_snapshot = nullptr;
    m_queues->show({});
    m_queues->setEmptyText(tr("Nothing runs. Open a workload or a session on the Start page."));
    for (Tile* tile : m_tiles) {
        tile->setMissing(tr("nothing runs"));
    }
    m_letters->reset();
    updateSteering();
    if (isVisible()) {
        m_letters->ask();
    }
}

void QueuesPage::setTimeRange()
{
    m_letters->setUtc(m_context.range->utc());
    m_jobs->setUtc(m_context.range->utc());
    showChosenLetter();
}

void QueuesPage::setReadOnly(bool on)
{
    m_readOnly = on;
    updateSteering();
}

QString QueuesPage::lockReason() const
{
    const EngineBridge* bridge = m_context.bridge;
    if (bridge == nullptr || bridge->mode() == EngineBridge::Mode::empty) {
        return tr("Nothing runs");
    }
    const auto file = bridge->database();
    const QString db =
        file ? QString::fromStdString(file->filename().string()) : QStringLiteral("FILE");
    if (bridge->recorded()) {
        return tr("A recorded session is open to read: its letters can be looked at, not tried, "
                  "edited, retried or discarded. To mend them: musterctl queue edit, retry or "
                  "discard --db %1; or run its workload with this session.")
            .arg(db);
    }
    const bool over = m_snapshot && (m_snapshot->state == RunState::finished ||
                                     m_snapshot->state == RunState::failed);
    if (over) {
        return tr("The run is over, and its queues with it. Start the workload again with this "
                  "session to retry, or use musterctl queue --db %1 once it is closed.")
            .arg(db);
    }
    return bridge->lookingBack() ? lockText()
           : m_readOnly          ? tr("The console is locked read-only: Ctrl+L unlocks it.")
                                 : QString();
}

void QueuesPage::updateSteering()
{
    const QString reason = lockReason();
    const bool can = reason.isEmpty();
    const bool nothing =
        m_context.bridge == nullptr || m_context.bridge->mode() == EngineBridge::Mode::empty;
    m_queues->setCanSteer(can, reason);
    m_letters->setCanSteer(can, m_context.bridge != nullptr && m_context.bridge->live(),
                           nothing ? QString() : reason);
    m_detail->setCanSteer(can, reason);
}

void QueuesPage::focusFilter()
{
    m_tabs->setCurrentIndex(LettersTab);
    m_letters->focusFilter();
}

bool QueuesPage::togglePause()
{
    if (m_tabs->currentIndex() != JobsTab) {
        return false;
    }
    m_jobs->togglePause();
    return true;
}

std::vector<TimeChart*> QueuesPage::charts() const
{
    return m_charts;
}

std::vector<Series> QueuesPage::exportSeries() const
{
    return {Series::jobsReady, Series::jobsLetters, Series::jobsPushedRate, Series::jobsDoneRate};
}

QVariantMap QueuesPage::state() const
{
    return {{QStringLiteral("columns"), m_letters->table()->horizontalHeader()->saveState()},
            {QStringLiteral("splitter"), m_splitter->saveState()},
            {QStringLiteral("filter"), m_letters->filter()},
            {QStringLiteral("rate"), m_letters->rate()}};
}

void QueuesPage::restoreState(const QVariantMap& state)
{
    m_letters->table()->horizontalHeader()->restoreState(
        state.value(QStringLiteral("columns")).toByteArray());
    m_splitter->restoreState(state.value(QStringLiteral("splitter")).toByteArray());
    m_letters->setFilter(state.value(QStringLiteral("filter")).toString());
    m_letters->setRate(state.value(QStringLiteral("rate"), m_letters->rate()).toString());
}

void QueuesPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_letters->ask();
}

}  // namespace muster::ui
