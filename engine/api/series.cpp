// SPDX-License-Identifier: Apache-2.0
#include "api/series.h"

#include <array>

namespace muster {

namespace {

constexpr std::size_t kSeries = static_cast<std::size_t>(Series::count);

// In the order of the enumeration.
constexpr std::array<SeriesInfo, kSeries> kInfos{{
    {"agents.live", "Live", "1"},
    {"agents.ready", "Ready", "1"},
    {"agents.busy", "Busy", "1"},
    {"agents.suspended", "Suspended", "1"},
    {"events.published.rate", "Published", "1/s"},
    {"events.stored.rate", "Stored", "1/s"},
    {"events.counted_only.rate", "Counted only", "1/s"},
    {"actions.completed.rate", "Completed", "1/s"},
    {"actions.failed.rate", "Failed", "1/s"},
    {"actions.latency.p50", "p50", "ns"},
    {"actions.latency.p90", "p90", "ns"},
    {"actions.latency.p95", "p95", "ns"},
    {"actions.latency.p99", "p99", "ns"},
    {"actions.latency.p999", "p99.9", "ns"},
    {"actions.latency.max", "max", "ns"},
    {"actions.service_time.p99", "Service time p99", "ns"},
    {"mailbox.waiting", "Waiting", "1"},
    {"mailbox.oldest", "Oldest", "ns"},
    {"load.target", "Target", "1"},
    {"load.offered.rate", "Offered", "1/s"},
    {"load.achieved.rate", "Achieved", "1/s"},
    {"load.dropped.rate", "Dropped", "1/s"},
    {"load.outstanding", "Outstanding", "1"},
    {"load.saturation", "Generator busy", "%"},
    {"process.cpu", "CPU", "1"},
    {"process.memory", "Memory", "B"},
    {"disk.used", "Disk", "B"},
    {"process.files", "Open files", "1"},
    {"process.threads", "Threads", "1"},
    {"process.cpu.share", "CPU", "%"},
    {"process.memory.share", "Memory", "%"},
    {"disk.share", "Disk", "%"},
    {"agents.share", "Agents", "%"},
    {"store.waiting", "Waiting to be stored", "1"},
    {"pressure.level", "Pressure", "1"},
    {"jobs.ready", "Jobs ready", "1"},
    {"jobs.letters", "Dead letters", "1"},
    {"jobs.pushed.rate", "Jobs pushed", "1/s"},
    {"jobs.done.rate", "Jobs done", "1/s"},
}};

static_assert(!kInfos.back().metric.empty(), "every series has its row");

}  // namespace

const SeriesInfo& seriesInfo(Series series) noexcept
{
    return kInfos[static_cast<std::size_t>(series)];
}

std::span<const SeriesInfo> allSeries() noexcept
{
    return kInfos;
}

std::optional<Series> findSeries(std::string_view metric) noexcept
{
    for (std::size_t i = 0; i < kInfos.size(); ++i) {
        if (kInfos[i].metric == metric) {
            return static_cast<Series>(i);
        }
    }
    return std::nullopt;
}

}  // namespace muster
