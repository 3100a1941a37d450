// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProcess>
#include <QScreen>
#include <QVBoxLayout>
#include <algorithm>

#include "charts/chart_group.h"
#include "charts/time_chart.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "pages/history/runs_page.h"
#include "shell/actions.h"
#include "shell/banner.h"
#include "shell/command_palette.h"
#include "shell/command_runner.h"
#include "shell/footer.h"
#include "shell/help_overlay.h"
#include "shell/history_feed.h"
#include "shell/icons.h"
#include "shell/page_catalogue.h"
#include "shell/page_export.h"
#include "shell/rail.h"
#include "shell/run_opener.h"
#include "shell/settings.h"
#include "shell/startup_dialog.h"
#include "shell/time_scrubber.h"
#include "shell/toasts.h"
#include "shell/top_bar.h"
#include "shell/window_actions.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

constexpr qlonglong kFirstRangeSeconds = 60;  ///< a first run fills its charts at once

/// With the frame that a window manager puts around it, it must fit the screen.
QSize firstSize()
{
    constexpr QSize kWanted(1280, 800);
    constexpr QSize kFrame(16, 40);
    const auto* screen = QGuiApplication::primaryScreen();
    const auto room = screen == nullptr ? kWanted : screen->availableSize();
    return room.width() <= kWanted.width() || room.height() < kWanted.height() + kFrame.height()
               ? kWanted.boundedTo(room - kFrame)
               : kWanted;
}

}  // namespace

MainWindow::MainWindow(const WindowParts& parts)
    : m_parts(parts),
      m_bridge(parts.bridge),
      m_range(new TimeRangeModel(this)),
      m_series(new TimeSeriesModel(this)),
      m_group(new ChartGroup(this)),
      m_rail(new Rail),
      m_top(new TopBar(m_range)),
      m_scrubber(new TimeScrubber(parts.bridge, m_range, m_series, m_group)),
      m_footer(new Footer),
      m_banner(new Banner),
      m_pages(new PageHost(allPages(parts.places),
                           {parts.bridge, parts.library, m_range, m_series, m_group},
                           parts.settings)),
      m_toasts(new Toasts(this, Footer::kHeight)),
      m_actions(new Actions(this)),
      m_commands(new CommandRunner(parts.bridge, this)),
      m_opener(new RunOpener(parts.bridge, parts.library, parts.settings, this)),
      m_export(new PageExport(parts.bridge, parts.exporter, m_range, m_toasts, this)),
      m_palette(new CommandPalette(*m_actions, this)),
      m_help(new HelpOverlay(*m_actions, this))
{
    setWindowTitle(tr("Muster"));
    setWindowIcon(appIcon());
    setAcceptDrops(true);
    layOut();
    addWindowActions(*this, *m_actions, *m_parts.theme);
    m_export->fill(m_top->exportMenu(), [this] { return m_pages->current(); });
    connect(m_group, &ChartGroup::saveRequested, m_export,
            [this](TimeChart* chart, ChartFile kind) { m_export->save(chart, kind); });
    new HistoryFeed(m_bridge, m_range, m_series, this);
    connectBridge();
    connectParts();
    qApp->installEventFilter(this);
    restore();
}

MainWindow::~MainWindow() = default;

void MainWindow::layOut()
{
    auto* central = new QWidget;
    auto* rows = new QVBoxLayout(central);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    auto* content = new QVBoxLayout;
    content->setSpacing(0);
    content->addWidget(m_banner);
    content->addWidget(m_pages, 1);
    middle->addWidget(m_rail);
    middle->addLayout(content, 1);
    rows->addWidget(m_top);
    rows->addWidget(m_scrubber);
    rows->addLayout(middle, 1);
    rows->addWidget(m_footer);
    setCentralWidget(central);
    m_pages->setFocusPolicy(Qt::StrongFocus);
    m_pages->setFocus();
    setMinimumSize(960, 600);
    for (const auto& entry : m_pages->entries()) {
        m_rail->addPage(entry.name, entry.title, entry.group, entry.question);
    }
}

void MainWindow::connectBridge()
{
    connect(m_bridge, &EngineBridge::modeChanged, this, &MainWindow::modeChanged);
    connect(m_bridge, &EngineBridge::snapshotReady, this, &MainWindow::showSnapshot);
    connect(m_bridge, &EngineBridge::openFailed, this, [this](const Error& error) {
        const bool toRead = m_opener->openWhatIsTaken(error);
        m_banner->show(QStringLiteral("open"), error);
        showPage(toRead ? QStringLiteral("overview") : QStringLiteral("start"));
    });
    connect(m_bridge, &EngineBridge::readOnlyChanged, this, [this](bool on) {
        m_top->setReadOnly(on);
        updateLock();
        m_toasts->tell(on ? tr("Read-only: nothing can be changed") : tr("Unlocked"));
    });
    connect(m_bridge, &EngineBridge::lookingBackChanged, this, [this](bool on) {
        updateLock();
        if (!on && m_bridge->snapshot()) {
            showOnPages(m_bridge->snapshot());
        }
    });
    connect(m_bridge, &EngineBridge::momentArrived, this,
            [this](const PastMomentPtr& moment) { showOnPages(moment->snapshot); });
    connect(m_bridge, &EngineBridge::runEnded, this, [this](const RunSummary& summary) {
        if (summary.failure) {
            m_banner->show(QStringLiteral("run"), *summary.failure);
        }
        m_toasts->tell(tr("The run has ended: %1 actions, %2 failed")
                           .arg(exactText(summary.actions), exactText(summary.failed)));
    });
}

