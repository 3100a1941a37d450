// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "api/queries.h"

namespace muster::ui {

/// A series ready to draw: seconds since 1970 and values. NaN breaks the line.
struct DrawnSeries {
    std::vector<double> times;
    std::vector<double> values;
};

/// One series over time, bounded: every point of the last kRawSpan, means with minimum and
/// maximum of each second up to kSecondsSpan, and before that what the session's history gave.
/// Reading joins the three without a seam.
/// Thread safety: none; one thread at a time.
class SeriesBuffer {
public:
    static constexpr Duration kRawSpan = std::chrono::minutes(15);
    static constexpr Duration kSecondsSpan = std::chrono::hours(6);
    static constexpr std::size_t kHistoryPoints = 20'000;
    /// Live points further apart than this are not joined by a line.
    static constexpr Duration kLiveGap = std::chrono::seconds(5);

    /// NaN where not available. A point that is not newer than the last is left out.
    void append(WallTime at, double value);
    /// Older points than those appended. They replace what history gave before in their span;
    /// those that overlap live points are left out. `resolution` is the distance between points.
    void addHistory(std::span<const HistoryPoint> points, Duration resolution);
    void clear();

    /// The points of a range and one beyond each edge, at most about two per bucket: the
    /// smallest and the largest, in their order. Buckets are anchored in time, not at the
    /// range's edge, so that a moving range does not make the line shimmer.
    [[nodiscard]] DrawnSeries range(TimeRange range, std::size_t buckets) const;
    /// The value nearest to `at`; empty where there is none within a few points' distance.
    [[nodiscard]] std::optional<double> valueAt(WallTime at) const;
    [[nodiscard]] std::optional<double> last() const;
    /// Smallest and largest value in a range.
    [[nodiscard]] std::optional<std::pair<double, double>> extent(TimeRange range) const;

    [[nodiscard]] std::optional<WallTime> firstTime() const;
    [[nodiscard]] std::size_t size() const;  ///< points held, of all three kinds
    [[nodiscard]] bool empty() const { return size() == 0; }

private:
    struct Raw {
        WallTime at;
        double value;
    };
    /// A span of time around `at`, in which the value was between min and max.
    struct Span {
        WallTime at;
        double mean;
        double min;
        double max;
    };
    struct Pending {
        std::int64_t second = 0;
        double sum = 0;
        double min = 0;
        double max = 0;
        int count = 0;
        bool open = false;
    };

    /// A vector whose front is dropped in large steps.
    template <class Point>
    struct Tier {
        std::vector<Point> points;
        std::size_t first = 0;

        [[nodiscard]] std::span<const Point> view() const
        {
            return std::span(points).subspan(first);
        }
        void dropBefore(WallTime at);
    };

    void closeSecond();
    /// Calls visit(Span, gap length that still joins) in order of time.
    template <class Visit>
    void visit(TimeRange range, Visit&& visit) const;

    Tier<Raw> m_raw;
    Tier<Span> m_seconds;
    std::vector<Span> m_history;
    Duration m_historyGap = kLiveGap;
    Pending m_pending;
};

}  // namespace muster::ui
