// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/agent_renewal.h"

#include <algorithm>

namespace muster {

namespace {

// Successors are made together, as many as fell due since.
constexpr Duration kPace = std::chrono::milliseconds(50);

}  // namespace

void AgentRenewal::add(const LoadTarget& target)
{
    if (target.lifetime <= Duration::zero() || target.agents.empty()) {
        return;
    }
    const auto count = static_cast<std::uint32_t>(target.agents.size());
    Group group;
    group.first = static_cast<std::uint32_t>(m_rotation.size()) - count;
    group.count = count;
    group.lifetime = target.lifetime;
    group.create = target.create;
    m_groups.push_back(std::move(group));
}

void AgentRenewal::advance(Duration passed)
{
    m_passed += passed;
    if (m_passed < kPace) {
        return;
    }
    m_problem.clear();
    for (Group& group : m_groups) {
        retire(group, m_passed);
        succeed(group);
    }
    m_passed = Duration::zero();
}

void AgentRenewal::retire(Group& group, Duration passed)
{
    // Each once a lifetime; after a pause longer than that, none twice.
    const double lifetimes =
        static_cast<double>(passed.count()) / static_cast<double>(group.lifetime.count());
    group.due += std::min(lifetimes, 1.0) * group.count;
    for (; group.due >= 1; group.due -= 1) {
        const std::uint32_t member = group.first + group.next;
        group.next = group.next + 1 == group.count ? 0 : group.next + 1;
        if (m_rotation.retire(member)) {
            group.leaving.push_back(member);
        }
    }
}

void AgentRenewal::succeed(Group& group)
{
    const auto idle =
        std::partition(group.leaving.begin(), group.leaving.end(),
                       [this](std::uint32_t member) { return m_board.with(member) != 0; });
    const auto wanted = static_cast<std::uint64_t>(group.leaving.end() - idle);
    if (wanted == 0) {
        return;
    }
    auto made = group.create(wanted);
    if (!made.ok()) {
        m_problem = made.error().text();
        return;  // tried again at the next beat: a limit may give way
    }
    if (!made->failures.empty()) {
        m_problem = made->failures.front().error.text();
    }
    // The new ids take the place of the old ones, and the old ones theirs.
    auto member = idle;
    for (AgentId& id : made->ids) {
        const AgentId old = m_rotation[*member].id;
        m_rotation.replace(*member++, id);
        id = old;
    }
    group.leaving.erase(idle, member);
    // One that ended meanwhile by itself is gone as well.
    static_cast<void>(m_runtime.stopMany(made->ids, {EndKind::stopped, "its lifetime is over"}));
}

}  // namespace muster
