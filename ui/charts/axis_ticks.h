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
    std::vector<AxisTick> ticks;
};

/// Three to five steps of 1, 2, 2.5 or 5 times a power of ten (of 1024 for bytes) that hold
/// `largest`; every label has its prefix.
/// Thread safety: pure functions.
[[nodiscard]] ValueAxis valueAxis(double largest, Unit unit);
/// The same, up to exactly `top`, in four steps.
[[nodiscard]] ValueAxis fixedAxis(double top, Unit unit);

/// At most `labels` round moments of the calendar within the range, in seconds since 1970.
[[nodiscard]] std::vector<AxisTick> timeTicks(TimeRange range, int labels, bool utc);

}  // namespace muster::ui
