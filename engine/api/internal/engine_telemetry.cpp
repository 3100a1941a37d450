// SPDX-License-Identifier: Apache-2.0
#include "api/internal/engine_telemetry.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr std::size_t kResources = static_cast<std::size_t>(Resource::count);

struct ResourceMetrics {
    std::string_view used;
    std::string_view share;
    bool presses;  ///< a processor in full use is no trouble by itself
};

// In the order of Resource.
constexpr std::array<ResourceMetrics, kResources> kMetrics{{
    {"process.cpu", "process.cpu.share", false},
    {"process.memory", "process.memory.share", true},
    {"disk.used", "disk.share", true},
    {"process.files", "process.files.share", true},
    {"process.threads", "process.threads.share", true},
}};

[[nodiscard]] Known toKnown(const Reading& reading)
{
    return {reading.value, reading.missing};
}

[[nodiscard]] PressureLevel toLevel(Pressure level)
{
    return static_cast<PressureLevel>(level);
}

[[nodiscard]] std::unique_ptr<ResourceProbe> makeProbe(const EngineCore& core)
{
    if (core.simulated()) {
        return makeSimulatedResourceProbe(Rng(core.seed).fork("resources"));
    }
    ResourceProbeOptions options;
    if (core.options.database && core.options.database->has_parent_path()) {
        options.diskPath = core.options.database->parent_path();
    }
    return makeResourceProbe(core.clock, options);
}

/// The operator's limit holds where it is below the machine's.
void applyMemoryLimit(ResourceReading& reading, const std::optional<std::uint64_t>& limit)
{
    if (!limit || (reading.limit.known() && reading.limit.value <= static_cast<double>(*limit))) {
        return;
    }
    reading.limit = Reading::of(static_cast<double>(*limit));
    reading.limitSource = "limits.memory";
    reading.share = reading.used.known() && *limit > 0
                        ? Reading::of(reading.used.value / static_cast<double>(*limit))
                        : reading.used;
}

}  // namespace

void EngineTelemetry::Follower::follow(std::uint64_t total)
{
    if (total > last) {
        counter.add(total - last);
        last = total;
    }
}

EngineTelemetry::EngineTelemetry(EngineCore& core) : m_core(core), m_probe(makeProbe(core))
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
    m_pressureGauge = metrics.gauge("pressure.level");
    m_storeWaiting = metrics.gauge("store.waiting");
    m_storeBytes = metrics.gauge("store.bytes");
    for (std::size_t i = 0; i < kResources; ++i) {
        metrics.gaugeFunction(kMetrics[i].used, [this, i] { return m_used[i]; });
        metrics.gaugeFunction(kMetrics[i].share, [this, i] { return m_share[i]; });
    }
    metrics.gaugeFunction("agents.share", [this] { return m_agentsShare; });
}

void EngineTelemetry::beat()
{
    const auto now = m_core.clock->now();
    if (!m_measuredAt || now - *m_measuredAt >= m_board.pollPeriod()) {
        m_measuredAt = now;
        measure();
    }
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

void EngineTelemetry::measure()
{
    const auto now = m_core.clock->now();
    const auto limits = m_core.admission.limits();
    std::vector<ResourceUse> resources;
    for (auto& reading : m_probe->read()) {
        if (reading.resource == Resource::memory) {
            applyMemoryLimit(reading, limits.memory);
            if (reading.used.known()) {
                m_core.admission.memoryMeasured(static_cast<std::uint64_t>(reading.used.value));
            }
        }
        resources.push_back(judge(reading, now));
    }
    resources.push_back(agentsUse());
    m_resources = std::move(resources);
    m_agentsShare = {m_resources.back().share.value, m_resources.back().share.missing};
    m_core.admission.setPressure(m_board.level(toString(Resource::memory)));
    setPressure();
}

ResourceUse EngineTelemetry::judge(const ResourceReading& reading, MonoTime now)
{
    const auto index = static_cast<std::size_t>(reading.resource);
    const auto name = toString(reading.resource);
    m_used[index] = reading.used;
    m_share[index] = reading.share;
    auto& forecast = m_forecasts[index];
    if (reading.share.known()) {
        forecast.add(reading.share.value, now);
    }
    const bool presses =
        kMetrics[index].presses && (reading.resource != Resource::disk || m_core.recorder);
    if (presses) {
        m_board.update(name, reading.share, now);
    }
    return {.name = std::string(name),
            .title = std::string(reading.title),
            .unit = std::string(reading.unit),
            .used = toKnown(reading.used),
            .limit = toKnown(reading.limit),
            .share = toKnown(reading.share),
            .level = presses ? toLevel(m_board.level(name)) : PressureLevel::normal,
            .secondsToLimit = presses ? toKnown(forecast.secondsToLimit())
                                      : Known{0, "full use of it is no trouble"},
            .limitSource = reading.limitSource};
}

ResourceUse EngineTelemetry::agentsUse() const
{
    const auto live = static_cast<double>(m_core.admission.agents());
    const auto limit = m_core.admission.limits().agents;
    ResourceUse use{.name = "agents",
                    .title = "Agents",
                    .unit = "1",
                    .used = {live, {}},
                    .limit = {0, "no limit is set (limits.agents)"},
                    .share = {0, "no limit is set (limits.agents)"},
                    .level = PressureLevel::normal,
                    .secondsToLimit = {0, "a workload's own choice"},
                    .limitSource = {}};
    if (limit) {
        use.limit = {static_cast<double>(*limit), {}};
        use.share = {*limit == 0 ? 1 : live / static_cast<double>(*limit), {}};
        use.limitSource = "limits.agents";
    }
    return use;
}

void EngineTelemetry::setPressure()
{
    const auto level = toLevel(m_board.level());
    const auto before = std::exchange(m_pressure, level);
    m_cause = m_board.cause();
    m_pressureGauge.set(static_cast<double>(level));
    if (before == level) {
        return;
    }
    m_core.publisher->publish(
        EventType::pressureChanged, Component::limits,
        {{"from", toString(before)}, {"to", toString(level)}, {"cause", m_cause}});
}

void EngineTelemetry::follow()
{
    m_published.follow(m_core.publisher->published());
    m_refused.follow(m_core.publisher->refused());
    m_refusedByAgents.follow(m_core.admission.refusedByAgents());
    m_refusedByMemory.follow(m_core.admission.refusedByMemory());
    m_refusedByPressure.follow(m_core.admission.refusedByPressure());
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
