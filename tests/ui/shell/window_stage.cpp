// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/window_stage.h"

#include <QFile>
#include <QtTest/QtTest>
#include <optional>
#include <utility>

#include "shell/run_opener.h"
#include "shell/toasts.h"

namespace muster::tests {

WindowStage::WindowStage(std::uint64_t agents) : m_source(std::make_shared<FakeSource>(agents))
{
    WorkloadInfo info;
    info.name = "corpus";
    info.description = "200 agents take size, lines, words and SHA-256 of every file of a tree";
    info.agents = 200;
    m_shared->workload = info;
    make();
}

WindowStage::~WindowStage()
{
    m_window.reset();
}

void WindowStage::make()
{
    auto sources = sourcesOf(m_source);
    sources.check = [shared = m_shared](const auto&, const auto&) {
        const std::lock_guard lock(shared->mutex);
        return shared->workload;
    };
    sources.start = [shared = m_shared, start = sources.start](const EngineOptions& options,
                                                               EngineStartup& startup) {
        const std::lock_guard lock(shared->mutex);
        shared->started = options;
        ++shared->starts;
        if (shared->failure) {
            startup = shared->failedStart;
            return ui::DataSources::Made(*std::exchange(shared->failure, std::nullopt));
        }
        return start(options, startup);
    };
    sources.exportRows = [shared = m_shared](const auto&, const ExportQuery& query,
                                             std::ostream& out, const ExportProgress& progress) {
        return shared->onExport(query, out, progress);
    };
    sources.copySession = [shared = m_shared](const auto& database, const auto& file,
                                              const CopyProgress& progress) {
        return shared->onCopy(database, file, progress);
    };
    m_settings = std::make_unique<ui::Settings>(m_folder.filePath(QStringLiteral("console.ini")));
    m_bridge = std::make_unique<ui::EngineBridge>(sources);
    m_library = std::make_unique<ui::Library>(sources);
    m_exporter = std::make_unique<ui::Exporter>(sources);
    const auto folder = std::filesystem::path(m_folder.path().toStdString());
    m_window = std::make_unique<ui::MainWindow>(
        ui::WindowParts{m_bridge.get(),
                        m_library.get(),
                        m_exporter.get(),
                        m_settings.get(),
                        &m_theme,
                        {folder / "examples", folder / "sessions", m_settings->recentFiles()}});
    m_window->opener()->setRecording(false);
    m_window->showPage(QStringLiteral("start"));
}

void WindowStage::setWorkload(const Result<WorkloadInfo>& info)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->workload = info;
}

void WindowStage::failStart(const Error& error, const EngineStartup& startup)
{
    const std::lock_guard lock(m_shared->mutex);
    m_shared->failure = error;
    m_shared->failedStart = startup;
}

EngineOptions WindowStage::started() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->started;
}

int WindowStage::starts() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->starts;
}

void WindowStage::onCopy(Copy copy)
{
    m_shared->onCopy = std::move(copy);
}

void WindowStage::onExport(Export write)
{
    m_shared->onExport = std::move(write);
}

QString WindowStage::lastToast() const
{
    const auto texts = m_window->toasts()->texts();
    return texts.isEmpty() ? QString() : texts.last();
}

QString WindowStage::workloadFile(const QString& name)
{
    QFile file(path(name));
    if (file.open(QIODevice::WriteOnly)) {
        file.write("[workload]\nname = \"corpus\"\n");
    }
    return file.fileName();
}

void WindowStage::show(QSize size)
{
    m_window->resize(size);
    m_window->show();
    // The offscreen platform may miss one request while another window is going.
    QTRY_VERIFY((m_window->activateWindow(), m_window->isActiveWindow()));
}

void WindowStage::run()
{
    m_bridge->start({});
    QTRY_VERIFY(m_bridge->live());
    give(busySnapshot());
}

void WindowStage::give(const SnapshotPtr& snapshot)
{
    m_source->publish(snapshot);
    QTRY_VERIFY(m_bridge->snapshot() == snapshot);
}

void WindowStage::restart()
{
    m_window->close();
    QTRY_VERIFY(!m_window->isVisible());
    m_window.reset();
    m_exporter.reset();
    m_library.reset();
    m_bridge.reset();
    m_settings.reset();
    make();
}

}  // namespace muster::tests
