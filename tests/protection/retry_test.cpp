// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "protection/clock_walk.h"
#include "protection/retry_policy.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;
using Backoff = RetrySettings::Backoff;
using Jitter = RetrySettings::Jitter;
using Cap = RetrySettings::Cap;
using RetryAfter = RetrySettings::RetryAfter;

constexpr RetryCause kNetwork{FailureClass::network, false, {}};

RetrySettings plain(Backoff backoff, std::uint32_t attempts = 100)
{
    RetrySettings settings;
    settings.backoff = backoff;
    settings.attempts = attempts;
    settings.jitter = Jitter::none;
    return settings;
}

/// One call's attempts under a policy.
class Call {
public:
    explicit Call(const RetrySettings& settings, Deadline deadline = {}, MonoTime now = {})
        : m_policy(RetryPolicy::create(settings).value()),
          m_now(now),
          m_deadline(deadline),
          m_state(m_policy.begin(now))
    {
    }
    RetryDecision fail(RetryCause cause = kNetwork)
    {
        const RetryDecision decision = m_policy.next(m_state, cause, m_deadline, m_now, m_rng);
        pass(decision.wait);
        return decision;
    }
    RetryStop stop(RetryCause cause = kNetwork) { return fail(cause).stop; }
    Duration wait(RetryCause cause = kNetwork)
    {
        const RetryDecision decision = fail(cause);
        return decision.stop == RetryStop::none ? decision.wait : Duration{-1};
    }
    std::vector<Duration> waits(int count)
    {
        std::vector<Duration> all;
        for (int i = 0; i < count; ++i) {
            all.push_back(wait());
        }
        return all;
    }
    void pass(Duration time) { m_now = saturatingAdd(m_now, time); }

private:
    RetryPolicy m_policy;
    MonoTime m_now;
    Deadline m_deadline;
    RetryState m_state;
    Rng m_rng{1};
};

}  // namespace