void MainWindow::connectParts()
{
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPage);
    connect(m_pages, &PageHost::shown, m_rail, &Rail::setCurrent);
    connect(m_pages, &PageHost::pageRequested, this, &MainWindow::showPage);
    connect(m_pages, &PageHost::commandRequested, m_commands,
            qOverload<const QString&>(&CommandRunner::run));
    connect(m_pages, &PageHost::pageMade, this, [this](Page* page) {
        if (auto* start = qobject_cast<StartPage*>(page)) {
            connect(start, &StartPage::openRequested, this, &MainWindow::open);
        }
        if (auto* history = qobject_cast<RunsPage*>(page)) {
            connect(history, &RunsPage::openRequested, this, &MainWindow::open);
        }
    });
    connect(m_range, &TimeRangeModel::changed, this, [this] {
        for (auto* page : m_pages->allMade()) {
            page->setTimeRange();
        }
    });
    connect(m_top, &TopBar::paletteRequested, this, [this] { m_palette->open(); });
    connect(m_top, &TopBar::lockToggled, this, [this] { setReadOnly(!m_bridge->readOnly()); });
    connect(m_top, &TopBar::stopRequested, m_bridge, &EngineBridge::requestStop);
    connect(m_top, &TopBar::startPageRequested, this,
            [this] { showPage(QStringLiteral("start")); });
    connect(m_palette, &CommandPalette::commandChosen, m_commands,
            qOverload<const QString&>(&CommandRunner::run));
    connect(m_palette, &CommandPalette::actionChosen, this, [this](const QString& name) {
        if (auto* action = m_actions->find(name)) {
            action->trigger();
        }
    });
    connect(m_commands, &CommandRunner::pageRequested, this, &MainWindow::showPage);
    connect(m_commands, &CommandRunner::sessionRequested, this, &MainWindow::openBeside);
    connect(m_commands, &CommandRunner::failed, m_toasts, &Toasts::tellError);
    connect(m_commands, &CommandRunner::succeeded, this,
            [this](const QString& summary, bool undoable) {
                undoable ? m_toasts->tell(summary, tr("Undo"), [this] { m_commands->undo(); })
                         : m_toasts->tell(summary);
            });
    connect(m_opener, &RunOpener::refused, this,
            [this](const Error& error) { m_banner->show(QStringLiteral("open"), error); });
    connect(m_opener, &RunOpener::opening, this, [this] {
        m_banner->hide();
        if (auto* start = qobject_cast<StartPage*>(m_pages->made(QStringLiteral("start")))) {
            start->setRecent(m_parts.settings->recentFiles());
        }
    });
}

void MainWindow::modeChanged(EngineBridge::Mode mode)
{
    m_top->setMode(mode);
    if (mode == EngineBridge::Mode::live || mode == EngineBridge::Mode::recorded) {
        m_frames.reset();
        const auto* current = m_pages->current();
        if (current == nullptr || current->name() == QLatin1String("start")) {
            showPage(m_pages->entries().at(1).name);
        }
    } else if (mode == EngineBridge::Mode::empty) {
        m_footer->clear();
        if (m_ending) {
            close();
        }
    }
}

void MainWindow::showSnapshot(const SnapshotPtr& snapshot)
{
    if (m_measuring) {
        m_frames.arrived(m_bridge->snapshotArrival());
    }
    const bool recorded = m_bridge->recorded();
    if (!recorded) {
        m_series->append(*snapshot);
        m_range->setNow(snapshot->at);
    }
    m_scrubber->setNow(*snapshot);
    m_footer->showFrames(m_frames);
    if (!m_bridge->lookingBack()) {
        showOnPages(snapshot);
    }
    if (snapshot->store.problem.empty() || recorded) {
        m_banner->clear(QStringLiteral("store"));
    } else {
        m_banner->show(QStringLiteral("store"),
                       {ErrorCode::ioFailure, snapshot->store.problem, {}, {}});
    }
}

void MainWindow::showOnPages(const SnapshotPtr& snapshot)
{
    const bool recorded = m_bridge->recorded();
    m_top->show(*snapshot, recorded);
    m_footer->show(*snapshot, recorded);
    showBadges(*snapshot);
    m_pages->setSnapshot(snapshot);
}

void MainWindow::updateLock()
{
    m_top->lock(m_bridge->lockReason());
    m_pages->lock(m_bridge->lockReason());
    m_palette->lock(m_bridge->lockReason());
}

