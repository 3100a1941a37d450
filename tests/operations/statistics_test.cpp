// SPDX-License-Identifier: Apache-2.0
#include "operations/statistics.h"

#include <QtTest/QtTest>
#include <cmath>

#include "support/test_case.h"

namespace muster {

namespace {

std::vector<double> autoregressive(double rho, std::size_t n, std::uint64_t seed)
{
    Rng rng(seed);
    std::vector<double> values;
    double x = rng.normal();
    for (std::size_t i = 0; i < n; ++i) {
        x = rho * x + std::sqrt(1 - rho * rho) * rng.normal();
        values.push_back(x);
    }
    return values;
}

}  // namespace

class StatisticsTest : public QObject {
    Q_OBJECT
private slots:
    void studentsTailsAreThoseOfTheTables()
    {
        // Two-sided 5 % and 1 % points of the usual table.
        QVERIFY(std::abs(studentTails(12.706, 1) - 0.05) < 1e-5);
        QVERIFY(std::abs(studentTails(2.228, 10) - 0.05) < 1e-4);
        QVERIFY(std::abs(studentTails(2.750, 30) - 0.01) < 1e-4);
        QVERIFY(std::abs(studentTails(0, 7) - 1) < 1e-12);
        QVERIFY(std::abs(studentTails(-2.228, 10) - 0.05) < 1e-4);
        QVERIFY(std::abs(studentBound(0.05, 10) - 2.228) < 1e-3);
        QVERIFY(std::abs(studentBound(0.05, 1e6) - 1.96) < 1e-3);
    }
    void theErrorOfTheMeanIsThatOfTheoryWhateverNeighboursHaveInCommon_data()
    {
        QTest::addColumn<double>("rho");
        QTest::newRow("independent") << 0.0;
        QTest::newRow("alike") << 0.5;
        QTest::newRow("much alike") << 0.8;
    }
    void theErrorOfTheMeanIsThatOfTheoryWhateverNeighboursHaveInCommon()
    {
        QFETCH(double, rho);
        constexpr std::size_t kN = 600;
        double sum = 0;
        constexpr int kTrials = 20;
        for (int i = 0; i < kTrials; ++i) {
            const auto values = autoregressive(rho, kN, static_cast<std::uint64_t>(i) + 1);
            sum += meanSpread(values, 200, Rng(1)).error;
        }
        const double theory = std::sqrt((1 + rho) / (1 - rho) / kN);
        const double share = sum / kTrials / theory;
        QVERIFY2(share > 0.8 && share < 1.15, qPrintable(QString::number(share)));
    }
    void blocksAreLongerWhereNeighboursHaveMoreInCommon()
    {
        const auto independent = blockLength(autoregressive(0, 2000, 3));
        const auto alike = blockLength(autoregressive(0.9, 2000, 3));
        QVERIFY(alike > independent);
        QVERIFY(alike <= 500);
        QCOMPARE(blockLength(std::vector<double>(3, 1.0)), std::size_t{1});
    }
    void theBlockBootstrapDrawsRunsOfNeighbours()
    {
        std::size_t breaks = 0;
        const auto spread =
            blockBootstrap(20, 5, 50, Rng(1), [&breaks](std::span<const std::size_t> places) {
                for (std::size_t i = 1; i < places.size(); ++i) {
                    breaks += places[i] == (places[i - 1] + 1) % 20 ? 0 : 1;
                }
                return static_cast<double>(places[0]);
            });
        QVERIFY(breaks <= 50 * 3);
        QVERIFY(breaks > 50 * 2);
        QCOMPARE(spread.freedom, 3.0);
        // Places are even from 0 to 19: a deviation of 5.77, widened by 4/3 in squares.
        QVERIFY(std::abs(spread.error - 5.77 * std::sqrt(4.0 / 3)) < 1);
    }
    void aDifferenceAddsErrorsInSquares()
    {
        const Spread spread = differenceSpread({3, 10}, {4, 10});
        QCOMPARE(spread.error, 5.0);
        QVERIFY(spread.freedom > 10 && spread.freedom < 20);
    }
    void discoveriesAreThoseOfBenjaminiAndHochberg()
    {
        // The example of their paper: of 15 chances the first four stand at 5 %.
        const std::vector<double> chances{0.0001, 0.0004, 0.0019, 0.0095, 0.0201,
                                          0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                                          0.4262, 0.5719, 0.6528, 0.7590, 1.0};
        const auto found = discoveries(chances, 0.05);
        QCOMPARE(std::ranges::count(found, true), std::ptrdiff_t{4});
        QVERIFY(found[3] && !found[4]);
        QVERIFY(discoveries({}, 0.05).empty());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::StatisticsTest);
#include "statistics_test.moc"
