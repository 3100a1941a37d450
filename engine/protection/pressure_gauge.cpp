// SPDX-License-Identifier: Apache-2.0
#include "protection/pressure_gauge.h"

#include <algorithm>

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

double PressureThresholds::lowest() const noexcept
{
    return std::min({elevated, severe, critical});
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

}  // namespace muster
