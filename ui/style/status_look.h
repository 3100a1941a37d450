// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "api/snapshot.h"
#include "style/palette.h"

class QPainter;

namespace muster::ui {

/// How a state is shown: never by colour alone.
struct StatusLook {
    Role colour = Role::dim;
    QString glyph;
    QString word;

    [[nodiscard]] QString text() const { return glyph + QLatin1Char(' ') + word; }
};

inline constexpr int kPillHeight = 19;

/// How wide a look's pill is.
[[nodiscard]] int pillWidth(const StatusLook& look);
/// Glyph and word on a tint of their colour, at the right of `area`, in the middle of its height.
void paintPill(QPainter& painter, const QRect& area, const StatusLook& look);

/// Thread safety: pure functions.
[[nodiscard]] StatusLook lookOf(PressureLevel level);
[[nodiscard]] StatusLook lookOf(Severity severity);
[[nodiscard]] StatusLook lookOf(RunState state);
/// Of a circuit breaker's state: "closed", "half_open", …; empty: there is none.
[[nodiscard]] StatusLook lookOfBreaker(const std::string& state);
/// Of a mark's kind: "load", "limit", "breaker", "fault", "restart", "pressure", "alert", "run".
[[nodiscard]] StatusLook lookOfMark(const std::string& kind);

}  // namespace muster::ui
