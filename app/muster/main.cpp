// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <csignal>
#include <cstdio>

#include "muster/console.h"
#include "muster/options.h"
#include "muster/startup_clock.h"
#include "muster/stop_signals.h"

namespace {

using namespace muster::app;

bool isOffscreen()
{
    const auto platform = qgetenv("QT_QPA_PLATFORM");
    return platform.startsWith("offscreen") || platform.startsWith("minimal");
}

bool hasScreen()
{
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || !qgetenv("DISPLAY").isEmpty() ||
           !qgetenv("WAYLAND_DISPLAY").isEmpty();
}

int tell(const QString& text, int code)
{
    std::fputs(text.toUtf8().constData(), code == 0 ? stdout : stderr);
    return code;
}

/// Without a screen nobody can look: what runs is told in the terminal and reported at the end.
QString adaptToNoScreen(Options& options)
{
    if (!isOffscreen() || !options.pictures.isEmpty() || options.startupReport) {
        return {};
    }
    if (options.file.isEmpty()) {
        return QStringLiteral(
            "muster: there is no screen and nothing to run. Give a workload: "
            "muster resources/workloads/corpus.toml --for 20s\n");
    }
    if (options.report.isEmpty()) {
        options.report = QStringLiteral("muster-report");
    }
    return {};
}

}  // namespace

int main(int argc, char** argv)
{
    StartupClock clock;
    // A reader of the terminal table that closes its pipe is not the end of the run.
    std::signal(SIGPIPE, SIG_IGN);
    QStringList arguments;
    for (int at = 0; at < argc; ++at) {
        arguments << QString::fromLocal8Bit(argv[at]);
    }
    auto parsed = parseOptions(arguments);
    if (!parsed.options) {
        return tell(parsed.text, parsed.exitCode);
    }
    if (!hasScreen()) {
        return tell(QStringLiteral("muster: there is no display. Run it in a desktop session, or "
                                   "without a window: QT_QPA_PLATFORM=offscreen muster FILE "
                                   "--for 20s\n"),
                    kExitWrongUse);
    }
    if (const auto wrong = adaptToNoScreen(*parsed.options); !wrong.isEmpty()) {
        return tell(wrong, kExitWrongUse);
    }
    QCoreApplication::setApplicationName(QStringLiteral("muster"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Muster"));
    QApplication application(argc, argv);
    application.setQuitOnLastWindowClosed(false);
    clock.step(QStringLiteral("Qt application"));
    StopSignals stopSignals;
    muster::noteCrashes();
    Console console(std::move(*parsed.options), muster::ui::engineSources(), clock);
    QObject::connect(&stopSignals, &StopSignals::stopRequested, &console, &Console::end);
    QObject::connect(&stopSignals, &StopSignals::blackBoxRequested, &console,
                     &Console::saveBlackBox);
    console.show();
    return QApplication::exec();
}
