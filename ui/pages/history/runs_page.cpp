// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history/runs_page.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "bridge/engine_bridge.h"
#include "models/cause_table_model.h"
#include "models/compare_table_model.h"
#include "models/format.h"
#include "models/run_table_model.h"
#include "pages/history/history_delegate.h"
#include "pages/history/overlay_chart.h"
#include "pages/history/report_dialog.h"
#include "pages/history/side_editor.h"
#include "widgets/card.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Runs = RunTableModel;
using Rows = CompareTableModel;
QPushButton* button(const QString& text, const QString& tip)
{
    auto* made = new QPushButton(text);
    made->setToolTip(tip);
    return made;
}

QString titleOf(const ComparedSide& side)
{
    return QStringLiteral("%1 run %2")
        .arg(QFileInfo(QString::fromStdString(side.file.string())).fileName(),
             QString::number(side.run.value));
}

}  // namespace

RunsPage::RunsPage(const PageContext& context, std::filesystem::path folder, QWidget* parent)
    : Page(QStringLiteral("history"), tr("History"), tr("What was it like then, is it worse now?"),
           parent),
      m_bridge(context.bridge),
      m_folder(std::move(folder)),
      m_reader(new HistoryReader(this)),
      m_runs(new Runs(this)),
      m_rows(new Rows(this)),
      m_causes(new CauseTableModel(this)),
      m_runTable(new FlatTable),
      m_rowTable(new FlatTable),
      m_causeTable(new FlatTable),
      m_views(new QStackedWidget),
      m_chart(new OverlayChart),
      m_a(new SideEditor(QStringLiteral("A"))),
      m_b(new SideEditor(QStringLiteral("B"))),
      m_note(new QLabel),
      m_open(button(tr("Open"), tr("Look at this session (Return)"))),
      m_useA(button(tr("Use as A"), tr("What to compare with: how it was (A)"))),
      m_useB(button(tr("Use as B"), tr("What is compared: how it is now (B)"))),
      m_compare(button(tr("Compare"), tr("Each figure, its effect and a verdict (C)"))),
      m_changes(
          button(tr("Changes"), tr("What was changed in the selected run, and what the figures "
                                   "were before and after it (E)"))),
      m_report(
          button(tr("Report…"), tr("One file about B beside A, or about the selected run while "
                                   "not both are chosen (R)"))),
      m_cancel(button(tr("Cancel"), tr("Ends what is under way (Esc)"))),
      m_all(button(tr("Show all"), tr("Also figures that show no difference, and those that cannot "
                                      "be compared and why"))),
      m_choose(askForReport(this))
{
    makeTables();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    layout->setSpacing(space::kGap);
    layout->addWidget(makeRuns(), 2);
    layout->addWidget(makeComparison(), 3);
    makeKeys();
    connectParts();
    m_chart->clear(tr("What the two were over time is drawn here once they are compared"));
    updateButtons();
}

RunsPage::~RunsPage() = default;

void RunsPage::makeTables()
{
    const auto prepare = [](FlatTable* table, QAbstractItemModel* model,
                            HistoryDelegate::LookOf lookOf, const std::vector<int>& widths) {
        table->setModel(model);
        table->setItemDelegate(new HistoryDelegate(std::move(lookOf), table));
        for (std::size_t i = 0; i < widths.size(); ++i) {
            table->setColumnWidth(static_cast<int>(i), widths[i]);
        }
        table->horizontalHeader()->setStretchLastSection(true);
    };
    prepare(m_runTable, m_runs, lookOfRun, {44, 120, 42, 164, 74, 76, 66, 84, 142, 180});
    prepare(m_rowTable, m_rows, lookOfRow, {124, 330, 104, 104, 96, 190});
    prepare(m_causeTable, m_causes, lookOfCause, {54, 66, 250, 120, 180, 84, 84, 76, 130});
    m_causeTable->setAccessibleName(tr("Changes of a run and their effects"));
    m_runTable->setAccessibleName(tr("Recorded runs"));
    m_rowTable->setAccessibleName(tr("Comparison of two runs"));
    m_runTable->setEmptyText(tr("Looking for sessions…"));
    m_rowTable->setEmptyText(
        tr("Select a run above and press A, then another and press B, then compare them (C). "
           "The same run twice, with other times, compares two ranges of it."));
}

