// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "bridge/engine_bridge.h"
#include "bridge/exporter.h"
#include "bridge/library.h"
#include "muster/options.h"
#include "muster/picture_taker.h"
#include "muster/startup_clock.h"
#include "shell/main_window.h"
#include "shell/settings.h"
#include "style/theme.h"

namespace muster::app {

/// One run of the program: the window and what it is made with, and, where nobody is there to
/// close it, what is printed, pictured and reported before it ends.
/// Thread safety: the GUI thread's.
class Console : public QObject {
    Q_OBJECT

public:
    Console(Options options, ui::DataSources sources, StartupClock& clock);
    ~Console() override;

    void show();
    /// Ends in order: drains, prints, exits. By a signal or the end of time.
    void end();
    /// What the run did last becomes a session.
    void saveBlackBox();

    [[nodiscard]] ui::MainWindow& window() { return *m_window; }

private:
    void makeWindow();
    void firstPainted();
    void snapshotReady(const SnapshotPtr& snapshot);
    void refused(const Error& error);
    void runEnded(const RunSummary& summary);
    [[nodiscard]] bool firstSnapshot();
    void picturesDone();
    void report();
    void close();
    void exit(int code);
    void printLive(const Snapshot& snapshot);
    /// With an end of its own the run is pictured then; else as it runs, and is ended after.
    [[nodiscard]] bool pagesWaitForEnd() const { return m_options.runFor || hasReport(); }
    [[nodiscard]] bool hasReport() const { return !m_options.report.isEmpty(); }
    [[nodiscard]] QString pictureFolder() const;

    Options m_options;
    ui::DataSources m_sources;
    StartupClock& m_clock;
    ui::Theme m_theme;
    ui::Settings m_settings;
    ui::EngineBridge m_bridge;
    ui::Library m_library;
    ui::Exporter m_exporter;
    std::unique_ptr<ui::MainWindow> m_window;
    std::unique_ptr<PictureTaker> m_pictures;
    SnapshotPtr m_last;
    std::optional<RunSummary> m_summary;
    QString m_session;
    qint64 m_printedSecond = -1;
    int m_linesPrinted = 0;
    int m_snapshots = 0;
    bool m_picturedLive = false;
    bool m_picturedEnd = false;
    bool m_closing = false;

    /// "After data has come": a few seconds of it, or the run's end.
    static constexpr int kSnapshotsBeforePictures = 25;
};

/// Where the examples are: beside the installed program, or in the tree it was built in.
[[nodiscard]] std::filesystem::path examplesFolder();

}  // namespace muster::app
