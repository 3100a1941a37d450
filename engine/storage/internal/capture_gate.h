// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/event.h"
#include "events/type_registry.h"
#include "storage/capture_policy.h"

namespace muster {

/// The capture policy at work: one decision a type, kept with its counters, so that asking costs
/// two loads and an addition.
/// Thread safety: any thread. Events of one thread are decided on in its order.
class CaptureGate {
public:
    /// What the gate knows of one type.
    struct alignas(64) Type {
        std::string name;
        bool always = false;                   ///< shed last
        bool shapes = false;                   ///< part of the engine's state
        std::atomic<std::uint64_t> rule{0};    ///< mode above, n below
        std::atomic<std::uint64_t> seen{0};    ///< of `sample`
        std::atomic<std::uint64_t> second{0};  ///< of `rateCap`: second above, taken below
        std::atomic<std::uint64_t> kept{0};
        std::atomic<std::uint64_t> sampledAway{0};
        std::atomic<std::uint64_t> capped{0};
        std::atomic<std::uint64_t> countedOnly{0};
        std::atomic<std::uint64_t> shed{0};
        const EventInfo* info = nullptr;

        std::atomic<std::uint64_t> thinned{0};     ///< given up under pressure
        std::atomic<std::uint64_t> beforeThin{0};  ///< what the rule let pass under pressure

        [[nodiscard]] bool admits(const Event& event) noexcept;
        /// Of those, one of so many is kept under pressure; 0: none. Never touches durable events
        /// and those that are always kept.
        [[nodiscard]] bool spares(const Event& event, std::uint32_t oneOf) noexcept;
    };

    explicit CaptureGate(CapturePolicy policy);

    [[nodiscard]] Type& type(const Event& event)
    {
        const std::uint32_t id = event.type.value;
        if (Chunk* chunk = m_chunks[id / kChunk].load(std::memory_order_acquire)) {
            if (Type* known = (*chunk)[id % kChunk].load(std::memory_order_acquire)) {
                return *known;
            }
        }
        return makeType(event);
    }

    [[nodiscard]] bool admits(Type& of, const Event& event) noexcept
    {
        const std::uint32_t oneOf = m_oneOf.load(std::memory_order_relaxed);
        return of.admits(event) && (oneOf == 1 || of.spares(event, oneOf));
    }
    void keepOneOf(std::uint32_t oneOf) noexcept
    {
        m_oneOf.store(oneOf, std::memory_order_relaxed);
    }

    void setPolicy(CapturePolicy policy);
    [[nodiscard]] CapturePolicy policy() const;

    /// By type name; only those that were published.
    [[nodiscard]] std::vector<CaptureCounts> counts() const;
    [[nodiscard]] std::uint64_t notKept() const;
    /// Of them under pressure.
    [[nodiscard]] std::uint64_t thinned() const;

private:
    static constexpr std::uint32_t kChunk = 256;
    using Chunk = std::array<std::atomic<Type*>, kChunk>;

    [[nodiscard]] Type& makeType(const Event& event);
    [[nodiscard]] std::uint64_t ruleOf(const EventInfo& info) const;

    std::array<std::atomic<Chunk*>, TypeRegistry::kMaxTypes / kChunk + 1> m_chunks{};

    std::atomic<std::uint32_t> m_oneOf{1};

    mutable std::mutex m_mutex;  // guards what follows, and additions to the above
    CapturePolicy m_policy;
    std::vector<std::unique_ptr<Chunk>> m_ownedChunks;
    std::vector<std::unique_ptr<Type>> m_types;
};

}  // namespace muster
