// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/run_opener.h"

#include <QDateTime>
#include <QFileInfo>
#include <QWidget>

#include "bridge/engine_bridge.h"
#include "bridge/library.h"
#include "shell/settings.h"
#include "widgets/confirm_dialog.h"

namespace muster::ui {

namespace {

WallTime wallNow()
{
    return {QDateTime::currentMSecsSinceEpoch() * 1'000'000};
}

QString listOf(const QString& title, const std::vector<std::string>& lines)
{
    QString text;
    for (const auto& line : lines) {
        text += QStringLiteral("\n• ") + QString::fromStdString(line);
    }
    return text.isEmpty() ? QString() : title + text;
}

}  // namespace

RunOpener::RunOpener(EngineBridge* bridge, Library* library, Settings* settings, QWidget* window)
    : QObject(window), m_bridge(bridge), m_library(library), m_settings(settings), m_window(window)
{
}

void RunOpener::open(const QString& file)
{
    const std::filesystem::path path = file.toStdString();
    const auto newest = ++m_newest;
    if (!QFileInfo::exists(file)) {
        emit refused({ErrorCode::notFound, "there is no such file", file.toStdString(),
                      "Check the name, or choose a file with Ctrl+O"});
        return;
    }
    if (Library::looksLikeSession(path) || path.extension() == ".db") {
        emit opening(file);
        m_settings->addRecentFile(file);
        m_bridge->openSession(path);
        return;
    }
    m_library->checkWorkload(path, m_options.overrides, this,
                             [this, file, newest](const Result<WorkloadInfo>& info) {
                                 if (newest == m_newest) {
                                     consider(file, info);
                                 }
                             });
}

bool RunOpener::openWhatIsTaken(const Error& error)
{
    if (error.code != ErrorCode::conflict || !m_options.database || !m_asking) {
        return false;
    }
    open(QString::fromStdString(m_options.database->string()));
    return true;
}

void RunOpener::consider(const QString& file, const Result<WorkloadInfo>& info)
{
    if (!info.ok()) {
        emit refused(info.error());
        return;
    }
    m_settings->addRecentFile(file);
    const bool harmless = info->startsProcesses.empty() && info->reachesNetwork.empty();
    if (harmless || m_options.trusted || m_settings->trusts(file)) {
        start(file, info.value(), !harmless);
    } else if (!m_asking) {
        emit refused({ErrorCode::permissionDenied,
                      "it starts processes or reaches the network, and is not trusted",
                      file.toStdString(), "Read it, then run it with --trust"});
    } else {
        askToTrust(file, info.value());
    }
}

void RunOpener::askToTrust(const QString& file, const WorkloadInfo& info)
{
    QStringList parts;
    parts << listOf(tr("It starts these processes:"), info.startsProcesses)
          << listOf(tr("It reaches these places on the network:"), info.reachesNetwork);
    parts.removeAll({});
    auto* dialog = new ConfirmDialog(tr("Run %1?").arg(QFileInfo(file).fileName()),
                                     parts.join(QStringLiteral("\n\n")), file, m_window);
    dialog->setActionText(tr("Trust and run"));
    connect(dialog, &QDialog::accepted, this, [this, file, info] {
        m_settings->trust(file);
        start(file, info, true);
    });
    dialog->open();
}

void RunOpener::start(const QString& file, const WorkloadInfo& info, bool trusted)
{
    auto options = m_options;
    options.workloadFile = file.toStdString();
    options.trusted = options.trusted || trusted;
    if (!options.database && m_recording) {
        options.database = newSessionFile(info.name, wallNow());
        std::error_code error;  // a folder that cannot be made is told by the engine
        std::filesystem::create_directories(options.database->parent_path(), error);
    }
    emit opening(file);
    m_bridge->start(std::move(options));
}

}  // namespace muster::ui
