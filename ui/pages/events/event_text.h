// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/queries.h"

namespace muster::ui {

/// Events as text for another program: UTC times, the data as it was recorded.
/// Thread safety: pure functions.
[[nodiscard]] QString eventsAsCsv(const std::vector<const EventRow*>& rows);
[[nodiscard]] QString eventsAsJsonLines(const std::vector<const EventRow*>& rows);

}  // namespace muster::ui
