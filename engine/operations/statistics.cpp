// SPDX-License-Identifier: Apache-2.0
#include "operations/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace muster {

namespace {

double meanOf(std::span<const double> values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Autocovariances of lags 0…most.
std::vector<double> covariances(std::span<const double> values, std::size_t most)
{
    const double mean = meanOf(values);
    std::vector<double> all(most + 1);
    for (std::size_t lag = 0; lag <= most; ++lag) {
        for (std::size_t i = lag; i < values.size(); ++i) {
            all[lag] += (values[i] - mean) * (values[i - lag] - mean);
        }
        all[lag] /= static_cast<double>(values.size());
    }
    return all;
}

/// The last lag before a run of lags whose correlation cannot be told from none.
std::size_t lastNotableLag(const std::vector<double>& covariance, std::size_t n, std::size_t run)
{
    const auto size = static_cast<double>(n);
    const double bound = 2 * std::sqrt(std::log10(size) / size);
    std::size_t quiet = 0;
    for (std::size_t lag = 1; lag < covariance.size(); ++lag) {
        quiet = std::abs(covariance[lag] / covariance[0]) < bound ? quiet + 1 : 0;
        if (quiet == run) {
            return lag - run;
        }
    }
    return covariance.size() - 1;
}

/// The flat-top window of Politis and Romano.
double flatTop(double share)
{
    return share <= 0.5 ? 1 : std::max(0.0, 2 * (1 - share));
}

Spread spreadOf(const std::vector<double>& figures, std::size_t n, std::size_t block)
{
    const double mean = meanOf(figures);
    double squares = 0;
    for (const double figure : figures) {
        squares += (figure - mean) * (figure - mean);
    }
    const double variance = squares / static_cast<double>(figures.size() - 1);
    const double blocks = static_cast<double>(n) / static_cast<double>(block);
    // The blocks vary about the sample's own mean, which takes one block's worth of variation away.
    const double widened = blocks > 1 ? variance * blocks / (blocks - 1) : variance;
    return {std::sqrt(widened), std::max(1.0, blocks - 1)};
}

/// The continued fraction of the incomplete beta function (Lentz's method).
double betaFraction(double a, double b, double x)
{
    constexpr double kTiny = 1e-300;
    const auto awayFromZero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
    double c = 1;
    double d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
    double result = d;
    for (int m = 1; m <= 300; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / awayFromZero(1 + even * d);
        c = awayFromZero(1 + even / c);
        result *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / awayFromZero(1 + odd * d);
        c = awayFromZero(1 + odd / c);
        result *= d * c;
        if (std::abs(d * c - 1) < 1e-14) {
            break;
        }
    }
    return result;
}

/// The regularised incomplete beta function I_x(a, b).
double incompleteBeta(double a, double b, double x)
{
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                  a * std::log(x) + b * std::log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a
                                     : 1 - front * betaFraction(b, a, 1 - x) / b;
}

}  // namespace

std::size_t blockLength(std::span<const double> values)
{
    const std::size_t n = values.size();
    if (n < 8) {
        return 1;
    }
    const auto size = static_cast<double>(n);
    const auto shortest = std::min(n / 4, static_cast<std::size_t>(std::ceil(std::sqrt(size))));
    const auto run =
        std::max<std::size_t>(5, static_cast<std::size_t>(std::ceil(std::sqrt(std::log10(size)))));
    const std::size_t most =
        std::min(n - 1, static_cast<std::size_t>(std::ceil(std::sqrt(size))) + run);
    const auto covariance = covariances(values, most);
    if (covariance[0] <= 0) {
        return shortest;
    }
    const std::size_t notable = lastNotableLag(covariance, n, run);
    const auto window = static_cast<double>(std::min(2 * std::max<std::size_t>(1, notable), most));
    double spectrum = covariance[0];
    double slope = 0;
    for (std::size_t lag = 1; lag <= most; ++lag) {
        const auto at = static_cast<double>(lag);
        const double weight = 2 * flatTop(at / window) * covariance[lag];
        spectrum += weight;
        slope += weight * at;
    }
    if (spectrum <= 0) {
        return shortest;
    }
    const double length =
        std::cbrt(2 * slope * slope / (4.0 / 3.0 * spectrum * spectrum)) * std::cbrt(size);
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(length)), shortest, n / 4);
}

Spread blockBootstrap(std::size_t n, std::size_t block, std::size_t resamples, Rng rng,
                      const std::function<double(std::span<const std::size_t>)>& figure)
{
    std::vector<std::size_t> places(n);
    std::vector<double> figures(resamples);
    for (double& each : figures) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < n; ++i) {
            at = i % block == 0 ? static_cast<std::size_t>(rng.below(n)) : (at + 1) % n;
            places[i] = at;
        }
        each = figure(places);
    }
    return spreadOf(figures, n, block);
}

Spread meanSpread(std::span<const double> values, std::size_t resamples, Rng rng)
{
    const std::size_t n = values.size();
    const std::size_t block = blockLength(values);
    // Sums up to each place, twice around: a block is a difference of two of them.
    std::vector<double> sums(2 * n + 1);
    const double mean = meanOf(values);
    for (std::size_t i = 0; i < 2 * n; ++i) {
        sums[i + 1] = sums[i] + values[i % n] - mean;
    }
    std::vector<double> figures(resamples);
    for (double& each : figures) {
        for (std::size_t i = 0; i < n; i += block) {
            const auto from = static_cast<std::size_t>(rng.below(n));
            each += sums[from + std::min(block, n - i)] - sums[from];
        }
        each /= static_cast<double>(n);
    }
    return spreadOf(figures, n, block);
}

Spread differenceSpread(const Spread& a, const Spread& b)
{
    const double first = a.error * a.error;
    const double second = b.error * b.error;
    if (first + second <= 0) {
        return {0, std::max(1.0, a.freedom + b.freedom)};
    }
    return {std::sqrt(first + second),
            std::max(1.0, (first + second) * (first + second) /
                              (first * first / a.freedom + second * second / b.freedom))};
}

double studentTails(double t, double freedom)
{
    return incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double studentBound(double outside, double freedom)
{
    double low = 0;
    double high = 1;
    while (studentTails(high, freedom) > outside && high < 1e9) {
        high *= 2;
    }
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (studentTails(middle, freedom) > outside ? low : high) = middle;
    }
    return high;
}

std::vector<bool> discoveries(std::span<const double> chances, double rate)
{
    std::vector<double> sorted(chances.begin(), chances.end());
    std::ranges::sort(sorted);
    double bound = -1;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const double allowed =
            rate * static_cast<double>(i + 1) / static_cast<double>(sorted.size());
        bound = sorted[i] <= allowed ? sorted[i] : bound;
    }
    std::vector<bool> found(chances.size());
    for (std::size_t i = 0; i < chances.size(); ++i) {
        found[i] = chances[i] <= bound;
    }
    return found;
}

}  // namespace muster