QWidget* RunsPage::makeRuns()
{
    m_recorded = new Card(tr("Recorded runs"));
    m_recorded->setFlush(true);
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(space::kPage, 0, space::kPage, space::kCardTop);
    row->setSpacing(space::kSmall);
    for (auto* each : {m_open, m_useA, m_useB, m_changes, m_report, m_cancel}) {
        row->addWidget(each);
    }
    m_note->setFont(fontFor(FontRole::small));
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->setTextFormat(Qt::RichText);
    m_note->setOpenExternalLinks(true);
    m_note->setTextInteractionFlags(Qt::TextBrowserInteraction);
    row->addWidget(m_note, 1);
    m_recorded->body()->setSpacing(0);
    m_recorded->body()->addWidget(tools);
    m_recorded->body()->addWidget(m_runTable, 1);
    return m_recorded;
}

QWidget* RunsPage::makeComparison()
{
    m_comparison = new Card(tr("Comparison"));
    m_comparison->setFlush(true);
    m_all->setCheckable(true);
    auto* tools = new QWidget;
    auto* row = new QHBoxLayout(tools);
    row->setContentsMargins(space::kPage, 0, space::kPage, space::kCardTop);
    row->setSpacing(space::kPage);
    row->addWidget(m_a, 1);
    row->addWidget(m_b, 1);
    row->addWidget(m_compare);
    row->addWidget(m_all);
    m_comparison->body()->setSpacing(0);
    m_comparison->body()->addWidget(tools);
    auto* compared = new QWidget;
    auto* rows = new QVBoxLayout(compared);
    rows->setContentsMargins({});
    rows->setSpacing(0);
    rows->addWidget(m_rowTable, 3);
    rows->addWidget(m_chart, 2);
    m_views->addWidget(compared);
    m_views->addWidget(m_causeTable);
    m_comparison->body()->addWidget(m_views, 1);
    return m_comparison;
}

void RunsPage::makeKeys()
{
    const auto key = [this](int code, QPushButton* press, QWidget* where) {
        auto* shortcut = new QShortcut(QKeySequence(code), where, press, &QPushButton::click);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
    };
    key(Qt::Key_A, m_useA, this);
    key(Qt::Key_B, m_useB, this);
    key(Qt::Key_C, m_compare, this);
    key(Qt::Key_E, m_changes, this);
    key(Qt::Key_R, m_report, this);
    key(Qt::Key_Return, m_open, m_runTable);
    key(Qt::Key_Enter, m_open, m_runTable);
    auto* again = new QShortcut(QKeySequence(Qt::Key_F5), this, this, &RunsPage::refresh);
    again->setContext(Qt::WidgetWithChildrenShortcut);
    m_cancel->setShortcut(Qt::Key_Escape);  // while it is there
}

void RunsPage::connectParts()
{
    connect(m_open, &QPushButton::clicked, this, &RunsPage::openCurrent);
    connect(m_useA, &QPushButton::clicked, this, [this] { choose(true); });
    connect(m_useB, &QPushButton::clicked, this, [this] { choose(false); });
    connect(m_compare, &QPushButton::clicked, this, &RunsPage::compare);
    connect(m_a, &SideEditor::committed, m_compare, &QPushButton::click);
    connect(m_b, &SideEditor::committed, m_compare, &QPushButton::click);
    connect(m_changes, &QPushButton::clicked, this, &RunsPage::showChanges);
    connect(m_report, &QPushButton::clicked, this, &RunsPage::saveReport);
    connect(m_cancel, &QPushButton::clicked, m_reader, &HistoryReader::cancel);
    connect(m_all, &QPushButton::toggled, m_rows, &Rows::setAll);
    connect(m_runTable, &QTableView::doubleClicked, this, &RunsPage::openCurrent);
    connect(m_runTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &RunsPage::updateButtons);
    connect(m_rowTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &RunsPage::drawCurrent);
    connect(&m_busyTick, &QTimer::timeout, this, &RunsPage::showBusy);
    connect(m_bridge, &EngineBridge::modeChanged, this, [this] {
        if (isVisible()) {
            refresh();
        }
    });
}

void RunsPage::refresh()
{
    if (const auto database = m_bridge->database()) {
        const auto file = QString::fromStdString(database->string());
        m_opened.removeAll(file);
        m_opened.append(file);
    }
    m_reader->runs(m_folder, m_opened, this, [this](const RunList& list) { showRuns(list); });
}

