// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/queries.h"
#include "models/format.h"

namespace muster::ui {

struct AxisTick {
    double at = 0;
    QString label;
};

/// A value axis from 0 to a round top.
struct ValueAxis {
    double top = 1;
    Scale scale;  ///< of its labels
    std::vector<AxisTick> ticks;
};

/// Whether each label names the unit, or only the chart's title.
enum class AxisUnits { onLabels, inTitle };

/// Three to five round steps in the scale that `largest` reads best in, the lowest that hold it.
/// Thread safety: pure functions.
[[nodiscard]] ValueAxis valueAxis(double largest, Unit unit, AxisUnits units);
/// The same, up to exactly `top`, in four steps.
[[nodiscard]] ValueAxis fixedAxis(double top, Unit unit, AxisUnits units);

/// At most `labels` round moments of the calendar within the range, in seconds since 1970.
[[nodiscard]] std::vector<AxisTick> timeTicks(TimeRange range, int labels, bool utc);

}  // namespace muster::ui
