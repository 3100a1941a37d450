// SPDX-License-Identifier: Apache-2.0
#include "operations/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "operations/internal/bucket_sample.h"
#include "operations/statistics.h"

namespace muster {

namespace {

constexpr std::size_t kFewestCells = 20;
constexpr double kFewestBlocks = 5;
/// A percentile needs some samples beyond it.
constexpr double kFewestBeyond = 20;

struct Percentile {
    std::string_view name;
    double quantile;
};
constexpr std::array kPercentiles{Percentile{"p50", 0.5}, Percentile{"p90", 0.9},
                                  Percentile{"p95", 0.95}, Percentile{"p99", 0.99},
                                  Percentile{"p999", 0.999}};

/// A figure of one side: its value and how far it may be off.
struct Estimate {
    Reading value;
    Spread spread;
};

Estimate unknown(std::string why)
{
    return {Reading::unknown(std::move(why)), {}};
}

std::string tooFew(std::size_t cells)
{
    return fmt::format("{} samples are too few, {} are needed", cells, kFewestCells);
}

bool isConstant(const std::vector<double>& values)
{
    return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

Estimate estimateMean(const MeasuredSeries& series, const ComparisonOptions& options)
{
    const auto& values = series.values;
    if (values.size() < kFewestCells) {
        return unknown(tooFew(values.size()));
    }
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    if (isConstant(values)) {
        return {Reading::of(values.front()), {0, static_cast<double>(values.size() - 1)}};
    }
    const Spread spread = meanSpread(values, options.resamples, Rng(options.seed));
    if (spread.freedom < kFewestBlocks - 1) {
        return {Reading::of(mean), {-1, 1}};
    }
    return {Reading::of(mean), spread};
}

/// All percentiles of one histogram series at once: a resample is merged once for all of them.
std::array<Estimate, kPercentiles.size()> estimatePercentiles(const MeasuredSeries& series,
                                                              const ComparisonOptions& options)
{
    std::array<Estimate, kPercentiles.size()> all;
    const BucketSample sample(series.histograms);
    const std::size_t cells = sample.cells();
    if (cells < kFewestCells) {
        all.fill(unknown(tooFew(cells)));
        return all;
    }
    std::array<std::vector<double>, kPercentiles.size()> drawn;
    const std::size_t block = std::min(blockLength(sample.medians()), cells / 4);
    const auto counts = sample.merged();
    const double freedom = static_cast<double>(cells) / static_cast<double>(block) - 1;
    Rng rng(options.seed);
    for (std::size_t i = 0; i < options.resamples; ++i) {
        const auto resampled = sample.resampled(block, rng);
        for (std::size_t k = 0; k < kPercentiles.size(); ++k) {
            drawn[k].push_back(std::log1p(sample.quantile(resampled, kPercentiles[k].quantile)));
        }
    }
    for (std::size_t k = 0; k < kPercentiles.size(); ++k) {
        const double quantile = kPercentiles[k].quantile;
        if (static_cast<double>(sample.samples()) * (1 - quantile) < kFewestBeyond) {
            all[k] = unknown(fmt::format("{} samples are too few for {}", sample.samples(),
                                         kPercentiles[k].name));
            continue;
        }
        if (freedom < kFewestBlocks - 1) {
            all[k] = {Reading::of(sample.quantile(counts, quantile)), {-1, 1}};
            continue;
        }
        all[k] = {Reading::of(sample.quantile(counts, quantile)),
                  {deviation(drawn[k]) * std::sqrt((freedom + 1) / freedom), freedom}};
    }
    return all;
}

/// What both sides have of one figure.
struct Pair {
    Estimate a;
    Estimate b;
    bool ofRatio = false;  ///< the spreads are those of the logarithm
};

void setInterval(Comparison& row, double confidence, const Pair& pair)
{
    const Spread spread = differenceSpread(pair.a.spread, pair.b.spread);
    const double bound = studentBound(1 - confidence, spread.freedom) * spread.error;
    row.difference = row.b.value - row.a.value;
    const bool positive = row.a.value > 0;
    if (pair.ofRatio && positive) {
        const double ratio = std::log(row.b.value / row.a.value);
        row.effect = std::expm1(ratio);
        row.effectLow = std::expm1(ratio - bound);
        row.effectHigh = std::expm1(ratio + bound);
        row.low = row.effectLow * row.a.value;
        row.high = row.effectHigh * row.a.value;
        row.chance = spread.error > 0 ? studentTails(ratio / spread.error, spread.freedom)
                                      : (ratio == 0 ? 1 : 0);
        return;
    }
    row.low = row.difference - bound;
    row.high = row.difference + bound;
    if (row.a.value != 0) {
        const double base = std::abs(row.a.value);
        row.effect = row.difference / base;
        row.effectLow = row.low / base;
        row.effectHigh = row.high / base;
    }
    row.chance = spread.error > 0 ? studentTails(row.difference / spread.error, spread.freedom)
                                  : (row.difference == 0 ? 1 : 0);
}

std::string whyNot(const Pair& pair)
{
    if (!pair.a.value.known() || !pair.b.value.known()) {
        const bool first = !pair.a.value.known();
        return fmt::format("{}: {}", first ? "A" : "B",
                           first ? pair.a.value.missing : pair.b.value.missing);
    }
    if (pair.a.spread.error < 0 || pair.b.spread.error < 0) {
        return fmt::format("{} drifts too much for its length to tell what is usual",
                           pair.a.spread.error < 0 ? "A" : "B");
    }
    return {};
}

Comparison compareFigure(Comparison row, const Pair& pair, const ComparisonOptions& options)
{
    row.a = pair.a.value;
    row.b = pair.b.value;
    row.reason = whyNot(pair);
    if (row.reason.empty()) {
        setInterval(row, options.confidence, pair);
        row.verdict = Verdict::same;
    }
    return row;
}

Verdict verdictOf(const Comparison& row)
{
    if (row.direction == Direction::neutral) {
        return Verdict::changed;
    }
    const bool more = row.difference > 0;
    return more == (row.direction == Direction::higherBetter) ? Verdict::better : Verdict::worse;
}

/// Says which differences are more than chance, given how many were looked at.
void judge(std::vector<Comparison>& rows, const ComparisonOptions& options)
{
    std::vector<double> chances;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].verdict == Verdict::same) {
            chances.push_back(rows[i].chance);
            places.push_back(i);
        }
    }
    const auto found = discoveries(chances, options.falseRate);
    for (std::size_t i = 0; i < places.size(); ++i) {
        Comparison& row = rows[places[i]];
        const bool large = !row.effect || std::abs(*row.effect) >= options.least;
        if (found[i] && large && row.difference != 0) {
            row.verdict = verdictOf(row);
        }
    }
}