void MainWindow::showBadges(const Snapshot& snapshot)
{
    const auto count = [](std::uint64_t value) {
        return figureText(static_cast<double>(value), Unit::count);
    };
    m_rail->setBadge(QStringLiteral("agents"),
                     m_bridge->hasAgents() ? exactText(snapshot.agents.live) : QString());
    m_rail->setBadge(QStringLiteral("events"), count(snapshot.events.published));
    const bool pressed = snapshot.pressure != PressureLevel::normal;
    const auto look = lookOf(snapshot.pressure);
    m_rail->setBadge(QStringLiteral("resources"), pressed ? look.word.toLower() : QString(),
                     look.colour);
    const auto open = std::ranges::count_if(snapshot.services, [](const ServiceStatus& service) {
        return service.breaker &&
               (service.breaker->state == "open" || service.breaker->state == "forced_open");
    });
    m_rail->setBadge(QStringLiteral("limits"), open > 0 ? tr("%1 open").arg(open) : QString(),
                     Role::bad);
    m_rail->setBadge(QStringLiteral("load"), snapshot.load.paused ? tr("paused") : QString());
}

void MainWindow::open(const QString& file)
{
    if (file.isEmpty()) {
        askForFile();
    } else {
        m_opener->open(file);
    }
}

void MainWindow::openBeside(const QString& file)
{
    if (!m_bridge->live()) {
        open(file);
    } else if (!QProcess::startDetached(QCoreApplication::applicationFilePath(), {file})) {
        m_toasts->tellError(tr("A second window could not be opened for %1").arg(file));
    }
}

void MainWindow::askForFile()
{
    auto* dialog = new QFileDialog(this, tr("Open a workload or a session"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Workloads and sessions (*.toml *.db)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_opener, &RunOpener::open);
    dialog->open();
}

void MainWindow::showPage(const QString& name)
{
    if (!m_pages->showPage(name)) {
        m_toasts->tellError(tr("There is no page named %1").arg(name));
    }
}

void MainWindow::setReadOnly(bool on)
{
    m_bridge->setReadOnly(on);
}

void MainWindow::askAbsoluteRange()
{
    m_top->askAbsoluteRange();
}

void MainWindow::showStartup()
{
    const auto missing = m_bridge->recorded()
                             ? tr("No engine was started: this is a recorded session. Run a "
                                  "workload to see how its engine starts.")
                             : tr("No engine was started yet. Run a workload to see how it does.");
    (new StartupDialog(m_bridge->startup(), missing, this))->open();
}

void MainWindow::keepTheme(ThemeChoice choice)
{
    m_parts.settings->set(QStringLiteral("theme"), static_cast<int>(choice));
}

void MainWindow::togglePause()
{
    auto* page = m_pages->current();
    if (page != nullptr && page->togglePause()) {
        return;
    }
    m_range->live() ? m_range->freeze() : m_range->goLive();
}

void MainWindow::measureFrames(bool on)
{
    m_measuring = on;
    if (!on) {
        m_frames.abandon();
    }
}

bool MainWindow::event(QEvent* event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::UpdateRequest) {
        // The window has just been painted, children included.
        m_frames.painted();
        if (!std::exchange(m_painted, true)) {
            emit firstPainted();
        }
    }
    return handled;
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress || !isActiveWindow()) {
        return QMainWindow::eventFilter(watched, event);
    }
    const auto* key = static_cast<QKeyEvent*>(event);
    const auto* focus = QApplication::focusWidget();
    // Space presses what has the focus, and is a letter where one types; else it pauses.
    const bool taken = qobject_cast<const QAbstractButton*>(focus) != nullptr ||
                       qobject_cast<const QLineEdit*>(focus) != nullptr ||
                       qobject_cast<const QComboBox*>(focus) != nullptr ||
                       QApplication::activePopupWidget() != nullptr || m_palette->isVisible();
    if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && !taken &&
        watched->isWidgetType()) {
        togglePause();
        return true;
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_bridge->lookingBack()) {
        m_bridge->backToLive();
    } else {
        QMainWindow::keyPressEvent(event);
    }
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    save();
    if (m_bridge->mode() == EngineBridge::Mode::empty) {
        event->accept();
        emit ended();
        return;
    }
    event->ignore();
    if (std::exchange(m_ending, true)) {
        return;
    }
    emit closing();
    m_toasts->keep(tr("Ending: what is under way finishes, at most 5 s…"), {}, {});
    m_bridge->close();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->urls().size() == 1 && event->mimeData()->urls().first().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    open(event->mimeData()->urls().first().toLocalFile());
}

void MainWindow::restore()
{
    auto* settings = m_parts.settings;
    if (!restoreGeometry(settings->value(QStringLiteral("geometry")).toByteArray())) {
        resize(firstSize());
    }
    const auto seconds =
        settings->value(QStringLiteral("range_s"), kFirstRangeSeconds).toLongLong();
    m_range->setSpan(std::chrono::seconds(seconds));
}

void MainWindow::save()
{
    auto* settings = m_parts.settings;
    settings->set(QStringLiteral("geometry"), saveGeometry());
    const auto span = std::chrono::duration_cast<std::chrono::seconds>(m_range->span());
    if (m_range->live()) {
        settings->set(QStringLiteral("range_s"), static_cast<qlonglong>(span.count()));
    }
    m_pages->save();
}

}  // namespace muster::ui
