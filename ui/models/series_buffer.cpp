// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series_buffer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace muster::ui {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double seconds(WallTime at)
{
    return static_cast<double>(at.nanoseconds) / 1e9;
}

std::int64_t floorDivide(std::int64_t value, std::int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

/// The points of a sorted span that lie in a range, with one beyond each edge.
template <class Point>
std::span<const Point> within(std::span<const Point> points, TimeRange range)
{
    const auto earlier = [](const Point& point, WallTime at) { return point.at < at; };
    const auto later = [](WallTime at, const Point& point) { return at < point.at; };
    auto from = std::lower_bound(points.begin(), points.end(), range.from, earlier);
    auto to = std::upper_bound(points.begin(), points.end(), range.to, later);
    if (from != points.begin()) {
        --from;
    }
    if (to != points.end()) {
        ++to;
    }
    return from < to ? points.subspan(static_cast<std::size_t>(from - points.begin()),
                                      static_cast<std::size_t>(to - from))
                     : std::span<const Point>();
}

/// Keeps the smallest and the largest point of each bucket, in their order.
class Reducer {
public:
    Reducer(DrawnSeries& out, std::int64_t bucket) : m_out(out), m_bucket(bucket) {}

    void add(WallTime at, double mean, double min, double max, Duration joins)
    {
        if (m_last && at - *m_last > joins) {
            flush();
            breakLine(seconds(*m_last));
        }
        m_last = at;
        const std::int64_t bucket = floorDivide(at.nanoseconds, m_bucket);
        if (bucket != m_current) {
            flush();
            m_current = bucket;
        }
        if (std::isnan(mean)) {
            flush();
            breakLine(seconds(at));
            return;
        }
        const double time = seconds(at);
        if (m_count == 0) {
            m_low = {time, min};
            m_high = {time, max};
            m_only = mean;
        } else {
            if (min < m_low.second) {
                m_low = {time, min};
            }
            if (max > m_high.second) {
                m_high = {time, max};
            }
        }
        ++m_count;
    }

    void flush()
    {
        if (m_count == 1) {
            put(m_low.first, m_only);
        } else if (m_count > 1) {
            const bool lowFirst = m_low.first <= m_high.first;
            const auto& one = lowFirst ? m_low : m_high;
            const auto& other = lowFirst ? m_high : m_low;
            put(one.first, one.second);
            if (other.first > one.first) {
                put(other.first, other.second);
            }
        }
        m_count = 0;
    }

private:
    void put(double time, double value)
    {
        m_out.times.push_back(time);
        m_out.values.push_back(value);
    }
    void breakLine(double time)
    {
        if (!m_out.values.empty() && !std::isnan(m_out.values.back())) {
            put(time, kNaN);
        }
    }

    DrawnSeries& m_out;
    std::int64_t m_bucket;
    std::int64_t m_current = std::numeric_limits<std::int64_t>::min();
    std::optional<WallTime> m_last;
    std::pair<double, double> m_low;
    std::pair<double, double> m_high;
    double m_only = 0;
    int m_count = 0;
};

}  // namespace

template <class Point>
void SeriesBuffer::Tier<Point>::dropBefore(WallTime at)
{
    constexpr std::size_t kDropped = 1024;
    while (first < points.size() && points[first].at < at) {
        ++first;
    }
    if (first > kDropped && first * 4 > points.size()) {
        points.erase(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(first));
        first = 0;
    }
}

void SeriesBuffer::append(WallTime at, double value)
{
    if (!m_raw.points.empty() && at <= m_raw.points.back().at) {
        return;
    }
    const std::int64_t second = floorDivide(at.nanoseconds, kSecond);
    if (m_pending.open && second != m_pending.second) {
        closeSecond();
    }
    m_pending.open = true;
    m_pending.second = second;
    if (!std::isnan(value)) {
        m_pending.min = m_pending.count == 0 ? value : std::min(m_pending.min, value);
        m_pending.max = m_pending.count == 0 ? value : std::max(m_pending.max, value);
        m_pending.sum += value;
        ++m_pending.count;
    }
    m_raw.points.push_back({at, value});
    m_raw.dropBefore(at - kRawSpan);
    m_seconds.dropBefore(at - kSecondsSpan);
}

void SeriesBuffer::closeSecond()
{
    const WallTime middle{m_pending.second * kSecond + kSecond / 2};
    if (m_pending.count > 0) {
        m_seconds.points.push_back(
            {middle, m_pending.sum / m_pending.count, m_pending.min, m_pending.max});
    } else {
        m_seconds.points.push_back({middle, kNaN, kNaN, kNaN});
    }
    m_pending = {};
}

