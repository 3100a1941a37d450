// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/frame_meter.h"

#include <algorithm>
#include <utility>

namespace muster::ui {

namespace {

constexpr double kBucketMs = 0.1;

}  // namespace

void FrameMeter::arrived(Clock::time_point arrival)
{
    // An earlier one that led to no painting has nothing to show: it is no frame.
    m_pending = arrival;
    m_arrivals[m_arrived++ % m_arrivals.size()] = arrival;
}

void FrameMeter::painted(Clock::time_point now)
{
    const auto began = std::exchange(m_pending, std::nullopt);
    if (!began) {
        return;
    }
    const double ms = std::chrono::duration<double, std::milli>(now - *began).count();
    const auto bucket = static_cast<std::size_t>(std::max(0.0, ms / kBucketMs));
    ++m_buckets[std::min(bucket, kBuckets - 1)];
    ++m_figures.frames;
    m_figures.lastMs = ms;
    m_figures.maxMs = std::max(m_figures.maxMs, ms);
}

void FrameMeter::reset()
{
    *this = FrameMeter();
}

double FrameMeter::quantile(double share) const
{
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(m_figures.frames));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        seen += m_buckets[bucket];
        if (seen > wanted) {
            return std::min(static_cast<double>(bucket + 1) * kBucketMs, m_figures.maxMs);
        }
    }
    return m_figures.maxMs;
}

FrameFigures FrameMeter::figures() const
{
    auto figures = m_figures;
    figures.p50Ms = quantile(0.50);
    figures.p99Ms = quantile(0.99);
    return figures;
}

std::optional<double> FrameMeter::snapshotsPerSecond() const
{
    const auto kept = std::min<std::uint64_t>(m_arrived, m_arrivals.size());
    if (kept < 2) {
        return std::nullopt;
    }
    const auto newest = m_arrivals[(m_arrived - 1) % m_arrivals.size()];
    const auto oldest = m_arrivals[(m_arrived - kept) % m_arrivals.size()];
    const double seconds = std::chrono::duration<double>(newest - oldest).count();
    return seconds > 0 ? std::optional(static_cast<double>(kept - 1) / seconds) : std::nullopt;
}

}  // namespace muster::ui
