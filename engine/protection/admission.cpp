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

std::uint32_t Admission::atOnce(std::uint32_t workers) const noexcept
{
    switch (pressure()) {
        case Pressure::normal:
            return workers;
        case Pressure::elevated:
            return (workers + 1) / 2;
        case Pressure::severe:
        case Pressure::critical:  // which admits nothing anyway
            break;
    }
    return 1;
}

void Admission::memoryMeasured(std::uint64_t bytes) noexcept
{
    m_memory.store(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
}

void Admission::lookAt(AdmissionLimits from) noexcept
{
    m_lookAtAgents.store(from.agents.value_or(kNone), std::memory_order_relaxed);
    m_lookAtMemory.store(from.memory.value_or(kNone), std::memory_order_relaxed);
}

void Admission::noticeNearness() noexcept
{
    if ((agents() >= m_lookAtAgents.load(std::memory_order_relaxed) ||
         memory() >= m_lookAtMemory.load(std::memory_order_relaxed)) &&
        !m_look.load(std::memory_order_relaxed)) {
        m_look.store(true, std::memory_order_relaxed);
    }
}

std::uint64_t Admission::reserve(std::atomic<std::int64_t>& used, std::uint64_t limit,
                                 std::uint64_t wanted, std::uint64_t unit) noexcept
{
    std::int64_t current = used.load(std::memory_order_relaxed);
    std::uint64_t taken = wanted;
    do {
        if (limit != kNone && unit != 0) {
            const auto inUse = static_cast<std::uint64_t>(std::max<std::int64_t>(0, current));
            taken = std::min(wanted, limit - std::min(limit, inUse)) / unit * unit;
        }
    } while (!used.compare_exchange_weak(current, current + static_cast<std::int64_t>(taken),
                                         std::memory_order_relaxed));
    return taken;
}

Result<void> Admission::checkPressure(std::uint64_t agents)
{
    if (m_pressure.load(std::memory_order_relaxed) != Pressure::critical) {
        return {};
    }
    m_refusedByPressure.fetch_add(agents, std::memory_order_relaxed);
    return Error{ErrorCode::overloaded, "no agents are admitted under critical pressure", "",
                 "Wait until the pressure falls, stop agents or raise the limit that causes it"};
}

Result<void> Admission::admit(std::uint64_t agents, std::uint64_t bytes)
{
    if (reserve(m_agents, m_agentLimit.load(std::memory_order_relaxed), agents, agents) < agents) {
        m_refusedByAgents.fetch_add(agents, std::memory_order_relaxed);
        return agentsFull(agents);
    }
    if (reserve(m_memory, m_memoryLimit.load(std::memory_order_relaxed), bytes, bytes) < bytes) {
        m_agents.fetch_sub(static_cast<std::int64_t>(agents), std::memory_order_relaxed);
        m_refusedByMemory.fetch_add(agents, std::memory_order_relaxed);
        return memoryFull(agents, bytes);
    }
    noticeNearness();
    // Last, because a limit says better what to do.
    if (auto calm = checkPressure(agents); !calm.ok()) {
        release(agents, bytes);
        return calm;
    }
    return {};
}

std::uint64_t Admission::admitUpTo(std::uint64_t agents, std::uint64_t bytesEach)
{
    if (!checkPressure(agents).ok()) {
        return 0;
    }
    const std::uint64_t byAgents =
        reserve(m_agents, m_agentLimit.load(std::memory_order_relaxed), agents, 1);
    m_refusedByAgents.fetch_add(agents - byAgents, std::memory_order_relaxed);
    if (bytesEach == 0) {
        return byAgents;
    }
    const std::uint64_t byMemory = reserve(m_memory, m_memoryLimit.load(std::memory_order_relaxed),
                                           byAgents * bytesEach, bytesEach) /
                                   bytesEach;
    noticeNearness();
    m_refusedByMemory.fetch_add(byAgents - byMemory, std::memory_order_relaxed);
    m_agents.fetch_sub(static_cast<std::int64_t>(byAgents - byMemory), std::memory_order_relaxed);
    return byMemory;
}

void Admission::release(std::uint64_t agents, std::uint64_t bytes) noexcept
{
    m_agents.fetch_sub(static_cast<std::int64_t>(agents), std::memory_order_relaxed);
    m_memory.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
}

Error Admission::agentsFull(std::uint64_t wanted) const
{
    return {ErrorCode::overloaded,
            fmt::format("{} agents are too many: the limit is {} and {} live", wanted,
                        m_agentLimit.load(std::memory_order_relaxed), agents()),
            "limits.agents", "Raise limits.agents or stop agents first"};
}

Error Admission::memoryFull(std::uint64_t wanted, std::uint64_t bytes) const
{
    return {
        ErrorCode::overloaded,
        fmt::format("{} agents would take {:.1f} MiB: the limit is {:.1f} MiB and about "
                    "{:.1f} MiB are in use",
                    wanted, mebibytes(bytes),
                    mebibytes(m_memoryLimit.load(std::memory_order_relaxed)), mebibytes(memory())),
        "limits.memory", "Raise limits.memory or stop agents first"};
}

}  // namespace muster
