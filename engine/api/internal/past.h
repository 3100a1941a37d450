// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/past_state.h"
#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

/// Folds the stored events of a run up to a moment; `agents` may be empty. Errors: notFound for
/// a run that is not there, or a moment before the first; those of reading.
[[nodiscard]] Result<PastState> rebuildState(SessionReader& reader, const PastQuery& query,
                                             const PastAgentVisitor& agents);

}  // namespace muster
