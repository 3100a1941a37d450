// SPDX-License-Identifier: Apache-2.0
#include "api/internal/stall_list.h"

#include <algorithm>

namespace muster {

void StallList::add(const Stall& stall, MonoTime now)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_entries, [&](const Entry& entry) { return entry.agent == stall.agent; });
    if (m_entries.size() < kMost) {
        m_entries.push_back({stall.agent,
                             {stall.name, std::string(stall.message), stall.held, stall.worker},
                             now - stall.held,
                             std::nullopt});
    }
}

bool StallList::goesOn(Entry& entry, const Directory& directory)
{
    const auto detail = directory.detail(entry.agent);
    if (!detail || detail->row.state != AgentState::busy) {
        return false;
    }
    if (!entry.handled) {
        entry.handled = detail->row.handled;
    }
    return *entry.handled == detail->row.handled;
}

std::vector<StalledAgent> StallList::current(const Directory& directory, MonoTime now)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_entries, [&](Entry& entry) { return !goesOn(entry, directory); });
    std::vector<StalledAgent> stalled;
    for (const auto& entry : m_entries) {
        stalled.push_back(entry.shown);
        stalled.back().held = now - entry.since;
    }
    return stalled;
}

}  // namespace muster
