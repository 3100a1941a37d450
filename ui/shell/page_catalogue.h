// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "pages/start/start_page.h"
#include "shell/page_host.h"

namespace muster::ui {

/// The pages there are, in the rail's order. Start looks in these places.
[[nodiscard]] std::vector<PageEntry> allPages(const StartPlaces& places);

}  // namespace muster::ui
