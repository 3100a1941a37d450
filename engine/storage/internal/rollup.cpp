// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/rollup.h"

#include <cmath>
#include <cstring>
#include <optional>

#include "storage/internal/schema.h"

namespace muster {

namespace {

constexpr int kRollupShift = 6;

constexpr std::array kLevels{
    MetricLevel{.length = {},
                .table = Numbered::frames,
                .rolled = Numbered::frames,
                .rows = "metric_frames",
                .blocks = "frame_blocks",
                .shift = kFrameShift},
    MetricLevel{.length = std::chrono::seconds(10),
                .table = Numbered::tenSeconds,
                .rolled = Numbered::rolledTenSeconds,
                .rows = "metric_10s",
                .blocks = "metric_10s_blocks",
                .shift = kRollupShift},
    MetricLevel{.length = std::chrono::minutes(1),
                .table = Numbered::oneMinute,
                .rolled = Numbered::rolledOneMinute,
                .rows = "metric_1m",
                .blocks = "metric_1m_blocks",
                .shift = kRollupShift},
    MetricLevel{.length = std::chrono::minutes(10),
                .table = Numbered::tenMinutes,
                .rolled = Numbered::rolledTenMinutes,
                .rows = "metric_10m",
                .blocks = "metric_10m_blocks",
                .shift = kRollupShift},
};
static_assert(kLevels.size() == kMetricLevels);

/// How a series stands in a span: most have as many samples as the span has frames, and many
/// stood still.
enum Shape : std::uint8_t { kNone, kSteady, kMoved, kSteadyCounted, kMovedCounted };

template <class T>
void append(std::string& out, const T& value)
{
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

/// Takes values off the front; the last one that is not there in full is nothing.
class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : m_left(bytes) {}

    template <class T>
    [[nodiscard]] bool take(T& value)
    {
        if (m_left.size() < sizeof value) {
            m_left = {};
            return false;
        }
        std::memcpy(&value, m_left.data(), sizeof value);
        m_left = m_left.subspan(sizeof value);
        return true;
    }
    [[nodiscard]] std::optional<std::string_view> take(std::size_t size)
    {
        if (m_left.size() < size) {
            return std::nullopt;
        }
        const std::string_view text(reinterpret_cast<const char*>(m_left.data()), size);
        m_left = m_left.subspan(size);
        return text;
    }
    [[nodiscard]] bool empty() const noexcept { return m_left.empty(); }

private:
    std::span<const std::byte> m_left;
};

bool takeSeries(Bytes& bytes, std::uint32_t common, SeriesSpan& span)
{
    std::uint8_t shape = kNone;
    std::uint32_t count = common;
    if (!bytes.take(shape) || shape > kMovedCounted) {
        return false;
    }
    if (shape == kNone) {
        return true;
    }
    if (shape >= kSteadyCounted && !bytes.take(count)) {
        return false;
    }
    span.count = count;
    if (shape == kSteady || shape == kSteadyCounted) {
        const bool taken = bytes.take(span.min);
        span.max = span.min;
        span.sum = span.min * count;
        return taken;
    }
    return bytes.take(span.sum) && bytes.take(span.min) && bytes.take(span.max);
}

}  // namespace

std::span<const MetricLevel> metricLevels() noexcept
{
    return kLevels;
}

void appendBuckets(std::string& out, std::size_t series, std::string_view encoded)
{
    append(out, static_cast<std::uint32_t>(series));
    append(out, static_cast<std::uint32_t>(encoded.size()));
    out += encoded;
}

void visitBuckets(std::span<const std::byte> bytes,
                  const std::function<void(std::size_t series, std::string_view encoded)>& visit)
{
    Bytes left(bytes);
    std::uint32_t series = 0;
    std::uint32_t size = 0;
    while (!left.empty() && left.take(series) && left.take(size)) {
        const auto encoded = left.take(std::size_t{size});
        if (!encoded) {
            return;
        }
        visit(series, *encoded);
    }
}

void Rollup::addFrame(std::span<const std::byte> points, std::span<const std::byte> buckets)
{
    Bytes left(points);
    double value = 0;
    for (std::size_t at = 0; !left.empty() && left.take(value); ++at) {
        if (m_series.size() <= at) {
            m_series.resize(at + 1);
        }
        if (!std::isnan(value)) {
            m_series[at].add({.count = 1, .sum = value, .min = value, .max = value});
        }
    }
    addBuckets(buckets);
}

bool Rollup::addSpan(std::span<const std::byte> points, std::span<const std::byte> buckets)
{
    if (!decode(points, m_decoded)) {
        return false;
    }
    m_series.resize(std::max(m_series.size(), m_decoded.size()));
    for (std::size_t at = 0; at < m_decoded.size(); ++at) {
        if (m_decoded[at].count > 0) {
            m_series[at].add(m_decoded[at]);
        }
    }
    addBuckets(buckets);
    return true;
}

void Rollup::addBuckets(std::span<const std::byte> buckets)
{
    visitBuckets(buckets, [this](std::size_t series, std::string_view encoded) {
        // What is no histogram cannot be merged with any.
        if (const auto histogram = Histogram::decode(encoded)) {
            m_histograms[series].merge(*histogram);
        }
    });
}

void Rollup::clear()
{
    m_series.clear();
    m_histograms.clear();
}

std::string Rollup::encodedPoints() const
{
    std::uint64_t common = 0;
    for (const SeriesSpan& span : m_series) {
        common = std::max(common, span.count);
    }
    std::string out;
    append(out, static_cast<std::uint32_t>(common));
    for (const SeriesSpan& span : m_series) {
        const bool counted = span.count != common;
        const bool steady =
            span.min == span.max && span.sum == span.min * static_cast<double>(span.count);
        const Shape shape = span.count == 0 ? kNone
                            : steady        ? (counted ? kSteadyCounted : kSteady)
                                            : (counted ? kMovedCounted : kMoved);
        append(out, shape);
        if (shape >= kSteadyCounted) {
            append(out, static_cast<std::uint32_t>(span.count));
        }
        if (shape == kSteady || shape == kSteadyCounted) {
            append(out, span.min);
        } else if (shape != kNone) {
            append(out, span.sum);
            append(out, span.min);
            append(out, span.max);
        }
    }
    return out;
}

std::string Rollup::encodedBuckets() const
{
    std::string out;
    for (const auto& [series, histogram] : m_histograms) {
        appendBuckets(out, series, histogram.encode());
    }
    return out;
}

bool Rollup::decode(std::span<const std::byte> points, std::vector<SeriesSpan>& out)
{
    out.clear();
    Bytes left(points);
    std::uint32_t common = 0;
    if (!left.take(common)) {
        return false;
    }
    while (!left.empty()) {
        if (!takeSeries(left, common, out.emplace_back())) {
            return false;
        }
    }
    return true;
}

}  // namespace muster
