// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/internal/cell.h"
#include "runtime/internal/thread_context.h"

namespace muster::detail {

/// Runs a ready agent on the calling thread until it has nothing to do, has used up its turn,
/// waits, or ends.
void runAgent(Core& core, ThreadContext& context, Cell& cell);

}  // namespace muster::detail
