// SPDX-License-Identifier: Apache-2.0
#include "protection/forecast.h"

namespace muster {
namespace {

constexpr int kPointsPerWindow = 100;
constexpr std::size_t kLeastPoints = 5;
constexpr double kLeastGrowth = 1e-6;  // share per second; below it is noise: 11 days and more

}  // namespace

void LimitForecast::add(double share, MonoTime now)
{
    if (!m_points.empty() && now - m_points.back().at < m_window / kPointsPerWindow) {
        return;
    }
    m_points.push_back({now, share});
    while (now - m_points.front().at > m_window) {
        m_points.pop_front();
    }
}

Reading LimitForecast::secondsToLimit() const
{
    if (m_points.size() < kLeastPoints) {
        return Reading::unknown("not measured for long enough");
    }
    const Point& last = m_points.back();
    if (last.share >= 1) {
        return Reading::of(0);
    }
    double sumTime = 0;
    double sumShare = 0;
    double sumProduct = 0;
    double sumSquare = 0;
    for (const Point& point : m_points) {
        const double time = std::chrono::duration<double>(point.at - last.at).count();
        sumTime += time;
        sumShare += point.share;
        sumProduct += time * point.share;
        sumSquare += time * time;
    }
    const auto count = static_cast<double>(m_points.size());
    const double spread = count * sumSquare - sumTime * sumTime;
    const double slope = (count * sumProduct - sumTime * sumShare) / spread;
    if (!(slope > kLeastGrowth)) {
        return Reading::unknown("it does not grow");
    }
    return Reading::of((1 - last.share) / slope);
}

}  // namespace muster
