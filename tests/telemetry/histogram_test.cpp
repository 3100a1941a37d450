// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"
#include "support/test_case.h"
#include "telemetry/histogram.h"

namespace muster {
namespace {

constexpr double kPrecision = 0.01;

/// Nearest-rank on the sorted values.
double exactQuantile(const std::vector<std::uint64_t>& sorted, double quantile)
{
    const auto rank =
        static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(sorted.size())));
    return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

std::vector<std::uint64_t> draw(Rng& rng, int shape, std::size_t count)
{
    std::vector<std::uint64_t> values(count);
    for (auto& value : values) {
        switch (shape) {
            case 0:
                value = rng.below(100);
                break;
            case 1:
                value = rng.below(10'000'000);
                break;
            case 2:
                value = static_cast<std::uint64_t>(rng.exponential(50'000));
                break;
            default:
                value = static_cast<std::uint64_t>(std::exp(10 + 2 * rng.normal()));
        }
    }
    return values;
}

Histogram histogramOf(const std::vector<std::uint64_t>& values)
{
    Histogram histogram;
    for (const auto value : values) {
        histogram.record(value);
    }
    return histogram;
}

}  // namespace

class HistogramTest : public QObject {
    Q_OBJECT
private slots:
    void bucketsCoverEveryValueWithoutGapsOrOverlap()
    {
        std::uint64_t expected = 0;
        for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
            QCOMPARE(HistogramBuckets::lowest(i), expected);
            QCOMPARE(HistogramBuckets::index(HistogramBuckets::lowest(i)), i);
            QCOMPARE(HistogramBuckets::index(HistogramBuckets::highest(i)), i);
            expected = HistogramBuckets::highest(i) + 1;
        }
        QCOMPARE(expected, HistogramBuckets::kHighest + 1);
        QCOMPARE(HistogramBuckets::index(~std::uint64_t{0}), HistogramBuckets::kCount - 1);
    }
    void quantilesAgreeWithTheSortedValuesWithinOnePercent()
    {
        Rng rng(21);
        for (int shape = 0; shape < 4; ++shape) {
            for (const std::size_t count : {1U, 2U, 10U, 1000U, 50'000U}) {
                auto values = draw(rng, shape, count);
                const Histogram histogram = histogramOf(values);
                std::ranges::sort(values);
                for (const double q : {0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
                    const double exact = exactQuantile(values, q);
                    QVERIFY(std::abs(histogram.quantile(q) - exact) <= kPrecision * exact);
                }
            }
        }
    }
    void smallValuesAreExact()
    {
        Histogram histogram;
        for (std::uint64_t v = 0; v < 2 * HistogramBuckets::kSubBuckets; ++v) {
            histogram.clear();
            histogram.record(v);
            QCOMPARE(histogram.quantile(0.5), static_cast<double>(v));
        }
    }
    void mergingIsTheSameAsRecordingAllInOne()
    {
        Rng rng(22);
        auto all = draw(rng, 2, 5'000);
        const auto more = draw(rng, 3, 3'000);
        Histogram merged = histogramOf(all);
        merged.merge(histogramOf(more));
        all.insert(all.end(), more.begin(), more.end());
        QVERIFY(merged == histogramOf(all));
        QCOMPARE(merged.samples(), std::uint64_t{8'000});
        merged.subtract(histogramOf(more));
        QCOMPARE(merged.samples(), std::uint64_t{5'000});
    }
    void aPercentileOfMergedPartsIsNotTheAverageOfTheirs()
    {
        Histogram fast;
        Histogram slow;
        fast.record(100, 990);
        slow.record(1'000'000, 10);
        Histogram merged = fast;
        merged.merge(slow);
        QCOMPARE(merged.quantile(0.5), 100.0);
        QVERIFY(merged.quantile(0.999) > 990'000);
    }
    void whatIsWrittenReadsBackAndStaysMergeable()
    {
        Rng rng(23);
        for (int shape = 0; shape < 4; ++shape) {
            const Histogram histogram = histogramOf(draw(rng, shape, 2'000));
            QVERIFY(Histogram::decode(histogram.encode()).value() == histogram);
        }
        Histogram edges;
        edges.record(0, 1);
        edges.record(HistogramBuckets::kHighest, std::uint64_t{1} << 60);
        QVERIFY(Histogram::decode(edges.encode()).value() == edges);
        QVERIFY(Histogram::decode(Histogram().encode()).value().empty());
    }
    void damagedBytesAreAnErrorOrAnotherHistogramNeverMore()
    {
        Rng rng(24);
        const std::string good = histogramOf(draw(rng, 2, 500)).encode();
        int refused = 0;
        for (int round = 0; round < 5'000; ++round) {
            std::string bad = good.substr(0, rng.below(good.size() + 1));
            if (!bad.empty()) {
                bad[rng.below(bad.size())] = static_cast<char>(rng.next());
            }
            refused += Histogram::decode(bad).ok() ? 0 : 1;
        }
        QVERIFY(refused > 100);
        QVERIFY(Histogram::decode("").error().code == ErrorCode::unsupportedVersion);
        QVERIFY(Histogram::decode("\x02").error().code == ErrorCode::unsupportedVersion);
        QVERIFY(Histogram::decode("\x01\x05").error().code == ErrorCode::corrupt);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HistogramTest);
#include "histogram_test.moc"
