// SPDX-License-Identifier: Apache-2.0
#include "telemetry/windows.h"

namespace muster {
namespace {

double seconds(Duration duration) noexcept
{
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void RateWindow::add(MonoTime at, std::uint64_t value)
{
    if (!m_points.empty() && at <= m_points.back().at) {
        return;
    }
    if (!m_points.empty() && value < m_points.back().value) {
        m_points.clear();
    }
    m_points.push_back({at, value});
    while (m_points.size() > 2 && at - m_points[1].at >= m_window) {
        m_points.pop_front();
    }
}

Reading RateWindow::perSecond() const
{
    if (m_points.size() < 2) {
        return Reading::unknown("measured from the second sample on");
    }
    const Point& first = m_points.front();
    const Point& last = m_points.back();
    return Reading::of(static_cast<double>(last.value - first.value) / seconds(last.at - first.at));
}

HistogramWindow::HistogramWindow(Duration window, Duration slice) : m_window(window), m_slice(slice)
{
}

void HistogramWindow::update(MonoTime at, const Histogram& total)
{
    if (!m_started) {
        // What was recorded before the first look belongs to the first slice.
        m_started = true;
        m_sliceStart = m_oldest = m_now = at;
    }
    if (at < m_now) {
        return;
    }
    m_now = at;
    Histogram underWay = total;
    underWay.subtract(m_atSliceStart);
    if (at - m_sliceStart >= m_slice) {
        m_complete.merge(underWay);
        m_slices.push_back({at, std::move(underWay)});
        underWay.clear();
        m_atSliceStart = total;
        m_sliceStart = at;
        while (m_slices.size() > 1 && at - m_oldest > m_window - m_slice) {
            m_complete.subtract(m_slices.front().samples);
            m_oldest = m_slices.front().end;
            m_slices.pop_front();
        }
    }
    m_recent = m_complete;
    m_recent.merge(underWay);
}

Reading HistogramWindow::quantile(double quantile) const
{
    return m_recent.empty() ? Reading::unknown("no samples in the window")
                            : Reading::of(m_recent.quantile(quantile));
}

LatencyWindow HistogramWindow::summary() const
{
    return {m_recent.samples(), span(),         quantile(0.5),   quantile(0.9),
            quantile(0.95),     quantile(0.99), quantile(0.999), quantile(1)};
}

}  // namespace muster
