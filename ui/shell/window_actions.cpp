// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/window_actions.h"

#include <QCoreApplication>
#include <algorithm>

#include "charts/chart_group.h"
#include "models/time_range_model.h"
#include "pages/page.h"
#include "shell/actions.h"
#include "shell/command_palette.h"
#include "shell/command_runner.h"
#include "shell/help_overlay.h"
#include "shell/main_window.h"
#include "shell/page_export.h"
#include "shell/time_scrubber.h"
#include "style/theme.h"

namespace muster::ui {

namespace {

using Keys = QList<QKeySequence>;

QString tr(const char* text)
{
    return QCoreApplication::translate("Actions", text);
}

Keys keys(const char* text)
{
    return {QKeySequence(QString::fromLatin1(text))};
}

void addPages(MainWindow& window, Actions& actions)
{
    int number = 0;
    for (const auto& entry : window.pages()->entries()) {
        ++number;
        const auto shortcut =
            number <= 9 ? Keys{QKeySequence(QStringLiteral("Ctrl+%1").arg(number))} : Keys{};
        actions.add(QStringLiteral("page.") + entry.name, tr("Pages"), entry.title, shortcut,
                    [&window, name = entry.name] { window.showPage(name); });
    }
}

void addTime(MainWindow& window, Actions& actions)
{
    auto* range = window.range();
    const auto group = tr("Time");
    actions.add(QStringLiteral("range.zoom_out"), group, tr("Zoom out"), keys("T, Z"),
                [range] { range->zoomOut(); });
    actions.add(QStringLiteral("range.earlier"), group, tr("Earlier"), keys("T, Left"),
                [range] { range->shift(-0.5); });
    actions.add(QStringLiteral("range.later"), group, tr("Later"), keys("T, Right"),
                [range] { range->shift(0.5); });
    actions.add(QStringLiteral("range.absolute"), group, tr("From … to …"), keys("T, A"),
                [&window] { window.askAbsoluteRange(); });
    actions.add(QStringLiteral("range.live"), group, tr("Live: end now, move with time"),
                keys("T, L"), [range] { range->goLive(); });
    actions.add(QStringLiteral("time.look_back"), group, tr("Look back: to the slider of time"),
                keys("T, B"), [&window] { window.scrubber()->takeFocus(); });
    actions.describe(group, tr("Left, Right"), tr("On the slider: to the next mark or second"));
    actions.describe(group, tr("Page Up, Page Down"), tr("On the slider: from mark to mark"));
    actions.describe(group, tr("Esc"), tr("From a moment of the past back to live"));
    for (const auto& preset : rangePresets()) {
        actions.add(QStringLiteral("range.last_") + QString::fromLatin1(preset.title), group,
                    tr("Last %1").arg(QString::fromLatin1(preset.title)), {},
                    [range, span = preset.span] { range->setSpan(span); });
    }
    actions.describe(group, tr("Space"), tr("Stand still, go on"));
    actions.describe(group, tr("Drag, wheel"), tr("Zoom a chart; double click zooms out"));
}

void addTheme(Actions& actions, Theme& theme, const std::function<void(ThemeChoice)>& keep)
{
    const auto group = tr("Window");
    const auto add = [&](const char* name, const char* title, ThemeChoice choice) {
        actions.add(QString::fromLatin1(name), group, tr(title), {}, [&theme, keep, choice] {
            theme.setChoice(choice);
            keep(choice);
        });
    };
    add("theme.dark", "Theme: dark", ThemeChoice::dark);
    add("theme.light", "Theme: light", ThemeChoice::light);
    add("theme.system", "Theme: as the system", ThemeChoice::system);
}

void addWindow(MainWindow& window, Actions& actions)
{
    const auto group = tr("Window");
    actions.add(QStringLiteral("palette"), group, tr("Command palette"), keys("Ctrl+K"),
                [&window] { window.palette()->open(); });
    actions.add(QStringLiteral("help"), group, tr("Keys"),
                {QKeySequence(QStringLiteral("?")), QKeySequence(QStringLiteral("Shift+?"))},
                [&window] { window.help()->toggle(); });
    actions.add(QStringLiteral("filter"), group, tr("Filter this page"), keys("/"), [&window] {
        if (auto* page = window.pages()->current()) {
            page->focusFilter();
        }
    });
    actions.add(QStringLiteral("open"), group, tr("Open a workload or a session…"), keys("Ctrl+O"),
                [&window] { window.open({}); });
    actions.add(QStringLiteral("undo"), group, tr("Undo the last command"), keys("Ctrl+Z"),
                [&window] { window.commands()->undo(); });
    actions.add(QStringLiteral("fullscreen"), group, tr("Full screen"), keys("F11"), [&window] {
        window.isFullScreen() ? window.showNormal() : window.showFullScreen();
    });
    actions.add(QStringLiteral("lock"), group, tr("Lock read-only, unlock"), keys("Ctrl+L"),
                [&window] { window.setReadOnly(!window.isReadOnly()); });
    actions.add(QStringLiteral("startup"), group, tr("How the engine started"), {},
                [&window] { window.showStartup(); });
    actions.add(QStringLiteral("quit"), group, tr("Quit"), keys("Ctrl+Q"),
                [&window] { window.close(); });
    actions.describe(tr("Agents"), QStringLiteral("X"), tr("Tick the selected agent"));
    actions.describe(tr("Agents"), tr("Ctrl+C"), tr("Copy the rows on screen as CSV"));
    actions.describe(tr("Queues"), QStringLiteral("X"), tr("Tick a dead letter, or untick it"));
    actions.describe(tr("Queues"), tr("Return"), tr("Edit the payload of a dead letter"));
}

void addExports(MainWindow& window, Actions& actions)
{
    const auto group = tr("Export");
    const auto add = [&](const char* name, const char* title, PageExport::Kind kind) {
        actions.add(QString::fromLatin1(name), group, tr(title), {}, [&window, kind] {
            if (auto* page = window.pages()->current()) {
                window.exports()->save(page, kind);
            }
        });
    };
    using Kind = PageExport::Kind;
    add("export.csv", "Export visible range as CSV", Kind::csv);
    add("export.csv_wide", "Export visible range as CSV, a column a series", Kind::csvWide);
    add("export.jsonl", "Export visible range as JSON Lines", Kind::jsonLines);
    add("export.openmetrics", "Export visible range as OpenMetrics", Kind::openMetrics);
    add("export.hdr", "Export visible range as HdrHistogram log", Kind::histograms);
    add("export.session", "Copy the whole session", Kind::session);
    add("export.png", "Export a picture of this page (PNG)", Kind::picture);
    actions.add(QStringLiteral("export.choose"), group, tr("Export: choose format and series…"),
                keys("Ctrl+E"), [&window] {
                    if (auto* page = window.pages()->current()) {
                        window.exports()->ask(page);
                    }
                });
    const auto chart = [&](const char* name, const char* title, ChartFile kind) {
        actions.add(QString::fromLatin1(name), group, tr(title), {}, [&window, kind] {
            auto* page = window.pages()->current();
            auto all = page != nullptr ? page->charts() : std::vector<TimeChart*>();
            auto* chosen = window.charts()->chosen();
            const bool here = std::ranges::find(all, chosen) != all.end();
            if (here || !all.empty()) {
                window.exports()->save(here ? chosen : all.front(), kind);
            }
        });
    };
    chart("export.chart_svg", "Save the chart in focus as a drawing (SVG)", ChartFile::svg);
    chart("export.chart_png", "Save the chart in focus as a picture (PNG)", ChartFile::png);
    actions.describe(group, tr("Ctrl+S"), tr("Save the chart in focus as SVG; with Shift as PNG"));
    // What a page does for the session that is open: it is shown, then asked.
    const auto onPage = [&](const char* name, const char* title, const char* page,
                            const char* method) {
        actions.add(QString::fromLatin1(name), group, tr(title), {}, [&window, page, method] {
            if (window.pages()->showPage(QString::fromLatin1(page))) {
                QMetaObject::invokeMethod(window.pages()->current(), method);
            }
        });
    };
    onPage("load.save", "Save what arrived in the visible range as a load…", "load", "saveLoad");
    onPage("replay", "Replay the recorded events in a sandbox", "events", "startReplay");
}

}  // namespace

void addWindowActions(MainWindow& window, Actions& actions, Theme& theme)
{
    addPages(window, actions);
    addTime(window, actions);
    addWindow(window, actions);
    addTheme(actions, theme, [&window](ThemeChoice choice) { window.keepTheme(choice); });
    addExports(window, actions);
}

}  // namespace muster::ui
