// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "base/clock.h"
#include "telemetry/reading.h"

namespace muster {

/// When a share reaches its limit if it goes on as over the last minute: of the slopes between all
/// its points a middle one (after Theil and Sen), which a single step, such as a hundred thousand
/// agents made at the start, leaves alone. Pure. Thread safety: one thread at a time.
class LimitForecast {
public:
    explicit LimitForecast(Duration window = std::chrono::minutes(1)) : m_window(window) {}

    /// A share of the limit (0…1); a time that does not go forward is ignored. Keeps at most
    /// one point per hundredth of the window.
    void add(double share, MonoTime now);
    /// Seconds until the share is 1, 0 when it is there; unknown while it does not grow or for
    /// want of points.
    [[nodiscard]] Reading secondsToLimit() const;

private:
    struct Point {
        MonoTime at;
        double share;
    };

    [[nodiscard]] double slope() const;

    Duration m_window;
    std::deque<Point> m_points;
    double m_slope = 0;  ///< share per second, as of the last point
};

}  // namespace muster
