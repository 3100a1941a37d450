// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <thread>
#include <vector>

#include "protection/clock_walk.h"
#include "protection/guarded.h"
#include "protection/token_bucket.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;

TokenBucket bucketOf(Rate rate, std::uint64_t burst, MonoTime now = at(0s))
{
    return TokenBucket::create({rate, burst, {}}, now).value();
}

bool takes(TokenBucket& bucket, std::uint64_t cost, MonoTime now)
{
    return bucket.tryTake(cost, now)->admitted;
}

struct Step {
    Duration time;
    std::uint64_t cost;
    bool admitted;
    Duration retryAfter;
};

/// The same rules with exact fractions, one step at a time: a token is `period` parts.
class SlowBucket {
public:
    SlowBucket(Rate rate, std::uint64_t burst)
        : m_rate(rate), m_most(Wide(burst) * rate.period.count()), m_parts(m_most)
    {
    }
    /// Unknown where two thousandths of a token decide.
    std::optional<bool> wouldTake(std::uint64_t cost, Duration passed)
    {
        m_parts = std::min(m_most, m_parts + Wide(passed.count()) * m_rate.permits);
        const Wide left = m_parts - Wide(cost) * m_rate.period.count();
        const Wide close = m_rate.period.count() / 500;
        return left > -close && left < close ? std::nullopt : std::optional(left > 0);
    }
    void take(std::uint64_t cost) { m_parts -= Wide(cost) * m_rate.period.count(); }

private:
    __extension__ using Wide = __int128;
    Rate m_rate;
    Wide m_most;
    Wide m_parts;
};

}  // namespace

