// SPDX-License-Identifier: Apache-2.0
#include "agents/stall_agent.h"

namespace muster {

void StallGate::open()
{
    const std::lock_guard lock(m_mutex);
    m_open = true;
    m_changed.notify_all();
}

void StallGate::hold(Duration longest)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, longest, [this] { return m_open; });
}

Async<void> StallAgent::handle(const StallOrder& order)
{
    if (scheduler().simulated()) {
        co_await delay(order.longest);
    } else {
        order.gate->hold(order.longest);
    }
    stop({EndKind::normal, "the stall is over"});
}

}  // namespace muster
