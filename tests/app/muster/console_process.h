// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>

namespace muster::tests {

/// The console as a process, in a home of its own, without a screen unless one is given.
class ConsoleProcess {
public:
    explicit ConsoleProcess(const QTemporaryDir& home);
    ~ConsoleProcess();

    void setVariable(const QString& name, const QString& value);
    void removeVariable(const QString& name);

    void start(const QStringList& arguments);
    /// Runs it to its end; the exit code, or -1 when it crashed or went on for ever.
    int run(const QStringList& arguments);
    /// Waits for its end.
    int finish();
    void signal(int number);
    [[nodiscard]] bool running();
    [[nodiscard]] const QByteArray& output();
    [[nodiscard]] const QByteArray& errors();

    static constexpr int kPatienceMs = 120'000;  ///< sanitizers and busy machines are slow

private:
    void drain();

    QProcess m_process;
    QProcessEnvironment m_environment;
    QByteArray m_output;
    QByteArray m_errors;
};

}  // namespace muster::tests
