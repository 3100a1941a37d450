// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/overview_page.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "charts/time_chart.h"
#include "models/action_table_model.h"
#include "pages/overview/action_delegate.h"
#include "pages/overview/overview_tiles.h"
#include "pages/overview/run_card.h"
#include "widgets/attention_list.h"
#include "widgets/card.h"

namespace muster::ui {

namespace {

constexpr int kColumns = 3;
constexpr int kActionRow = 26;
constexpr int kActionsAround = 88;   ///< the card's header, the table's and the margins
constexpr int kRunAround = 48;       ///< the card's header and margins
constexpr int kLeastBottom = 150;    ///< three items that need attention
constexpr int kWidthForKind = 580;   ///< of the actions' card
constexpr int kWidthForTrend = 470;  ///< and of it without the kind

std::vector<ChartSpec> chartSpecs()
{
    const QString none = QObject::tr("Nothing runs yet: open a workload to see it here");
    return {
        {QObject::tr("Live agents by state"),
         Unit::count,
         {{Series::agentsReady, QObject::tr("ready"), Role::accent, true, false},
          {Series::agentsBusy, QObject::tr("busy"), Role::violet, false, false}},
         {},
         none},
        {QObject::tr("Events per second"),
         Unit::perSecond,
         {{Series::eventsRate, {}, Role::teal, true, false}},
         {},
         none},
        {QObject::tr("Action latency"),
         Unit::nanoseconds,
         {{Series::actionP50, QStringLiteral("p50"), Role::ok, false, false},
          {Series::actionP99, QStringLiteral("p99"), Role::warn, false, false},
          {Series::actionP999, QStringLiteral("p99.9"), Role::bad, false, false}},
         {},
         none},
        {QObject::tr("Failures per second"),
         Unit::perSecond,
         {{Series::actionsFailedRate, {}, Role::bad, true, false}},
         {},
         none},
        {QObject::tr("Waiting in mailboxes"),
         Unit::count,
         {{Series::mailboxWaiting, {}, Role::violet, true, false}},
         {},
         none},
        {QObject::tr("Share of limit"),
         Unit::share,
         {{Series::cpuShare, QObject::tr("CPU"), Role::accent, false, false},
          {Series::memoryShare, QObject::tr("memory"), Role::hot, false, false},
          {Series::diskShare, QObject::tr("disk"), Role::faint, false, false}},
         1.0,
         none},
    };
}

}  // namespace

OverviewPage::OverviewPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("overview"), tr("Overview"), tr("Is all well, and what changed?"),
           parent),
      m_tiles(new OverviewTiles(this)),
      m_actions(new ActionTableModel(this))
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    rows->setSpacing(space::kGap);
    rows->addWidget(m_tiles);
    rows->addWidget(makeCharts(context), 1);
    m_bottom = new QWidget(this);
    auto* bottom = new QHBoxLayout(m_bottom);
    bottom->setContentsMargins({});
    bottom->setSpacing(space::kGap);
    m_run = new RunCard(m_bottom);
    bottom->addWidget(makeActions(), 4);
    bottom->addWidget(m_run, 3);
    bottom->addWidget(makeAttention(), 4);
    rows->addWidget(m_bottom);
    fitBottom();
    connect(m_tiles, &OverviewTiles::pageRequested, this, &Page::pageRequested);
}

QWidget* OverviewPage::makeCharts(const PageContext& context)
{
    auto* area = new QWidget(this);
    auto* grid = new QGridLayout(area);
    grid->setContentsMargins({});
    grid->setSpacing(space::kGap);
    for (const ChartSpec& spec : chartSpecs()) {
        auto* chart =
            new TimeChart(spec, *context.series, *context.range, *context.crosshair, area);
        const auto place = static_cast<int>(m_charts.size());
        grid->addWidget(chart, place / kColumns, place % kColumns);
        m_charts.push_back(chart);
    }
    for (int column = 0; column < kColumns; ++column) {
        grid->setColumnStretch(column, 1);
    }
    return area;
}

