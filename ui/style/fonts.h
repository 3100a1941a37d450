// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QRawFont;

namespace muster::ui {

/// Inter's default figures are proportional ("1" is narrow) and Qt 6.4 has no call for font
/// features. So each of its three cuts in use is registered once more, in memory, under a
/// family of its own in which the "tnum" feature is one that shapers apply by default: the
/// typeface's real tabular figures, everywhere. Fonts whose figures are tabular already
/// (JetBrains Mono, DejaVu, Noto) are used as they are.
/// Thread safety: the GUI thread's; a QGuiApplication must exist.

/// The family for text: "Inter" with tabular figures, or the system's.
[[nodiscard]] const QString& textFamily();
/// The family for code and ids: JetBrains Mono, or the system's fixed-width one.
[[nodiscard]] const QString& monoFamily();

/// A copy of the font's file whose tabular figures are on by default, its family renamed; empty
/// when the font has no such feature.
[[nodiscard]] QByteArray withTabularFigures(const QRawFont& font, const QString& from,
                                            const QString& to);

/// True when all ten digits advance by the same width.
[[nodiscard]] bool hasTabularFigures(const QString& family);

}  // namespace muster::ui
