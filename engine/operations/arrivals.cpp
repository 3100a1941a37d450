// SPDX-License-Identifier: Apache-2.0
#include "operations/arrivals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace muster {

namespace {

void putNumber(std::string& out, std::uint64_t value)
{
    constexpr std::uint64_t kMore = 0x80;
    for (; value >= kMore; value >>= 7) {
        out += static_cast<char>(value | kMore);
    }
    out += static_cast<char>(value);
}

bool takeNumber(std::string_view& in, std::uint64_t& value)
{
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

/// Spans and gaps are never negative; counts of a run at most this, so that nothing overflows.
constexpr std::uint64_t kMostAtOnce = std::uint64_t{1} << 62;
constexpr std::uint64_t kMostTime = std::uint64_t{1} << 62;

[[nodiscard]] Duration rounded(double nanoseconds) noexcept
{
    return Duration{std::llround(nanoseconds)};
}

[[nodiscard]] ArrivalRun partOf(const ArrivalRun& run, std::uint64_t from, std::uint64_t to)
{
    const Duration first = run.at(from);
    return {first, run.at(to - 1) - first, to - from};
}

}  // namespace

Duration ArrivalRun::at(std::uint64_t place) const noexcept
{
    if (place == 0 || count < 2) {
        return first;
    }
    const double share = static_cast<double>(place) / static_cast<double>(count - 1);
    return first + rounded(static_cast<double>(span.count()) * share);
}

std::uint64_t countBefore(const ArrivalRun& run, Duration time) noexcept
{
    if (time <= run.first) {
        return 0;
    }
    if (time > run.last()) {
        return run.count;
    }
    std::uint64_t low = 0;
    std::uint64_t high = run.count;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (run.at(middle) < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool ArrivalLog::narrow(MonoTime at, std::uint64_t place)
{
    const auto after = static_cast<double>((at - m_first).count());
    const auto places = static_cast<double>(place);
    const auto tolerance = static_cast<double>(m_tolerance.count());
    const double low = std::max(m_low, (after - tolerance) / places);
    const double high = std::min(m_high, (after + tolerance) / places);
    if (low > high) {
        return false;
    }
    m_low = low;
    m_high = high;
    return true;
}

bool ArrivalLog::joins(MonoTime first, Duration span, std::uint64_t count)
{
    const auto before = std::pair(m_low, m_high);
    // Even itself, so its two ends speak for what is between; so did those of what was there.
    const bool fits =
        narrow(first, m_count) && (count == 1 || narrow(first + span, m_count + count - 1));
    if (!fits) {
        std::tie(m_low, m_high) = before;
    }
    return fits;
}

void ArrivalLog::add(MonoTime first, Duration span, std::uint64_t count)
{
    if (count == 0) {
        return;
    }
    count = std::min(count, kMostAtOnce);
    span = std::max(span, Duration::zero());
    if (m_count > 0 && m_count + count < kMostAtOnce && joins(first, span, count)) {
        m_count += count;
        m_joined = true;
        return;
    }
    endRun();
    m_first = first;
    m_span = span;
    m_count = count;
    m_joined = false;
    m_low = 0;
    m_high = std::numeric_limits<double>::max();
    if (count > 1) {
        (void)narrow(first + span, count - 1);
    }
}

void ArrivalLog::endRun()
{
    if (m_count == 0) {
        return;
    }
    const double places = static_cast<double>(m_count - 1);
    write(m_first, m_joined ? rounded((m_low + m_high) / 2 * places) : m_span, m_count);
    m_count = 0;
}

void ArrivalLog::write(MonoTime first, Duration span, std::uint64_t count)
{
    if (m_open.data.size() >= kBlockBytes) {
        if (m_full.size() >= kMostBlocks) {
            m_lost += count;
            m_before += count;
            return;
        }
        m_full.push_back(std::exchange(m_open, {}));
    }
    if (m_open.arrivals == 0) {
        m_open.begin = first;
        m_open.before = m_before;
        m_open.lost = std::exchange(m_lost, 0);
        putNumber(m_open.data, static_cast<std::uint64_t>(m_tolerance.count()));
        putNumber(m_open.data, m_closed ? 1 : 0);
        m_last = first;
    }
    putNumber(m_open.data,
              static_cast<std::uint64_t>(std::max<std::int64_t>(0, (first - m_last).count())));
    putNumber(m_open.data, count);
    if (count > 1) {
        putNumber(m_open.data, static_cast<std::uint64_t>(span.count()));
    }
    m_last = std::max(m_last, first);
    m_open.arrivals += count;
    m_before += count;
}

std::vector<ArrivalBlock> ArrivalLog::take(bool all)
{
    if (all) {
        endRun();
        if (m_open.arrivals > 0) {
            m_full.push_back(std::exchange(m_open, {}));
        }
    }
    return std::exchange(m_full, {});
}

std::optional<UnpackedArrivals> unpack(const ArrivalBlock& block)
{
    UnpackedArrivals out;
    std::string_view in = block.data;
    std::uint64_t tolerance = 0;
    std::uint64_t closed = 0;
    if (!takeNumber(in, tolerance) || !takeNumber(in, closed) || closed > 1 ||
        tolerance > kMostTime) {
        return std::nullopt;
    }
    out.tolerance = Duration{static_cast<std::int64_t>(tolerance)};
    out.closed = closed == 1;
    std::uint64_t at = 0;
    std::uint64_t arrivals = 0;
    while (!in.empty()) {
        std::uint64_t gap = 0;
        std::uint64_t count = 0;
        std::uint64_t span = 0;
        if (!takeNumber(in, gap) || !takeNumber(in, count) || count == 0 || count > kMostAtOnce ||
            (count > 1 && !takeNumber(in, span)) || gap > kMostTime - at ||
            span > kMostTime - at - gap || arrivals > kMostAtOnce) {
            return std::nullopt;
        }
        at += gap;
        arrivals += count;
        out.runs.push_back({Duration{static_cast<std::int64_t>(at)},
                            Duration{static_cast<std::int64_t>(span)}, count});
    }
    return arrivals == block.arrivals ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<ArrivalRun> cut(const std::vector<ArrivalRun>& runs, Duration from, Duration to)
{
    std::vector<ArrivalRun> out;
    for (const ArrivalRun& run : runs) {
        const std::uint64_t begin = countBefore(run, from);
        const std::uint64_t end = countBefore(run, to);
        if (begin < end) {
            out.push_back(begin == 0 && end == run.count ? run : partOf(run, begin, end));
            out.back().first -= from;
        }
    }
    // Within the tolerance the end of one may lie behind the beginning of the next.
    for (std::size_t i = 1; i < out.size(); ++i) {
        out[i - 1].span =
            std::clamp(out[i].first - out[i - 1].first, Duration::zero(), out[i - 1].span);
    }
    return out;
}

std::uint64_t arrivalsOf(const std::vector<ArrivalRun>& runs) noexcept
{
    std::uint64_t all = 0;
    for (const ArrivalRun& run : runs) {
        all += run.count;
    }
    return all;
}

std::vector<std::uint64_t> countIn(const std::vector<ArrivalRun>& runs, Duration length,
                                   std::size_t buckets)
{
    std::vector<std::uint64_t> out(buckets);
    const auto edge = [&](std::size_t bucket) {
        return rounded(static_cast<double>(length.count()) * static_cast<double>(bucket) /
                       static_cast<double>(buckets));
    };
    for (const ArrivalRun& run : runs) {
        auto bucket = static_cast<std::size_t>(static_cast<double>(run.first.count()) /
                                               static_cast<double>(length.count()) *
                                               static_cast<double>(buckets));
        bucket = std::min(bucket, buckets - 1);
        while (bucket > 0 && run.first < edge(bucket)) {
            --bucket;
        }
        std::uint64_t done = 0;
        for (; bucket < buckets && done < run.count; ++bucket) {
            const bool last = bucket + 1 == buckets;
            const std::uint64_t end = last ? run.count : countBefore(run, edge(bucket + 1));
            out[bucket] += end - std::min(end, done);
            done = std::max(done, end);
        }
    }
    return out;
}

namespace {

/// Puts the arrivals of a factor on the straight lines between those that were.
class Scaling {
public:
    explicit Scaling(double factor) : m_factor(factor) {}

    /// The line from place `from` at `a` to place `to` at `b`; `whole`: both ends belong to it.
    void line(double from, Duration a, double to, Duration b, std::uint64_t most)
    {
        // Rounding must not lose an arrival that lies on the end.
        constexpr double kHair = 1e-9;
        const double last = std::floor(to * m_factor * (1 + 1e-15) + kHair);
        const auto end = std::min(most, static_cast<std::uint64_t>(std::max(0.0, last)) + 1);
        if (m_next >= end) {
            return;
        }
        const auto at = [&](std::uint64_t k) {
            const double share =
                to > from ? (static_cast<double>(k) / m_factor - from) / (to - from) : 0;
            return a + rounded(static_cast<double>((b - a).count()) * std::clamp(share, 0.0, 1.0));
        };
        const Duration first = at(m_next);
        out.push_back({first, at(end - 1) - first, end - m_next});
        m_next = end;
    }

    std::vector<ArrivalRun> out;

private:
    double m_factor;
    std::uint64_t m_next = 0;
};

}  // namespace

std::vector<ArrivalRun> scaled(const std::vector<ArrivalRun>& runs, double factor, Duration length)
{
    if (factor == 1 || runs.empty()) {
        return runs;
    }
    const auto all = static_cast<double>(arrivalsOf(runs));
    const auto most = static_cast<std::uint64_t>(std::max(1.0, std::round(all * factor)));
    Scaling scaling(factor);
    double place = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const ArrivalRun& run = runs[i];
        const double last = place + static_cast<double>(run.count - 1);
        scaling.line(place, run.first, last, run.last(), most);
        const bool more = i + 1 < runs.size();
        // After the last one the pace goes on.
        const Duration pace = run.count > 1 ? rounded(static_cast<double>(run.span.count()) /
                                                      static_cast<double>(run.count - 1))
                                            : length - run.last();
        const Duration next = more ? runs[i + 1].first : run.last() + pace;
        scaling.line(last, run.last(), last + 1,
                     std::max(run.last(), std::min(next, length - Duration(1))), most);
        place = last + 1;
    }
    return std::move(scaling.out);
}

}  // namespace muster
