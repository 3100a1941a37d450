// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <functional>

namespace muster::tests {

/// What a program left behind when it ended.
struct Finished {
    int code = -1;
    bool crashed = false;
    QByteArray out;
    QByteArray err;

    /// The last line of standard output as JSON.
    [[nodiscard]] QJsonObject lastJson() const;
    /// For a failed check: all of it.
    [[nodiscard]] QByteArray all() const;
};

/// `musterctl` of this build, run to its end with this standard input.
[[nodiscard]] Finished musterctl(const QStringList& arguments, const QByteArray& input = {});
/// Another program, found in PATH.
[[nodiscard]] Finished program(const QString& name, const QStringList& arguments,
                               const QString& directory = {});

/// A `musterctl` that goes on until told otherwise.
class Running {
public:
    explicit Running(const QStringList& arguments);
    ~Running();

    void write(const QByteArray& line);
    void closeInput();
    void signal(int number);
    /// Waits until standard error (or output) holds the text.
    [[nodiscard]] bool says(const QByteArray& text);
    [[nodiscard]] bool prints(const QByteArray& text);
    [[nodiscard]] bool running() const;
    [[nodiscard]] Finished finish();

private:
    [[nodiscard]] bool await(const std::function<bool()>& condition);
    void drain();

    QProcess m_process;
    QByteArray m_out;
    QByteArray m_err;
};

/// RFC 4180: rows of fields, the header first.
[[nodiscard]] QList<QByteArrayList> parseCsv(const QByteArray& text);

/// A directory of the test's own, and files in it.
class Scratch {
public:
    [[nodiscard]] QString path(const QString& name = {}) const;
    /// Written below the directory, with the directories it needs.
    QString write(const QString& name, const QByteArray& content) const;

private:
    QTemporaryDir m_directory;
};

[[nodiscard]] QString workloadFile(const QString& name);

}  // namespace muster::tests
