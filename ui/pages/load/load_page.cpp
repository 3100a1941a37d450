// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_page.h"

#include <QGridLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "bridge/engine_bridge.h"
#include "charts/time_chart.h"
#include "models/time_range_model.h"
#include "pages/load/fault_form.h"
#include "pages/load/fault_list.h"
#include "pages/load/load_controls.h"
#include "pages/load/load_progress.h"
#include "pages/load/load_tiles.h"
#include "pages/load/save_load_dialog.h"
#include "pages/load/stage_bar.h"
#include "pages/load/stage_editor.h"
#include "widgets/card.h"
#include "widgets/empty_state.h"

namespace muster::ui {

namespace {

constexpr int kWide = 2;
constexpr int kNarrow = 1;
constexpr int kFaultsHeight = 126;

}  // namespace

LoadPage::LoadPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("load"), tr("Load"), tr("What if there were more?"), parent),
      m_context(context),
      m_stack(new QStackedWidget(this)),
      m_empty(new EmptyState(tr("No load to steer"),
                             tr("Nothing offers work to the agents now. Open a workload with a "
                                "[[load]] section, such as the example swarm."),
                             this))
{
    m_content = makeContent();
    m_empty->setAction(tr("Choose a workload"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);
    m_faults = makeFaults();
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins({});
    rows->setSpacing(0);
    rows->addWidget(m_stack, 1);
    rows->addWidget(m_faults);
    connect(m_empty, &EmptyState::pressed, this, [this] {
        if (m_context.bridge != nullptr && m_context.bridge->recorded()) {
            saveLoad();
        } else {
            emit pageRequested(QStringLiteral("start"));
        }
    });
}

void LoadPage::saveLoad()
{
    const auto session = m_context.bridge != nullptr ? m_context.bridge->database() : std::nullopt;
    if (!session) {
        return;
    }
    LoadQuery query;
    // A recorded session that nobody has narrowed is meant as a whole.
    if (!(m_context.range->live() && m_context.bridge->recorded())) {
        query.from = m_context.range->range().from;
        query.to = m_context.range->range().to;
    }
    auto* dialog = new SaveLoadDialog(*session, query, m_context.range->utc(), this);
    dialog->open();
}

QWidget* LoadPage::makeContent()
{
    auto* content = new QWidget(this);
    m_controls = new LoadControls(content);
    m_tiles = new LoadTiles(content);
    m_progress = new LoadProgress(content);
    connect(m_controls, &LoadControls::commandRequested, this, &Page::commandRequested);
    connect(m_controls, &LoadControls::saveRequested, this, &LoadPage::saveLoad);
    const QString none = tr("The load has not started");
    const auto chart = [this, content](ChartSpec spec) {
        m_charts.push_back(new TimeChart(std::move(spec), *m_context.series, *m_context.range,
                                         *m_context.crosshair, content));
        return m_charts.back();
    };
    auto* grid = new QGridLayout(content);
    grid->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kGap);
    grid->setSpacing(space::kGap);
    grid->addWidget(m_controls, 0, 0, 1, 2);
    grid->addWidget(m_tiles, 1, 0, 1, 2);
    grid->addWidget(makeEditor(), 2, 0);
    grid->addWidget(m_progress, 2, 1);
    grid->addWidget(chart({tr("Offered, achieved, dropped per second"),
                           Unit::perSecond,
                           {{Series::loadOfferedRate, tr("offered"), Role::accent, false, false},
                            {Series::loadAchievedRate, tr("achieved"), Role::ok, true, false},
                            {Series::loadDroppedRate, tr("dropped"), Role::bad, true, false}},
                           {},
                           none}),
                    3, 0);
    grid->addWidget(chart({tr("Latency"),
                           Unit::nanoseconds,
                           {{Series::actionP50, QStringLiteral("p50"), Role::ok, false, false},
                            {Series::actionP99, QStringLiteral("p99"), Role::warn, false, false},
                            {Series::serviceTimeP99, tr("p99 begun"), Role::faint, true, false}},
                           {},
                           none}),
                    3, 1);
    grid->setColumnStretch(0, kWide);
    grid->setColumnStretch(1, kNarrow);
    grid->setRowStretch(2, 10);
    grid->setRowStretch(3, 9);
    return content;
}

