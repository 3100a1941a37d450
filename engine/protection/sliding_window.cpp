// SPDX-License-Identifier: Apache-2.0
#include "protection/sliding_window.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {
namespace {

constexpr std::uint32_t kMostSegments = 1000;
constexpr std::uint64_t kMostLimit = std::uint64_t{1} << 40;
__extension__ using Wide = unsigned __int128;

bool weighted(const SlidingWindowSettings& settings) noexcept
{
    return settings.counting == SlidingWindowSettings::Counting::weighted;
}

std::size_t segmentsOf(const SlidingWindowSettings& settings) noexcept
{
    return weighted(settings) ? 1 : settings.segments;
}

/// a × b / c, rounded down; c is not 0 and the result fits.
std::uint64_t scale(std::uint64_t a, std::uint64_t b, std::uint64_t c) noexcept
{
    return static_cast<std::uint64_t>(Wide{a} * b / c);
}

Result<void> validate(const SlidingWindowSettings& settings)
{
    if (settings.limit == 0 || settings.limit > kMostLimit) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a limit of {} is not in range", settings.limit), "limit",
                     fmt::format("Name a limit of 1 to {}", kMostLimit)};
    }
    if (settings.segments == 0 || settings.segments > kMostSegments) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("{} segments are not in range", settings.segments), "segments",
                     fmt::format("Name 1 to {} segments", kMostSegments)};
    }
    if (settings.window < Duration(segmentsOf(settings)) ||
        settings.window > Rate::kLongestPeriod) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a window of {} ns is not in range", settings.window.count()),
                     "window", "Name a window of a nanosecond a segment to 366 days"};
    }
    return {};
}

}  // namespace

Result<SlidingWindow> SlidingWindow::create(const SlidingWindowSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return SlidingWindow(settings, now);
}

SlidingWindow::SlidingWindow(const SlidingWindowSettings& settings, MonoTime now)
    : m_settings(settings)
{
    begin(m_time.at(now));
}

void SlidingWindow::begin(MonoTime now)
{
    const auto segments = static_cast<std::int64_t>(segmentsOf(m_settings));
    m_segment = Duration{(m_settings.window.count() + segments - 1) / segments};
    m_segmentEnd = saturatingAdd(now, m_segment);
    m_counts.assign(static_cast<std::size_t>(segments) + 1, 0);
    m_newest = 0;
    m_total = 0;
}

void SlidingWindow::advance(MonoTime now)
{
    if (now < m_segmentEnd) {
        return;
    }
    const std::int64_t steps = (now - m_segmentEnd) / m_segment + 1;
    const auto size = static_cast<std::int64_t>(m_counts.size());
    for (std::int64_t i = 0; i < std::min(steps, size); ++i) {
        m_newest = (m_newest + m_counts.size() - 1) % m_counts.size();
        m_total -= m_counts[m_newest];
        m_counts[m_newest] = 0;
    }
    m_segmentEnd = saturatingAdd(m_segmentEnd, m_segment * steps);
}

std::uint64_t SlidingWindow::counted(MonoTime now) const noexcept
{
    if (!weighted(m_settings)) {
        return m_total;
    }
    const auto left = static_cast<std::uint64_t>((m_segmentEnd - now).count());
    const auto window = static_cast<std::uint64_t>(m_segment.count());
    const std::uint64_t before = m_counts[(m_newest + 1) % 2];
    return m_counts[m_newest] +
           static_cast<std::uint64_t>((Wide{before} * left + (window - 1)) / window);
}

Duration SlidingWindow::untilAtMostWeighted(std::uint64_t most, MonoTime now) const noexcept
{
    const auto window = static_cast<std::uint64_t>(m_segment.count());
    const std::uint64_t current = m_counts[m_newest];
    const std::uint64_t before = m_counts[(m_newest + 1) % 2];
    // An estimate is low enough once so little of its older window is left.
    if (current <= most) {
        return m_segmentEnd - Duration(scale(most - current, window, before)) - now;
    }
    return m_segmentEnd + m_segment - Duration(scale(most, window, current)) - now;
}

Duration SlidingWindow::untilAtMost(std::uint64_t most, MonoTime now) const noexcept
{
    if (counted(now) <= most) {
        return Duration{};
    }
    if (weighted(m_settings)) {
        return untilAtMostWeighted(most, now);
    }
    std::uint64_t total = m_total;
    MonoTime when = m_segmentEnd;
    for (std::size_t age = m_counts.size() - 1;; --age) {
        total -= m_counts[(m_newest + age) % m_counts.size()];
        if (total <= most || age == 0) {
            return when - now;
        }
        when = when + m_segment;
    }
}

LimitStatus SlidingWindow::statusFor(std::uint64_t cost, MonoTime now) const
{
    const std::uint64_t used = counted(now);
    LimitStatus status;
    status.limit = m_settings.limit;
    status.remaining = m_settings.limit - std::min(used, m_settings.limit);
    status.admitted = cost <= status.remaining;
    status.retryAfter = untilAtMost(m_settings.limit - cost, now);
    status.resetAfter = untilAtMost(0, now);
    return status;
}

Result<LimitStatus> SlidingWindow::tryTake(std::uint64_t cost, MonoTime now)
{
    if (cost > m_settings.limit) {
        return costTooHigh(cost, m_settings.limit);
    }
    const MonoTime time = m_time.at(now);
    advance(time);
    const bool admitted = counted(time) + cost <= m_settings.limit;
    if (!admitted) {
        return statusFor(cost, time);
    }
    m_counts[m_newest] += cost;
    m_total += cost;
    LimitStatus status = statusFor(0, time);
    status.admitted = true;
    status.retryAfter = Duration{};
    return status;
}

LimitStatus SlidingWindow::status(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    advance(time);
    return statusFor(1, time);
}

Result<void> SlidingWindow::change(const SlidingWindowSettings& settings, MonoTime now)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    const MonoTime time = m_time.at(now);
    advance(time);
    SlidingWindowSettings sameShape = settings;
    sameShape.limit = m_settings.limit;
    if (sameShape != m_settings) {
        const std::uint64_t counts = counted(time);
        m_settings = settings;
        begin(time);
        m_counts[m_newest] = counts;
        m_total = counts;
    }
    m_settings = settings;
    return {};
}

}  // namespace muster
