// SPDX-License-Identifier: Apache-2.0
#include "protection/pressure_gauge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster {

std::string_view toString(Pressure level) noexcept
{
    switch (level) {
        case Pressure::normal:
            return "normal";
        case Pressure::elevated:
            return "elevated";
        case Pressure::severe:
            return "severe";
        case Pressure::critical:
            return "critical";
    }
    return "";
}

void PressureGauge::Switch::update(bool wanted, bool keepsOn, Duration grace, Duration stable,
                                   MonoTime now)
{
    const bool asksForOther = on ? !keepsOn : wanted;
    if (!asksForOther) {
        otherSince.reset();
        return;
    }
    otherSince = otherSince.value_or(now);
    if (now - *otherSince >= (on ? stable : grace)) {
        on = !on;
        otherSince.reset();
    }
}

Pressure PressureGauge::update(double share, MonoTime now)
{
    m_now = std::max(m_now, now);
    const std::array<double, 3> from{m_thresholds.elevated, m_thresholds.severe,
                                     m_thresholds.critical};
    m_level = Pressure::normal;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const bool hard = i + 1 == from.size();
        m_switches[i].update(share >= from[i], share >= from[i] - m_thresholds.hysteresis,
                             hard ? Duration{} : m_thresholds.grace, m_thresholds.stable, m_now);
        if (m_switches[i].on) {
            m_level = static_cast<Pressure>(i + 1);
        }
    }
    return m_level;
}

PressureBoard::Entry& PressureBoard::entry(std::string_view resource)
{
    const auto found = m_entries.find(resource);
    return found != m_entries.end()
               ? found->second
               : m_entries.emplace(resource, Entry{PressureGauge(m_thresholds), 0}).first->second;
}

void PressureBoard::update(std::string_view resource, const Reading& share, MonoTime now)
{
    if (share.known() && std::isfinite(share.value)) {
        Entry& of = entry(resource);
        of.share = share.value;
        of.gauge.update(share.value, now);
    }
}

void PressureBoard::setThresholds(std::string_view resource, PressureThresholds thresholds)
{
    entry(resource).gauge.setThresholds(thresholds);
}

Pressure PressureBoard::level() const noexcept
{
    Pressure worst = Pressure::normal;
    for (const auto& [name, entry] : m_entries) {
        worst = std::max(worst, entry.gauge.level());
    }
    return worst;
}

Pressure PressureBoard::level(std::string_view resource) const noexcept
{
    const auto found = m_entries.find(resource);
    return found == m_entries.end() ? Pressure::normal : found->second.gauge.level();
}

std::string PressureBoard::cause() const
{
    const Pressure worst = level();
    if (worst == Pressure::normal) {
        return {};
    }
    const auto pressed = std::ranges::max_element(m_entries, {}, [](const auto& named) {
        return std::pair(named.second.gauge.level(), named.second.share);
    });
    return fmt::format("{} {:.0f} % of limit", pressed->first, pressed->second.share * 100);
}

Duration PressureBoard::pollPeriod() const noexcept
{
    return level() == Pressure::normal ? kCalmPeriod : kPressedPeriod;
}

}  // namespace muster
