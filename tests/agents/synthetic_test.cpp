// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <cmath>

#include "agents/action.h"
#include "agents/distribution.h"
#include "documents/toml.h"
#include "support/test_case.h"

namespace muster {

class SyntheticTest : public QObject {
    Q_OBJECT
private slots:
    void drawsHaveTheirMeanAndDeviation_data()
    {
        QTest::addColumn<QString>("toml");
        QTest::addColumn<double>("mean");
        QTest::addColumn<double>("deviation");
        QTest::newRow("constant") << "{shape='constant',mean='5ms'}" << 5e6 << 0.0;
        QTest::newRow("uniform") << "{shape='uniform',least='2ms',most='8ms'}" << 5e6
                                 << 6e6 / std::sqrt(12.0);
        QTest::newRow("exponential") << "{shape='exponential',mean='5ms'}" << 5e6 << 5e6;
        QTest::newRow("normal") << "{shape='normal',mean='5ms',deviation='1ms'}" << 5e6 << 1e6;
        QTest::newRow("lognormal")
            << "{shape='lognormal',mean='5ms',deviation='2ms'}" << 5e6 << 2e6;
    }
    void drawsHaveTheirMeanAndDeviation()
    {
        QFETCH(QString, toml);
        QFETCH(double, mean);
        QFETCH(double, deviation);
        const auto value = parseTomlValue(toml.toStdString(), "test").value();
        QVERIFY(check(distributionSchema(SchemaType::duration, ""), value).empty());
        const auto distribution = readDistribution(value, SchemaType::duration).value();
        Rng rng(99);
        constexpr int kDraws = 200'000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < kDraws; ++i) {
            const double draw = distribution.draw(rng);
            QVERIFY(draw >= 0);
            sum += draw;
            squares += (draw - mean) * (draw - mean);
        }
        QVERIFY(std::abs(sum / kDraws - mean) < 0.02 * mean);
        QVERIFY(std::abs(std::sqrt(squares / kDraws) - deviation) < 0.03 * mean);
    }
    void aBoundCutsTheTail()
    {
        const auto value =
            parseTomlValue("{shape='exponential',mean='5ms',most='6ms'}", "test").value();
        const auto distribution = readDistribution(value, SchemaType::duration).value();
        Rng rng(1);
        for (int i = 0; i < 10'000; ++i) {
            QVERIFY(distribution.draw(rng) <= 6e6);
        }
    }
    void aUniformOneTheWrongWayRoundIsRefused()
    {
        const auto value =
            parseTomlValue("{shape='uniform',least='2ms',most='1ms'}", "w.toml").value();
        QVERIFY(!readDistribution(value, SchemaType::duration).ok());
    }
    void theFailShareIsKept()
    {
        const auto registry = builtInActions();
        const auto parameters = parseToml("fail='10%'", "test").value();
        const auto action = registry.find("synthetic")->make(parameters).value();
        QVERIFY(!action->waits());
        const Rng seed(4);
        int failed = 0;
        for (std::uint64_t number = 0; number < 20'000; ++number) {
            ActionCall call;
            call.number = number;
            const auto plan = action->plan(call, seed);
            const bool failure =
                std::holds_alternative<ActionFailure>(action->outcome(call, plan, seed));
            QCOMPARE(failure, plan.fail);
            failed += failure ? 1 : 0;
        }
        QVERIFY(failed > 1'800 && failed < 2'200);
    }
    void phasesFollowEachOtherFromTheFirstCallOn()
    {
        const auto registry = builtInActions();
        const auto parameters = parseToml(
            "failure='network'\nrepeat=true\nphases=[{for='10s'},"
            "{for='5s',wait={shape='constant',mean='3ms'},fail='100%'}]",
            "test");
        QVERIFY(
            parameters.ok() &&
            check(schema::table(registry.find("synthetic")->parameters, ""), *parameters).empty());
        const auto action = registry.find("synthetic")->make(*parameters).value();
        QVERIFY(action->waits());
        ManualClock clock;
        clock.advance(std::chrono::hours(5));
        ActionCall call;
        call.clock = &clock;
        const auto failsAfter = [&](Duration time) {
            clock.advance(time);
            const auto plan = action->plan(call, Rng(1));
            if (plan.fail) {
                const auto outcome = action->outcome(call, plan, Rng(1));
                return std::get<ActionFailure>(outcome).failure == FailureClass::network &&
                       plan.wait == std::chrono::milliseconds(3);
            }
            return false;
        };
        using namespace std::chrono_literals;
        QVERIFY(!failsAfter(0s));
        QVERIFY(!failsAfter(9999ms));
        QVERIFY(failsAfter(1ms));
        QVERIFY(failsAfter(4999ms));
        QVERIFY(!failsAfter(1ms));
        QVERIFY(failsAfter(10s));
    }
    void eachAttemptOfACallDrawsAnew()
    {
        const auto registry = builtInActions();
        const auto parameters = parseToml("fail='50%'", "test").value();
        const auto action = registry.find("synthetic")->make(parameters).value();
        int differ = 0;
        for (std::uint64_t number = 0; number < 1'000; ++number) {
            ActionCall call;
            call.number = number;
            const bool first = action->plan(call, Rng(4)).fail;
            call.attempt = 2;
            differ += action->plan(call, Rng(4)).fail != first ? 1 : 0;
        }
        QVERIFY(differ > 400 && differ < 600);
    }
    void whatWaitsSaysSo()
    {
        const auto registry = builtInActions();
        const auto* info = registry.find("synthetic");
        const auto parameters =
            parseToml("wait={shape='constant',mean='1ms'}\nallocate={shape='constant',mean='1KiB'}",
                      "test")
                .value();
        const auto action = info->make(parameters).value();
        QVERIFY(action->waits());
        const auto plan = action->plan({}, Rng(1));
        QCOMPARE(plan.wait.count(), 1'000'000);
        QCOMPARE(plan.allocate, std::uint64_t{1024});
        QVERIFY(!info->blocking);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SyntheticTest);
#include "synthetic_test.moc"