QWidget* LoadPage::makeFaults()
{
    auto* faults = new QWidget(this);
    m_faultForm = new FaultForm(faults);
    m_faultList = new FaultList(faults);
    connect(m_faultForm, &FaultForm::commandRequested, this, &Page::commandRequested);
    connect(m_faultList, &FaultList::commandRequested, this, &Page::commandRequested);
    auto* row = new QGridLayout(faults);
    row->setContentsMargins(space::kPage, 0, space::kPage, space::kPage);
    row->setSpacing(space::kGap);
    row->addWidget(m_faultForm, 0, 0);
    row->addWidget(m_faultList, 0, 1);
    row->setColumnStretch(0, kWide);
    row->setColumnStretch(1, kNarrow);
    faults->setFixedHeight(kFaultsHeight);
    faults->hide();
    return faults;
}

QWidget* LoadPage::makeEditor()
{
    auto* card = new Card(tr("Stages"), m_content);
    m_editor = new StageEditor(card);
    m_bar = new StageBar(*m_editor, card);
    card->body()->addWidget(m_editor, 1);
    card->body()->addWidget(m_bar);
    connect(m_bar, &StageBar::applyRequested, this, &LoadPage::sendStages);
    m_stages = card;
    connect(m_editor, &StageEditor::edited, this, &LoadPage::showState);
    return card;
}

void LoadPage::sendStages()
{
    emit commandRequested(m_editor->draft().command());
}

void LoadPage::setSnapshot(const SnapshotPtr& snapshot)
{
    const LoadStatus& load = snapshot->load;
    // What an agent works through without a load can be broken all the same.
    const bool recorded = m_context.bridge != nullptr && m_context.bridge->recorded();
    m_faults->setVisible(!snapshot->workload.empty() && !recorded);
    m_faultForm->setSnapshot(*snapshot);
    m_faultList->setFaults(snapshot->faults);
    m_stack->setCurrentWidget(load.model == LoadModel::none ? static_cast<QWidget*>(m_empty)
                                                            : m_content);
    if (load.model == LoadModel::none) {
        m_empty->setText(recorded ? tr("A recorded session") : tr("No load to steer"),
                         recorded
                             ? tr("Its load is over. What arrived in the range shown can come "
                                  "again in another run: drag over a chart to choose it.")
                             : tr("Nothing offers work to the agents now. Open a workload with "
                                  "a [[load]] section, such as the example swarm."));
        m_empty->setAction(recorded ? tr("Save as load…") : tr("Choose a workload"));
        return;
    }
    m_controls->setRecorded(m_context.bridge != nullptr && m_context.bridge->database());
    m_controls->setSnapshot(*snapshot);
    m_tiles->setSnapshot(*snapshot);
    m_editor->setLoad(load);
    m_model = load.model;
    showState();
    m_bar->setUnit(load.model == LoadModel::closed ? tr(" users") : tr(" /s"));
    m_progress->setSnapshot(*snapshot);
    for (TimeChart* chart : m_charts) {
        chart->setMissing(Series::actionP50,
                          QString::fromStdString(snapshot->actions.latency.p50.missing));
        chart->setMissing(Series::actionP99,
                          QString::fromStdString(snapshot->actions.latency.p99.missing));
        chart->setMissing(Series::serviceTimeP99,
                          QString::fromStdString(snapshot->actions.serviceTime.p99.missing));
    }
}

void LoadPage::showState()
{
    if (m_editor->changed()) {
        m_stages->setValue(tr("changed, not applied"), Role::warn);
    } else if (m_model == LoadModel::closed) {
        m_stages->setValue(tr("users: each waits for its answer, so a slow system is asked less"),
                           Role::warn);
    } else {
        m_stages->setValue(tr("arrivals per second, spaced from their intended start"),
                           Role::faint);
    }
}

void LoadPage::setTimeRange()
{
    m_progress->setUtc(m_context.range->utc());
}

void LoadPage::setReadOnly(bool readOnly)
{
    m_controls->setReadOnly(readOnly, readOnly ? lockText() : QString());
    m_editor->setReadOnly(readOnly);
    m_bar->setReadOnly(readOnly);
    m_faultForm->setReadOnly(readOnly, lockText());
    m_faultList->setReadOnly(readOnly);
}

std::vector<Series> LoadPage::exportSeries() const
{
    return {Series::loadTarget,      Series::loadOfferedRate, Series::loadAchievedRate,
            Series::loadDroppedRate, Series::loadOutstanding, Series::actionP50,
            Series::actionP99,       Series::serviceTimeP99,  Series::loadSaturation};
}

}  // namespace muster::ui
