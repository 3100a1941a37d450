// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/supervision_start.h"

#include "runtime/internal/lifecycle.h"
#include "runtime/internal/orders.h"
#include "runtime/internal/supervisor_agent.h"

namespace muster::detail {

Result<AgentId> startSupervisor(ThreadContext& context, const SupervisorOptions& supervision,
                                const CreateOptions& options,
                                const std::vector<ChildSpec>& children)
{
    Result<AgentId> made = createAgent<SupervisorAgent>(context, options, supervision);
    if (!made.ok()) {
        return made;
    }
    for (const ChildSpec& child : children) {
        const Result<AgentId> started = child.start(context, made.value());
        if (!started.ok()) {
            orderEnd(context, made.value(), control::kStop,
                     {EndKind::shutdown, "a child failed to start"});
            return started.error();
        }
    }
    return made;
}

}  // namespace muster::detail
