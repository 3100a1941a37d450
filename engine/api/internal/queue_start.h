// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/internal/engine_core.h"

namespace muster {

/// Makes the engine's queues: those of its workload and those that its session holds. Null when
/// there are none. They live in the core.
JobQueues* makeQueues(EngineCore& core);

}  // namespace muster
