// SPDX-License-Identifier: Apache-2.0
#include "protection/forecast.h"

#include <algorithm>
#include <vector>

namespace muster {
namespace {

constexpr int kPointsPerWindow = 100;
constexpr std::size_t kLeastPoints = 10;
// Below the median: a step in the middle of ten points lies between 25 of their 45 pairs.
constexpr double kQuantile = 0.4;
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
    m_slope = m_points.size() < kLeastPoints ? 0 : slope();
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
    if (!(m_slope > kLeastGrowth)) {
        return Reading::unknown("it does not grow");
    }
    return Reading::of((1 - last.share) / m_slope);
}

double LimitForecast::slope() const
{
    std::vector<double> slopes;
    slopes.reserve(m_points.size() * (m_points.size() - 1) / 2);
    for (auto later = m_points.begin(); later != m_points.end(); ++later) {
        for (auto earlier = m_points.begin(); earlier != later; ++earlier) {
            slopes.push_back((later->share - earlier->share) /
                             std::chrono::duration<double>(later->at - earlier->at).count());
        }
    }
    const auto rank = static_cast<std::ptrdiff_t>(static_cast<double>(slopes.size()) * kQuantile);
    std::nth_element(slopes.begin(), slopes.begin() + rank, slopes.end());
    return slopes[static_cast<std::size_t>(rank)];
}

}  // namespace muster
