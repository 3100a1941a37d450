// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/chart_group.h"

namespace muster::ui {

void ChartGroup::setCrosshair(std::optional<WallTime> at)
{
    if (at != m_crosshair) {
        m_crosshair = at;
        emit crosshairChanged();
    }
}

}  // namespace muster::ui
