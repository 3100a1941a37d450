// SPDX-License-Identifier: Apache-2.0
#include "workload/expectation.h"

#include <QtTest/QtTest>
#include <limits>

#include "support/test_case.h"

namespace muster {

class ExpectationTest : public QObject {
    Q_OBJECT
private slots:
    void conditionsAreReadInTheirUnit_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("condition");
        QTest::addColumn<double>("holdsFor");
        QTest::addColumn<double>("failsFor");
        QTest::newRow("share") << "failed_share"
                               << "< 1%" << 0.0099 << 0.01;
        QTest::newRow("latency") << "digest.p99"
                                 << "<= 50ms" << 50e6 << 50e6 + 1;
        QTest::newRow("rate") << "throughput"
                              << ">100/s" << 101.0 << 100.0;
        QTest::newRow("count") << "a.b.count"
                               << "== 3" << 3.0 << 4.0;
        QTest::newRow("dropped") << "dropped"
                                 << ">= 1" << 1.0 << 0.0;
    }
    void conditionsAreReadInTheirUnit()
    {
        QFETCH(QString, key);
        QFETCH(QString, condition);
        QFETCH(double, holdsFor);
        QFETCH(double, failsFor);
        const auto parsed =
            parseExpectation(key.toStdString(), condition.toStdString(), {"digest", "a.b"});
        QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
        QVERIFY(parsed->holds(holdsFor));
        QVERIFY(!parsed->holds(failsFor));
    }
    void anActionsNameIsSplitFromItsFigure()
    {
        const auto parsed = parseExpectation("a.b.p50", "< 1s", {"a.b"});
        QCOMPARE(parsed->action, std::string("a.b"));
        QVERIFY(parsed->figure == ExpectedFigure::p50);
        QVERIFY(!parseExpectation("b.p50", "< 1s", {"a.b"}).ok());
        QVERIFY(!parseExpectation("a.b.dropped", "< 1", {"a.b"}).ok());
        QVERIFY(!parseExpectation("p99", "< 50", {}).ok());
        QVERIFY(!parseExpectation("p99", "~ 50ms", {}).ok());
    }
    void theUnknownIsNeitherMetNorUnmet()
    {
        const std::vector<Expectation> all{parseExpectation("p99", "< 1s", {}).value(),
                                           parseExpectation("p50", "< 1s", {}).value(),
                                           parseExpectation("throughput", "> 5/s", {}).value()};
        const auto results = evaluate(all, [](const Expectation& each) {
            switch (each.figure) {
                case ExpectedFigure::p99:
                    return Reading::unknown("no sample");
                case ExpectedFigure::p50:
                    return Reading::of(std::numeric_limits<double>::quiet_NaN());
                default:
                    return Reading::of(4);
            }
        });
        QVERIFY(!results[0].met && results[0].value.missing == "no sample");
        QVERIFY(!results[1].met && !results[1].value.known());
        QCOMPARE(results[2].met, std::optional(false));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::ExpectationTest);
#include "expectation_test.moc"