void SeriesBuffer::addHistory(std::span<const HistoryPoint> points, Duration resolution)
{
    if (points.empty()) {
        return;
    }
    const WallTime from = points.front().at;
    const WallTime to = points.back().at;
    std::vector<Span> merged;
    merged.reserve(m_history.size() + points.size());
    for (const Span& old : m_history) {
        if (old.at < from) {
            merged.push_back(old);
        }
    }
    for (const HistoryPoint& point : points) {
        merged.push_back({point.at, point.value, point.min, point.max});
    }
    for (const Span& old : m_history) {
        if (old.at > to) {
            merged.push_back(old);
        }
    }
    if (merged.size() > kHistoryPoints) {
        merged.erase(merged.begin(), merged.end() - static_cast<std::ptrdiff_t>(kHistoryPoints));
    }
    m_history = std::move(merged);
    m_historyGap = std::max(kLiveGap, resolution * 3);
}

void SeriesBuffer::clear()
{
    *this = {};
}

template <class Visit>
void SeriesBuffer::visit(TimeRange range, Visit&& visit) const
{
    const auto raw = m_raw.view();
    const auto closed = m_seconds.view();
    const WallTime rawFrom =
        raw.empty() ? WallTime{std::numeric_limits<std::int64_t>::max()} : raw.front().at;
    // A second that reaches into the raw points would say the same twice.
    const WallTime secondsTo{rawFrom.nanoseconds - kSecond / 2};
    const WallTime secondsFrom = closed.empty() ? rawFrom : std::min(rawFrom, closed.front().at);
    for (const Span& point : within(std::span<const Span>(m_history), range)) {
        if (point.at < secondsFrom) {
            visit(point, m_historyGap);
        }
    }
    if (range.from < rawFrom) {
        for (const Span& point : within(closed, range)) {
            if (point.at < secondsTo) {
                visit(point, kLiveGap);
            }
        }
    }
    for (const Raw& point : within(raw, range)) {
        visit(Span{point.at, point.value, point.value, point.value}, kLiveGap);
    }
}

DrawnSeries SeriesBuffer::range(TimeRange range, std::size_t buckets) const
{
    DrawnSeries drawn;
    const auto span = (range.to - range.from).count();
    const std::int64_t bucket = std::max<std::int64_t>(
        1, span / static_cast<std::int64_t>(std::max<std::size_t>(buckets, 1)));
    drawn.times.reserve(buckets * 2 + 8);
    drawn.values.reserve(buckets * 2 + 8);
    Reducer reducer(drawn, bucket);
    visit(range, [&reducer](const Span& point, Duration joins) {
        reducer.add(point.at, point.mean, point.min, point.max, joins);
    });
    reducer.flush();
    return drawn;
}

std::optional<double> SeriesBuffer::valueAt(WallTime at) const
{
    std::optional<Span> before;
    std::optional<Span> after;
    Duration joins{};
    visit({at, at}, [&](const Span& point, Duration gap) {
        joins = gap;
        if (point.at <= at) {
            before = point;
        } else if (!after) {
            after = point;
        }
    });
    // Where no line is drawn, only a point that is nearly there speaks for the moment.
    const bool onLine = before && after && after->at - before->at <= joins;
    const Duration reach = onLine ? joins : joins / 6;
    const auto distance = [at](const std::optional<Span>& point) {
        return !point ? Duration::max() : point->at < at ? at - point->at : point->at - at;
    };
    const auto& nearest = distance(before) <= distance(after) ? before : after;
    if (!nearest || distance(nearest) > reach || std::isnan(nearest->mean)) {
        return std::nullopt;
    }
    return nearest->mean;
}

std::optional<double> SeriesBuffer::last() const
{
    const auto raw = m_raw.view();
    const double value = !raw.empty()        ? raw.back().value
                         : m_history.empty() ? kNaN
                                             : m_history.back().mean;
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

std::optional<std::pair<double, double>> SeriesBuffer::extent(TimeRange range) const
{
    std::optional<std::pair<double, double>> extent;
    visit(range, [&](const Span& point, Duration) {
        if (std::isnan(point.mean) || point.at < range.from || point.at > range.to) {
            return;
        }
        extent = extent ? std::pair(std::min(extent->first, point.min),
                                    std::max(extent->second, point.max))
                        : std::pair(point.min, point.max);
    });
    return extent;
}

std::optional<WallTime> SeriesBuffer::firstTime() const
{
    if (!m_history.empty()) {
        return m_history.front().at;
    }
    if (!m_seconds.view().empty()) {
        return m_seconds.view().front().at;
    }
    return m_raw.view().empty() ? std::nullopt : std::optional(m_raw.view().front().at);
}

std::size_t SeriesBuffer::size() const
{
    return m_raw.view().size() + m_seconds.view().size() + m_history.size();
}

}  // namespace muster::ui
