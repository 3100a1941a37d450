// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/agent_rotation.h"

#include <algorithm>

namespace muster {

namespace {

// How far to look for an agent without work once one that has room was found.
constexpr std::size_t kLooksForIdle = 8;
constexpr std::uint32_t kMostQueue = 65'535;

}  // namespace

void AgentRotation::add(AgentId id, std::uint32_t queue, std::size_t target)
{
    const auto bounded = static_cast<std::uint16_t>(std::clamp(queue, 1U, kMostQueue));
    m_members.push_back({id, bounded, static_cast<std::uint16_t>(target)});
    ++m_living;
    m_room += bounded;
}

void AgentRotation::remove(std::uint32_t agent) noexcept
{
    Member& member = m_members[agent];
    if (member.queue != 0) {
        m_room -= member.queue;
        member.queue = 0;
        --m_living;
    }
}

bool AgentRotation::retire(std::uint32_t agent)
{
    Member& member = m_members[agent];
    if (member.retired || member.queue == 0) {
        return false;
    }
    if (!m_directory.stateOf(member.id)) {
        remove(agent);
        return false;
    }
    member.retired = true;
    return true;
}

void AgentRotation::replace(std::uint32_t agent, AgentId by) noexcept
{
    Member& member = m_members[agent];
    member.id = by;
    member.retired = false;
}

bool AgentRotation::takesWork(std::uint32_t agent)
{
    if (m_members[agent].retired) {
        return false;
    }
    const auto state = m_directory.stateOf(m_members[agent].id);
    if (!state) {
        remove(agent);
        return false;
    }
    // One that ends or begins anew may be there again at its next turn.
    return *state == AgentState::ready || *state == AgentState::busy;
}

std::optional<std::uint32_t> AgentRotation::pick()
{
    std::optional<std::uint32_t> second;
    std::size_t looksForIdle = kLooksForIdle;
    while (m_looksLeft > 0 && (!second || looksForIdle > 0)) {
        const auto agent = static_cast<std::uint32_t>(m_next);
        m_next = m_next + 1 == m_members.size() ? 0 : m_next + 1;
        --m_looksLeft;
        const std::uint16_t has = m_board.with(agent);
        if (has >= m_members[agent].queue || !takesWork(agent)) {
            looksForIdle -= second ? 1 : 0;
            continue;
        }
        if (has == 0) {
            m_looksLeft = m_members.size();
            return agent;
        }
        if (!second) {
            second = agent;
        } else {
            --looksForIdle;
        }
    }
    if (second) {
        m_looksLeft = m_members.size();
    }
    return second;
}

}  // namespace muster
