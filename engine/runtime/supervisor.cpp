// SPDX-License-Identifier: Apache-2.0
#include "runtime/supervisor.h"

#include <algorithm>

#include "runtime/internal/supervision_start.h"

namespace muster {

bool RestartIntensity::allow(MonoTime now)
{
    forgetBefore(now);
    m_restarts.push_back(now);
    return m_restarts.size() <= m_intensity;
}

std::size_t RestartIntensity::recent(MonoTime now)
{
    forgetBefore(now);
    return m_restarts.size();
}

void RestartIntensity::forgetBefore(MonoTime now)
{
    // The period is inclusive: a restart exactly one period ago still counts.
    std::erase_if(m_restarts, [this, now](MonoTime at) { return now - at > m_period; });
}

ChildSpec childSupervisor(SupervisorOptions supervision, CreateOptions options,
                          std::vector<ChildSpec> children)
{
    return {[supervision, options = std::move(options), children = std::move(children)](
                detail::ThreadContext& context, AgentId supervisor) mutable {
        options.supervisor = supervisor;
        return detail::startSupervisor(context, supervision, options, children);
    }};
}

}  // namespace muster
