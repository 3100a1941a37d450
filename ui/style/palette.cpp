// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/palette.h"

#include <QGuiApplication>
#include <QPalette>
#include <cmath>

namespace muster::ui {

namespace {

double channel(double value)
{
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour)
{
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) +
           0.0722 * channel(colour.blueF());
}

}  // namespace

QColor Palette::tint(Role role, Role on, double share) const
{
    const QColor& over = (*this)[role];
    const QColor& under = (*this)[on];
    const auto mix = [share](int a, int b) {
        return static_cast<int>(std::lround(a * share + b * (1 - share)));
    };
    return {mix(over.red(), under.red()), mix(over.green(), under.green()),
            mix(over.blue(), under.blue())};
}

const Palette& darkPalette()
{
    static const Palette palette{{
                                     QColor(0x0f1318),  // bg
                                     QColor(0x161b22),  // panel
                                     QColor(0x1c232c),  // raise
                                     QColor(0x29323d),  // line
                                     QColor(0xe3e8ee),  // text
                                     QColor(0xa1adbb),  // dim
                                     QColor(0x8b98a7),  // faint
                                     QColor(0x5aa7ff),  // accent
                                     QColor(0x4cc38a),  // ok
                                     QColor(0xf0b429),  // warn
                                     QColor(0xff8b3d),  // hot
                                     QColor(0xf6737c),  // bad
                                     QColor(0xa78bfa),  // violet
                                     QColor(0x35c2c1),  // teal
                                     QColor(0x07131f),  // onAccent
                                 },
                                 true};
    return palette;
}

const Palette& lightPalette()
{
    static const Palette palette{{
                                     QColor(0xf4f6f8),  // bg
                                     QColor(0xffffff),  // panel
                                     QColor(0xf7f9fb),  // raise
                                     QColor(0xdde3ea),  // line
                                     QColor(0x17202b),  // text
                                     QColor(0x475361),  // dim
                                     QColor(0x5d6978),  // faint
                                     QColor(0x145fca),  // accent
                                     QColor(0x0f7044),  // ok
                                     QColor(0x875900),  // warn
                                     QColor(0xa54900),  // hot
                                     QColor(0xb92a36),  // bad
                                     QColor(0x654acb),  // violet
                                     QColor(0x0a6d6e),  // teal
                                     QColor(0xffffff),  // onAccent
                                 },
                                 false};
    return palette;
}

const Palette& currentPalette()
{
    return QGuiApplication::palette().color(QPalette::Window).lightness() < 128 ? darkPalette()
                                                                                : lightPalette();
}

double contrast(const QColor& one, const QColor& other)
{
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

}  // namespace muster::ui
