// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/internal/counters.h"
#include "runtime/scheduler.h"
#include "telemetry/metric_registry.h"

namespace muster::detail {

class Core;

/// Brings what the runtime counts into the metric registry, under the catalogue's names, a few
/// times a second: the hot path counts in its own threads' cells only.
/// Thread safety: made and ended by the runtime; works on the scheduler.
class MetricsBridge {
public:
    MetricsBridge(Core& core, MetricRegistry& registry);
    MetricsBridge(const MetricsBridge&) = delete;
    MetricsBridge& operator=(const MetricsBridge&) = delete;
    ~MetricsBridge();

    /// Hands on what was counted since the last time.
    void flush();

private:
    struct Flow {
        Count count;
        Counter counter;
        std::uint64_t seen = 0;
    };
    struct Level {
        Gauge gauge;
        std::size_t state;
    };

    static constexpr Duration kPeriod = std::chrono::milliseconds(50);

    Core& m_core;
    std::vector<Flow> m_flows;
    Gauge m_live;
    std::vector<Level> m_levels;
    Gauge m_waiting;
    Gauge m_oldest;
    std::uint32_t m_beat = 0;
    TimerId m_timer;
};

}  // namespace muster::detail
