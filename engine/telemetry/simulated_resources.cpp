// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "telemetry/resource_probe.h"

namespace muster {
namespace {

/// A share that wanders around its rest, pulled back the further it strays.
class Wandering {
public:
    Wandering(Rng rng, double rest, double step)
        : m_rng(rng), m_rest(rest), m_step(step), m_at(rest)
    {
    }
    double next() noexcept
    {
        m_at += kPull * (m_rest - m_at) + m_step * m_rng.normal();
        m_at = std::clamp(m_at, 0.0, kHighest);
        return m_at;
    }

private:
    static constexpr double kPull = 0.05;
    static constexpr double kHighest = 0.7;  // below the warning: pressure is a fault's to make

    Rng m_rng;
    double m_rest;
    double m_step;
    double m_at;
};

class SimulatedProbe final : public ResourceProbe {
public:
    SimulatedProbe(const Rng& rng, SimulatedResources machine)
        : m_machine(machine),
          m_cpu(rng.fork("cpu"), 0.4, 0.05),
          m_memory(rng.fork("memory"), 0.3, 0.005),
          m_disk(rng.fork("disk"), 0.5, 0.001),
          m_files(rng.fork("files"), 0.1, 0.005),
          m_threads(rng.fork("threads"), 0.02, 0.001)
    {
    }

    std::vector<ResourceReading> read() override
    {
        return {reading(Resource::cpu, m_cpu, m_machine.cores),
                reading(Resource::memory, m_memory, static_cast<double>(m_machine.memoryLimit)),
                reading(Resource::disk, m_disk, static_cast<double>(m_machine.diskSize)),
                reading(Resource::files, m_files, static_cast<double>(m_machine.filesLimit)),
                reading(Resource::threads, m_threads, static_cast<double>(m_machine.threadsLimit))};
    }

private:
    static ResourceReading reading(Resource resource, Wandering& share, double limit)
    {
        ResourceReading made = emptyReading(resource);
        const double used = share.next() * limit;
        made.own = made.used = Reading::of(resource == Resource::cpu ? used : std::floor(used));
        made.share = Reading::of(made.used.value / limit);
        made.limit = Reading::of(limit);
        made.limitSource = "simulated machine";
        return made;
    }

    SimulatedResources m_machine;
    Wandering m_cpu;
    Wandering m_memory;
    Wandering m_disk;
    Wandering m_files;
    Wandering m_threads;
};

}  // namespace

std::unique_ptr<ResourceProbe> makeSimulatedResourceProbe(Rng rng, SimulatedResources machine)
{
    return std::make_unique<SimulatedProbe>(rng, machine);
}

}  // namespace muster
