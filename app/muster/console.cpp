// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/console.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <cstdio>

#include "models/format.h"
#include "muster/report.h"
#include "muster/run_text.h"
#include "shell/command_runner.h"
#include "shell/run_opener.h"

namespace muster::app {

namespace {

constexpr int kLinesBetweenHeadings = 20;

/// What they show is gone when the run has ended.
const QStringList kLivePages{QStringLiteral("agents")};

void print(const QString& text)
{
    const auto bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stdout);
    std::fflush(stdout);
}

void printError(const QString& text)
{
    const auto bytes = text.toUtf8();
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
}

bool isOver(RunState state)
{
    return state == RunState::finished || state == RunState::failed;
}

}  // namespace

std::filesystem::path examplesFolder()
{
    const QDir program(QCoreApplication::applicationDirPath());
    for (const auto* place : {"../share/muster/workloads", "../../../resources/workloads"}) {
        const QString folder = QDir::cleanPath(program.filePath(QLatin1String(place)));
        if (QFileInfo::exists(folder)) {
            return folder.toStdString();
        }
    }
    return std::filesystem::current_path() / "resources" / "workloads";
}

Console::Console(Options options, ui::DataSources sources, StartupClock& clock)
    : m_options(std::move(options)),
      m_sources(std::move(sources)),
      m_clock(clock),
      m_bridge(m_sources),
      m_library(m_sources),
      m_exporter(m_sources)
{
    const auto kept =
        m_settings.value(QStringLiteral("theme"), static_cast<int>(ui::ThemeChoice::system));
    m_theme.setChoice(m_options.theme.value_or(static_cast<ui::ThemeChoice>(kept.toInt())));
    m_clock.step(QStringLiteral("theme and fonts"));
    makeWindow();
    m_clock.step(QStringLiteral("main window"));
}

Console::~Console()
{
    m_window.reset();
}

void Console::makeWindow()
{
    m_window = std::make_unique<ui::MainWindow>(
        ui::WindowParts{&m_bridge,
                        &m_library,
                        &m_exporter,
                        &m_settings,
                        &m_theme,
                        {examplesFolder(), sessionsDirectory(), m_settings.recentFiles()}});
    m_window->opener()->setOptions(m_options.engine);
    m_window->opener()->setAsking(!m_options.unattended());
    m_window->showPage(m_options.file.isEmpty() ? QStringLiteral("start")
                                                : QStringLiteral("overview"));
    connect(m_window.get(), &ui::MainWindow::firstPainted, this, &Console::firstPainted);
    connect(m_window.get(), &ui::MainWindow::ended, this,
            [this] { exit(m_summary && m_options.unattended() ? m_summary->exitCode() : 0); });
    connect(m_window.get(), &ui::MainWindow::closing, this, [this] { m_closing = true; });
    connect(m_window->opener(), &ui::RunOpener::refused, this, &Console::refused);
    connect(&m_bridge, &ui::EngineBridge::openFailed, this, &Console::refused);
    connect(&m_bridge, &ui::EngineBridge::snapshotReady, this, &Console::snapshotReady);
    connect(&m_bridge, &ui::EngineBridge::runEnded, this, &Console::runEnded);
    if (!m_options.pictures.isEmpty() || hasReport()) {
        m_pictures = std::make_unique<PictureTaker>(*m_window, m_theme, pictureFolder());
        connect(m_pictures.get(), &PictureTaker::done, this, &Console::picturesDone);
    }
}

QString Console::pictureFolder() const
{
    return m_options.pictures.isEmpty()
               ? QDir(m_options.report).filePath(QStringLiteral("pictures"))
               : m_options.pictures;
}

void Console::show()
{
    m_window->show();
}

void Console::firstPainted()
{
    m_clock.step(QStringLiteral("layout and first paint"));
    // Only now: what the first frame does not need must not delay it.
    if (!m_options.file.isEmpty()) {
        m_window->open(m_options.file);
    } else if (m_options.startupReport) {
        print(m_clock.report({}));
        exit(0);
    } else if (m_pictures) {
        m_pictures->start();
    }
}

void Console::snapshotReady(const SnapshotPtr& snapshot)
{
    m_last = snapshot;
    if (++m_snapshots == 1 && !firstSnapshot()) {
        return;
    }
    if (hasReport()) {
        printLive(*snapshot);
    }
    const bool dataHasCome = m_snapshots >= kSnapshotsBeforePictures || m_bridge.recorded();
    if (m_pictures && dataHasCome && !m_summary && !std::exchange(m_picturedLive, true)) {
        m_pictures->start(m_bridge.live() && pagesWaitForEnd() ? kLivePages : QStringList());
    }
}

