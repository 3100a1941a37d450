// SPDX-License-Identifier: Apache-2.0
#include "telemetry/openmetrics.h"

#include <QtTest/QtTest>
#include <limits>
#include <set>

#include "support/test_case.h"
#include "telemetry/metric_registry.h"

namespace muster {

class OpenMetricsTest : public QObject {
    Q_OBJECT
private slots:
    void namesCarryTheBaseUnitOnce()
    {
        const auto latency = openMetricsFamily("actions.latency", MetricKind::histogram, "ns");
        QCOMPARE(latency.name, std::string("muster_actions_latency_seconds"));
        QCOMPARE(latency.unit, std::string_view("seconds"));
        QCOMPARE(latency.type, std::string_view("histogram"));
        QCOMPARE(latency.divisor, 1e9);
        QCOMPARE(openMetricsFamily("store.bytes", MetricKind::gauge, "B").name,
                 std::string("muster_store_bytes"));
        QCOMPARE(openMetricsFamily("disk.share", MetricKind::gauge, "%").name,
                 std::string("muster_disk_share_ratio"));
        const auto counter = openMetricsFamily("agents.created", MetricKind::counter, "1");
        QCOMPARE(counter.name + std::string(counter.suffix),
                 std::string("muster_agents_created_total"));
        QCOMPARE(openMetricsFamily("a-b c", MetricKind::rate, "1/s").name,
                 std::string("muster_a_b_c"));
    }
    void noTwoMetricsOfTheCatalogueMeet()
    {
        std::set<std::string> names;
        for (const MetricInfo& info : allMetrics()) {
            const auto family = openMetricsFamily(info.name, info.kind, info.unit);
            QVERIFY(names.insert(family.name).second);
            QVERIFY(family.unit.empty() || family.name.ends_with(family.unit));
            if (info.kind == MetricKind::histogram) {
                for (const char* suffix : {"_bucket", "_count", "_sum"}) {
                    QVERIFY(names.insert(family.name + suffix).second);
                }
            } else if (info.kind == MetricKind::counter) {
                QVERIFY(names.insert(family.name + "_total").second);
            }
        }
    }
    void labelsComeBackFromTheirTextAndAreEscapedAnew()
    {
        QCOMPARE(openMetricsLabels(""), std::string());
        QCOMPARE(openMetricsLabels("action=digest,kind=files"),
                 std::string("action=\"digest\",kind=\"files\""));
        QCOMPARE(openMetricsLabels(labelText({{"a", "x,y=z\\"}, {"b", "say \"hi\"\n"}})),
                 std::string("a=\"x,y=z\\\\\",b=\"say \\\"hi\\\"\\n\""));
    }
    void numbersAreThoseOfTheFormat()
    {
        std::string out;
        for (const double value : {0.1, 1e21, std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity()}) {
            appendOpenMetricsNumber(out, value);
            out += ' ';
        }
        appendOpenMetricsNumber(out, std::numeric_limits<double>::quiet_NaN());
        QCOMPARE(out, std::string("0.1 1e+21 +Inf -Inf NaN"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::OpenMetricsTest);
#include "openmetrics_test.moc"
