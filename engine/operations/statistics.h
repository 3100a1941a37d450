// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/rng.h"

namespace muster {

/// What is needed to say whether two stretches of a time series differ when neighbouring samples
/// resemble each other. Pure functions of their arguments.

/// The length of the blocks that keep the dependence within `values`: Politis and White, "Automatic
/// block-length selection for the dependent bootstrap" (2004), with the correction of Patton,
/// Politis and White (2009), for the circular block bootstrap. At least 1, at most a quarter.
[[nodiscard]] std::size_t blockLength(std::span<const double> values);

/// How far a figure of a sample may be off, as resampling tells.
struct Spread {
    double error = 0;    ///< standard error
    double freedom = 1;  ///< degrees of it: blocks less one
};

/// Circular block bootstrap (Politis and Romano 1992): `figure` is worked out from `resamples` sets
/// of n places of 0…n-1 each, made of blocks of neighbours that begin anywhere and wrap around; its
/// standard deviation over these, widened for the few blocks there are, is the standard error.
[[nodiscard]] Spread blockBootstrap(
    std::size_t n, std::size_t block, std::size_t resamples, Rng rng,
    const std::function<double(std::span<const std::size_t> places)>& figure);

/// The same of the mean, without a call for each resample.
[[nodiscard]] Spread meanSpread(std::span<const double> values, std::size_t resamples, Rng rng);

/// Of a difference: errors added in squares, freedom by Welch and Satterthwaite.
[[nodiscard]] Spread differenceSpread(const Spread& a, const Spread& b);

/// Student's t: the chance of a value farther from 0 than `t` on either side.
[[nodiscard]] double studentTails(double t, double freedom);
/// The t that leaves `outside` of the chance beyond it and its negative together.
[[nodiscard]] double studentBound(double outside, double freedom);

/// Benjamini and Hochberg, "Controlling the false discovery rate" (1995): which of the chances are
/// small enough that at most a share `rate` of those picked is expected to be picked in error.
[[nodiscard]] std::vector<bool> discoveries(std::span<const double> chances, double rate);

}  // namespace muster
