// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/internal/state_fold.h"
#include "api/past_state.h"
#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

/// The run a query is about. Errors: notFound for a run that is not there, or a moment before the
/// first.
[[nodiscard]] Result<StoredRun> pastRun(SessionReader& reader, const PastQuery& query);
/// The moment in that run.
[[nodiscard]] WallTime momentOf(const StoredRun& run, const PastQuery& query);
/// What a fold came to at a moment, and what proves it.
[[nodiscard]] PastState pastState(const StateFold& fold, RunId run, WallTime at);

/// Folds the stored events of a run up to a moment; `agents` may be empty. Errors: those of
/// pastRun() and of reading.
[[nodiscard]] Result<PastState> rebuildState(SessionReader& reader, const PastQuery& query,
                                             const PastAgentVisitor& agents);

}  // namespace muster
