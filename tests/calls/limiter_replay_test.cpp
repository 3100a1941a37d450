// SPDX-License-Identifier: Apache-2.0
#include "calls/limiter_replay.h"

#include <QtTest/QtTest>

#include "base/rng.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace std::chrono_literals;

LimiterSettings bucket(std::uint64_t perSecond, Duration wait = 50ms)
{
    return {TokenBucketSettings{{perSecond, 1s}, 10, {}}, wait};
}

LimiterSettings keyed(std::uint64_t perSecond)
{
    KeyedLimiterSettings settings;
    settings.table.rate = {perSecond, 1s};
    settings.table.burst = 5;
    settings.table.keys = 16;
    return {settings, {}};
}

/// A limiter to which everything happens, and its log.
struct Recorded {
    Recorded(const std::vector<LimiterSettings>& steps, std::uint64_t seed)
    {
        Rng rng(seed);
        MonoTime now{5'000'000'000};
        auto limiter = ServiceLimiter::create(steps.front(), now, true).value();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (i > 0) {
                QVERIFY(limiter.change(steps[i], now).ok());
            }
            for (int call = 0; call < 5'000; ++call) {
                now = now + Duration{static_cast<std::int64_t>(rng.below(3'000'000))};
                if (rng.below(200) == 0) {
                    now = now - 40ms;  // as a thread that was late
                }
                const LimiterCaller caller{{static_cast<std::uint32_t>(rng.below(30)), 1}, "buy"};
                const Duration longest = rng.below(4) == 0 ? Duration{10ms} : kForever;
                const Reservation taken = limiter.take(caller, longest, now);
                admitted += taken.granted ? 1 : 0;
                if (taken.granted && taken.wait > 0ns && rng.below(3) == 0) {
                    limiter.cancel(taken, now);
                }
                static_cast<void>(limiter.view(now + 7ms));
            }
        }
        log = limiter.log().take(true);
    }

    std::vector<CallLogBlock> log;
    std::uint64_t admitted = 0;
};

}  // namespace

class LimiterReplayTest : public QObject {
    Q_OBJECT
private slots:
    void theLiveSettingsGiveEachAnswerAgain_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("token bucket") << 0;
        QTest::newRow("sliding window") << 1;
        QTest::newRow("weighted window") << 2;
        QTest::newRow("cycle") << 3;
        QTest::newRow("keyed") << 4;
    }
    void theLiveSettingsGiveEachAnswerAgain()
    {
        QFETCH(int, kind);
        SlidingWindowSettings window{300, 1s, SlidingWindowSettings::Counting::segments, 10};
        SlidingWindowSettings weighted = window;
        weighted.counting = SlidingWindowSettings::Counting::weighted;
        const std::vector<LimiterSettings> kinds{bucket(300),
                                                 {window, {}},
                                                 {weighted, {}},
                                                 {CycleLimiterSettings{300, 1s, {}, 200ms}, 200ms},
                                                 keyed(8)};
        const LimiterSettings& settings = kinds[static_cast<std::size_t>(kind)];
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const Recorded recorded({settings}, seed);
            const auto replay =
                replayLimiter({.log = recorded.log, .had = std::span(&settings, 1)}).value();
            QVERIFY2(replay.ended.empty(), replay.ended.c_str());
            QCOMPARE(replay.otherwise, std::uint64_t{0});
            QCOMPARE(replay.admitted, recorded.admitted);
            QVERIFY(replay.rejected > 100);
        }
    }
    void changesAndOtherKindsAreReplayedToo()
    {
        const std::vector<LimiterSettings> steps{
            bucket(300), bucket(100), {CycleLimiterSettings{100, 1s, {}, 0ms}, 0ms}, bucket(50)};
        const Recorded recorded(steps, 1);
        const auto replay = replayLimiter({.log = recorded.log, .had = steps}).value();
        QVERIFY(replay.ended.empty());
        QCOMPARE(replay.otherwise, std::uint64_t{0});
        QCOMPARE(replay.calls, std::uint64_t{20'000});
        const auto few =
            replayLimiter({.log = recorded.log, .had = std::span(steps).first(2)}).value();
        QVERIFY(!few.ended.empty());
    }
    void otherSettingsFromATimeOnSayWhatTheyWouldHaveDone()
    {
        const std::vector<LimiterSettings> had{bucket(300)};
        const std::vector<LimiterSettings> twice{bucket(600)};
        const Recorded recorded(had, 2);
        const MonoTime from = unpack(recorded.log.back())->front().at;
        std::uint64_t asked = 0;
        ReplayPlan<LimiterSettings> plan{
            .log = recorded.log, .had = had, .proposed = twice, .from = from};
        plan.asked = [&](MonoTime at, bool, bool) {
            QVERIFY(at >= from);
            ++asked;
        };
        const auto part = replayLimiter(plan).value();
        QCOMPARE(part.calls, asked);
        QVERIFY(part.calls > 100 && part.calls < 5'000);
        QVERIFY(part.admitted > part.wasAdmitted);
        plan.proposed = had;
        QCOMPARE(replayLimiter(plan).value().otherwise, std::uint64_t{0});
    }
    void whatTheLogDoesNotTellIsRefused()
    {
        const std::vector<LimiterSettings> had{bucket(300)};
        const std::vector<LimiterSettings> each{keyed(3)};
        const Recorded recorded(had, 3);
        const auto answer = replayLimiter({.log = recorded.log, .had = had, .proposed = each});
        QVERIFY(!answer.ok());
        QVERIFY(answer.error().code == ErrorCode::unavailable);
        const std::vector<LimiterSettings> wrong{bucket(0), bucket(20'000'000)};
        QVERIFY(!replayLimiter(
                     {.log = recorded.log, .had = had, .proposed = std::span(wrong).subspan(1)})
                     .ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::LimiterReplayTest);
#include "limiter_replay_test.moc"
