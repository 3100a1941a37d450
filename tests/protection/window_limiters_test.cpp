// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <deque>

#include "protection/clock_walk.h"
#include "protection/cycle_limiter.h"
#include "protection/sliding_window.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;
using Counting = SlidingWindowSettings::Counting;

SlidingWindow windowOf(SlidingWindowSettings settings, MonoTime now = at(0s))
{
    return SlidingWindow::create(settings, now).value();
}

CycleLimiter cyclesOf(CycleLimiterSettings settings, MonoTime now = at(0s))
{
    return CycleLimiter::create(settings, now).value();
}

struct Step {
    Duration time;
    std::uint64_t cost;
    bool admitted;
    std::uint64_t remaining;
    Duration retryAfter;
};

void run(SlidingWindow& window, const std::vector<Step>& steps)
{
    for (const Step& step : steps) {
        const auto status = window.tryTake(step.cost, at(step.time));
        const QByteArray when = QByteArray::number(qint64(step.time / 1ms)) + " ms";
        QVERIFY2(status->admitted == step.admitted, when.constData());
        QVERIFY2(status->remaining == step.remaining, when.constData());
        QVERIFY2(status->retryAfter == step.retryAfter, when.constData());
    }
}

}  // namespace

class WindowLimitersTest : public QObject {
    Q_OBJECT
private slots:
    void segmentsCountUntilTheyHaveLeftTheWindow()
    {
        SlidingWindow window = windowOf({10, 1s, Counting::segments, 10});
        run(window, {{0s, 4, true, 6, 0s},
                     {550ms, 6, true, 0, 0s},
                     {560ms, 1, false, 0, 540ms},
                     {1099ms, 4, false, 0, 1ms},
                     {1099ms, 5, false, 0, 501ms},
                     {1100ms, 4, true, 0, 0s},
                     {1600ms, 6, true, 0, 0s},
                     {60s, 10, true, 0, 0s}});
        QCOMPARE(window.status(at(60s)).resetAfter, Duration(1100ms));
    }
    void theWeightedEstimateCountsTheShareOfTheLastWindow()
    {
        SlidingWindow window = windowOf({10, 1s, Counting::weighted, 10});
        run(window, {{900ms, 10, true, 0, 0s},
                     {900ms, 1, false, 0, 200ms},
                     {1100ms, 1, true, 0, 0s},
                     {1100ms, 2, false, 0, 200ms},
                     {1500ms, 4, true, 0, 0s},
                     {1999ms, 4, true, 0, 0s},
                     {2s, 1, true, 0, 0s},
                     {2100ms, 1, false, 0, 11'111'112ns},
                     {4s, 10, true, 0, 0s}});
    }
    void aDeniedCallDoesNotExtendTheDenial()
    {
        for (const Counting counting : {Counting::segments, Counting::weighted}) {
            SlidingWindow asked = windowOf({5, 1s, counting, 10});
            SlidingWindow left = windowOf({5, 1s, counting, 10});
            QVERIFY(asked.tryTake(5, at(0s))->admitted);
            QVERIFY(left.tryTake(5, at(0s))->admitted);
            const Duration wait = left.tryTake(1, at(10ms))->retryAfter;
            for (Duration time = 10ms; time < wait + 10ms; time += 1ms) {
                QVERIFY(!asked.tryTake(1, at(time))->admitted);
            }
            QVERIFY(asked.tryTake(1, at(wait + 10ms))->admitted);
            QVERIFY(left.tryTake(1, at(wait + 10ms))->admitted);
        }
    }
    void noWindowWhereverItBeginsIsGivenMoreThanTheLimit()
    {
        ClockWalk walk(23);
        SlidingWindow window = windowOf({50, 1s, Counting::segments, 7});
        std::deque<Duration> given;
        std::size_t most = 0;
        for (int i = 0; i < 100'000; ++i) {
            const MonoTime now = walk.step(20ms);
            if (window.tryTake(1, now)->admitted) {
                given.push_back(walk.passed());
            }
            while (!given.empty() && given.front() <= walk.passed() - Duration(1s)) {
                given.pop_front();
            }
            QVERIFY(given.size() <= 50);
            most = std::max(most, given.size());
        }
        QCOMPARE(most, std::size_t{50});
    }
    void whatRetryAfterSaysIsTheFirstTimeThatIsAdmitted()
    {
        for (const Counting counting : {Counting::segments, Counting::weighted}) {
            ClockWalk walk(29);
            SlidingWindow window = windowOf({20, 1s, counting, 8});
            int denied = 0;
            for (int i = 0; i < 20'000; ++i) {
                const MonoTime now = walk.step(40ms);
                const std::uint64_t cost = 1 + walk.rng().below(20);
                const auto status = window.tryTake(cost, now);
                if (!status->admitted) {
                    ++denied;
                    SlidingWindow early = window;
                    SlidingWindow then = window;
                    QVERIFY(!early.tryTake(cost, now + status->retryAfter - 1ns)->admitted);
                    QVERIFY(then.tryTake(cost, now + status->retryAfter)->admitted);
                }
            }
            QVERIFY(denied > 1'000);
        }
    }
    void aChangedWindowKeepsItsCounts()
    {
        SlidingWindow window = windowOf({10, 1s, Counting::segments, 10});
        QVERIFY(window.tryTake(8, at(0s))->admitted);
        QVERIFY(window.change({12, 1s, Counting::segments, 10}, at(500ms)).ok());
        QCOMPARE(window.status(at(500ms)).remaining, std::uint64_t{4});
        QCOMPARE(window.status(at(1100ms)).remaining, std::uint64_t{12});
        QVERIFY(window.tryTake(8, at(1100ms))->admitted);
        QVERIFY(window.change({12, 2s, Counting::weighted, 10}, at(1500ms)).ok());
        QCOMPARE(window.status(at(3s)).remaining, std::uint64_t{4});
        QCOMPARE(window.status(at(4500ms)).remaining, std::uint64_t{8});
        QVERIFY(!window.change({0, 1s, Counting::segments, 10}, at(5s)).ok());
    }
    void cyclesGiveTheirPermitsAtTheirStart()
    {
        CycleLimiter limiter = cyclesOf({5, 1s, {}, 0s});
        QVERIFY(limiter.tryTake(5, at(0s))->admitted);
        QCOMPARE(limiter.tryTake(1, at(300ms))->retryAfter, Duration(700ms));
        QVERIFY(limiter.tryTake(5, at(1s))->admitted);
        QVERIFY(limiter.tryTake(6, at(1s)).error().code == ErrorCode::outOfRange);
    }
    void skippedCyclesDoNotPileUpBeyondTheBurst()
    {
        CycleLimiter plain = cyclesOf({5, 1s, {}, 0s});
        QVERIFY(plain.tryTake(5, at(100s))->admitted);
        QVERIFY(!plain.tryTake(1, at(100s))->admitted);
        CycleLimiter piling = cyclesOf({5, 1s, 12, 0s});
        QCOMPARE(piling.status(at(0s)).remaining, std::uint64_t{5});
        QCOMPARE(piling.status(at(1s)).remaining, std::uint64_t{10});
        QVERIFY(piling.tryTake(12, at(100s))->admitted);
        QVERIFY(!piling.tryTake(1, at(100s))->admitted);
    }
    void permitsOfCyclesToComeCanBeReserved()
    {
        CycleLimiter limiter = cyclesOf({5, 1s, {}, 3s});
        const auto wait = [&limiter](std::uint64_t cost, Duration time) {
            const auto promise = limiter.reserve(cost, kForever, at(time)).value();
            return promise.granted ? promise.wait : Duration{-1};
        };
        QCOMPARE(wait(5, 0s), Duration(0s));
        QCOMPARE(wait(5, 200ms), Duration(800ms));
        QCOMPARE(wait(3, 200ms), Duration(1800ms));
        QCOMPARE(wait(3, 200ms), Duration(2800ms));
        QCOMPARE(wait(5, 200ms), Duration(-1));  // would be 3.8 s
        QCOMPARE(wait(4, 200ms), Duration(2800ms));
        QCOMPARE(limiter.reserve(1, 1s, at(1s))->granted, false);
        QVERIFY(!limiter.tryTake(1, at(3s))->admitted);
        QVERIFY(limiter.tryTake(5, at(4s))->admitted);
    }
    void changingCyclesKeepsWhatIsThereAndPromised()
    {
        CycleLimiter limiter = cyclesOf({5, 1s, {}, 3s});
        QVERIFY(limiter.reserve(5, kForever, at(0s))->granted);
        QVERIFY(limiter.reserve(5, kForever, at(0s))->granted);
        QVERIFY(limiter.change({10, 2s, {}, 3s}, at(500ms)).ok());
        QCOMPARE(limiter.status(at(2499ms)).remaining, std::uint64_t{0});
        QCOMPARE(limiter.status(at(2500ms)).remaining, std::uint64_t{5});
        QVERIFY(!limiter.change({0, 1s, {}, 3s}, at(3s)).ok());
        QVERIFY(!limiter.change({1, 0s, {}, 3s}, at(3s)).ok());
        QVERIFY(!limiter.change({1, 1s, {}, -1s}, at(3s)).ok());
    }
    void noMoreThanItsCyclesIsEverGiven()
    {
        ClockWalk walk(31);
        CycleLimiter limiter = cyclesOf({7, 100ms, 20, 500ms});
        std::uint64_t given = 0;
        for (int i = 0; i < 100'000; ++i) {
            if (walk.rng().below(5'000) == 0) {
                walk.jump(kJumps[walk.rng().below(4)]);
            }
            const std::uint64_t cost = walk.rng().below(6);
            const auto promise = limiter.reserve(cost, kForever, walk.step(10ms));
            given += promise->granted ? cost : 0;
            const auto cycles = static_cast<std::uint64_t>((walk.passed() + 500ms) / 100ms + 1);
            QVERIFY(given <= 20 + 7 * cycles);
        }
        QVERIFY(given > 10'000);
    }
    void nothingSticksAfterAJump()
    {
        for (const Duration jump : kJumps) {
            for (const Counting counting : {Counting::segments, Counting::weighted}) {
                SlidingWindow window = windowOf({5, 1s, counting, 10}, at(1h));
                QVERIFY(window.tryTake(5, at(1h))->admitted);
                QCOMPARE(window.tryTake(1, at(1h) + jump)->admitted, jump > Duration(1s));
                static_cast<void>(window.tryTake(1, at(1h) + jump + 1s));
                QVERIFY(window.tryTake(3, at(1h) + jump + 3200ms)->admitted);
            }
            CycleLimiter cycles = cyclesOf({5, 1s, {}, 0s}, at(1h));
            QVERIFY(cycles.tryTake(5, at(1h))->admitted);
            QCOMPARE(cycles.tryTake(1, at(1h) + jump)->admitted, jump > Duration{});
            static_cast<void>(cycles.tryTake(0, at(1h) + jump + 1s));
            QVERIFY(cycles.tryTake(3, at(1h) + jump + 2s)->admitted);
        }
    }
    void settingsOutOfRangeAreNamed()
    {
        const auto where = [](SlidingWindowSettings settings) {
            return SlidingWindow::create(settings, at(0s)).error().where;
        };
        QVERIFY(where({0, 1s, Counting::segments, 10}) == "limit");
        QVERIFY(where({1, 0s, Counting::weighted, 10}) == "window");
        QVERIFY(where({1, 9ns, Counting::segments, 10}) == "window");
        QVERIFY(where({1, 1s, Counting::segments, 0}) == "segments");
        QVERIFY(!CycleLimiter::create({1, 1s, 0, 0s}, at(0s)).ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::WindowLimitersTest);
#include "window_limiters_test.moc"