using Key = std::pair<std::string_view, std::string_view>;
using Index = std::map<Key, const MeasuredSeries*>;

Index indexOf(const MeasuredSide& side)
{
    Index index;
    for (const MeasuredSeries& series : side) {
        index.emplace(Key{series.metric, series.labels}, &series);
    }
    return index;
}

const MeasuredSeries* find(const Index& index, const MeasuredSeries& like)
{
    const auto found = index.find({like.metric, like.labels});
    return found == index.end() ? nullptr : found->second;
}

/// The row of a figure, as the catalogue has it.
Comparison rowFor(const MeasuredSeries& series, std::string_view figure)
{
    Comparison row;
    row.metric = series.metric;
    row.labels = series.labels;
    row.unit = series.unit;
    row.figure = figure;
    if (series.kind == MetricKind::histogram) {
        row.metric = fmt::format("{}.{}", series.metric, figure);
    } else if (series.kind == MetricKind::counter) {
        const std::string rate = series.metric + ".rate";
        row.metric = findMetric(rate) != nullptr ? rate : series.metric;
        row.unit = series.unit == "1" ? "1/s" : series.unit + "/s";
    }
    const MetricInfo* info = findMetric(row.metric);
    info = info != nullptr ? info : findMetric(series.metric);
    row.direction = info != nullptr ? info->direction : Direction::neutral;
    return row;
}

class SideComparer {
public:
    explicit SideComparer(const ComparisonOptions& options) : m_options(options) {}

    /// Either may be missing, not both.
    void add(const MeasuredSeries* a, const MeasuredSeries* b)
    {
        const MeasuredSeries& like = a != nullptr ? *a : *b;
        if (like.kind != MetricKind::histogram) {
            m_rows.push_back(compareFigure(rowFor(like, "mean"), {mean(a), mean(b)}, m_options));
            return;
        }
        const auto first = percentiles(a);
        const auto second = percentiles(b);
        for (std::size_t k = 0; k < kPercentiles.size(); ++k) {
            m_rows.push_back(compareFigure(rowFor(like, kPercentiles[k].name),
                                           {first[k], second[k], true}, m_options));
        }
    }
    std::vector<Comparison> take()
    {
        judge(m_rows, m_options);
        return std::move(m_rows);
    }

private:
    [[nodiscard]] Estimate mean(const MeasuredSeries* series) const
    {
        return series != nullptr ? estimateMean(*series, m_options) : unknown("not available");
    }
    [[nodiscard]] std::array<Estimate, kPercentiles.size()> percentiles(
        const MeasuredSeries* series) const
    {
        if (series != nullptr) {
            return estimatePercentiles(*series, m_options);
        }
        std::array<Estimate, kPercentiles.size()> none;
        none.fill(unknown("not available"));
        return none;
    }

    const ComparisonOptions& m_options;
    std::vector<Comparison> m_rows;
};

}  // namespace

std::string_view toString(Verdict verdict) noexcept
{
    switch (verdict) {
        case Verdict::better:
            return "better";
        case Verdict::worse:
            return "worse";
        case Verdict::changed:
            return "changed";
        case Verdict::same:
            return "no difference";
        case Verdict::notComparable:
            return "not comparable";
    }
    return "";
}

std::vector<Comparison> compareSides(const MeasuredSide& a, const MeasuredSide& b,
                                     const ComparisonOptions& options,
                                     const std::function<bool()>& goOn)
{
    const auto over = [&goOn] { return goOn && !goOn(); };
    const Index ofA = indexOf(a);
    const Index ofB = indexOf(b);
    SideComparer comparer(options);
    for (const MeasuredSeries& series : a) {
        if (over()) {
            return comparer.take();
        }
        comparer.add(&series, find(ofB, series));
    }
    for (const MeasuredSeries& series : b) {
        if (find(ofA, series) == nullptr && !over()) {
            comparer.add(nullptr, &series);
        }
    }
    return comparer.take();
}

}  // namespace muster
