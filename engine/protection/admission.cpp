// SPDX-License-Identifier: Apache-2.0
#include "protection/admission.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {
namespace {

std::optional<std::uint64_t> asLimit(std::uint64_t stored, std::uint64_t none) noexcept
{
    return stored == none ? std::nullopt : std::optional(stored);
}

double mebibytes(std::uint64_t bytes) noexcept
{
    return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

}  // namespace

void Admission::setLimits(AdmissionLimits limits) noexcept
{
    m_agentLimit.store(limits.agents.value_or(kNone), std::memory_order_relaxed);
    m_memoryLimit.store(limits.memory.value_or(kNone), std::memory_order_relaxed);
}

AdmissionLimits Admission::limits() const noexcept
{
    return {asLimit(m_agentLimit.load(std::memory_order_relaxed), kNone),
            asLimit(m_memoryLimit.load(std::memory_order_relaxed), kNone)};
}

std::uint64_t Admission::memory() const noexcept
{
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, m_memory.load(std::memory_order_relaxed)));
}

void Admission::memoryMeasured(std::uint64_t bytes) noexcept
{
    m_memory.store(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
}

std::uint64_t Admission::takeAgents(std::uint64_t agents, std::uint64_t atLeast) noexcept
{
    const std::uint64_t limit = m_agentLimit.load(std::memory_order_relaxed);
    std::uint64_t current = m_agents.load(std::memory_order_relaxed);
    std::uint64_t taken = 0;
    do {
        taken = std::min(agents, limit - std::min(limit, current));
        if (taken < atLeast || taken == 0) {
            return 0;
        }
    } while (!m_agents.compare_exchange_weak(current, current + taken, std::memory_order_relaxed));
    return taken;
}

std::uint64_t Admission::takeMemory(std::uint64_t agents, std::uint64_t atLeast,
                                    std::uint64_t bytesEach) noexcept
{
    const std::uint64_t limit = m_memoryLimit.load(std::memory_order_relaxed);
    std::int64_t current = m_memory.load(std::memory_order_relaxed);
    std::uint64_t taken = agents;
    do {
        if (limit != kNone && bytesEach != 0) {
            const auto used = static_cast<std::uint64_t>(std::max<std::int64_t>(0, current));
            taken = std::min(agents, (limit - std::min(limit, used)) / bytesEach);
        }
        if (taken < atLeast || taken == 0) {
            return 0;
        }
    } while (!m_memory.compare_exchange_weak(current,
                                             current + static_cast<std::int64_t>(taken * bytesEach),
                                             std::memory_order_relaxed));
    return taken;
}

Result<std::uint64_t> Admission::take(std::uint64_t agents, std::uint64_t atLeast,
                                      std::uint64_t bytesEach)
{
    if (agents == 0) {
        return std::uint64_t{0};
    }
    if (m_pressure.load(std::memory_order_relaxed) == Pressure::critical) {
        m_refusedByPressure.fetch_add(agents, std::memory_order_relaxed);
        return Error{
            ErrorCode::overloaded, "no agents are admitted under critical pressure", "",
            "Wait until the pressure falls, stop agents or raise the limit that causes it"};
    }
    const std::uint64_t byAgents = takeAgents(agents, atLeast);
    if (byAgents < agents) {
        m_refusedByAgents.fetch_add(agents - byAgents, std::memory_order_relaxed);
    }
    if (byAgents == 0) {
        return agentsFull(agents);
    }
    const std::uint64_t byMemory = takeMemory(byAgents, atLeast, bytesEach);
    if (byMemory < byAgents) {
        m_agents.fetch_sub(byAgents - byMemory, std::memory_order_relaxed);
        m_refusedByMemory.fetch_add(byAgents - byMemory, std::memory_order_relaxed);
    }
    if (byMemory == 0) {
        return memoryFull(byAgents, bytesEach);
    }
    return byMemory;
}

Result<void> Admission::admit(std::uint64_t agents, std::uint64_t bytesEach)
{
    const auto taken = take(agents, agents, bytesEach);
    return taken.ok() ? Result<void>() : Result<void>(taken.error());
}

std::uint64_t Admission::admitUpTo(std::uint64_t agents, std::uint64_t bytesEach)
{
    return take(agents, 1, bytesEach).valueOr(0);
}

void Admission::release(std::uint64_t agents, std::uint64_t bytesEach) noexcept
{
    m_agents.fetch_sub(agents, std::memory_order_relaxed);
    m_memory.fetch_sub(static_cast<std::int64_t>(agents * bytesEach), std::memory_order_relaxed);
}

Error Admission::agentsFull(std::uint64_t wanted) const
{
    return {ErrorCode::overloaded,
            fmt::format("{} agents are too many: the limit is {} and {} live", wanted,
                        m_agentLimit.load(std::memory_order_relaxed), agents()),
            "limits.agents", "Raise limits.agents or stop agents first"};
}

Error Admission::memoryFull(std::uint64_t wanted, std::uint64_t bytesEach) const
{
    return {
        ErrorCode::overloaded,
        fmt::format("{} agents would take {:.1f} MiB: the limit is {:.1f} MiB and about "
                    "{:.1f} MiB are in use",
                    wanted, mebibytes(wanted * bytesEach),
                    mebibytes(m_memoryLimit.load(std::memory_order_relaxed)), mebibytes(memory())),
        "limits.memory", "Raise limits.memory or stop agents first"};
}

}  // namespace muster
