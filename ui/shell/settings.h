// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <QStringList>
#include <QVariantMap>

namespace muster::ui {

/// What the console keeps between runs: geometry, theme, range, each page's columns and
/// filters, recent files, files the reader trusts. One INI file; tests give their own path.
/// Thread safety: the GUI thread's.
class Settings {
public:
    /// Empty: the user's own, $XDG_CONFIG_HOME/muster/console.ini.
    explicit Settings(const QString& file = {});

    [[nodiscard]] QVariant value(const QString& key, const QVariant& other = {}) const;
    void set(const QString& key, const QVariant& value);

    [[nodiscard]] QVariantMap pageState(const QString& page) const;
    void setPageState(const QString& page, const QVariantMap& state);

    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString& file);  ///< newest first, kRecentKept of them

    /// A workload is trusted as it stood: changed, it is asked about again.
    [[nodiscard]] bool trusts(const QString& file) const;
    void trust(const QString& file);

    static constexpr int kRecentKept = 10;

private:
    QSettings m_settings;
};

}  // namespace muster::ui
