// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/settings.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace muster::ui {

namespace {

QString defaultFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/muster/console.ini");
}

/// Of the file's content: what was read and agreed to, not its name.
QString fingerprint(const QString& file)
{
    QFile content(file);
    if (!content.open(QIODevice::ReadOnly)) {
        return {};
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(&content);
    return QString::fromLatin1(hash.result().toHex());
}

}  // namespace

Settings::Settings(const QString& file)
    : m_settings(file.isEmpty() ? defaultFile() : file, QSettings::IniFormat)
{
}

QVariant Settings::value(const QString& key, const QVariant& other) const
{
    return m_settings.value(key, other);
}

void Settings::set(const QString& key, const QVariant& value)
{
    m_settings.setValue(key, value);
}

QVariantMap Settings::pageState(const QString& page) const
{
    return m_settings.value(QStringLiteral("pages/") + page).toMap();
}

void Settings::setPageState(const QString& page, const QVariantMap& state)
{
    if (!state.isEmpty()) {
        m_settings.setValue(QStringLiteral("pages/") + page, state);
    }
}

QStringList Settings::recentFiles() const
{
    return m_settings.value(QStringLiteral("recent")).toStringList();
}

void Settings::addRecentFile(const QString& file)
{
    const auto path = QFileInfo(file).absoluteFilePath();
    auto files = recentFiles();
    files.removeAll(path);
    files.prepend(path);
    m_settings.setValue(QStringLiteral("recent"), QStringList(files.mid(0, kRecentKept)));
}

bool Settings::trusts(const QString& file) const
{
    const auto print = fingerprint(file);
    return !print.isEmpty() &&
           m_settings.value(QStringLiteral("trusted")).toStringList().contains(print);
}

void Settings::trust(const QString& file)
{
    auto trusted = m_settings.value(QStringLiteral("trusted")).toStringList();
    trusted.append(fingerprint(file));
    trusted.removeDuplicates();
    m_settings.setValue(QStringLiteral("trusted"), trusted);
}

}  // namespace muster::ui
