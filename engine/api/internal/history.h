// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/internal/frame_memory.h"
#include "api/internal/mark_log.h"
#include "api/queries.h"
#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

/// Every asked series over the range: from memory as far back as it goes, from the session
/// before that, without a seam. `session` may be null. Errors: those of reading the session.
[[nodiscard]] Result<HistoryPage> historyPage(const FrameMemory& memory, const MarkLog& marks,
                                              SessionReader* session, const HistoryQuery& query);

}  // namespace muster
