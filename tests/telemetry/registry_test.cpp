// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <set>
#include <thread>
#include <vector>

#include "support/test_case.h"
#include "telemetry/metric_registry.h"

namespace muster {

class RegistryTest : public QObject {
    Q_OBJECT
private slots:
    void everyMetricHasANameUnitAndMeaning()
    {
        std::set<std::string_view> names;
        for (const MetricInfo& info : allMetrics()) {
            QVERIFY(names.insert(info.name).second);
            QVERIFY(!info.help.empty());
            QVERIFY((std::set<std::string_view>{"1", "1/s", "ns", "B", "%"}.contains(info.unit)));
            const bool derived = info.kind == MetricKind::rate || info.kind == MetricKind::quantile;
            QCOMPARE(derived, !info.of.empty());
        }
    }
    void derivedMetricsNameABaseOfTheRightKindAndLabels()
    {
        for (const MetricInfo& info : allMetrics()) {
            if (info.of.empty()) {
                continue;
            }
            const MetricInfo* base = findMetric(info.of);
            QVERIFY(base != nullptr);
            const bool rate = info.kind == MetricKind::rate;
            QVERIFY(base->kind == (rate ? MetricKind::counter : MetricKind::histogram));
            QCOMPARE(base->labels, info.labels);
            QCOMPARE(info.quantile > 0, !rate);
        }
    }
    void theReferenceNamesEveryMetric()
    {
        const auto reference = metricReference();
        for (const MetricInfo& info : allMetrics()) {
            QVERIFY(reference.find("`" + std::string(info.name) + "`") != std::string::npos);
        }
    }
    void askingTwiceGivesTheSameSeries()
    {
        MetricRegistry registry;
        registry.counter("actions.ok", {{"action", "a"}}).add(2);
        registry.counter("actions.ok", {{"action", "a"}}).add(3);
        registry.counter("actions.ok", {{"action", "b"}}).add(7);
        QCOMPARE(registry.counter("actions.ok", {{"action", "a"}}).value(), std::uint64_t{5});
        QCOMPARE(registry.series().size(), std::size_t{2});
        QCOMPARE(registry.series()[0]->labels, std::string("action=a"));
        QCOMPARE(registry.version(), std::uint64_t{2});
    }
    void whatIsNotInTheCatalogueIsCountedAndSilent()
    {
        MetricRegistry registry;
        registry.counter("no.such").add();
        registry.counter("load.target").add();                      // a gauge
        registry.counter("actions.ok", {{"colour", "red"}}).add();  // no such label
        QCOMPARE(registry.unknownNames(), std::uint64_t{3});
        QVERIFY(registry.series().empty());
        Counter().add();
        Gauge().set(1);
        HistogramRecorder().record(1);
        QCOMPARE(Counter().value(), std::uint64_t{0});
    }
    void countersOfManyThreadsLoseNothing()
    {
        MetricRegistry registry;
        constexpr int kThreads = 70;  // more than there are slots
        constexpr int kEach = 2'000;
        const Counter counter = registry.counter("actions.started");
        const HistogramRecorder histogram = registry.histogram("actions.latency");
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([counter, histogram, t] {
                for (int i = 0; i < kEach; ++i) {
                    counter.add(2);
                    histogram.record(t * 1'000 + i);
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(counter.value(), std::uint64_t{kThreads * kEach * 2});
        QCOMPARE(histogram.total().samples(), std::uint64_t{kThreads * kEach});
        QCOMPARE(histogram.total().quantile(0), 0.0);
    }
    void manyCountersStayApart()
    {
        MetricRegistry registry;
        std::vector<Counter> counters;
        for (std::uint64_t i = 0; i < 1'000; ++i) {
            counters.push_back(
                registry.counter("events.published", {{"topic", std::to_string(i)}}));
            counters.back().add(i);
        }
        for (std::uint64_t i = 0; i < counters.size(); ++i) {
            QCOMPARE(counters[i].value(), i);
        }
    }
    void labelsAreInOneOrderAndEscaped()
    {
        QCOMPARE(labelText({{"type", "task"}, {"action", "a,b=c\\d"}}),
                 std::string("action=a\\,b\\=c\\\\d,type=task"));
        QCOMPARE(labelText({}), std::string());
    }
    void aHistogramTakesANegativeValueForNone()
    {
        MetricRegistry registry;
        const auto histogram = registry.histogram("actions.latency");
        histogram.record(-5);
        histogram.record(std::chrono::microseconds(1));
        QCOMPARE(histogram.total().quantile(0), 0.0);
        QCOMPARE(histogram.total().samples(), std::uint64_t{2});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::RegistryTest);
#include "registry_test.moc"
