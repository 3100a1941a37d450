// SPDX-License-Identifier: Apache-2.0
#include "operations/comparison.h"

#include <QtTest/QtTest>
#include <algorithm>
#include <cmath>

#include "support/test_case.h"

namespace muster {

namespace {

constexpr int kPairs = 200;

struct Model {
    std::uint64_t seed = 1;
    double slower = 1;  ///< of latencies
    double faster = 1;  ///< of rates
    double rho = 0.5;   ///< what a moment has of the one before
    int moments = 90;
};

/// Correlated rates and gauges, and latencies whose level drifts.
MeasuredSide simulate(const Model& model)
{
    MeasuredSide side;
    const Rng base(model.seed);
    const double fresh = std::sqrt(1 - model.rho * model.rho);
    for (std::uint64_t k = 0; k < 12; ++k) {
        MeasuredSeries series{.metric = k % 2 == 0 ? "load.achieved.rate" : "process.cpu.share",
                              .labels = std::to_string(k),
                              .unit = "1/s",
                              .kind = MetricKind::rate,
                              .values = {},
                              .histograms = {}};
        Rng rng = base.fork(k);
        double x = rng.normal();
        for (int i = 0; i < model.moments; ++i) {
            x = model.rho * x + fresh * rng.normal();
            series.values.push_back((100 + 10 * x) * (k % 2 == 0 ? model.faster : 1));
        }
        side.push_back(std::move(series));
    }
    MeasuredSeries latency{.metric = "actions.latency",
                           .labels = {},
                           .unit = "ns",
                           .kind = MetricKind::histogram,
                           .values = {},
                           .histograms = {}};
    Rng rng = base.fork("latency");
    double x = rng.normal();
    for (int i = 0; i < model.moments; ++i) {
        x = model.rho * x + fresh * rng.normal();
        Histogram& came = latency.histograms.emplace_back();
        for (std::uint64_t left = 60 + rng.below(80); left > 0; --left) {
            came.record(static_cast<std::uint64_t>(8e6 * model.slower *
                                                   std::exp(0.4 * rng.normal() + 0.04 * x)));
        }
    }
    side.push_back(std::move(latency));
    return side;
}

ComparisonOptions quick(std::uint64_t seed)
{
    ComparisonOptions options;
    options.resamples = 200;
    options.seed = seed;
    return options;
}

const Comparison& rowOf(const std::vector<Comparison>& rows, std::string_view metric)
{
    return *std::ranges::find(rows, metric, &Comparison::metric);
}

MeasuredSeries constant(std::string_view metric, double value)
{
    return {.metric = std::string(metric),
            .labels = {},
            .unit = "1",
            .kind = MetricKind::gauge,
            .values = std::vector<double>(60, value),
            .histograms = {}};
}

}  // namespace

class ComparisonTest : public QObject {
    Q_OBJECT
private slots:
    void pairsThatAreAlikeStayQuiet()
    {
        int alarms = 0;
        for (std::uint64_t pair = 1; pair <= kPairs; ++pair) {
            const auto rows = compareSides(simulate({.seed = 2 * pair}),
                                           simulate({.seed = 2 * pair + 1}), quick(pair));
            alarms += std::ranges::any_of(rows, [](const Comparison& row) {
                return row.verdict != Verdict::same && row.verdict != Verdict::notComparable;
            });
        }
        QVERIFY2(alarms * 100 <= kPairs, qPrintable(QString::number(alarms)));
    }
    void aLatencyTenPercentHigherIsFound()
    {
        int found = 0;
        int misled = 0;
        for (std::uint64_t pair = 1; pair <= 100; ++pair) {
            const auto rows =
                compareSides(simulate({.seed = 2 * pair}),
                             simulate({.seed = 2 * pair + 1, .slower = 1.1}), quick(pair));
            found += rowOf(rows, "actions.latency.p50").verdict == Verdict::worse;
            misled += std::ranges::count(rows, Verdict::better, &Comparison::verdict) > 0;
        }
        QVERIFY2(found >= 95, qPrintable(QString::number(found)));
        QVERIFY2(misled <= 1, qPrintable(QString::number(misled)));
    }
    void aGainIsNeverARegression()
    {
        const auto rows =
            compareSides(simulate({.seed = 1}), simulate({.seed = 2, .slower = 0.5, .faster = 2}));
        QVERIFY(rowOf(rows, "actions.latency.p50").verdict == Verdict::better);
        QVERIFY(rowOf(rows, "actions.latency.p99").verdict == Verdict::better);
        QVERIFY(rowOf(rows, "load.achieved.rate").verdict == Verdict::better);
        QCOMPARE(std::ranges::count(rows, Verdict::worse, &Comparison::verdict), 0);
        const auto back =
            compareSides(simulate({.seed = 2, .slower = 0.5, .faster = 2}), simulate({.seed = 1}));
        QVERIFY(rowOf(back, "load.achieved.rate").verdict == Verdict::worse);
        QVERIFY(rowOf(back, "actions.latency.p50").verdict == Verdict::worse);
    }
    void theEffectAndItsIntervalHoldTheTruth()
    {
        int held = 0;
        for (std::uint64_t pair = 1; pair <= 100; ++pair) {
            const auto rows =
                compareSides(simulate({.seed = 2 * pair}),
                             simulate({.seed = 2 * pair + 1, .slower = 1.2}), quick(pair));
            const Comparison& row = rowOf(rows, "actions.latency.p50");
            held += row.effectLow <= 0.2 && row.effectHigh >= 0.2;
            QVERIFY(row.effectLow < *row.effect && *row.effect < row.effectHigh);
            QVERIFY(row.low < row.difference && row.difference < row.high);
        }
        QVERIFY2(held >= 90, qPrintable(QString::number(held)));
    }
    void whatIsMissingIsSaidAndNeverZero()
    {
        auto a = simulate({.seed = 1});
        auto b = simulate({.seed = 2});
        a.push_back(constant("mailbox.waiting", 3));
        b.push_back(constant("store.waiting", 3));
        const auto rows = compareSides(a, b);
        const Comparison& gone = rowOf(rows, "mailbox.waiting");
        QVERIFY(gone.verdict == Verdict::notComparable);
        QCOMPARE(gone.reason, std::string("B: not available"));
        QVERIFY(!gone.b.known() && gone.a.known());
        QVERIFY(rowOf(rows, "store.waiting").verdict == Verdict::notComparable);
        QCOMPARE(rowOf(rows, "store.waiting").reason, std::string("A: not available"));
    }
    void aShortStretchIsNotJudged()
    {
        const auto rows = compareSides(simulate({.seed = 1, .moments = 10}), simulate({.seed = 2}));
        for (const Comparison& row : rows) {
            QVERIFY(row.verdict == Verdict::notComparable);
            QVERIFY(row.reason.find("too few") != std::string::npos);
        }
    }
    void aPercentileWithoutSamplesBeyondItIsNotJudged()
    {
        const auto rows = compareSides(simulate({.seed = 1, .moments = 60}),
                                       simulate({.seed = 2, .moments = 60}));
        const Comparison& row = rowOf(rows, "actions.latency.p999");
        QVERIFY(row.verdict == Verdict::notComparable);
        QVERIFY(row.reason.find("p999") != std::string::npos);
    }
    void whatNeverVariesDiffersWhenItDiffersAtAll()
    {
        const MeasuredSide a{constant("agents.live", 20), constant("mailbox.waiting", 0),
                             constant("load.saturation", 0.5)};
        const MeasuredSide b{constant("agents.live", 30), constant("mailbox.waiting", 5),
                             constant("load.saturation", 0.5)};
        const auto rows = compareSides(a, b);
        QVERIFY(rows[0].verdict == Verdict::changed);
        QCOMPARE(*rows[0].effect, 0.5);
        QVERIFY(rows[1].verdict == Verdict::worse);
        QVERIFY(!rows[1].effect);
        QCOMPARE(rows[1].difference, 5.0);
        QVERIFY(rows[2].verdict == Verdict::same);
        QCOMPARE(rows[2].chance, 1.0);
    }
    void theSameAskedTwiceIsTheSameAnswer()
    {
        const auto a = simulate({.seed = 1});
        const auto b = simulate({.seed = 2});
        const auto once = compareSides(a, b);
        const auto twice = compareSides(a, b);
        for (std::size_t i = 0; i < once.size(); ++i) {
            QCOMPARE(once[i].chance, twice[i].chance);
            QCOMPARE(once[i].low, twice[i].low);
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ComparisonTest);
#include "comparison_test.moc"
