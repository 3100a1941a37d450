// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <array>

class QWidget;

namespace muster::ui {

/// What a colour is for. Every colour of the console is one of these, or a tint of one:
/// no widget names a colour of its own.
enum class Role : std::size_t {
    bg,     ///< behind the cards
    panel,  ///< cards, rail, bars
    raise,  ///< buttons, chips, fields, cards in a card
    line,   ///< borders, grids
    text,
    dim,     ///< titles, secondary text
    faint,   ///< axis labels, hints; still readable text
    accent,  ///< what can be pressed, what is selected, the first series
    ok,
    warn,
    hot,
    bad,
    violet,
    teal,
    onAccent,  ///< text on a filled accent
    count,
};

/// The colours of one theme. Both are defined in palette.cpp, and nowhere else.
/// Thread safety: immutable.
struct Palette {
    std::array<QColor, static_cast<std::size_t>(Role::count)> colours;
    bool dark = false;

    [[nodiscard]] const QColor& operator[](Role role) const noexcept
    {
        return colours[static_cast<std::size_t>(role)];
    }
    /// `role` mixed into `on`: opaque, so that contrast can be reckoned with.
    [[nodiscard]] QColor tint(Role role, Role on, double share) const;
};

[[nodiscard]] const Palette& darkPalette();
[[nodiscard]] const Palette& lightPalette();
/// The palette of the theme the application shows now (Theme sets it). A widget that paints
/// asks when it paints, and so follows a switch of theme with nothing to connect.
[[nodiscard]] const Palette& currentPalette();

/// WCAG 2.1 contrast ratio, 1 to 21.
[[nodiscard]] double contrast(const QColor& one, const QColor& other);

/// The one scale of distances, in device-independent pixels.
namespace space {
inline constexpr int kTight = 4;
inline constexpr int kSmall = 6;
inline constexpr int kGap = 10;     ///< between cards
inline constexpr int kPage = 12;    ///< page margin, card's horizontal padding
inline constexpr int kCardTop = 9;  ///< card's vertical padding
inline constexpr int kRadius = 8;   ///< cards
inline constexpr int kRadiusSmall = 6;
inline constexpr double kTintSelected = 0.14;  ///< of accent, behind a selected row
inline constexpr double kTintPill = 0.12;      ///< of a state's colour, behind its word
}  // namespace space

enum class FontRole { body, small, strong, smallStrong, number, heading, tiny, mono };

/// Inter and JetBrains Mono where present, else the system's; figures are tabular in every
/// role (see fonts.h). Sizes are pixels at scale 1.
[[nodiscard]] QFont fontFor(FontRole role);

}  // namespace muster::ui
