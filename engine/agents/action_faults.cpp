// SPDX-License-Identifier: Apache-2.0
#include "agents/action_faults.h"

#include <mutex>

namespace muster {

void ActionFaults::set(const std::optional<ActionFault>& fault) noexcept
{
    const std::scoped_lock lock(m_lock);
    m_fault = fault;
    m_hits.store(0, std::memory_order_relaxed);
    m_active.store(fault.has_value(), std::memory_order_relaxed);
}

std::optional<ActionFault> ActionFaults::current() const noexcept
{
    const std::scoped_lock lock(m_lock);
    return m_fault;
}

std::optional<ActionFault> ActionFaults::draw(const Rng& ofAttempt) noexcept
{
    auto fault = current();
    if (!fault || ofAttempt.fork("fault").uniform() >= fault->share) {
        return std::nullopt;
    }
    m_hits.fetch_add(1, std::memory_order_relaxed);
    return fault;
}

}  // namespace muster
