// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <functional>

#include "bridge/data_source.h"

class QWidget;

namespace muster::ui {

class EngineBridge;
class Library;
class Settings;

/// Opens what the reader chose: a session to read, or a workload to run, which is checked first
/// and, where it would start processes or reach the network, asked about first.
/// Thread safety: the GUI thread's.
class RunOpener : public QObject {
    Q_OBJECT

public:
    RunOpener(EngineBridge* bridge, Library* library, Settings* settings, QWidget* window);

    /// For every workload from now on: overrides, workers, trust, the session to record into.
    void setOptions(EngineOptions options) { m_options = std::move(options); }
    /// Says no to recording into a session of its own when nothing else is given; tests do.
    void setRecording(bool on) { m_recording = on; }

    /// Off where nobody is there to answer: what is not trusted is refused then.
    void setAsking(bool on) { m_asking = on; }

    void open(const QString& file);
    /// A run could not be started because another process records into its session: opens that
    /// to read. False when it failed for another reason, or nobody is there to look.
    [[nodiscard]] bool openWhatIsTaken(const Error& error);

signals:
    void opening(const QString& file);
    void refused(const muster::Error& error);

private:
    void consider(const QString& file, const Result<WorkloadInfo>& info);
    void askToTrust(const QString& file, const WorkloadInfo& info);
    void start(const QString& file, const WorkloadInfo& info, bool trusted);

    EngineBridge* m_bridge;
    Library* m_library;
    Settings* m_settings;
    QWidget* m_window;
    EngineOptions m_options;
    bool m_recording = true;
    bool m_asking = true;
    quint64 m_newest = 0;  ///< only the last file chosen is opened
};

}  // namespace muster::ui
