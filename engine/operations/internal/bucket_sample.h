// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "telemetry/histogram.h"

namespace muster {

/// The histograms of many cells of time, to be merged again and again in other choices: counts of
/// the buckets in use only.
/// Thread safety: one thread at a time.
class BucketSample {
public:
    using Counts = std::vector<std::uint64_t>;  ///< by bucket, from the lowest in use on

    explicit BucketSample(std::span<const Histogram> cells);

    [[nodiscard]] std::size_t cells() const noexcept { return m_cells.size(); }
    [[nodiscard]] std::uint64_t samples() const noexcept { return m_samples; }
    [[nodiscard]] const std::vector<double>& medians() const noexcept { return m_medians; }
    [[nodiscard]] Counts merged() const;
    /// Of as many cells, in blocks of neighbours that begin anywhere and wrap around.
    [[nodiscard]] Counts resampled(std::size_t block, Rng& rng) const;
    /// With the values spread evenly over their bucket, so that a figure does not jump from one
    /// bucket's middle to the next.
    [[nodiscard]] double quantile(const Counts& counts, double quantile) const;

private:
    using Cell = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

    void add(Counts& counts, const Cell& cell) const;

    std::vector<Cell> m_cells;
    std::vector<double> m_medians;
    std::size_t m_first = 0;  // bucket
    std::size_t m_size = 0;
    std::uint64_t m_samples = 0;
};

[[nodiscard]] double deviation(std::span<const double> values);

}  // namespace muster
