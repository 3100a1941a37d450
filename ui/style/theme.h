// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QDBusVariant;

namespace muster::ui {

struct Palette;

enum class ThemeChoice { system, light, dark };

/// Dresses the application: Fusion style, the palette and a small style sheet made from it.
/// With ThemeChoice::system it asks the desktop portal for the colour scheme over D-Bus and
/// follows its changes. The answer comes later by signal, the start never waits for it: until
/// then, and where there is no portal, the darkness of the platform's own palette decides.
/// Thread safety: the GUI thread's.
class Theme : public QObject {
    Q_OBJECT

public:
    /// Applies nothing yet: call setChoice().
    explicit Theme(QObject* parent = nullptr);

    [[nodiscard]] ThemeChoice choice() const { return m_choice; }
    [[nodiscard]] bool dark() const { return m_dark; }
    /// Applies at once.
    void setChoice(ThemeChoice choice);

    /// Light or dark for this moment only, such as for a picture; the choice stays.
    void show(bool dark);

    /// The org.freedesktop.appearance color-scheme value: 0 none, 1 dark, 2 light.
    void setSystemScheme(unsigned scheme);

signals:
    /// After the application's palette and style sheet have changed.
    void changed(bool dark);

private slots:
    void portalSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void askPortal();
    [[nodiscard]] bool systemDark() const;
    void apply(bool dark);

    ThemeChoice m_choice = ThemeChoice::system;
    bool m_dark = false;
    bool m_applied = false;
    bool m_asked = false;
    bool m_platformDark = false;  ///< read before the first apply
    unsigned m_systemScheme = 0;
};

/// The style sheet of one palette: what QPalette and the widgets' own painting do not reach.
[[nodiscard]] QString styleSheet(const Palette& palette);

}  // namespace muster::ui
