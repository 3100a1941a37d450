// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

/// Log-linear buckets over non-negative integers, after HdrHistogram (Gil Tene): each power of
/// two is cut into kSubBuckets, so a value is known to better than 1 % wherever it lies.
/// Values below 2·kSubBuckets are exact, those above kHighest count as kHighest.
struct HistogramBuckets {
    static constexpr std::uint32_t kSubBits = 6;
    static constexpr std::uint32_t kSubBuckets = 1U << kSubBits;
    static constexpr std::uint32_t kOctaves = 42;
    static constexpr std::size_t kCount = std::size_t{kOctaves} * kSubBuckets;
    /// About 39 hours in nanoseconds.
    static constexpr std::uint64_t kHighest = (std::uint64_t{1} << (kSubBits + kOctaves - 1)) - 1;

    [[nodiscard]] static constexpr std::size_t index(std::uint64_t value) noexcept
    {
        if (value > kHighest) {
            value = kHighest;
        }
        const auto shift =
            static_cast<std::uint32_t>(std::bit_width(value | (2 * kSubBuckets - 1))) - kSubBits -
            1;
        return std::size_t{shift} * kSubBuckets + static_cast<std::size_t>(value >> shift);
    }
    [[nodiscard]] static std::uint64_t lowest(std::size_t index) noexcept;
    [[nodiscard]] static std::uint64_t highest(std::size_t index) noexcept;
    /// What the bucket's values are reported as.
    [[nodiscard]] static std::uint64_t middle(std::size_t index) noexcept;
};

/// A histogram as a value: merged, subtracted, asked for quantiles, written and read.
/// Percentiles of several are always those of their merged buckets, never an average.
/// Thread safety: one thread at a time.
class Histogram {
public:
    void record(std::uint64_t value, std::uint64_t times = 1);
    void addBucket(std::size_t index, std::uint64_t times);
    void merge(const Histogram& other);
    /// Takes away what an earlier state of the same histogram held.
    void subtract(const Histogram& earlier);
    void clear();

    [[nodiscard]] std::uint64_t samples() const noexcept { return m_samples; }
    [[nodiscard]] bool empty() const noexcept { return m_samples == 0; }
    /// The value below or at which a share `quantile` of the samples lies, within 1 %; 0 gives
    /// the least, 1 the greatest. 0 when empty: ask first.
    [[nodiscard]] double quantile(double quantile) const noexcept;
    [[nodiscard]] std::uint64_t count(std::size_t index) const noexcept
    {
        return index < m_counts.size() ? m_counts[index] : 0;
    }

    /// Non-empty buckets as variable-length integers: a version, then for each the distance
    /// from the one before and its count. Any two encoded histograms can be merged.
    [[nodiscard]] std::string encode() const;
    /// Errors: corrupt, unsupportedVersion.
    [[nodiscard]] static Result<Histogram> decode(std::string_view encoded);

    friend bool operator==(const Histogram& a, const Histogram& b) noexcept;

private:
    std::vector<std::uint64_t> m_counts;  // as long as the highest bucket in use
    std::uint64_t m_samples = 0;
};

}  // namespace muster
