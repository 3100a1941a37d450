// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/queries.h"

namespace muster::ui {

/// Agents as text for another program: C locale, keys that carry units, an unknown figure
/// empty (CSV) or null (JSON). Thread safety: pure functions.
[[nodiscard]] QString agentsAsCsv(const std::vector<const AgentRow*>& rows);
[[nodiscard]] QString agentsAsJson(const std::vector<const AgentRow*>& rows);

}  // namespace muster::ui
