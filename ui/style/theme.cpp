// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QPalette>
#include <QStyleFactory>

#include "style/palette.h"

namespace muster::ui {

namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

/// Settings.Read answers a variant in a variant; ReadOne and SettingChanged one less.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>()) {
        value = value.value<QDBusVariant>().variant();
    }
    return value;
}

QPalette qtPalette(const Palette& colours)
{
    QPalette palette;
    palette.setColor(QPalette::Window, colours[Role::bg]);
    palette.setColor(QPalette::WindowText, colours[Role::text]);
    palette.setColor(QPalette::Base, colours[Role::panel]);
    palette.setColor(QPalette::AlternateBase, colours[Role::raise]);
    palette.setColor(QPalette::Text, colours[Role::text]);
    palette.setColor(QPalette::PlaceholderText, colours[Role::faint]);
    palette.setColor(QPalette::Button, colours[Role::raise]);
    palette.setColor(QPalette::ButtonText, colours[Role::text]);
    palette.setColor(QPalette::BrightText, colours[Role::bad]);
    palette.setColor(QPalette::ToolTipBase, colours[Role::raise]);
    palette.setColor(QPalette::ToolTipText, colours[Role::text]);
    palette.setColor(QPalette::Highlight,
                     colours.tint(Role::accent, Role::panel, space::kTintSelected));
    palette.setColor(QPalette::HighlightedText, colours[Role::text]);
    palette.setColor(QPalette::Link, colours[Role::accent]);
    palette.setColor(QPalette::LinkVisited, colours[Role::violet]);
    palette.setColor(QPalette::Light, colours[Role::raise]);
    palette.setColor(QPalette::Midlight, colours[Role::raise]);
    palette.setColor(QPalette::Mid, colours[Role::line]);
    palette.setColor(QPalette::Dark, colours[Role::line]);
    palette.setColor(QPalette::Shadow, colours[Role::bg]);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, colours[Role::faint]);
    }
    return palette;
}

}  // namespace

Theme::Theme(QObject* parent) : QObject(parent)
{
    m_platformDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
}

void Theme::setChoice(ThemeChoice choice)
{
    m_choice = choice;
    if (choice == ThemeChoice::system && !m_asked) {
        m_asked = true;
        askPortal();
    }
    apply(choice == ThemeChoice::system ? systemDark() : choice == ThemeChoice::dark);
}

void Theme::show(bool dark)
{
    apply(dark);
}

void Theme::setSystemScheme(unsigned scheme)
{
    m_systemScheme = scheme;
    if (m_choice == ThemeChoice::system) {
        apply(systemDark());
    }
}

bool Theme::systemDark() const
{
    return m_systemScheme == 0 ? m_platformDark : m_systemScheme == 1;
}

void Theme::askPortal()
{
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                SLOT(portalSettingChanged(QString, QString, QDBusVariant)));
    auto message =
        QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    message << kGroup << kKey;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(message), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        answer->deleteLater();
        if (reply.isValid()) {
            setSystemScheme(unwrapped(reply.value().variant()).toUInt());
        }
    });
}

void Theme::portalSettingChanged(const QString& group, const QString& key,
                                 const QDBusVariant& value)
{
    if (group == kGroup && key == kKey) {
        setSystemScheme(unwrapped(value.variant()).toUInt());
    }
}

void Theme::apply(bool dark)
{
    if (m_applied && m_dark == dark) {
        return;
    }
    if (!m_applied) {
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        QApplication::setFont(fontFor(FontRole::body));
    }
    m_applied = true;
    m_dark = dark;
    const Palette& colours = dark ? darkPalette() : lightPalette();
    QApplication::setPalette(qtPalette(colours));
    qApp->setStyleSheet(styleSheet(colours));
    emit changed(dark);
}

}  // namespace muster::ui