class TokenBucketTest : public QObject {
    Q_OBJECT
private slots:
    void itGivesItsBurstAtOnceAndThenItsRate()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 3);
        const std::vector<Step> steps{{0s, 2, true, 0s},       {0s, 1, true, 0s},
                                      {0s, 1, false, 100ms},   {40ms, 1, false, 60ms},
                                      {40ms, 3, false, 260ms}, {100ms, 1, true, 0s},
                                      {100ms, 0, true, 0s},    {399999999ns, 3, false, 1ns},
                                      {400ms, 3, true, 0s},    {100s, 3, true, 0s},
                                      {100s, 1, false, 100ms}};
        for (const Step& step : steps) {
            const auto answer = bucket.tryTake(step.cost, at(step.time));
            QCOMPARE(answer->admitted, step.admitted);
            QCOMPARE(answer->retryAfter, step.retryAfter);
        }
    }
    void aCostAboveTheBurstIsAnErrorAtOnce()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 3);
        QVERIFY(bucket.tryTake(4, at(0s)).error().code == ErrorCode::outOfRange);
        QVERIFY(bucket.reserve(4, kForever, at(0s)).error().code == ErrorCode::outOfRange);
        QCOMPARE(bucket.status(at(0s)).remaining, std::uint64_t{3});
    }
    void aReservationSaysItsWaitAndLaterOnesQueueBehindIt()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 2);
        QCOMPARE(bucket.reserve(2, kForever, at(0s))->wait, Duration(0s));
        QCOMPARE(bucket.reserve(2, kForever, at(0s))->wait, Duration(200ms));
        QCOMPARE(bucket.reserve(1, kForever, at(0s))->wait, Duration(300ms));
        QVERIFY(!takes(bucket, 1, at(300ms)));
        QVERIFY(takes(bucket, 1, at(400ms)));
    }
    void aWaitBeyondItsDeadlineIsRefusedAndCostsNothing()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 2);
        QVERIFY(takes(bucket, 2, at(0s)));
        const auto refused = bucket.reserve(2, 199ms, at(0s));
        QVERIFY(!refused->granted);
        QCOMPARE(refused->wait, Duration(200ms));
        QVERIFY(bucket.reserve(2, 200ms, at(0s))->granted);
    }
    void cancellingTheNewestReservationGivesAllOfItBack()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 5);
        QVERIFY(takes(bucket, 5, at(0s)));
        const auto reserved = bucket.reserve(4, kForever, at(0s)).value();
        QCOMPARE(reserved.wait, Duration(400ms));
        bucket.cancel(reserved, at(100ms));
        QVERIFY(takes(bucket, 1, at(100ms)));
        QVERIFY(!takes(bucket, 1, at(100ms)));
    }
    void cancellingGivesBackOnlyWhatIsNotPromisedToLaterOnes()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 5);
        QVERIFY(takes(bucket, 5, at(0s)));
        const auto first = bucket.reserve(4, kForever, at(0s)).value();
        const auto second = bucket.reserve(3, kForever, at(0s)).value();
        QCOMPARE(second.wait, Duration(700ms));
        bucket.cancel(first, at(0s));  // 3 of the 4 are promised to the second
        QCOMPARE(bucket.reserve(1, kForever, at(0s))->wait, Duration(700ms));
    }
    void cancellingFromTheEndGivesEachBack()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 5);
        QVERIFY(takes(bucket, 5, at(0s)));
        const auto first = bucket.reserve(4, kForever, at(0s)).value();
        const auto second = bucket.reserve(3, kForever, at(0s)).value();
        bucket.cancel(second, at(0s));
        bucket.cancel(first, at(0s));
        QCOMPARE(bucket.reserve(1, kForever, at(0s))->wait, Duration(100ms));
    }
    void aReservationThatMayHaveActedGivesNothingBack()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 5);
        const auto reserved = bucket.reserve(5, kForever, at(0s)).value();
        bucket.cancel(reserved, at(1ms));
        QVERIFY(!takes(bucket, 1, at(99ms)));
        const auto refused = bucket.reserve(5, 0s, at(99ms)).value();
        bucket.cancel(refused, at(99ms));
        QVERIFY(!takes(bucket, 1, at(99ms)));
    }
    void changingTheRateKeepsTheFill()
    {
        TokenBucket bucket = bucketOf({10, 1s}, 10);
        QVERIFY(takes(bucket, 6, at(0s)));
        QVERIFY(bucket.change({{1, 1s}, 10, {}}, at(100ms)).ok());
        QCOMPARE(bucket.status(at(100ms)).remaining, std::uint64_t{5});
        QCOMPARE(bucket.status(at(3100ms)).remaining, std::uint64_t{8});
        QVERIFY(bucket.change({{1, 1s}, 4, {}}, at(3100ms)).ok());
        QCOMPARE(bucket.status(at(3100ms)).remaining, std::uint64_t{4});
        QVERIFY(bucket.change({{1, 1s}, 100, {}}, at(3100ms)).ok());
        QCOMPARE(bucket.status(at(3100ms)).remaining, std::uint64_t{4});
        QVERIFY(!bucket.change({{1, 0s}, 4, {}}, at(3100ms)).ok());
        QCOMPARE(bucket.settings().burst, std::uint64_t{100});
    }
    void aRateOfNoneGivesWhatIsThereAndNoMore()
    {
        TokenBucket bucket = bucketOf({0, 1s}, 2);
        QVERIFY(takes(bucket, 2, at(0s)));
        QCOMPARE(bucket.tryTake(1, at(kTenYears))->retryAfter, kForever);
        QVERIFY(!bucket.reserve(1, kForever, at(kTenYears))->granted);
    }
    void itsStatusSaysWhenItIsFullAgain()
    {
        TokenBucket bucket = TokenBucket::create({{10, 1s}, 5, 0}, at(0s)).value();
        LimitStatus status = bucket.status(at(0s));
        QVERIFY(!status.admitted && status.remaining == 0 && status.limit == 5);
        QCOMPARE(status.retryAfter, Duration(100ms));
        QCOMPARE(status.resetAfter, Duration(500ms));
        status = bucket.status(at(250ms));
        QVERIFY(status.admitted && status.remaining == 2);
        QCOMPARE(status.resetAfter, Duration(250ms));
    }
    void itAdmitsWhatTheExactFractionsAdmit()
    {
        Rng rng(3);
        int certain = 0;
        for (int round = 0; round < 20; ++round) {
            const Rate rate{1 + rng.below(500), Duration(1s) * (1 + rng.below(60))};
            const std::uint64_t burst = 1 + rng.below(50);
            SlowBucket model(rate, burst);
            TokenBucket bucket = bucketOf(rate, burst);
            MonoTime now = at(0s);
            for (int i = 0; i < 2'000; ++i) {
                const Duration passed{static_cast<std::int64_t>(rng.below(
                    static_cast<std::uint64_t>((rate.period / rate.permits).count() * 3)))};
                const std::uint64_t cost = rng.below(burst + 1);
                now = now + passed;
                const auto expected = model.wouldTake(cost, passed);
                const bool taken = takes(bucket, cost, now);
                QCOMPARE(taken, expected.value_or(taken));
                model.take(taken ? cost : 0);
                certain += expected ? 1 : 0;
            }
        }
        QVERIFY(certain > 30'000);
    }
    void noSpanOfTimeIsGivenMoreThanRateTimesTimeAndBurst()
    {
        ClockWalk walk(5);
        TokenBucket bucket = bucketOf({200, 1s}, 20);
        std::int64_t given = 0;
        std::optional<Reservation> open;
        Duration longest{};
        for (int i = 0; i < 200'000; ++i) {
            if (walk.rng().below(5'000) == 0) {
                walk.jump(kJumps[walk.rng().below(4)]);
            }
            const MonoTime now = walk.step(6ms);
            const std::uint64_t cost = walk.rng().below(5);
            if (open && walk.rng().below(2) == 0) {
                const Duration before = bucket.status(now).resetAfter;
                bucket.cancel(*open, now);
                const Duration back = before - bucket.status(now).resetAfter;
                QVERIFY(back >= 0ns && back <= 5ms * open->cost);
                given -= back / 5ms;
                open.reset();
            } else if (!open && walk.rng().below(4) == 0) {
                open = bucket.reserve(cost, 100ms, now).value();
                given += open->granted ? static_cast<std::int64_t>(cost) : 0;
                longest = std::max(longest, open->granted ? open->wait : Duration{});
            } else {
                given += takes(bucket, cost, now) ? static_cast<std::int64_t>(cost) : 0;
            }
            // A reservation takes up to 100 ms of the future.
            QVERIFY(given <= (walk.passed() + 100ms) / 5ms + 20 + 1);
        }
        QVERIFY(longest > 10ms);
        QVERIFY(given > 50'000);
    }
    void nothingSticksAfterAJump()
    {
        for (const Duration jump : kJumps) {
            TokenBucket bucket = bucketOf({10, 1s}, 5, at(1h));
            QVERIFY(takes(bucket, 5, at(1h)));
            MonoTime now = at(1h) + jump;
            QCOMPARE(takes(bucket, 1, now), jump > Duration{});
            now = now + 1s;
            static_cast<void>(bucket.tryTake(0, now));
            now = now + 500ms;
            QCOMPARE(bucket.status(now).remaining, std::uint64_t{5});
        }
    }
    void threadsTogetherAreAdmittedWhatOneWouldBe()
    {
        constexpr int kThreads = 4;
        constexpr int kTries = 500;
        const auto run = [](int threads) {
            Guarded<TokenBucket> bucket(bucketOf({100, 1s}, 250));
            std::atomic<std::uint64_t> admitted{0};
            for (const Duration time : {0s, 1s, 2s, 10s}) {
                std::vector<std::thread> all;
                for (int t = 0; t < threads; ++t) {
                    all.emplace_back([&bucket, &admitted, time, threads] {
                        for (int i = 0; i < kTries * kThreads / threads; ++i) {
                            admitted += bucket.use([time](TokenBucket& machine) {
                                return takes(machine, 1, at(time)) ? 1U : 0U;
                            });
                        }
                    });
                }
                for (auto& thread : all) {
                    thread.join();
                }
            }
            return admitted.load();
        };
        QCOMPARE(run(1), std::uint64_t{250 + 100 + 100 + 250});
        QCOMPARE(run(kThreads), run(1));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::TokenBucketTest);
#include "token_bucket_test.moc"
