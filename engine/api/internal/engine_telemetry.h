// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/engine_core.h"
#include "api/internal/resource_watch.h"
#include "api/snapshot.h"
#include "telemetry/metric_registry.h"

namespace muster {

/// Measures the machine, judges the pressure and samples every metric, on a beat.
/// Thread safety: one thread at a time (the service thread, or the simulation's).
class EngineTelemetry {
public:
    explicit EngineTelemetry(EngineCore& core);

    /// Once a snapshot period.
    void beat();
    /// Hands the store what has come since its last batch: before a run ends.
    void flush();

    [[nodiscard]] ResourceWatch& resources() noexcept { return m_resources; }
    [[nodiscard]] const ResourceWatch& resources() const noexcept { return m_resources; }
    [[nodiscard]] const MetricFrame& frame() const noexcept { return m_frame; }

private:
    /// A counter of the registry that follows a total kept elsewhere.
    struct Follower {
        Counter counter;
        std::uint64_t last = 0;

        void follow(std::uint64_t total);
    };

    void follow();
    void sample();

    EngineCore& m_core;
    ResourceWatch m_resources;
    MetricFrame m_frame;

    Follower m_published, m_refused, m_stored, m_countedOnly, m_storeFailed;
    Follower m_refusedByAgents, m_refusedByMemory, m_refusedByPressure;
    Follower m_cleanupRuns, m_cleanupFailures;
    Gauge m_storeWaiting, m_storeBytes;
};

}  // namespace muster
