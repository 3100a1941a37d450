// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace muster::ui {

/// A padlock, closed or open, in the text's colour. Drawn, as no font can be relied on for it.
[[nodiscard]] QIcon lockIcon(bool closed);
/// The program's mark: a rounded square of the accent.
[[nodiscard]] QIcon appIcon();

}  // namespace muster::ui
