// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <thread>
#include <vector>

#include "protection/clock_walk.h"
#include "protection/gcra_table.h"
#include "protection/token_bucket.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

std::unique_ptr<GcraTable> tableOf(GcraTableSettings settings, MonoTime now = at(0s))
{
    return GcraTable::create(settings, now).value();
}

}  // namespace

class GcraTest : public QObject {
    Q_OBJECT
private slots:
    void itAnswersLimitRemainingResetAndRetry()
    {
        const auto table = tableOf({{10, 1s}, 3});
        struct Step {
            Duration time;
            std::uint64_t cost;
            bool admitted;
            std::uint64_t remaining;
            Duration resetAfter;
            Duration retryAfter;
        };
        const std::vector<Step> steps{
            {0s, 1, true, 2, 100ms, 0s},        {0s, 2, true, 0, 300ms, 0s},
            {0s, 1, false, 0, 300ms, 100ms},    {50ms, 2, false, 0, 250ms, 150ms},
            {150ms, 1, true, 0, 250ms, 0s},     {150ms, 0, true, 0, 250ms, 0s},
            {300ms, 3, false, 2, 100ms, 100ms}, {400ms, 3, true, 0, 300ms, 0s},
            {100s, 1, true, 2, 100ms, 0s}};
        for (const Step& step : steps) {
            const auto status = table->tryTake("caller", step.cost, at(step.time));
            QCOMPARE(status->admitted, step.admitted);
            QCOMPARE(status->limit, std::uint64_t{3});
            QCOMPARE(status->remaining, step.remaining);
            QCOMPARE(status->resetAfter, step.resetAfter);
            QCOMPARE(status->retryAfter, step.retryAfter);
        }
    }
    void keysDoNotShareALimit()
    {
        const auto table = tableOf({{1, 1s}, 1});
        QVERIFY(table->tryTake("a", 1, at(0s))->admitted);
        QVERIFY(table->tryTake("b", 1, at(0s))->admitted);
        QVERIFY(table->tryTake(0, 1, at(0s))->admitted);
        QVERIFY(!table->tryTake("a", 1, at(0s))->admitted);
        QVERIFY(!table->tryTake(0, 1, at(0s))->admitted);
        QVERIFY(!table->status(GcraTable::keyOf("b"), at(0s)).admitted);
        QVERIFY(table->status(GcraTable::keyOf("c"), at(0s)).admitted);
    }
    void aCostAboveTheBurstIsAnErrorAtOnce()
    {
        const auto table = tableOf({{10, 1s}, 3});
        QVERIFY(table->tryTake("a", 4, at(0s)).error().code == ErrorCode::outOfRange);
        QCOMPARE(table->status(GcraTable::keyOf("a"), at(0s)).remaining, std::uint64_t{3});
    }
    void aChangeKeepsEveryKeysFill()
    {
        const auto table = tableOf({{10, 1s}, 10});
        QCOMPARE(table->tryTake("a", 6, at(0s))->remaining, std::uint64_t{4});
        QCOMPARE(table->tryTake("b", 10, at(0s))->remaining, std::uint64_t{0});
        QVERIFY(table->change({{1, 1s}, 20, 99}, at(100ms)).ok());
        QCOMPARE(table->settings().keys, std::uint32_t{65'536});
        QCOMPARE(table->status(GcraTable::keyOf("a"), at(100ms)).remaining, std::uint64_t{5});
        QCOMPARE(table->status(GcraTable::keyOf("b"), at(2100ms)).remaining, std::uint64_t{3});
        QVERIFY(table->change({{1, 1s}, 2}, at(2100ms)).ok());
        QCOMPARE(table->status(GcraTable::keyOf("b"), at(2100ms)).remaining, std::uint64_t{2});
        QVERIFY(!table->change({{1, 1s}, 0}, at(2100ms)).ok());
        QCOMPARE(table->settings().burst, std::uint64_t{2});
    }
    void aFullTableForgetsOnlyKeysThatAreFullAgain()
    {
        const auto table = tableOf({{10, 1s}, 1, 1});  // one neighbourhood
        for (std::uint64_t key = 1; key <= 16; ++key) {
            QVERIFY(table->tryTake(key, 1, at(0s))->admitted);
        }
        const auto refused = table->tryTake(17, 1, at(0s));
        QVERIFY(!refused->admitted);
        QCOMPARE(refused->retryAfter, Duration(100ms));
        QCOMPARE(table->refusedWhenFull(), std::uint64_t{1});
        QVERIFY(!table->tryTake(5, 1, at(99ms))->admitted);
        QVERIFY(table->tryTake(17, 1, at(100ms))->admitted);
        QCOMPARE(table->forgotten(), std::uint64_t{1});
        QVERIFY(!table->tryTake(17, 1, at(100ms))->admitted);
        QVERIFY(table->tryTake(1, 1, at(100ms))->admitted);
    }
    void aFullTableMayAdmitInsteadAndCountsIt()
    {
        GcraTableSettings settings{{10, 1s}, 1, 1};
        settings.whenFull = GcraTableSettings::WhenFull::admit;
        const auto table = tableOf(settings);
        for (std::uint64_t key = 1; key <= 18; ++key) {
            QVERIFY(table->tryTake(key, 1, at(0s))->admitted);
        }
        QCOMPARE(table->admittedWhenFull(), std::uint64_t{2});
        QCOMPARE(table->refusedWhenFull(), std::uint64_t{0});
    }
    void eachKeyIsAdmittedWhatATokenBucketWouldAdmit()
    {
        ClockWalk walk(17);
        const auto table = tableOf({{333, 1s}, 7, 64});
        std::vector<TokenBucket> buckets;
        for (int i = 0; i < 20; ++i) {
            buckets.push_back(TokenBucket::create({{333, 1s}, 7, {}}, at(0s)).value());
        }
        int admitted = 0;
        for (int i = 0; i < 100'000; ++i) {
            const MonoTime now = walk.step(300us);
            const std::uint64_t key = walk.rng().below(buckets.size());
            const std::uint64_t cost = walk.rng().below(8);
            const auto status = table->tryTake(key, cost, now);
            const auto answer = buckets[key].tryTake(cost, now);
            QCOMPARE(status->admitted, answer->admitted);
            QCOMPARE(status->retryAfter, answer->retryAfter);
            QCOMPARE(status->remaining, buckets[key].status(now).remaining);
            admitted += status->admitted ? 1 : 0;
        }
        QVERIFY(admitted > 10'000 && admitted < 90'000);
    }
    void nothingSticksAfterAJump()
    {
        for (const Duration jump : kJumps) {
            const auto table = tableOf({{10, 1s}, 5}, at(1h));
            QVERIFY(table->tryTake("a", 5, at(1h))->admitted);
            MonoTime now = at(1h) + jump;
            QCOMPARE(table->tryTake("a", 1, now)->admitted, jump > Duration{});
            now = now + 1s;
            static_cast<void>(table->tryTake("a", 0, now));
            now = now + 600ms;
            QVERIFY(table->status(GcraTable::keyOf("a"), now).remaining >= 4);
        }
    }
    void threadsTogetherAreAdmittedWhatOneWouldBe()
    {
        const auto run = [](int threads) {
            const auto table = tableOf({{100, 1s}, 50, 4096});
            std::atomic<std::uint64_t> admitted{0};
            for (const Duration time : {0s, 1s, 2s, 10s}) {
                std::vector<std::thread> all;
                for (int t = 0; t < threads; ++t) {
                    all.emplace_back([&table, &admitted, time, threads] {
                        for (int i = 0; i < 8'000 / threads; ++i) {
                            const auto key = static_cast<std::uint64_t>(i % 40);
                            admitted += table->tryTake(key, 1, at(time))->admitted ? 1 : 0;
                        }
                    });
                }
                for (auto& thread : all) {
                    thread.join();
                }
            }
            return admitted.load();
        };
        QCOMPARE(run(1), std::uint64_t{40 * 50 * 4});
        QCOMPARE(run(4), run(1));
    }
    void threadsThatCrowdTheTableNeverAdmitAKeyMoreThanItsLimit()
    {
        const auto table = tableOf({{1'000, 1s}, 10, 8});  // far fewer places than keys
        constexpr std::size_t kKeys = 64;
        std::vector<std::atomic<std::uint64_t>> admitted(kKeys);
        std::atomic<std::int64_t> time{0};
        std::vector<std::thread> all;
        for (std::uint64_t t = 0; t < 4; ++t) {
            all.emplace_back([&table, &admitted, &time, t] {
                Rng rng(t);
                for (int i = 0; i < 20'000; ++i) {
                    const MonoTime now{time.fetch_add(2'000)};
                    // 24 keys at a time, which move on.
                    const auto first = static_cast<std::uint64_t>(now.nanoseconds / 5'000'000);
                    const std::uint64_t key = (first * 8 + rng.below(24)) % kKeys;
                    admitted[key] += table->tryTake(key, 1, now)->admitted ? 1 : 0;
                }
            });
        }
        for (auto& thread : all) {
            thread.join();
        }
        std::uint64_t sum = 0;
        for (const auto& count : admitted) {
            QVERIFY(count.load() <= static_cast<std::uint64_t>(time.load() / 1'000'000 + 10));
            sum += count.load();
        }
        QVERIFY(sum > 500 && table->forgotten() > 0 && table->refusedWhenFull() > 0);
    }
    void settingsOutOfRangeAreNamed()
    {
        QVERIFY(GcraTable::create({{1, 0s}, 1}, at(0s)).error().where == "period");
        QVERIFY(GcraTable::create({{1, 1s}, 0}, at(0s)).error().where == "burst");
        QVERIFY(GcraTable::create({{1, 1s}, 1, 0}, at(0s)).error().where == "keys");
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::GcraTest);
#include "gcra_test.moc"
