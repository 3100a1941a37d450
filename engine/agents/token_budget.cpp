// SPDX-License-Identifier: Apache-2.0
#include "agents/token_budget.h"

#include <fmt/format.h>

namespace muster {

Result<void> TokenBudget::left(AgentId agent) const
{
    const bool ofRun = m_ofRun > 0 && m_spent.load() >= m_ofRun;
    if (!ofRun && (m_ofAgent == 0 || spent(agent) < m_ofAgent)) {
        return {};
    }
    return Error{ErrorCode::overloaded,
                 fmt::format("the {}'s budget of {} tokens is spent", ofRun ? "run" : "agent",
                             ofRun ? m_ofRun : m_ofAgent),
                 ofRun ? "run_tokens" : "agent_tokens", "Raise it, or ask for less"};
}

void TokenBudget::spend(AgentId agent, std::uint64_t tokens)
{
    m_spent.fetch_add(tokens);
    if (m_ofAgent > 0) {
        const std::lock_guard lock(m_mutex);
        m_agents[agent.packed()] += tokens;
    }
}

std::uint64_t TokenBudget::spent(AgentId agent) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_agents.find(agent.packed());
    return found == m_agents.end() ? 0 : found->second;
}

}  // namespace muster