QWidget* OverviewPage::makeActions()
{
    m_actionsCard = new Card(tr("Actions"), this);
    m_actionsCard->setFlush(true);
    m_table = new QTableView(m_actionsCard);
    m_table->setModel(m_actions);
    m_table->setItemDelegate(new ActionDelegate(m_table));
    m_table->setAccessibleName(tr("Actions"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kActionRow);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setMinimumHeight(80);
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setMinimumSectionSize(44);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    constexpr int kWidths[] = {80, 92, 78, 60, 74, 74, 60};
    for (int column = 0; column < ActionTableModel::ColumnCount; ++column) {
        m_table->setColumnWidth(column, kWidths[column]);
    }
    header->setStretchLastSection(true);
    m_actionsCard->body()->addWidget(m_table);
    return m_actionsCard;
}

QWidget* OverviewPage::makeAttention()
{
    m_attentionCard = new Card(tr("Needs attention"), this);
    m_attention = new AttentionList(m_attentionCard);
    m_attentionCard->body()->addWidget(m_attention->makeScrolled(m_attentionCard), 1);
    connect(m_attention, &AttentionList::activated, this, [this](const QString& command) {
        const QString page = QStringLiteral("page:");
        if (command.startsWith(page)) {
            emit pageRequested(command.mid(page.size()));
        } else {
            emit commandRequested(command);
        }
    });
    return m_attentionCard;
}

void OverviewPage::setSnapshot(const SnapshotPtr& snapshot)
{
    m_tiles->setSnapshot(*snapshot);
    const bool over = snapshot->state == RunState::finished || snapshot->state == RunState::failed;
    m_actions->setOver(over ? std::optional(snapshot->uptime) : std::nullopt);
    m_actions->setRows(snapshot->actionRows, snapshot->at);
    m_actionsCard->setValue(
        snapshot->actionRows.empty()
            ? tr("this workload has none")
            : tr("%n in the workload", nullptr, static_cast<int>(snapshot->actionRows.size())));
    m_attention->setItems(snapshot->attention);
    m_attentionCard->setValue(
        snapshot->attention.empty() ? QString() : QString::number(snapshot->attention.size()));
    m_run->setSnapshot(*snapshot);
    explainMissing(*snapshot);
    fitBottom();
}

/// As high as its cards need, which only another workload changes: the charts have the rest.
void OverviewPage::fitBottom()
{
    const int needed = std::max({kLeastBottom, kActionsAround + m_actions->rowCount() * kActionRow,
                                 kRunAround + m_run->rowsHeight()});
    const int height = std::min(needed, std::max(kLeastBottom, this->height() / 3));
    if (m_bottom->minimumHeight() != height) {
        m_bottom->setFixedHeight(height);
    }
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    fitBottom();
    // The columns that can be missed give way, so that figures are never cut.
    const int room = (width() - 2 * space::kPage - 2 * space::kGap) * 4 / 11;
    m_table->setColumnHidden(ActionTableModel::Kind, room < kWidthForKind);
    m_table->setColumnHidden(ActionTableModel::Trend, room < kWidthForTrend);
}

void OverviewPage::explainMissing(const Snapshot& snapshot)
{
    const auto tell = [this](Series series, const Known& known) {
        for (TimeChart* chart : m_charts) {
            chart->setMissing(series, QString::fromStdString(known.missing));
        }
    };
    tell(Series::actionP50, snapshot.actions.latency.p50);
    tell(Series::actionP99, snapshot.actions.latency.p99);
    tell(Series::actionP999, snapshot.actions.latency.p999);
    for (const ResourceUse& resource : snapshot.resources) {
        if (resource.name == "cpu") {
            tell(Series::cpuShare, resource.share);
        } else if (resource.name == "memory") {
            tell(Series::memoryShare, resource.share);
        } else if (resource.name == "disk") {
            tell(Series::diskShare, resource.share);
        }
    }
}

void OverviewPage::setReadOnly(bool readOnly)
{
    m_attention->setReadOnly(readOnly);
}

std::vector<Series> OverviewPage::exportSeries() const
{
    std::vector<Series> all;
    for (const TimeChart* chart : m_charts) {
        for (const ChartLine& line : chart->lines()) {
            all.push_back(line.series);
        }
    }
    return all;
}

}  // namespace muster::ui
