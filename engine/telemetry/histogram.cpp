// SPDX-License-Identifier: Apache-2.0
#include "telemetry/histogram.h"

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

constexpr char kVersion = 1;

void putVarint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

/// False when the bytes end too early or go on too long.
bool takeVarint(std::string_view& in, std::uint64_t& value) noexcept
{
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if ((byte & 0x80) == 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::uint64_t HistogramBuckets::lowest(std::size_t index) noexcept
{
    if (index < 2 * kSubBuckets) {
        return index;
    }
    const std::size_t shift = index / kSubBuckets - 1;
    return static_cast<std::uint64_t>(index - shift * kSubBuckets) << shift;
}

std::uint64_t HistogramBuckets::highest(std::size_t index) noexcept
{
    return lowest(index + 1) - 1;
}

std::uint64_t HistogramBuckets::middle(std::size_t index) noexcept
{
    return lowest(index) + (highest(index) - lowest(index)) / 2;
}

void Histogram::record(std::uint64_t value, std::uint64_t times)
{
    addBucket(HistogramBuckets::index(value), times);
}

void Histogram::addBucket(std::size_t index, std::uint64_t times)
{
    if (times == 0 || index >= HistogramBuckets::kCount) {
        return;
    }
    if (index >= m_counts.size()) {
        m_counts.resize(index + 1);
    }
    m_counts[index] += times;
    m_samples += times;
}

void Histogram::merge(const Histogram& other)
{
    if (other.m_counts.size() > m_counts.size()) {
        m_counts.resize(other.m_counts.size());
    }
    for (std::size_t i = 0; i < other.m_counts.size(); ++i) {
        m_counts[i] += other.m_counts[i];
    }
    m_samples += other.m_samples;
}

void Histogram::subtract(const Histogram& earlier)
{
    for (std::size_t i = 0; i < std::min(m_counts.size(), earlier.m_counts.size()); ++i) {
        const std::uint64_t gone = std::min(m_counts[i], earlier.m_counts[i]);
        m_counts[i] -= gone;
        m_samples -= gone;
    }
}

void Histogram::clear()
{
    m_counts.clear();
    m_samples = 0;
}

double Histogram::quantile(double quantile) const noexcept
{
    // The least rank that has the share below or at it, counted from 1 as in nearest-rank.
    const double share = std::clamp(quantile, 0.0, 1.0) * static_cast<double>(m_samples);
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        seen += m_counts[i];
        if (seen >= rank) {
            return static_cast<double>(HistogramBuckets::middle(i));
        }
    }
    return 0;
}

std::string Histogram::encode() const
{
    std::string out(1, kVersion);
    std::size_t last = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts[i] != 0) {
            putVarint(out, i - last);
            putVarint(out, m_counts[i]);
            last = i;
        }
    }
    return out;
}

Result<Histogram> Histogram::decode(std::string_view encoded)
{
    if (encoded.empty() || encoded.front() != kVersion) {
        return Error{ErrorCode::unsupportedVersion, "this is no histogram that this version reads",
                     "", ""};
    }
    const Error corrupt{ErrorCode::corrupt, "the histogram's bytes are damaged", "", ""};
    encoded.remove_prefix(1);
    Histogram histogram;
    std::uint64_t index = 0;
    while (!encoded.empty()) {
        std::uint64_t distance = 0;
        std::uint64_t times = 0;
        if (!takeVarint(encoded, distance) || !takeVarint(encoded, times) ||
            distance >= HistogramBuckets::kCount || times == 0) {
            return corrupt;
        }
        index += distance;
        if (index >= HistogramBuckets::kCount || histogram.count(index) != 0) {
            return corrupt;
        }
        histogram.addBucket(index, times);
    }
    return histogram;
}

bool operator==(const Histogram& a, const Histogram& b) noexcept
{
    const auto longest = std::max(a.m_counts.size(), b.m_counts.size());
    for (std::size_t i = 0; i < longest; ++i) {
        if (a.count(i) != b.count(i)) {
            return false;
        }
    }
    return true;
}

}  // namespace muster