void RunsPage::showRuns(const RunList& list)
{
    const int row = m_runTable->currentIndex().row();
    const int count = static_cast<int>(list.runs.size());
    m_runs->setRuns(list.runs);
    if (list.complete) {
        m_runTable->setEmptyText(tr("No session was recorded yet in %1. Run a workload from the "
                                    "page Start; its session stands here then.")
                                     .arg(QString::fromStdString(m_folder.string())));
    }
    std::set<QString> files;
    for (const RecordedRun& run : list.runs) {
        files.insert(run.file);
    }
    m_recorded->setValue(tr("%1 in %2 sessions").arg(count).arg(files.size()), Role::dim);
    if (count > 0) {
        m_runTable->setCurrentRowInPlace(std::clamp(row, 0, count - 1));
    }
    m_a->setRun(m_runs->chosenA());
    m_b->setRun(m_runs->chosenB());
    updateButtons();
}

void RunsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    refresh();
    m_runTable->setFocus();
}

void RunsPage::choose(bool first)
{
    const int row = m_runTable->currentIndex().row();
    const bool chosen = first ? m_runs->chooseA(row) : m_runs->chooseB(row);
    if (!chosen && m_runs->runAt(row) != nullptr) {
        tell(m_runs->runAt(row)->problem.toHtmlEscaped());
    }
    m_a->setRun(m_runs->chosenA());
    m_b->setRun(m_runs->chosenB());
    updateButtons();
}

void RunsPage::openCurrent()
{
    if (const auto* run = m_runs->runAt(m_runTable->currentIndex().row())) {
        emit openRequested(run->file);
    }
}

void RunsPage::compare()
{
    if (!m_a->hasRun() || !m_b->hasRun()) {
        return;
    }
    const auto a = m_a->side();
    const auto b = a ? m_b->side() : a;
    if (!a || !b) {
        tell(QString::fromStdString((a ? b : a).error().text()).toHtmlEscaped());
        return;
    }
    setBusy(tr("Comparing"));
    m_reader->compare({.a = *a, .b = *b}, this,
                      [this](const Result<CompareAnswer>& answer) { compared(answer); });
}

void RunsPage::compared(const Result<CompareAnswer>& answer)
{
    setBusy({});
    if (!answer) {
        const bool cancelled = answer.error().code == ErrorCode::cancelled;
        tell(cancelled ? tr("The comparison was cancelled")
                       : QString::fromStdString(answer.error().text()).toHtmlEscaped());
        return;
    }
    m_rows->setAnswer(*answer);
    m_views->setCurrentIndex(0);
    m_rowTable->setEmptyText(
        tr("No figure shows a difference. Show all lists every one, and why some cannot be "
           "compared."));
    const std::size_t worse = answer->count(CompareVerdict::worse);
    m_comparison->setTitle(tr("A %1 · B %2").arg(titleOf(answer->a), titleOf(answer->b)));
    m_comparison->setValue(tr("%1 worse, %2 better, %3 changed, %4 without a difference, %5 not "
                              "comparable")
                               .arg(worse)
                               .arg(answer->count(CompareVerdict::better))
                               .arg(answer->count(CompareVerdict::changed))
                               .arg(answer->count(CompareVerdict::same))
                               .arg(answer->count(CompareVerdict::notComparable)),
                           worse > 0 ? Role::bad : Role::dim);
    const auto method = compareMethod();
    m_rowTable->setToolTip(QString::fromUtf8(method.data(), static_cast<qsizetype>(method.size())));
    tell({});
    if (m_rows->rowCount() > 0) {
        m_rowTable->setCurrentRowInPlace(0);
    }
    drawCurrent();
}

void RunsPage::drawCurrent()
{
    const auto& answer = m_rows->answer();
    const auto* row = m_rows->rowAt(m_rowTable->currentIndex().row());
    if (!answer || row == nullptr) {
        m_chart->clear(answer ? tr("Choose a figure above to see it over time")
                              : tr("What the two were over time is drawn here once they are "
                                   "compared"));
        return;
    }
    m_reader->curves(answer->a, answer->b, *row, this,
                     [this, unit = row->unit](const Result<RunCurves>& curves) {
                         curves ? m_chart->show(*curves, unit)
                                : m_chart->clear(QString::fromStdString(curves.error().text()));
                     });
}

void RunsPage::showChanges()
{
    const auto* run = m_runs->runAt(m_runTable->currentIndex().row());
    if (run == nullptr || !run->run) {
        return;
    }
    setBusy(tr("Looking at the changes"));
    m_reader->causes({.file = run->file.toStdString(), .run = run->run->id, .range = {}}, this,
                     [this, of = *run](const Result<std::vector<Cause>>& causes) {
                         changesArrived(of, causes);
                     });
}

