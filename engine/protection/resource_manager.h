// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protection/cleanup.h"
#include "protection/pressure_gauge.h"
#include "protection/steady_time.h"
#include "telemetry/reading.h"

namespace muster {

/// How one resource is judged. Each can be set alone.
struct ResourceSettings {
    PressureThresholds thresholds;
    bool presses = true;  ///< its level counts into the engine's
    /// How much of the limit must be free below the first threshold before clean-up ends.
    double reclaim = 0.05;
    /// Lower than the machine's, in the resource's unit: bytes, cores, or how many.
    std::optional<double> limit{};

    friend bool operator==(const ResourceSettings&, const ResourceSettings&) = default;
};

/// Warning from 80 %, critical from 95 %; but a processor in full use is no trouble by itself,
/// and the agents' limit, a workload's own choice, warns without pressing.
[[nodiscard]] ResourceSettings defaultSettings(Watched resource) noexcept;

/// What is used of one resource, against its limit.
struct ResourceUsage {
    Watched resource = Watched::memory;
    Reading used;
    Reading limit;
    Reading share;  ///< 0…1 of the limit; unknown: nothing changes
};

/// After Kubernetes' node pressure: levels by resource with grace, hysteresis and a stable time,
/// and what is to be cleaned up meanwhile. Pure: depends on what it was given only.
/// Thread safety: one thread at a time.
class ResourceManager {
public:
    struct Change {
        Watched resource;
        Pressure from;
        Pressure to;
        double share;
    };
    /// A resource is below its target again.
    struct Recovery {
        Watched resource;
        Duration took;  ///< since it pressed
    };
    struct News {
        std::vector<Change> changes;
        std::vector<Recovery> recoveries;
    };

    ResourceManager();

    [[nodiscard]] const ResourceSettings& settings(Watched resource) const;
    /// Takes effect at the next update; what was reached stays until then.
    void setSettings(Watched resource, const ResourceSettings& settings);

    [[nodiscard]] News update(std::span<const ResourceUsage> usages, MonoTime now);

    /// The worst of those that press.
    [[nodiscard]] Pressure level() const noexcept;
    /// The same of what work needs: all but the disk, which presses only what is written.
    [[nodiscard]] Pressure workLevel() const noexcept;
    [[nodiscard]] Pressure level(Watched resource) const noexcept;
    /// "memory 81 % of limit"; empty while the level is normal.
    [[nodiscard]] std::string cause() const;
    /// When to look again: often under pressure and in its grace, seldom otherwise.
    [[nodiscard]] Duration pollPeriod() const noexcept;

    /// The clean-ups to run now, one a resource at most; each is to be told by cleanedUp().
    [[nodiscard]] std::vector<CleanupOrder> cleanups(MonoTime now);
    /// An order that was given up meanwhile is ignored.
    void cleanedUp(const CleanupOrder& order, MonoTime now);

    static constexpr Duration kPressedPeriod = std::chrono::milliseconds(100);
    static constexpr Duration kCalmPeriod = std::chrono::seconds(1);

private:
    struct Entry {
        ResourceSettings settings;
        PressureGauge gauge;
        CleanupPlan plan;
        double share = 0;
        std::uint64_t order = 0;  ///< under way; 0: none
    };

    [[nodiscard]] Entry& at(Watched resource)
    {
        return m_entries[static_cast<std::size_t>(resource)];
    }
    [[nodiscard]] const Entry& at(Watched resource) const
    {
        return m_entries[static_cast<std::size_t>(resource)];
    }
    [[nodiscard]] Pressure worst(bool withDisk) const noexcept;
    [[nodiscard]] static CleanupPlan::Look lookAt(const Entry& entry, const ResourceUsage& usage);

    std::array<Entry, kWatched> m_entries;
    std::uint64_t m_orders = 0;
    SteadyTime m_time;
};

}  // namespace muster
