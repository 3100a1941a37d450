// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/queries.h"
#include "base/result.h"
#include "events/agent_roll.h"

namespace muster {

/// A window of the agents of a moment, filtered and sorted by what is known of them then: id, name,
/// type, state. Errors: invalidArgument for a filter that cannot be read or that asks for more.
[[nodiscard]] Result<AgentPage> pastAgents(const AgentRoll& roll, const AgentQuery& query,
                                           WallTime at);
/// Errors: notFound.
[[nodiscard]] Result<AgentDetail> pastAgent(const AgentRoll& roll, AgentId id);

}  // namespace muster
