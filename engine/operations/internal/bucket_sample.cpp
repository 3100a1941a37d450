// SPDX-License-Identifier: Apache-2.0
#include "operations/internal/bucket_sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace muster {

BucketSample::BucketSample(std::span<const Histogram> cells)
{
    std::size_t first = HistogramBuckets::kCount;
    std::size_t last = 0;
    for (const Histogram& histogram : cells) {
        Cell& cell = m_cells.emplace_back();
        for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
            if (const std::uint64_t count = histogram.count(i); count != 0) {
                cell.emplace_back(static_cast<std::uint32_t>(i), count);
                first = std::min(first, i);
                last = std::max(last, i);
            }
        }
        m_samples += histogram.samples();
        // A cell without samples says nothing of its own median.
        m_medians.push_back(!histogram.empty()  ? histogram.quantile(0.5)
                            : m_medians.empty() ? 0
                                                : m_medians.back());
    }
    m_first = std::min(first, last);
    m_size = last - m_first + 1;
}

void BucketSample::add(Counts& counts, const Cell& cell) const
{
    for (const auto& [bucket, count] : cell) {
        counts[bucket - m_first] += count;
    }
}

BucketSample::Counts BucketSample::merged() const
{
    Counts counts(m_size);
    for (const Cell& cell : m_cells) {
        add(counts, cell);
    }
    return counts;
}

BucketSample::Counts BucketSample::resampled(std::size_t block, Rng& rng) const
{
    Counts counts(m_size);
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        at = i % block == 0 ? static_cast<std::size_t>(rng.below(m_cells.size()))
                            : (at + 1) % m_cells.size();
        add(counts, m_cells[at]);
    }
    return counts;
}

double BucketSample::quantile(const Counts& counts, double quantile) const
{
    const auto all = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    const double rank = quantile * static_cast<double>(all);
    double seen = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto count = static_cast<double>(counts[i]);
        if (count > 0 && seen + count >= rank) {
            const auto lowest = static_cast<double>(HistogramBuckets::lowest(m_first + i));
            const auto next = static_cast<double>(HistogramBuckets::lowest(m_first + i + 1));
            return lowest + (next - lowest) * (rank - seen) / count;
        }
        seen += count;
    }
    return 0;
}

double deviation(std::span<const double> values)
{
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace muster
