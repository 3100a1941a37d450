// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/internal/cleanup_runner.h"
#include "api/internal/engine_core.h"
#include "api/snapshot.h"
#include "protection/forecast.h"
#include "protection/resource_manager.h"
#include "telemetry/resource_probe.h"

namespace muster {

/// The resource manager put to work: measures what there is against its limits, tells everybody
/// the level, has cleaned up what it orders, and says what it did.
/// Thread safety: one thread at a time (the service thread, or the simulation's); lookSoon() from
/// any.
class ResourceWatch {
public:
    explicit ResourceWatch(EngineCore& core);

    /// Measures when it is time to, or when somebody asked to.
    void beat();
    void lookSoon() noexcept { m_look.store(true, std::memory_order_relaxed); }

    [[nodiscard]] const ResourceSettings& settings(Watched resource) const
    {
        return m_manager.settings(resource);
    }
    /// From the next look on, which is soon.
    void setSettings(Watched resource, const ResourceSettings& settings);
    [[nodiscard]] CleanupRunner& cleanups() noexcept { return m_cleanups; }
    [[nodiscard]] const CleanupRunner& cleanups() const noexcept { return m_cleanups; }

    [[nodiscard]] const std::vector<ResourceUse>& resources() const noexcept { return m_uses; }
    [[nodiscard]] PressureLevel pressure() const noexcept { return m_pressure; }
    [[nodiscard]] const std::string& cause() const noexcept { return m_cause; }
    [[nodiscard]] PressureTotals totals() const;
    /// As of the last look, for the sampler.
    [[nodiscard]] const Reading& own(Watched resource) const
    {
        return m_own[static_cast<std::size_t>(resource)];
    }
    [[nodiscard]] const Reading& share(Watched resource) const { return usage(resource).share; }

private:
    [[nodiscard]] const ResourceUsage& usage(Watched resource) const
    {
        return m_usages[static_cast<std::size_t>(resource)];
    }
    void measure();
    /// One a Watched, in that order.
    [[nodiscard]] std::vector<ResourceReading> readAll();
    /// What injected faults make of it.
    void overlay(std::vector<ResourceReading>& all) const;
    [[nodiscard]] ResourceReading readAgents() const;
    [[nodiscard]] ResourceReading readQueue() const;
    void tell(const ResourceManager::News& news);
    void setPressure();
    void showUses(const std::vector<ResourceReading>& readings);
    void watchAdmission();

    EngineCore& m_core;
    std::unique_ptr<ResourceProbe> m_probe;
    ResourceManager m_manager;
    CleanupRunner m_cleanups;
    std::array<LimitForecast, kWatched> m_forecasts;
    std::array<ResourceUsage, kWatched> m_usages;
    std::array<Reading, kWatched> m_own;
    std::optional<MonoTime> m_measuredAt;
    std::atomic<bool> m_look{false};
    std::vector<ResourceUse> m_uses;
    PressureLevel m_pressure = PressureLevel::normal;
    std::string m_cause;
    PressureTotals m_totals;
    Gauge m_level;
};

}  // namespace muster
