// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/engine_core.h"
#include "api/snapshot.h"
#include "protection/forecast.h"
#include "protection/pressure_gauge.h"
#include "telemetry/metric_registry.h"
#include "telemetry/resource_probe.h"

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

    [[nodiscard]] const std::vector<ResourceUse>& resources() const noexcept { return m_resources; }
    [[nodiscard]] PressureLevel pressure() const noexcept { return m_pressure; }
    [[nodiscard]] const std::string& pressureCause() const noexcept { return m_cause; }
    [[nodiscard]] const MetricFrame& frame() const noexcept { return m_frame; }

private:
    /// A counter of the registry that follows a total kept elsewhere.
    struct Follower {
        Counter counter;
        std::uint64_t last = 0;

        void follow(std::uint64_t total);
    };

    void measure();
    [[nodiscard]] ResourceUse judge(const ResourceReading& reading, MonoTime now);
    [[nodiscard]] ResourceUse agentsUse() const;
    void setPressure();
    void follow();
    void sample();

    EngineCore& m_core;
    std::unique_ptr<ResourceProbe> m_probe;
    PressureBoard m_board;
    std::array<LimitForecast, static_cast<std::size_t>(Resource::count)> m_forecasts;
    std::optional<MonoTime> m_measuredAt;
    std::vector<ResourceUse> m_resources;
    PressureLevel m_pressure = PressureLevel::normal;
    std::string m_cause;
    MetricFrame m_frame;

    Follower m_published, m_refused, m_stored, m_countedOnly, m_storeFailed;
    Follower m_refusedByAgents, m_refusedByMemory, m_refusedByPressure;
    Gauge m_pressureGauge, m_storeWaiting, m_storeBytes;
    // What the sampler asks for inside beat().
    std::array<Reading, static_cast<std::size_t>(Resource::count)> m_used, m_share;
    Reading m_agentsShare;
};

}  // namespace muster
