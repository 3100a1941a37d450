// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/what_if.h"
#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

/// Errors: notFound for a run or a service that is not there, or one whose calls were not
/// recorded; invalidArgument and outOfRange for the settings. Blocking.
[[nodiscard]] Result<WhatIf> askWhatIf(SessionReader& reader, const WhatIfQuery& query);

}  // namespace muster