void RunsPage::changesArrived(const RecordedRun& run, const Result<std::vector<Cause>>& causes)
{
    setBusy({});
    if (!causes) {
        tell(causes.error().code == ErrorCode::cancelled
                 ? tr("It was cancelled")
                 : QString::fromStdString(causes.error().text()).toHtmlEscaped());
        return;
    }
    tell({});
    m_causeTable->clearSpans();
    m_causes->setCauses(*causes, run.run->startedAt);
    for (int row = 0; row < m_causes->rowCount(); ++row) {
        if (m_causes->saysOneThing(row)) {
            constexpr int kFrom = CauseTableModel::Figure;
            m_causeTable->setSpan(row, kFrom, 1, CauseTableModel::ColumnCount - kFrom);
        }
    }
    m_causeTable->setEmptyText(
        tr("Nothing was changed in this run: no stage of a load, no limit, "
           "no breaker, no fault."));
    m_comparison->setTitle(tr("What changed in %1 run %2, and what it did")
                               .arg(QFileInfo(run.file).fileName())
                               .arg(run.run->id.value));
    m_comparison->setValue(tr("%1 changes").arg(causes->size()), Role::dim);
    m_views->setCurrentIndex(1);
}

void RunsPage::saveReport()
{
    const auto* run = m_runs->runAt(m_runTable->currentIndex().row());
    if (run == nullptr || !run->run) {
        return;
    }
    ReportQuery query{.run = {.file = run->file.toStdString(), .run = run->run->id, .range = {}},
                      .against = {},
                      .format = ReportFormat::html};
    QString name = QFileInfo(run->file).completeBaseName();
    if (m_a->hasRun() && m_b->hasRun()) {
        const auto a = m_a->side();
        const auto b = a ? m_b->side() : a;
        if (!a || !b) {
            tell(QString::fromStdString((a ? b : a).error().text()).toHtmlEscaped());
            return;
        }
        query.run = *b;
        query.against = *a;
        name = QString::fromStdString(query.run.file.stem().string());
    }
    m_choose(name + QStringLiteral(".html"), [this, query](const QString& file) {
        if (!file.isEmpty()) {
            writeReport(query, file);
        }
    });
}

void RunsPage::writeReport(const ReportQuery& query, const QString& file)
{
    auto wanted = query;
    wanted.format = reportFormatOf(file);
    setBusy(tr("Writing the report"));
    m_reader->report(wanted, file, this, [this, file](const Result<void>& done) {
        setBusy({});
        if (done) {
            tell(tr("Report written to <a href=\"%1\">%2</a>")
                     .arg(QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded),
                          file.toHtmlEscaped()));
        } else {
            tell(done.error().code == ErrorCode::cancelled
                     ? tr("The report was cancelled; no file was left")
                     : QString::fromStdString(done.error().text()).toHtmlEscaped());
        }
    });
}

void RunsPage::setBusy(const QString& what)
{
    constexpr int kTickMs = 1000;
    m_busy = what;
    if (what.isEmpty()) {
        m_busyTick.stop();
    } else {
        m_busySince.start();
        m_busyTick.start(kTickMs);
        showBusy();
    }
    updateButtons();
}

void RunsPage::showBusy()
{
    const auto seconds = m_busySince.elapsed() / 1000;
    tell(seconds == 0 ? tr("%1…").arg(m_busy) : tr("%1… %2 s").arg(m_busy).arg(seconds));
}

void RunsPage::tell(const QString& note)
{
    m_note->setText(note);
    m_note->setToolTip(note);
}

QString RunsPage::note() const
{
    return m_note->text();
}

void RunsPage::updateButtons()
{
    const auto* current = m_runs->runAt(m_runTable->currentIndex().row());
    const bool readable = current != nullptr && current->run.has_value();
    const bool idle = m_busy.isEmpty();
    m_open->setEnabled(readable);
    m_useA->setEnabled(readable);
    m_useB->setEnabled(readable);
    m_compare->setEnabled(idle && m_a->hasRun() && m_b->hasRun());
    m_changes->setEnabled(idle && readable);
    m_report->setEnabled(idle && readable);
    m_cancel->setVisible(!idle);
}

QVariantMap RunsPage::state() const
{
    return {{QStringLiteral("all"), m_all->isChecked()}, {QStringLiteral("opened"), m_opened}};
}

void RunsPage::restoreState(const QVariantMap& state)
{
    constexpr qsizetype kMost = 50;
    m_all->setChecked(state.value(QStringLiteral("all")).toBool());
    const auto opened = state.value(QStringLiteral("opened")).toStringList();
    m_opened = opened.mid(std::max<qsizetype>(0, opened.size() - kMost));
}

}  // namespace muster::ui
