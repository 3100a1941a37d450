// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_group.h"

#include "charts/time_chart.h"

namespace muster::ui {

void ChartGroup::setCrosshair(std::optional<WallTime> at)
{
    if (at != m_crosshair) {
        m_crosshair = at;
        emit crosshairChanged();
    }
}

void ChartGroup::setMoment(std::optional<WallTime> at)
{
    const auto before = crosshair();
    m_moment = at;
    if (crosshair() != before) {
        emit crosshairChanged();
    }
}

TimeChart* ChartGroup::chosen() const
{
    return qobject_cast<TimeChart*>(m_chosen);
}

void ChartGroup::setChosen(TimeChart* chart)
{
    m_chosen = chart;
}

}  // namespace muster::ui
