// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "bridge/exporter.h"
#include "shell/main_window.h"
#include "shell/settings.h"
#include "style/theme.h"
#include "ui/support/fake_source.h"

namespace muster::tests {

/// The whole window over a made-up source, with its settings in a folder of its own.
class WindowStage {
public:
    explicit WindowStage(std::uint64_t agents = 1'000);
    ~WindowStage();

    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] FakeSource& source() { return *m_source; }
    [[nodiscard]] ui::EngineBridge& bridge() { return *m_bridge; }
    [[nodiscard]] ui::Settings& settings() { return *m_settings; }
    [[nodiscard]] ui::Theme& theme() { return m_theme; }
    [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

    /// What a workload file would do outside: asked by the window before it runs one.
    void setWorkload(const Result<WorkloadInfo>& info);
    /// The next engine does not start, after it came so far.
    void failStart(const Error& error, const EngineStartup& startup);
    /// What the engine was last started with, and how often one was.
    [[nodiscard]] EngineOptions started() const;
    [[nodiscard]] int starts() const;
    /// What an export writes.
    using Export = std::function<Result<std::uint64_t>(const ExportQuery&, std::ostream&,
                                                       const ExportProgress&)>;
    void onExport(Export write);
    using Copy = std::function<Result<std::uint64_t>(
        const std::filesystem::path&, const std::filesystem::path&, const CopyProgress&)>;
    void onCopy(Copy copy);
    [[nodiscard]] ui::Exporter& exporter() { return *m_exporter; }
    /// The newest outcome told at the lower right; empty when there is none.
    [[nodiscard]] QString lastToast() const;
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
    /// What happens on the sources' threads, guarded.
    struct Shared {
        std::mutex mutex;
        Result<WorkloadInfo> workload = WorkloadInfo{};
        EngineOptions started;
        int starts = 0;
        std::optional<Error> failure;  ///< of the next start
        EngineStartup failedStart;
        Export onExport;
        Copy onCopy;
    };

    std::shared_ptr<FakeSource> m_source;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
    ui::Theme m_theme;
    std::unique_ptr<ui::Settings> m_settings;
    std::unique_ptr<ui::EngineBridge> m_bridge;
    std::unique_ptr<ui::Library> m_library;
    std::unique_ptr<ui::Exporter> m_exporter;
    std::unique_ptr<ui::MainWindow> m_window;
};

}  // namespace muster::tests
