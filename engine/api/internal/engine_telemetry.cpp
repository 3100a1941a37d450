// SPDX-License-Identifier: Apache-2.0
#include "api/internal/engine_telemetry.h"

#include <algorithm>

namespace muster {

namespace {

struct ResourceMetrics {
    std::string_view used;  ///< empty: measured as something else already
    std::string_view share;
};

// In the order of Watched.
constexpr std::array<ResourceMetrics, kWatched> kMetrics{{
    {"process.cpu", "process.cpu.share"},
    {"process.memory", "process.memory.share"},
    {"disk.used", "disk.share"},
    {"process.files", "process.files.share"},
    {"process.threads", "process.threads.share"},
    {"", "agents.share"},
    {"", "queue.share"},
}};

}  // namespace

void EngineTelemetry::Follower::follow(std::uint64_t total)
{
    if (total > last) {
        counter.add(total - last);
        last = total;
    }
}

EngineTelemetry::EngineTelemetry(EngineCore& core) : m_core(core), m_resources(core)
{
    auto& metrics = core.metrics;
    m_published.counter = metrics.counter("events.published");
    m_refused.counter = metrics.counter("events.refused");
    m_countedOnly.counter = metrics.counter("events.counted_only");
    m_stored.counter = metrics.counter("events.stored");
    m_storeFailed.counter = metrics.counter("store.failed");
    m_refusedByAgents.counter = metrics.counter("admission.refused", {{"limit", "agents"}});
    m_refusedByMemory.counter = metrics.counter("admission.refused", {{"limit", "memory"}});
    m_refusedByPressure.counter = metrics.counter("admission.refused", {{"limit", "pressure"}});
    m_cleanupRuns.counter = metrics.counter("cleanup.runs");
    m_cleanupFailures.counter = metrics.counter("cleanup.failed");
    m_storeWaiting = metrics.gauge("store.waiting");
    m_storeBytes = metrics.gauge("store.bytes");
    for (std::size_t i = 0; i < kWatched; ++i) {
        const auto resource = static_cast<Watched>(i);
        if (!kMetrics[i].used.empty()) {
            metrics.gaugeFunction(kMetrics[i].used,
                                  [this, resource] { return m_resources.own(resource); });
        }
        metrics.gaugeFunction(kMetrics[i].share,
                              [this, resource] { return m_resources.share(resource); });
    }
}

void EngineTelemetry::beat()
{
    m_resources.beat();
    follow();
    m_core.sampler->tick();
    sample();
}

void EngineTelemetry::flush()
{
    follow();
    m_core.sampler->flush();
    sample();
}

void EngineTelemetry::follow()
{
    m_published.follow(m_core.publisher->published());
    m_refused.follow(m_core.publisher->refused());
    m_refusedByAgents.follow(m_core.admission.refusedByAgents());
    m_refusedByMemory.follow(m_core.admission.refusedByMemory());
    m_refusedByPressure.follow(m_core.admission.refusedByPressure());
    const auto cleanups = m_resources.cleanups().totals();
    m_cleanupRuns.follow(cleanups.runs);
    m_cleanupFailures.follow(cleanups.failed);
    if (!m_core.recorder) {
        m_countedOnly.follow(m_core.publisher->published());
        return;
    }
    const auto status = m_core.recorder->status();
    m_stored.follow(status.stored);
    m_countedOnly.follow(status.countedOnly);
    m_storeFailed.follow(status.drops.total());
    m_storeWaiting.set(static_cast<double>(status.waiting));
    m_storeBytes.set(static_cast<double>(status.bytes));
}

void EngineTelemetry::sample()
{
    std::vector<std::string_view> names;
    names.reserve(allSeries().size());
    std::ranges::transform(allSeries(), std::back_inserter(names), &SeriesInfo::metric);
    m_frame = {m_core.clock->wall(), m_core.sampler->values(names)};
    m_core.frames.add(m_frame);
}

}  // namespace muster
