// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/rng.h"
#include "support/test_case.h"
#include "telemetry/sampler.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

struct StoringSink final : MetricSink {
    struct Stored {
        std::string name;
        std::string labels;
        WallTime at;
        double value;
        std::string buckets;
    };
    void accept(std::span<const MetricSample> samples) override
    {
        ++batches;
        for (const MetricSample& sample : samples) {
            stored.push_back({std::string(sample.info->name), std::string(sample.labels), sample.at,
                              sample.value, std::string(sample.buckets)});
        }
    }
    [[nodiscard]] std::vector<Stored> of(std::string_view name) const
    {
        std::vector<Stored> found;
        std::ranges::copy_if(stored, std::back_inserter(found),
                             [name](const Stored& s) { return s.name == name; });
        return found;
    }
    int batches = 0;
    std::vector<Stored> stored;
};

struct Fixture {
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    MetricRegistry registry;
    Sampler sampler{registry, clock};
    StoringSink sink;

    Fixture() { sampler.addSink(sink); }
    void tickAfter(Duration step)
    {
        clock->advance(step);
        sampler.tick();
    }
};

}  // namespace

class SamplerTest : public QObject {
    Q_OBJECT
private slots:
    void aRateIsOverTheStatedWindow()
    {
        Fixture f;
        const Counter counter = f.registry.counter("load.offered");
        f.sampler.tick();
        QVERIFY(!f.sampler.value("load.offered.rate").known());
        for (int i = 0; i < 50; ++i) {  // 5 s at 100/s
            counter.add(10);
            f.tickAfter(100ms);
        }
        QCOMPARE(f.sampler.value("load.offered.rate").value, 100.0);
        for (int i = 0; i < 10; ++i) {  // then 1 s of nothing: half of the 2 s window
            f.tickAfter(100ms);
        }
        QCOMPARE(f.sampler.value("load.offered.rate").value, 50.0);
        QCOMPARE(f.sampler.value("load.offered").value, 500.0);
        QCOMPARE(f.sampler.rateWindow(), Duration(2s));
    }
    void aLateTickIsDividedByTheTimeThatReallyPassed()
    {
        Fixture f;
        const Counter counter = f.registry.counter("load.offered");
        f.sampler.tick();
        counter.add(100);
        f.tickAfter(10s);
        QCOMPARE(f.sampler.value("load.offered.rate").value, 10.0);
    }
    void aWallClockThatJumpsLeavesRatesAlone()
    {
        Fixture f;
        const Counter counter = f.registry.counter("load.offered");
        f.sampler.tick();
        f.clock->setWall(WallTime{0});
        counter.add(10);
        f.tickAfter(1s);
        QCOMPARE(f.sampler.value("load.offered.rate").value, 10.0);
    }
    void percentilesAreThoseOfTheLastTenSecondsMerged()
    {
        Fixture f;
        const auto a = f.registry.histogram("actions.latency", {{"action", "a"}});
        const auto b = f.registry.histogram("actions.latency", {{"action", "b"}});
        f.sampler.tick();
        QVERIFY(!f.sampler.value("actions.latency.p99").known());
        for (int i = 0; i < 99; ++i) {
            a.record(100);
        }
        b.record(1'000'000);
        f.tickAfter(1s);
        QCOMPARE(f.sampler.value("actions.latency.p50").value, 100.0);
        QVERIFY(f.sampler.value("actions.latency.max").value > 990'000);
        QCOMPARE(f.sampler.value("actions.latency.max", "action=a").value, 100.0);
        QCOMPARE(f.sampler.latency("actions.latency").samples, std::uint64_t{100});
        for (int i = 0; i < 12; ++i) {
            f.tickAfter(1s);
        }
        QVERIFY(!f.sampler.value("actions.latency.p50").known());
        QCOMPARE(f.sampler.latency("actions.latency").p50.missing,
                 std::string("no samples in the window"));
        QCOMPARE(f.sampler.total("actions.latency").samples(), std::uint64_t{100});
    }
    void aNameWithLabelledSeriesOnlyIsTheirSum()
    {
        Fixture f;
        f.registry.counter("actions.ok", {{"action", "a"}}).add(3);
        f.registry.counter("actions.ok", {{"action", "b"}}).add(4);
        f.sampler.tick();
        QCOMPARE(f.sampler.value("actions.ok").value, 7.0);
        QCOMPARE(f.sampler.value("actions.ok", "action=b").value, 4.0);
        f.registry.counter("agents.created", {{"type", "t"}}).add(3);
        f.registry.counter("agents.created").add(100);
        f.sampler.tick();
        QCOMPARE(f.sampler.value("agents.created").value, 100.0);
    }
    void whatIsUnknownSaysWhyAndIsLeftOutOfBatches()
    {
        Fixture f;
        Reading reading = Reading::of(5);
        std::vector<std::string> lost;
        f.sampler.onUnavailable([&lost](std::string_view metric, const std::string& why) {
            lost.push_back(std::string(metric) + ": " + why);
        });
        f.registry.gaugeFunction("store.bytes", [&reading] { return reading; });
        f.sampler.tick();
        QCOMPARE(f.sampler.value("store.bytes").value, 5.0);
        reading = Reading::unknown("the file is gone");
        f.tickAfter(1s);
        f.tickAfter(1s);
        QCOMPARE(f.sampler.value("store.bytes").missing, std::string("the file is gone"));
        QCOMPARE(lost, std::vector<std::string>{"store.bytes: the file is gone"});
        QCOMPARE(f.sink.of("store.bytes").size(), std::size_t{1});
        QCOMPARE(f.sampler.value("no.such").missing, std::string("there is no such metric"));
        QVERIFY(!f.sampler.value("load.target").known());
        const std::string_view names[]{"store.bytes", "load.target"};
        QVERIFY(std::isnan(f.sampler.values(names)[0]));
        QVERIFY(std::isnan(f.sampler.values(names)[1]));
        f.registry.removeFunction("store.bytes");
        f.tickAfter(1s);
        QVERIFY(!f.sampler.value("store.bytes").known());
    }
    void aTotalThatSomebodyElseCountsHasARateToo()
    {
        Fixture f;
        Reading stored = Reading::of(0);
        f.registry.counterFunction("events.stored", [&stored] { return stored; });
        for (int i = 0; i < 30; ++i) {
            f.tickAfter(100ms);
            stored.value += 5;
        }
        QCOMPARE(f.sampler.value("events.stored").value, 145.0);
        QCOMPARE(f.sampler.value("events.stored.rate").value, 50.0);
        stored = Reading::unknown("not recorded");
        f.tickAfter(100ms);
        QCOMPARE(f.sampler.value("events.stored.rate").missing, std::string("not recorded"));
    }
    void batchesComeOncePerPeriodAndAtTheFlush()
    {
        Fixture f;
        f.registry.gauge("load.target").set(3);
        for (int i = 0; i < 25; ++i) {
            f.tickAfter(100ms);
        }
        QCOMPARE(f.sink.batches, 3);
        f.sampler.flush();
        QCOMPARE(f.sink.batches, 4);
        QVERIFY(f.sink.of("load.target")[1].at == ManualClock::kSimulationEpoch + 1100ms);
    }
    void theBucketsOfAllBatchesMergeToTheWholeRun()
    {
        Fixture f;
        Rng rng(31);
        const auto latency = f.registry.histogram("actions.latency");
        for (int i = 0; i < 300; ++i) {
            for (int j = 0; j < 7; ++j) {
                latency.record(static_cast<std::int64_t>(rng.exponential(50'000)));
            }
            f.tickAfter(100ms);
        }
        f.sampler.flush();
        Histogram merged;
        double samples = 0;
        for (const auto& stored : f.sink.of("actions.latency")) {
            merged.merge(Histogram::decode(stored.buckets).value());
            samples += stored.value;
        }
        QVERIFY(merged == latency.total());
        QCOMPARE(samples, 2100.0);
        QVERIFY(!f.sink.of("actions.latency.p99").empty());
    }
    void theWindowSaysWhatItSpans()
    {
        HistogramWindow window(10s, 1s);
        Histogram total;
        for (int i = 0; i <= 400; ++i) {
            total.record(static_cast<std::uint64_t>(i));
            window.update(MonoTime{} + i * 100ms, total);
            if (i > 100) {
                QVERIFY(window.span() >= 9s && window.span() < 10s);
                // One record each 100 ms, those of the slice boundary on the older side.
                QCOMPARE(window.recent().samples(),
                         static_cast<std::uint64_t>(window.span() / 100ms));
            }
        }
    }
    void theWindowForgetsNothingWhenTicksStall()
    {
        HistogramWindow window(10s, 1s);
        Histogram total;
        window.update(MonoTime{}, total);
        total.record(5, 10);
        window.update(MonoTime{} + 60s, total);
        QCOMPARE(window.recent().samples(), std::uint64_t{10});
        QCOMPARE(window.span(), Duration(60s));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SamplerTest);
#include "sampler_test.moc"
