// SPDX-License-Identifier: Apache-2.0
#include "protection/resource_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster {

ResourceSettings defaultSettings(Watched resource) noexcept
{
    ResourceSettings settings;
    if (resource == Watched::cpu) {
        settings.thresholds = PressureThresholds::never();
    }
    settings.presses = resource != Watched::agents;
    return settings;
}

ResourceManager::ResourceManager()
{
    for (std::size_t i = 0; i < kWatched; ++i) {
        setSettings(static_cast<Watched>(i), defaultSettings(static_cast<Watched>(i)));
    }
}

const ResourceSettings& ResourceManager::settings(Watched resource) const
{
    return at(resource).settings;
}

void ResourceManager::setSettings(Watched resource, const ResourceSettings& settings)
{
    at(resource).settings = settings;
    at(resource).gauge.setThresholds(settings.thresholds);
}

CleanupPlan::Look ResourceManager::lookAt(const Entry& entry, const ResourceUsage& usage)
{
    const double lowest = entry.settings.thresholds.lowest();
    CleanupPlan::Look look;
    look.presses = entry.settings.presses && entry.gauge.level() != Pressure::normal;
    look.severe = entry.gauge.level() >= Pressure::severe;
    look.over = usage.share.value >= lowest;
    if (std::isfinite(lowest) && usage.used.known() && usage.limit.known()) {
        const double target = usage.limit.value * std::max(0.0, lowest - entry.settings.reclaim);
        look.excess =
            static_cast<std::uint64_t>(std::ceil(std::max(0.0, usage.used.value - target)));
    }
    return look;
}

ResourceManager::News ResourceManager::update(std::span<const ResourceUsage> usages,
                                              MonoTime reading)
{
    const MonoTime now = m_time.at(reading);
    News news;
    for (const ResourceUsage& usage : usages) {
        if (!usage.share.known() || !std::isfinite(usage.share.value)) {
            continue;
        }
        Entry& entry = at(usage.resource);
        entry.share = usage.share.value;
        const Pressure before = entry.gauge.level();
        const Pressure after = entry.gauge.update(usage.share.value, now);
        if (after != before) {
            news.changes.push_back({usage.resource, before, after, usage.share.value});
        }
        if (const auto took = entry.plan.look(lookAt(entry, usage), now)) {
            news.recoveries.push_back({usage.resource, *took});
        }
        if (!entry.plan.running()) {
            entry.order = 0;
        }
    }
    return news;
}

Pressure ResourceManager::worst(bool withDisk) const noexcept
{
    Pressure level = Pressure::normal;
    for (std::size_t i = 0; i < kWatched; ++i) {
        const Entry& entry = m_entries[i];
        if (entry.settings.presses && (withDisk || static_cast<Watched>(i) != Watched::disk)) {
            level = std::max(level, entry.gauge.level());
        }
    }
    return level;
}

Pressure ResourceManager::level() const noexcept
{
    return worst(true);
}

Pressure ResourceManager::workLevel() const noexcept
{
    return worst(false);
}

Pressure ResourceManager::level(Watched resource) const noexcept
{
    return at(resource).gauge.level();
}

std::string ResourceManager::cause() const
{
    if (level() == Pressure::normal) {
        return {};
    }
    const auto pressed = std::ranges::max_element(m_entries, {}, [](const Entry& entry) {
        return std::tuple(entry.settings.presses, entry.gauge.level(), entry.share);
    });
    return fmt::format("{} {:.0f} % of limit",
                       toString(static_cast<Watched>(pressed - m_entries.begin())),
                       pressed->share * 100);
}

Duration ResourceManager::pollPeriod() const noexcept
{
    const bool pressed = std::ranges::any_of(m_entries, [](const Entry& entry) {
        return entry.settings.presses && (entry.gauge.level() != Pressure::normal ||
                                          entry.share >= entry.settings.thresholds.lowest());
    });
    return pressed ? kPressedPeriod : kCalmPeriod;
}

std::vector<CleanupOrder> ResourceManager::cleanups(MonoTime reading)
{
    const MonoTime now = m_time.at(reading);
    std::vector<CleanupOrder> orders;
    for (std::size_t i = 0; i < kWatched; ++i) {
        Entry& entry = m_entries[i];
        if (const auto step = entry.plan.next(now)) {
            entry.order = ++m_orders;
            orders.push_back({entry.order, static_cast<Watched>(i), step->stage, step->amount});
        }
    }
    return orders;
}

void ResourceManager::cleanedUp(const CleanupOrder& order, MonoTime reading)
{
    const MonoTime now = m_time.at(reading);
    Entry& entry = at(order.resource);
    if (entry.order == order.number) {
        entry.order = 0;
        entry.plan.ran(now);
    }
}

}  // namespace muster