/// False when that was all the program was started for.
bool Console::firstSnapshot()
{
    m_session = QString::fromStdString(m_bridge.database().value_or("").string());
    if (!m_options.startupReport) {
        return true;
    }
    print(m_clock.report(m_bridge.startup()));
    if (m_options.runFor || m_pictures) {
        return true;
    }
    end();
    return false;
}

void Console::printLive(const Snapshot& snapshot)
{
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(snapshot.uptime).count();
    if (second == m_printedSecond && !isOver(snapshot.state)) {
        return;
    }
    m_printedSecond = second;
    if (m_linesPrinted++ % kLinesBetweenHeadings == 0) {
        print(liveHeading() + QLatin1Char('\n'));
    }
    print(liveLine(snapshot) + QLatin1Char('\n'));
}

void Console::refused(const Error& error)
{
    printError(QStringLiteral("muster: %1\n").arg(QString::fromStdString(error.text())));
    if (m_options.unattended()) {
        exit(kExitWrongUse);
    }
}

void Console::runEnded(const RunSummary& summary)
{
    m_summary = summary;
    for (const auto& each : summary.notStopped) {
        printError(QStringLiteral("did not stop in time: %1\n").arg(QString::fromStdString(each)));
    }
    if (!m_pictures || m_closing) {
        print(summaryText(summary, m_window->frames().figures(), m_session));
    }
    if (m_closing || !m_options.unattended()) {
        return;
    }
    if (!m_pictures) {
        exit(summary.exitCode());
    } else if (!m_pictures->running()) {
        picturesDone();
    }
}

void Console::picturesDone()
{
    const bool runs = m_bridge.live() && !m_summary;
    if (runs && !pagesWaitForEnd()) {
        m_bridge.requestStop();  // the pictures were all it was for
    } else if (m_summary && (pagesWaitForEnd() || !m_picturedLive) &&
               !std::exchange(m_picturedEnd, true)) {
        QStringList rest;
        for (const auto& entry : m_window->pages()->entries()) {
            if (!m_picturedLive || !kLivePages.contains(entry.name)) {
                rest << entry.name;
            }
        }
        m_pictures->start(rest);
    } else if (!runs) {
        report();
    }
}

void Console::report()
{
    if (m_pictures && !m_pictures->finish()) {
        printError(QStringLiteral("muster: pictures cannot be written to %1. Choose a folder you "
                                  "may write to.\n")
                       .arg(pictureFolder()));
        exit(kExitFailed);
        return;
    }
    const auto frames = m_window->frames().figures();
    if (m_summary) {
        print(summaryText(*m_summary, frames, m_session));
    }
    if (m_pictures) {
        print(QStringLiteral("pictures      %1\n").arg(pictureFolder()));
    }
    if (hasReport() && m_summary) {
        const auto relative = QDir(m_options.report).relativeFilePath(pictureFolder());
        const bool written = writeReport(
            *m_window, {m_last, *m_summary, frames, m_session, relative}, m_options.report);
        if (!written) {
            printError(QStringLiteral("muster: the report cannot be written to %1. Choose a "
                                      "folder you may write to with --report.\n")
                           .arg(m_options.report));
            exit(kExitFailed);
            return;
        }
        print(QStringLiteral("report        %1\n")
                  .arg(QDir(m_options.report).filePath(QStringLiteral("report.html"))));
    }
    exit(m_summary ? m_summary->exitCode() : 0);
}

void Console::saveBlackBox()
{
    m_window->commands()->run(QStringLiteral("blackbox.save reason=SIGUSR1"));
}

void Console::end()
{
    if (m_pictures && m_bridge.live() && !m_summary) {
        m_bridge.requestStop();  // the report is still to be written
        QTimer::singleShot(std::chrono::seconds(6), this, [this] {
            if (!m_summary) {
                close();
            }
        });
        return;
    }
    close();
}

void Console::close()
{
    m_closing = true;
    m_window->close();
}

void Console::exit(int code)
{
    // The event loop may not have begun yet: it ends as soon as it does.
    QTimer::singleShot(0, qApp, [code] { QCoreApplication::exit(code); });
}

}  // namespace muster::app
