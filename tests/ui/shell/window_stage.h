// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <memory>

#include "bridge/exporter.h"
#include "shell/main_window.h"
#include "shell/settings.h"
#include "style/theme.h"
#include "ui/support/fake_source.h"

namespace muster::tests {

/// The whole window over a made-up source, with its settings in a folder of its own.
class WindowStage {
public:
    WindowStage();
    ~WindowStage();

    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] FakeSource& source() { return *m_source; }
    [[nodiscard]] ui::EngineBridge& bridge() { return *m_bridge; }
    [[nodiscard]] ui::Settings& settings() { return *m_settings; }
    [[nodiscard]] ui::Theme& theme() { return m_theme; }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

    /// What a workload file would do outside: asked by the window before it runs one.
    void setWorkload(const Result<WorkloadInfo>& info);
    /// Writes a file that stands for a workload.
    QString workloadFile(const QString& name = QStringLiteral("corpus.toml"));

    /// Shows the window and waits until it is on the screen.
    void show(QSize size = {1280, 800});
    /// Starts the made-up engine and hands over one snapshot.
    void run();
    void give(const SnapshotPtr& snapshot);
    /// Ends the window and makes another with the same settings.
    void restart();

private:
    void make();

    QTemporaryDir m_folder;
    std::shared_ptr<FakeSource> m_source = std::make_shared<FakeSource>();
    std::shared_ptr<Result<WorkloadInfo>> m_workload;
    ui::Theme m_theme;
    std::unique_ptr<ui::Settings> m_settings;
    std::unique_ptr<ui::EngineBridge> m_bridge;
    std::unique_ptr<ui::Library> m_library;
    std::unique_ptr<ui::Exporter> m_exporter;
    std::unique_ptr<ui::MainWindow> m_window;
};

}  // namespace muster::tests
