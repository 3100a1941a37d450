// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

#include "bridge/engine_bridge.h"
#include "bridge/library.h"
#include "pages/page.h"
#include "pages/start/start_page.h"
#include "shell/frame_meter.h"
#include "shell/page_host.h"
#include "style/theme.h"

namespace muster::ui {

class Actions;
class Banner;
class CommandPalette;
class CommandRunner;
class Exporter;
class Footer;
class HelpOverlay;
class PageExport;
class Rail;
class RunOpener;
class Settings;
class TimeRangeModel;
class TimeScrubber;
class TimeSeriesModel;
class ChartGroup;
class Toasts;
class TopBar;

/// What the window is made with. Everything outlives it.
struct WindowParts {
    EngineBridge* bridge = nullptr;
    Library* library = nullptr;
    Exporter* exporter = nullptr;
    Settings* settings = nullptr;
    Theme* theme = nullptr;
    StartPlaces places;
};

/// The console's window: the rail, the top bar, the page that is shown, the line at the bottom,
/// and the wires between them. What they do is theirs.
/// Thread safety: the GUI thread's.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(const WindowParts& parts);
    ~MainWindow() override;

    /// A workload or a session; empty asks for one.
    void open(const QString& file);
    void showPage(const QString& name);
    void setReadOnly(bool on);
    [[nodiscard]] bool isReadOnly() const { return m_bridge->readOnly(); }
    void askAbsoluteRange();
    void showStartup();
    void keepTheme(ThemeChoice choice);

    [[nodiscard]] PageHost* pages() const { return m_pages; }
    [[nodiscard]] RunOpener* opener() const { return m_opener; }
    [[nodiscard]] CommandPalette* palette() const { return m_palette; }
    [[nodiscard]] CommandRunner* commands() const { return m_commands; }
    [[nodiscard]] PageExport* exports() const { return m_export; }
    [[nodiscard]] ChartGroup* charts() const { return m_group; }
    [[nodiscard]] Toasts* toasts() const { return m_toasts; }
    [[nodiscard]] Banner* banner() const { return m_banner; }
    [[nodiscard]] HelpOverlay* help() const { return m_help; }
    [[nodiscard]] Actions* actionsOfWindow() const { return m_actions; }
    [[nodiscard]] TimeRangeModel* range() const { return m_range; }
    [[nodiscard]] TimeScrubber* scrubber() const { return m_scrubber; }
    [[nodiscard]] Footer* footer() const { return m_footer; }
    [[nodiscard]] const FrameMeter& frames() const { return m_frames; }
    /// Off while something else than a reader looks at the window, such as a picture.
    void measureFrames(bool on);

signals:
    /// Once, when the first frame is on the screen.
    void firstPainted();
    /// The window was closed; what runs is drained first.
    void closing();
    /// The window was closed, and what ran was drained.
    void ended();

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void layOut();
    void connectBridge();
    void connectParts();
    void modeChanged(EngineBridge::Mode mode);
    void showSnapshot(const SnapshotPtr& snapshot);
    /// Of now, or of the moment that is looked back at.
    void showOnPages(const SnapshotPtr& snapshot);
    void updateLock();
    void showBadges(const Snapshot& snapshot);
    void askForFile();
    /// In a window of its own while a run goes on here.
    void openBeside(const QString& file);
    void togglePause();
    void restore();
    void save();

    WindowParts m_parts;
    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    TimeSeriesModel* m_series;
    ChartGroup* m_group;
    Rail* m_rail;
    TopBar* m_top;
    TimeScrubber* m_scrubber;
    Footer* m_footer;
    Banner* m_banner;
    PageHost* m_pages;
    Toasts* m_toasts;
    Actions* m_actions;
    CommandRunner* m_commands;
    RunOpener* m_opener;
    PageExport* m_export;
    CommandPalette* m_palette;
    HelpOverlay* m_help;
    FrameMeter m_frames;
    bool m_measuring = true;
    bool m_painted = false;
    bool m_ending = false;
};

}  // namespace muster::ui
