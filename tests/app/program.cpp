// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <csignal>

namespace muster::tests {

namespace {

constexpr int kPatience = 60'000;  // ms: sanitizers and busy machines are slow

QString programPath()
{
    return QStringLiteral(MUSTER_BINARY_DIR "/bin/musterctl");
}

Finished finished(QProcess& process)
{
    return {process.exitCode(), process.exitStatus() == QProcess::CrashExit,
            process.readAllStandardOutput(), process.readAllStandardError()};
}

}  // namespace

QJsonObject Finished::lastJson() const
{
    const auto lines = out.trimmed().split('\n');
    return QJsonDocument::fromJson(lines.last()).object();
}

QByteArray Finished::all() const
{
    return "exit " + QByteArray::number(code) + (crashed ? " (crashed)" : "") + "\n--- out\n" +
           out.right(4000) + "\n--- err\n" + err.right(4000);
}

Finished musterctl(const QStringList& arguments, const QByteArray& input)
{
    QProcess process;
    process.start(programPath(), arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(kPatience);
    return finished(process);
}

Finished program(const QString& name, const QStringList& arguments, const QString& directory)
{
    QProcess process;
    process.setWorkingDirectory(directory);
    process.start(name, arguments);
    process.waitForFinished(kPatience);
    return finished(process);
}

Running::Running(const QStringList& arguments)
{
    m_process.start(programPath(), arguments);
    m_process.waitForStarted(kPatience);
}

Running::~Running()
{
    m_process.kill();
    m_process.waitForFinished(kPatience);
}

void Running::write(const QByteArray& line)
{
    m_process.write(line + '\n');
    m_process.waitForBytesWritten(kPatience);
}

void Running::closeInput()
{
    m_process.closeWriteChannel();
}

void Running::signal(int number)
{
    ::kill(static_cast<pid_t>(m_process.processId()), number);
}

bool Running::says(const QByteArray& text)
{
    return await([&] { return m_err.contains(text); });
}

bool Running::prints(const QByteArray& text)
{
    return await([&] { return m_out.contains(text); });
}

bool Running::running() const
{
    return m_process.state() == QProcess::Running;
}

Finished Running::finish()
{
    m_process.waitForFinished(kPatience);
    drain();
    return {m_process.exitCode(), m_process.exitStatus() == QProcess::CrashExit, m_out, m_err};
}

bool Running::await(const std::function<bool()>& condition)
{
    QDeadlineTimer patience(kPatience);
    for (drain(); !condition(); drain()) {
        if (!running() || patience.hasExpired()) {
            return false;
        }
        m_process.waitForReadyRead(20);
    }
    return true;
}

void Running::drain()
{
    m_out += m_process.readAllStandardOutput();
    m_err += m_process.readAllStandardError();
}

QList<QByteArrayList> parseCsv(const QByteArray& text)
{
    QList<QByteArrayList> rows;
    QByteArrayList row;
    QByteArray field;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
                field += text[++i];
            } else if (c == '"') {
                quoted = false;
            } else {
                field += c;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' || c == '\n') {
            row.append(std::exchange(field, {}));
            if (c == '\n') {
                rows.append(std::exchange(row, {}));
            }
        } else {
            field += c;
        }
    }
    return rows;
}

QString Scratch::path(const QString& name) const
{
    return name.isEmpty() ? m_directory.path() : m_directory.filePath(name);
}

QString Scratch::write(const QString& name, const QByteArray& content) const
{
    const auto file = path(name);
    QDir().mkpath(QFileInfo(file).path());
    QFile out(file);
    if (out.open(QIODevice::WriteOnly)) {
        out.write(content);
    }
    return file;
}

QString workloadFile(const QString& name)
{
    return QStringLiteral(MUSTER_SOURCE_DIR "/resources/workloads/") + name;
}

}  // namespace muster::tests
