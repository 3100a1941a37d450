// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/muster/console_process.h"

#include <csignal>

namespace muster::tests {

ConsoleProcess::ConsoleProcess(const QTemporaryDir& home)
    : m_environment(QProcessEnvironment::systemEnvironment())
{
    for (const auto* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "HOME"}) {
        setVariable(QLatin1String(name), home.path());
    }
    setVariable(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    removeVariable(QStringLiteral("DISPLAY"));
    removeVariable(QStringLiteral("WAYLAND_DISPLAY"));
    m_process.setWorkingDirectory(home.path());
}

ConsoleProcess::~ConsoleProcess()
{
    if (running()) {
        m_process.kill();
        m_process.waitForFinished(kPatienceMs);
    }
}

void ConsoleProcess::setVariable(const QString& name, const QString& value)
{
    m_environment.insert(name, value);
}

void ConsoleProcess::removeVariable(const QString& name)
{
    m_environment.remove(name);
}

void ConsoleProcess::start(const QStringList& arguments)
{
    m_process.setProcessEnvironment(m_environment);
    m_process.start(QStringLiteral(MUSTER_BINARY_DIR "/bin/muster"), arguments);
    m_process.waitForStarted(kPatienceMs);
}

int ConsoleProcess::run(const QStringList& arguments)
{
    start(arguments);
    return finish();
}

int ConsoleProcess::finish()
{
    const bool ended =
        m_process.state() == QProcess::NotRunning || m_process.waitForFinished(kPatienceMs);
    drain();
    return ended && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

void ConsoleProcess::signal(int number)
{
    ::kill(static_cast<pid_t>(m_process.processId()), number);
}

bool ConsoleProcess::running()
{
    return m_process.state() != QProcess::NotRunning;
}

const QByteArray& ConsoleProcess::output()
{
    drain();
    return m_output;
}

const QByteArray& ConsoleProcess::errors()
{
    drain();
    return m_errors;
}

void ConsoleProcess::drain()
{
    m_output += m_process.readAllStandardOutput();
    m_errors += m_process.readAllStandardError();
}

}  // namespace muster::tests
