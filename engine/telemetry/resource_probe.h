// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "telemetry/reading.h"

namespace muster {

/// What of the machine is used, against its limit.
enum class Resource : std::uint8_t { cpu, memory, disk, files, threads, count };

[[nodiscard]] std::string_view toString(Resource resource) noexcept;

struct ResourceReading {
    Resource resource = Resource::cpu;
    std::string_view title;  ///< "Memory"
    std::string_view unit;   ///< "1" (of CPU: cores), "B"
    Reading own;             ///< what this process takes of it; of a disk, what is used
    Reading used;  ///< of the limit below: by this process, or by all who share that limit
    Reading limit;
    Reading share;            ///< 0…1 of the limit; of several limits the nearest's
    std::string limitSource;  ///< "cgroup v2", "machine", "RLIMIT_NOFILE", "workload limits.memory"
};

/// A reading with its title and unit and nothing measured.
[[nodiscard]] ResourceReading emptyReading(Resource resource);

/// Measures the resources. Thread safety: one thread at a time.
class ResourceProbe {
public:
    virtual ~ResourceProbe() = default;
    /// One reading a Resource, in that order.
    [[nodiscard]] virtual std::vector<ResourceReading> read() = 0;
};

struct ResourceProbeOptions {
    std::filesystem::path proc = "/proc";
    std::filesystem::path cgroup = "/sys/fs/cgroup";
    std::filesystem::path diskPath = ".";  ///< on the file system to watch: the database's
    /// A lower limit than the machine's: the workload's limits.memory.
    std::optional<std::uint64_t> memoryLimit;
    std::string memoryLimitSource = "workload limits.memory";
};

/// Of this process, from proc and its cgroup (v2 or v1). CPU is what the process used over the
/// last second and is unknown at the first read().
[[nodiscard]] std::unique_ptr<ResourceProbe> makeResourceProbe(std::shared_ptr<Clock> clock,
                                                               ResourceProbeOptions options);

/// Bytes of this process that are in memory; nothing when the system does not say.
[[nodiscard]] std::optional<std::uint64_t> residentMemory(
    const std::filesystem::path& proc = "/proc");

/// Bytes of the machine that can be had without others losing theirs.
[[nodiscard]] std::optional<std::uint64_t> availableMemory(
    const std::filesystem::path& proc = "/proc");

struct SimulatedResources {
    std::uint32_t cores = 4;
    std::uint64_t memoryLimit = std::uint64_t{1} << 30;
    std::uint64_t diskSize = std::uint64_t{100} << 30;
    std::uint64_t filesLimit = 1024;
    std::uint64_t threadsLimit = 4096;
};

/// A seeded model for simulation: values that wander below their warning thresholds.
[[nodiscard]] std::unique_ptr<ResourceProbe> makeSimulatedResourceProbe(
    Rng rng, SimulatedResources machine = {});

}  // namespace muster
