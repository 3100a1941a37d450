// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include "style/palette.h"

class QPainter;

namespace muster::ui {

/// The shapes that several rooms paint, so that they are one shape.
/// Thread safety: the GUI thread's.

/// Whether focus that came for this reason is shown: by the keyboard, not by a click or by the
/// window being opened.
[[nodiscard]] bool showsFocus(Qt::FocusReason reason);

/// A card's ground and hairline border. `outline` is the accent while it has the focus.
void paintPanel(QPainter& painter, const QRect& rect, Role ground = Role::panel,
                Role outline = Role::line);

/// Text at the left and the right of one line; the left gives way.
void paintHeader(QPainter& painter, const QRect& line, const QString& title, const QString& value,
                 Role valueColour = Role::text);

}  // namespace muster::ui
