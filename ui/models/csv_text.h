// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace muster::ui {

/// One line of CSV as RFC 4180 has it, ended by a line feed; cells are quoted where they must.
/// Thread safety: pure function.
[[nodiscard]] QString csvLine(const QStringList& cells);

}  // namespace muster::ui
