// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runtime/supervisor.h"

namespace muster::detail {

/// Makes a supervisor and starts its children in order; one that fails ends those before it, in
/// reverse order, and the supervisor. The error is the child's.
[[nodiscard]] Result<AgentId> startSupervisor(ThreadContext& context,
                                              const SupervisorOptions& supervision,
                                              const CreateOptions& options,
                                              const std::vector<ChildSpec>& children);

}  // namespace muster::detail
