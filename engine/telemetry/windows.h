// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "telemetry/histogram.h"
#include "telemetry/reading.h"

namespace muster {

/// How fast a counter grew over the last window. Pure.
/// Thread safety: one thread at a time.
class RateWindow {
public:
    explicit RateWindow(Duration window) : m_window(window) {}

    /// The counter's value at that time; a time that does not go forward is ignored, and a
    /// value below the last one begins anew.
    void add(MonoTime at, std::uint64_t value);
    /// Per second, between the newest value and the one a window before it; unknown before two.
    [[nodiscard]] Reading perSecond() const;

private:
    struct Point {
        MonoTime at;
        std::uint64_t value;
    };

    Duration m_window;
    std::deque<Point> m_points;
};

/// Percentiles of one merged histogram over the window it says.
struct LatencyWindow {
    std::uint64_t samples = 0;
    Duration window{};                      ///< what they were gathered over
    Reading p50, p90, p95, p99, p999, max;  ///< nanoseconds; unknown without samples
};

/// What came to a growing histogram over the last window, kept as slices so that the oldest can
/// go. Pure. Thread safety: one thread at a time.
class HistogramWindow {
public:
    HistogramWindow(Duration window, Duration slice);

    /// All that the histogram holds at that time.
    void update(MonoTime at, const Histogram& total);
    /// Between a window less one slice and a window old.
    [[nodiscard]] const Histogram& recent() const noexcept { return m_recent; }
    /// What the window spans now.
    [[nodiscard]] Duration span() const noexcept { return m_now - m_oldest; }
    [[nodiscard]] LatencyWindow summary() const;
    [[nodiscard]] Reading quantile(double quantile) const;

private:
    struct Slice {
        MonoTime end;
        Histogram samples;
    };

    Duration m_window;
    Duration m_slice;
    std::deque<Slice> m_slices;
    Histogram m_atSliceStart;  // the total when the slice under way began
    Histogram m_complete;      // sum of m_slices
    Histogram m_recent;        // m_complete and the slice under way
    MonoTime m_sliceStart;
    MonoTime m_oldest;
    MonoTime m_now;
    bool m_started = false;
};

}  // namespace muster
