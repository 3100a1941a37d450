// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

#include "base/result.h"
#include "base/thread_slot.h"
#include "protection/pressure_gauge.h"

namespace muster {

struct AdmissionLimits {
    std::optional<std::uint64_t> agents;
    std::optional<std::uint64_t> memory;  ///< bytes, of the whole process

    friend bool operator==(const AdmissionLimits&, const AdmissionLimits&) = default;
};

/// Says at once whether more agents may come. What it admits it has counted: the limit is never
/// overrun, whoever asks at the same time. Memory is estimated: what was measured last, and
/// what came and went since. Under critical pressure nothing is admitted.
/// Thread safety: any thread.
class Admission {
public:
    explicit Admission(AdmissionLimits limits = {}) { setLimits(limits); }

    /// All of them or none; `bytes` is what they are expected to take together.
    /// Errors: overloaded, with the limit and the key to raise.
    [[nodiscard]] Result<void> admit(std::uint64_t agents, std::uint64_t bytes);
    /// As many as the limits allow, up to `agents` of `bytesEach`.
    [[nodiscard]] std::uint64_t admitUpTo(std::uint64_t agents, std::uint64_t bytesEach);
    /// Gives back what was admitted, with the same bytes.
    void release(std::uint64_t agents, std::uint64_t bytes) noexcept;

    /// How many of so many workers may make agents at once: all of them as long as nothing
    /// presses, half of them when something does, then one.
    [[nodiscard]] std::uint32_t atOnce(std::uint32_t workers) const noexcept;

    /// What the process really takes: the estimate starts from there again.
    void memoryMeasured(std::uint64_t bytes) noexcept;
    void setPressure(Pressure level) noexcept
    {
        m_pressure.store(level, std::memory_order_relaxed);
    }
    [[nodiscard]] Pressure pressure() const noexcept
    {
        return m_pressure.load(std::memory_order_relaxed);
    }
    /// A limit below what is there stops nothing; it only admits no more.
    void setLimits(AdmissionLimits limits) noexcept;

    /// From these on somebody has to look at the resources; none: they do already.
    void lookAt(AdmissionLimits from) noexcept;
    /// Whether one was reached since; asked once.
    [[nodiscard]] bool takeLook() noexcept
    {
        return m_look.load(std::memory_order_relaxed) &&
               m_look.exchange(false, std::memory_order_relaxed);
    }

    [[nodiscard]] AdmissionLimits limits() const noexcept;
    [[nodiscard]] std::uint64_t agents() const noexcept
    {
        return static_cast<std::uint64_t>(m_agents.load(std::memory_order_relaxed));
    }
    [[nodiscard]] std::uint64_t memory() const noexcept;  ///< the estimate
    [[nodiscard]] std::uint64_t refusedByAgents() const noexcept { return m_refusedByAgents; }
    [[nodiscard]] std::uint64_t refusedByMemory() const noexcept { return m_refusedByMemory; }
    [[nodiscard]] std::uint64_t refusedByPressure() const noexcept { return m_refusedByPressure; }

private:
    static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

    /// Takes the largest multiple of `unit` up to `wanted` that the limit has room for.
    [[nodiscard]] static std::uint64_t reserve(std::atomic<std::int64_t>& used, std::uint64_t limit,
                                               std::uint64_t wanted, std::uint64_t unit) noexcept;
    void noticeNearness() noexcept;
    [[nodiscard]] Result<void> checkPressure(std::uint64_t agents);
    [[nodiscard]] Error agentsFull(std::uint64_t wanted) const;
    [[nodiscard]] Error memoryFull(std::uint64_t wanted, std::uint64_t bytes) const;

    alignas(kCacheLine) std::atomic<std::int64_t> m_agents{0};
    std::atomic<std::int64_t> m_memory{0};  // measured last, and what changed since
    alignas(kCacheLine) std::atomic<std::uint64_t> m_agentLimit{kNone};
    std::atomic<std::uint64_t> m_memoryLimit{kNone};
    std::atomic<std::uint64_t> m_lookAtAgents{kNone};
    std::atomic<std::uint64_t> m_lookAtMemory{kNone};
    std::atomic<bool> m_look{false};
    std::atomic<Pressure> m_pressure{Pressure::normal};
    std::atomic<std::uint64_t> m_refusedByAgents{0};
    std::atomic<std::uint64_t> m_refusedByMemory{0};
    std::atomic<std::uint64_t> m_refusedByPressure{0};
};

}  // namespace muster
