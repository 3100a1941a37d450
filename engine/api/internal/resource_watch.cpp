// SPDX-License-Identifier: Apache-2.0
#include "api/internal/resource_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace muster {

namespace {

static_assert(static_cast<int>(Resource::cpu) == static_cast<int>(Watched::cpu) &&
                  static_cast<int>(Resource::memory) == static_cast<int>(Watched::memory) &&
                  static_cast<int>(Resource::disk) == static_cast<int>(Watched::disk) &&
                  static_cast<int>(Resource::files) == static_cast<int>(Watched::files) &&
                  static_cast<int>(Resource::threads) == static_cast<int>(Watched::threads),
              "what the probe reads comes first, in its order");

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

/// The operator's limit, of what this process takes, holds where it is nearer than the machine's.
void applyLimit(ResourceReading& reading, std::optional<double> limit, std::string source)
{
    if (!limit || !reading.own.known()) {
        return;
    }
    const double share = *limit > 0 ? reading.own.value / *limit : 1;
    if (!reading.share.known() || share >= reading.share.value) {
        reading.used = reading.own;
        reading.limit = Reading::of(*limit);
        reading.share = Reading::of(share);
        reading.limitSource = std::move(source);
    }
}

/// Of the events that the capture policy would keep, by level; 0: none.
constexpr std::array<std::uint32_t, 4> kKeepOneOf{1, 4, 16, 0};

[[nodiscard]] std::optional<double> asReal(std::optional<std::uint64_t> value)
{
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

}  // namespace

ResourceWatch::ResourceWatch(EngineCore& core)
    : m_core(core),
      m_probe(makeProbe(core)),
      m_cleanups(core,
                 [this](const CleanupOrder& order) {
                     m_manager.cleanedUp(order, m_core.clock->now());
                     measure();
                 }),
      m_level(core.metrics.gauge("pressure.level"))
{
    const ResourcesSpec spec = core.workload ? core.workload->resources : defaultResources();
    for (std::size_t i = 0; i < kWatched; ++i) {
        auto settings = spec[i];
        if (static_cast<Watched>(i) == Watched::disk && !core.recorder) {
            settings.presses = false;  // nothing is written there
        }
        m_manager.setSettings(static_cast<Watched>(i), settings);
        m_usages[i].share = m_own[i] = Reading::unknown("not measured yet");
    }
    addOwnCleanups(m_cleanups, core);
}

void ResourceWatch::setSettings(Watched resource, const ResourceSettings& settings)
{
    m_manager.setSettings(resource, settings);
    lookSoon();
}

void ResourceWatch::beat()
{
    const auto now = m_core.clock->now();
    const bool asked =
        m_look.exchange(false, std::memory_order_relaxed) | m_core.admission.takeLook();
    // A clock that stepped back would keep it from looking for as long as it stepped.
    if (asked || !m_measuredAt || now < *m_measuredAt ||
        now - *m_measuredAt >= m_manager.pollPeriod()) {
        measure();
    }
}

ResourceReading ResourceWatch::readAgents() const
{
    ResourceReading reading;
    reading.title = "Agents";
    reading.unit = "1";
    reading.own = reading.used = Reading::of(static_cast<double>(m_core.admission.agents()));
    reading.limit = reading.share = Reading::unknown("no limit is set (limits.agents)");
    applyLimit(reading, asReal(m_core.admission.limits().agents), "limits.agents");
    return reading;
}

ResourceReading ResourceWatch::readQueue() const
{
    ResourceReading reading;
    reading.title = "Queue depth";
    reading.unit = "1";
    const auto waiting = m_core.sampler->value("mailbox.waiting");
    reading.own = reading.used =
        waiting.known() ? Reading::of(std::max(0.0, waiting.value)) : waiting;
    reading.limit = reading.share = Reading::unknown("no limit is set (resources.queue.limit)");
    return reading;
}

void ResourceWatch::overlay(std::vector<ResourceReading>& all) const
{
    auto& memory = all[static_cast<std::size_t>(Watched::memory)];
    const auto taken = m_core.overlay.memory.load(std::memory_order_relaxed);
    if (taken > 0 && memory.own.known() && memory.limit.known()) {
        memory.own.value += static_cast<double>(taken);
        memory.used = memory.own;
        memory.share = Reading::of(memory.used.value / memory.limit.value);
    }
    auto& disk = all[static_cast<std::size_t>(Watched::disk)];
    if (m_core.overlay.diskFull.load(std::memory_order_relaxed) && disk.limit.known()) {
        disk.own = disk.used = disk.limit;
        disk.share = Reading::of(1);
        disk.limitSource = "a fault that was injected";
    }
}

std::vector<ResourceReading> ResourceWatch::readAll()
{
    std::vector<ResourceReading> all = m_probe->read();
    overlay(all);
    all.push_back(readAgents());
    all.push_back(readQueue());
    applyLimit(all[static_cast<std::size_t>(Watched::memory)],
               asReal(m_core.admission.limits().memory), "limits.memory");
    for (std::size_t i = 0; i < kWatched; ++i) {
        const auto resource = static_cast<Watched>(i);
        applyLimit(all[i], m_manager.settings(resource).limit,
                   fmt::format("resources.{}.limit", toString(resource)));
    }
    return all;
}

void ResourceWatch::measure()
{
    const auto now = m_core.clock->now();
    m_measuredAt = now;
    const auto readings = readAll();
    for (std::size_t i = 0; i < kWatched; ++i) {
        m_usages[i] = {static_cast<Watched>(i), readings[i].used, readings[i].limit,
                       readings[i].share};
        m_own[i] = readings[i].own;
        if (readings[i].share.known()) {
            m_forecasts[i].add(readings[i].share.value, now);
        }
    }
    if (const auto& memory = own(Watched::memory); memory.known()) {
        m_core.admission.memoryMeasured(static_cast<std::uint64_t>(memory.value));
    }
    tell(m_manager.update(m_usages, now));
    m_core.admission.setPressure(m_manager.workLevel());
    if (m_core.recorder) {
        // Many disks are fuller than the warning for years: they thin the record at the last only.
        const auto full = m_manager.level(Watched::disk) == Pressure::critical &&
                                  m_manager.settings(Watched::disk).presses
                              ? Pressure::severe
                              : Pressure::normal;
        const auto level = std::max(m_manager.workLevel(), full);
        m_core.recorder->keepOneOf(kKeepOneOf[static_cast<std::size_t>(level)]);
    }
    setPressure();
    showUses(readings);
    watchAdmission();
    for (const auto& order : m_manager.cleanups(now)) {
        m_cleanups.start(order);
    }
}

void ResourceWatch::watchAdmission()
{
    // Between two looks the admission itself sees agents and memory reach their warnings.
    const auto& limits = m_core.admission.limits();
    const auto from = [this](Watched resource, std::optional<std::uint64_t> limit) {
        const double lowest = m_manager.settings(resource).thresholds.lowest();
        const bool below = !share(resource).known() || share(resource).value < lowest;
        return limit && below && lowest <= 1
                   ? std::optional(static_cast<std::uint64_t>(static_cast<double>(*limit) * lowest))
                   : std::nullopt;
    };
    m_core.admission.lookAt(
        {from(Watched::agents, limits.agents), from(Watched::memory, limits.memory)});
}

void ResourceWatch::tell(const ResourceManager::News& news)
{
    for (const auto& change : news.changes) {
        m_core.publisher->publish(EventType::resourceLevelChanged, Component::limits,
                                  {{"resource", toString(change.resource)},
                                   {"from", toString(change.from)},
                                   {"to", toString(change.to)},
                                   {"share", change.share},
                                   {"limit", usage(change.resource).limit.value}});
    }
    for (const auto& recovery : news.recoveries) {
        ++m_totals.recoveries;
        m_core.publisher->publish(
            EventType::resourceRecovered, Component::limits,
            {{"resource", toString(recovery.resource)}, {"took_ns", recovery.took.count()}});
    }
}

void ResourceWatch::setPressure()
{
    const auto level = toLevel(m_manager.level());
    const auto before = std::exchange(m_pressure, level);
    m_cause = m_manager.cause();
    m_level.set(static_cast<double>(level));
    if (before == level) {
        return;
    }
    ++m_totals.changes;
    if (level > m_totals.highest) {
        m_totals.highest = level;
        m_totals.highestCause = m_cause;
    }
    m_core.publisher->publish(
        EventType::pressureChanged, Component::limits,
        {{"from", toString(before)}, {"to", toString(level)}, {"cause", m_cause}});
}

void ResourceWatch::showUses(const std::vector<ResourceReading>& readings)
{
    std::vector<ResourceUse> uses;
    for (std::size_t i = 0; i < kWatched; ++i) {
        const auto resource = static_cast<Watched>(i);
        const ResourceReading& reading = readings[i];
        const ResourceSettings& settings = m_manager.settings(resource);
        const bool judged = settings.thresholds.lowest() != PressureThresholds::kNever;
        uses.push_back({.name = std::string(toString(resource)),
                        .title = std::string(reading.title),
                        .unit = std::string(reading.unit),
                        .used = toKnown(reading.used),
                        .own = toKnown(reading.own),
                        .limit = toKnown(reading.limit),
                        .share = toKnown(reading.share),
                        .level = toLevel(m_manager.level(resource)),
                        .secondsToLimit = !judged ? Known{0, "full use of it is no trouble"}
                                          : !settings.presses
                                              ? Known{0, "reaching it presses nothing"}
                                              : toKnown(m_forecasts[i].secondsToLimit()),
                        .limitSource = reading.limitSource,
                        .thresholds = {settings.thresholds.elevated, settings.thresholds.severe,
                                       settings.thresholds.critical},
                        .presses = settings.presses});
    }
    m_uses = std::move(uses);
}

PressureTotals ResourceWatch::totals() const
{
    PressureTotals totals = m_totals;
    totals.cleanups = m_cleanups.totals();
    const Admission& admission = m_core.admission;
    totals.eventsThinned = m_core.recorder ? m_core.recorder->status().thinned : 0;
    totals.agentsRefused =
        admission.refusedByAgents() + admission.refusedByMemory() + admission.refusedByPressure();
    return totals;
}

}  // namespace muster
