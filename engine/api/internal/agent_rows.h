// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "api/queries.h"
#include "base/clock.h"
#include "base/result.h"
#include "runtime/runtime.h"

namespace muster {

/// A window of the agent table. Errors: a filter that cannot be read.
[[nodiscard]] Result<AgentPage> agentPage(const Directory& directory, const AgentQuery& query,
                                          const Clock& clock);

/// Asks the agent for its state too, so `done` comes later, on an engine thread. An agent that
/// cannot answer is shown without its state, and why. Errors: notFound.
void agentDetailOf(Runtime& runtime, const Clock& clock, AgentId id,
                   const std::function<void(Result<AgentDetail>)>& done);

}  // namespace muster
