// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "base/ids.h"
#include "base/result.h"

namespace muster {

/// How many tokens the calls of one action may take, in all and by agent: counted as they come.
/// What is under way when the last one is spent is stopped there. Thread safety: any thread.
class TokenBudget {
public:
    /// 0: no limit.
    TokenBudget(std::uint64_t ofRun, std::uint64_t ofAgent) : m_ofRun(ofRun), m_ofAgent(ofAgent) {}

    /// Errors: overloaded when the run's or the agent's is spent.
    [[nodiscard]] Result<void> left(AgentId agent) const;
    void spend(AgentId agent, std::uint64_t tokens);
    [[nodiscard]] std::uint64_t spent() const noexcept { return m_spent.load(); }
    [[nodiscard]] std::uint64_t spent(AgentId agent) const;

private:
    const std::uint64_t m_ofRun;
    const std::uint64_t m_ofAgent;
    std::atomic<std::uint64_t> m_spent{0};
    mutable std::mutex m_mutex;  // guards m_agents, kept for a limit by agent only
    std::unordered_map<std::uint64_t, std::uint64_t> m_agents;
};

}  // namespace muster