class RetryTest : public QObject {
    Q_OBJECT
private slots:
    void attemptsIncludeTheFirst()
    {
        Call call(plain(Backoff::fixed, 3));
        QCOMPARE(call.waits(2), (std::vector<Duration>{100ms, 100ms}));
        QVERIFY(call.stop() == RetryStop::attemptsUsed);
        QVERIFY(Call(plain(Backoff::fixed, 1)).stop() == RetryStop::attemptsUsed);
    }
    void backoffsGrowAsTheirNamesSay()
    {
        QCOMPARE(Call(plain(Backoff::linear)).waits(4),
                 (std::vector<Duration>{100ms, 200ms, 300ms, 400ms}));
        QCOMPARE(Call(plain(Backoff::exponential)).waits(6),
                 (std::vector<Duration>{100ms, 200ms, 400ms, 800ms, 1600ms, 2s}));
        RetrySettings steep = plain(Backoff::exponential);
        steep.factor = 10;
        QCOMPARE(Call(steep).waits(3), (std::vector<Duration>{100ms, 1s, 2s}));
    }
    void aWaitNeverOverflows()
    {
        for (const Backoff backoff :
             {Backoff::linear, Backoff::exponential, Backoff::decorrelated}) {
            for (const Jitter jitter : {Jitter::none, Jitter::full, Jitter::equal}) {
                RetrySettings settings = plain(backoff, 1000);
                settings.base = kForever / 2;
                settings.cap = kForever;
                settings.factor = 1000;
                settings.jitter = jitter;
                Call call(settings);
                for (int i = 0; i < 999; ++i) {
                    QVERIFY(call.wait() >= Duration{});
                    call.pass(-kForever / 2);
                }
            }
        }
    }
    void jitterStaysWithinItsBoundsAndFillsThem()
    {
        const auto range = [](Jitter jitter, Backoff backoff) {
            RetrySettings settings = plain(backoff, 2);
            settings.jitter = jitter;
            RetryPolicy policy = RetryPolicy::create(settings).value();
            Rng rng(3);
            std::pair<Duration, Duration> seen{1h, 0s};
            for (int i = 0; i < 2'000; ++i) {
                RetryState state = policy.begin(at(0s));
                const Duration wait = policy.next(state, kNetwork, {}, at(0s), rng).wait;
                seen = {std::min(seen.first, wait), std::max(seen.second, wait)};
            }
            return seen;
        };
        const auto full = range(Jitter::full, Backoff::fixed);
        QVERIFY(full.first < 1ms && full.second > 99ms && full.second <= 100ms);
        const auto equal = range(Jitter::equal, Backoff::fixed);
        QVERIFY(equal.first >= 50ms && equal.first < 51ms && equal.second > 99ms &&
                equal.second <= 100ms);
        const auto none = range(Jitter::none, Backoff::fixed);
        QVERIFY(none.first == 100ms && none.second == 100ms);
    }
    void decorrelatedJitterDrawsUpToThreeTimesTheLastWait()
    {
        RetrySettings settings = plain(Backoff::decorrelated, 1000);
        settings.cap = 5s;
        Call call(settings);
        Duration last = 100ms;
        Duration longest{};
        for (int i = 0; i < 900; ++i) {
            const Duration wait = call.wait();
            QVERIFY(wait >= 100ms && wait <= std::min<Duration>(5s, std::max(last * 3, last)));
            last = wait;
            longest = std::max(longest, wait);
        }
        QCOMPARE(longest, Duration(5s));
    }
    void theCapComesAfterTheJitterUnlessSetBefore()
    {
        const auto capped = [](Cap cap) {
            RetrySettings settings = plain(Backoff::fixed, 1000);
            settings.base = 10s;
            settings.jitter = Jitter::full;
            settings.cap = 10s;
            settings.backoff = Backoff::linear;
            settings.capped = cap;
            Call call(settings);
            const auto waits = call.waits(900);  // up to 9,000 s before the cap
            return std::ranges::count(waits, Duration(10s));
        };
        QVERIFY(capped(Cap::afterJitter) > 800);
        QVERIFY(capped(Cap::beforeJitter) < 10);
    }
    void classesHaveTheirOwnRules()
    {
        RetrySettings settings = plain(Backoff::fixed, 5);
        settings.classes[static_cast<std::size_t>(FailureClass::application)].retried = false;
        settings.classes[static_cast<std::size_t>(FailureClass::timeout)].attempts = 2;
        QVERIFY(Call(settings).stop({FailureClass::application, false, {}}) ==
                RetryStop::notRetried);
        QVERIFY(Call(settings).stop({FailureClass::ignored, false, {}}) == RetryStop::notRetried);
        Call call(settings);
        QVERIFY(call.stop({FailureClass::timeout, false, {}}) == RetryStop::none);
        QVERIFY(call.stop({FailureClass::timeout, false, {}}) == RetryStop::attemptsUsed);
        QVERIFY(call.stop() == RetryStop::none);
    }
    void ourOwnRejectionsMayBeRetriedWhatTheirClassIs()
    {
        const RetryCause open{FailureClass::ignored, true, 5s};
        RetrySettings settings = plain(Backoff::fixed, 5);
        QCOMPARE(Call(settings).wait(open), Duration(5s));  // when the breaker may let it pass
        settings.ownRejections = false;
        QVERIFY(Call(settings).stop(open) == RetryStop::notRetried);
    }
    void whatAServerAsksForIsHonoured()
    {
        const auto waits = [](RetryAfter rule, Duration asked) {
            RetrySettings settings = plain(Backoff::fixed, 5);
            settings.retryAfter = rule;
            return Call(settings).wait({FailureClass::rejected, false, asked});
        };
        QCOMPARE(waits(RetryAfter::atLeast, 7s), Duration(7s));
        QCOMPARE(waits(RetryAfter::atLeast, 1ms), Duration(100ms));
        QCOMPARE(waits(RetryAfter::instead, 1ms), Duration(1ms));
        QCOMPARE(waits(RetryAfter::ignored, 7s), Duration(100ms));
        QCOMPARE(waits(RetryAfter::instead, -5s), Duration(0s));
        Call call(plain(Backoff::fixed, 5));
        QVERIFY(call.stop({FailureClass::rejected, false, 61s}) == RetryStop::retryAfterTooLong);
    }
    void aWaitThatReachesTheDeadlineIsNotBegun()
    {
        const Deadline deadline(at(0s), 250ms);
        Call call(plain(Backoff::fixed), deadline);
        QCOMPARE(call.waits(2), (std::vector<Duration>{100ms, 100ms}));
        QVERIFY(call.stop() == RetryStop::deadline);
        Call passed(plain(Backoff::fixed), deadline);
        passed.pass(250ms);
        QVERIFY(passed.stop() == RetryStop::deadline);
    }
    void theTotalTimeBoundsAllAttempts()
    {
        RetrySettings settings = plain(Backoff::fixed);
        settings.total = 1s;
        Call call(settings, {}, at(5s));
        call.pass(850ms);
        QCOMPARE(call.wait(), Duration(100ms));
        QVERIFY(call.stop() == RetryStop::totalTime);
        for (const Duration jump : {Duration(-1s), Duration(-1h), -kTenYears}) {
            Call jumped(settings, {}, at(1h));
            jumped.pass(jump);
            QCOMPARE(jumped.wait(), Duration(100ms));
        }
    }
    void theSameSeedWaitsTheSame()
    {
        RetrySettings settings = plain(Backoff::exponential, 20);
        settings.jitter = Jitter::full;
        QCOMPARE(Call(settings).waits(19), Call(settings).waits(19));
    }
    void settingsOutOfRangeAreNamed()
    {
        const auto where = [](auto spoil) {
            RetrySettings settings;
            spoil(settings);
            const auto policy = RetryPolicy::create(settings);
            return policy.ok() ? std::string() : policy.error().where;
        };
        QCOMPARE(where([](RetrySettings&) {}), std::string());
        QCOMPARE(where([](RetrySettings& s) { s.attempts = 0; }), std::string("attempts"));
        QCOMPARE(where([](RetrySettings& s) { s.base = -1s; }), std::string("base"));
        QCOMPARE(where([](RetrySettings& s) { s.cap = 99ms; }), std::string("cap"));
        QCOMPARE(where([](RetrySettings& s) { s.factor = 0.9; }), std::string("factor"));
        QCOMPARE(where([](RetrySettings& s) { s.total = 0s; }), std::string("total"));
        QCOMPARE(where([](RetrySettings& s) { s.classes[0].attempts = 0; }),
                 std::string("classes"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::RetryTest);
#include "retry_test.moc"
