// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace muster::ctl {

/// "2026-11-20T14:02:03.5Z", "2026-11-20T14:02", "2026-11-20": always UTC.
[[nodiscard]] Result<WallTime> readTime(std::string_view text);

}  // namespace muster::ctl
