// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/durable_queues.h"

namespace muster::ui {

/// What a dry run found, in words. Thread safety: pure functions.
/// Of one letter; empty: it passes.
[[nodiscard]] QString findingsText(const RetryPreview& preview);
/// Of many: how many pass, and what keeps the others, the most frequent first.
[[nodiscard]] QString previewText(const std::vector<RetryPreview>& previews);

}  // namespace muster::ui
