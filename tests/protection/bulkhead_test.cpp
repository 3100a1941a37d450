// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <vector>

#include "protection/adaptive_limit.h"
#include "protection/bulkhead.h"
#include "protection/clock_walk.h"
#include "support/test_case.h"

namespace muster {
namespace {

using namespace tests;
using Entry = Bulkhead::Entry;

Bulkhead bulkheadOf(BulkheadSettings settings)
{
    return Bulkhead::create(settings).value();
}

Entry enter(Bulkhead& bulkhead, MonoTime now, Deadline deadline = {})
{
    return bulkhead.enter(deadline, now).entry;
}

AdaptiveLimit limitOf(AdaptiveSettings settings)
{
    return AdaptiveLimit::create(settings).value();
}

AdaptiveSettings aimd(std::uint32_t initial)
{
    AdaptiveSettings settings;
    settings.algorithm = AdaptiveSettings::Algorithm::aimd;
    settings.initial = initial;
    settings.floor = 5;
    return settings;
}

/// A dependency that serves so many at once and lets the others wait: feeds the limit with calls
/// that use it fully.
void load(AdaptiveLimit& limit, std::uint32_t servers, Duration service, int calls)
{
    for (int i = 0; i < calls; ++i) {
        const std::uint32_t inFlight = limit.limit();
        const Duration queued = inFlight > servers ? service * (inFlight - servers) / servers : 0s;
        limit.add({service + queued, inFlight, false}, at(0s));
    }
}

}  // namespace

class BulkheadTest : public QObject {
    Q_OBJECT
private slots:
    void soManyEnterSoManyWaitTheRestIsRefused()
    {
        Bulkhead bulkhead = bulkheadOf({2, 1, 1s});
        QVERIFY(enter(bulkhead, at(0s)) == Entry::entered);
        QVERIFY(enter(bulkhead, at(0s)) == Entry::entered);
        QVERIFY(enter(bulkhead, at(0s)) == Entry::waits);
        QVERIFY(enter(bulkhead, at(0s)) == Entry::refused);
        QCOMPARE(bulkhead.inUse(), 2U);
        QVERIFY(!bulkhead.next(at(0s)));
        bulkhead.leave();
        QVERIFY(enter(bulkhead, at(0s)) == Entry::refused);  // it is the waiting one's turn
        QVERIFY(bulkhead.next(at(0s)));
        QCOMPARE(bulkhead.counts().refused, std::uint64_t{2});
    }
    void itsDefaultIsTwentyFiveAndNoQueue()
    {
        Bulkhead bulkhead = bulkheadOf({});
        for (int i = 0; i < 25; ++i) {
            QVERIFY(enter(bulkhead, at(0s)) == Entry::entered);
        }
        QVERIFY(enter(bulkhead, at(0s)) == Entry::refused);
    }
    void whoeverCameFirstIsServedFirst()
    {
        Bulkhead bulkhead = bulkheadOf({1, 100, kForever});
        QVERIFY(enter(bulkhead, at(0s)) == Entry::entered);
        std::vector<Bulkhead::Ticket> waiting;
        for (int i = 0; i < 10; ++i) {
            waiting.push_back(bulkhead.enter({}, at(0s)).ticket);
        }
        QVERIFY(bulkhead.cancel(waiting[3]));
        QVERIFY(!bulkhead.cancel(waiting[3]));
        waiting.erase(waiting.begin() + 3);
        for (const Bulkhead::Ticket ticket : waiting) {
            bulkhead.leave();
            QCOMPARE(bulkhead.next(at(1h)).value(), ticket);
            QVERIFY(!bulkhead.next(at(1h)));
        }
        QVERIFY(!bulkhead.nextExpiry(at(1h)));
    }
    void nobodyWaitsLongerThanItsBound()
    {
        Bulkhead bulkhead = bulkheadOf({1, 10, 1s});
        QVERIFY(enter(bulkhead, at(0s)) == Entry::entered);
        const auto first = bulkhead.enter({}, at(0s)).ticket;
        const auto hurried = bulkhead.enter(Deadline(at(0s), 300ms), at(0s)).ticket;
        const auto last = bulkhead.enter({}, at(100ms)).ticket;
        QCOMPARE(*bulkhead.nextExpiry(at(100ms)), Duration(200ms));
        QVERIFY(!bulkhead.expired(at(299ms)));
        QCOMPARE(bulkhead.expired(at(300ms)).value(), hurried);
        QVERIFY(!bulkhead.expired(at(300ms)));
        bulkhead.leave();
        QCOMPARE(bulkhead.next(at(1s)).value(), last);  // the first one's time is over
        QCOMPARE(bulkhead.expired(at(1s)).value(), first);
        QCOMPARE(bulkhead.counts().timedOut, std::uint64_t{2});
        QVERIFY(enter(bulkhead, at(1s), Deadline(at(0s), 1s)) == Entry::refused);
    }
    void aChangeMakesRoomAtOnceAndTurnsNobodyOut()
    {
        Bulkhead bulkhead = bulkheadOf({1, 5, kForever});
        for (int i = 0; i < 6; ++i) {
            QVERIFY(enter(bulkhead, at(0s)) != Entry::refused);
        }
        QVERIFY(bulkhead.change({3, 1, kForever}).ok());
        QVERIFY(bulkhead.next(at(0s)) && bulkhead.next(at(0s)) && !bulkhead.next(at(0s)));
        QCOMPARE(bulkhead.waiting(), std::size_t{3});
        QVERIFY(enter(bulkhead, at(0s)) == Entry::refused);
        QVERIFY(bulkhead.change({0, 1, kForever}).ok());
        bulkhead.leave();
        QVERIFY(!bulkhead.next(at(0s)));
        QVERIFY(bulkhead.change({1'000'001, 1, 1s}).error().where == "concurrent");
        QVERIFY(bulkhead.change({1, 100'001, 1s}).error().where == "queue");
        QVERIFY(bulkhead.change({1, 1, -1s}).error().where == "longest_wait");
    }
    void aStormLosesNobodyAndOverrunsNothing()
    {
        ClockWalk walk(51);
        Bulkhead bulkhead = bulkheadOf({7, 12, 200ms});
        std::vector<Bulkhead::Ticket> waiting;  // the model: in order
        std::uint32_t in = 0;
        Bulkhead::Ticket lastServed = 0;
        for (int i = 0; i < 200'000; ++i) {
            const MonoTime now = walk.step(2ms);
            const std::uint64_t dice = walk.rng().below(100);
            if (dice < 50) {
                const auto answer = bulkhead.enter({}, now);
                in += answer.entry == Entry::entered ? 1 : 0;
                if (answer.entry == Entry::waits) {
                    waiting.push_back(answer.ticket);
                }
            } else if (dice < 90 && in > 0) {
                bulkhead.leave();
                --in;
            } else if (dice < 93 && !waiting.empty()) {
                const std::size_t which = walk.rng().below(waiting.size());
                QVERIFY(bulkhead.cancel(waiting[which]));
                waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(which));
            } else if (dice == 99) {
                walk.jump(kJumps[walk.rng().below(4)]);
            }
            while (const auto ticket = bulkhead.expired(now)) {
                QCOMPARE(std::erase(waiting, *ticket), std::size_t{1});
            }
            while (const auto ticket = bulkhead.next(now)) {
                QCOMPARE(waiting.front(), *ticket);
                QVERIFY(*ticket > lastServed);
                lastServed = *ticket;
                waiting.erase(waiting.begin());
                ++in;
            }
            QVERIFY(in <= 7 && bulkhead.inUse() == in);
            QVERIFY(waiting.size() <= 12 && bulkhead.waiting() == waiting.size());
            const BulkheadCounts& counts = bulkhead.counts();
            QCOMPARE(counts.asked, counts.entered + counts.refused + counts.timedOut +
                                       counts.cancelled + waiting.size());
        }
        QVERIFY(bulkhead.counts().timedOut > 100 && bulkhead.counts().refused > 100);
    }
    void additiveIncreaseAndMultiplicativeDecrease()
    {
        AdaptiveLimit limit = limitOf(aimd(20));
        limit.add({10ms, 10, false}, at(0s));
        QCOMPARE(limit.limit(), 21U);
        limit.add({10ms, 11, true}, at(0s));
        QCOMPARE(limit.limit(), 18U);
        limit.add({6s, 11, false}, at(0s));  // as good as dropped
        QCOMPARE(limit.limit(), 17U);
    }
    void aLimitGrowsOnlyWhileItIsInUse()
    {
        AdaptiveLimit additive = limitOf(aimd(20));
        AdaptiveLimit gradient = limitOf({});
        for (int i = 0; i < 1'000; ++i) {
            additive.add({10ms, 9, false}, at(0s));
            gradient.add({10ms, 9, false}, at(0s));
        }
        QCOMPARE(additive.limit(), 20U);
        QCOMPARE(gradient.limit(), 20U);
    }
    void aLimitStaysBetweenFloorAndCeiling()
    {
        for (const auto algorithm :
             {AdaptiveSettings::Algorithm::aimd, AdaptiveSettings::Algorithm::gradient}) {
            AdaptiveSettings settings = aimd(20);
            settings.algorithm = algorithm;
            AdaptiveLimit limit = limitOf(settings);
            Rng rng(5);
            for (int i = 0; i < 20'000; ++i) {
                const bool dropped = rng.below(i % 4'000 < 2'000 ? 50 : 2) == 0;
                limit.add({Duration(1ms) * (1 + rng.below(20)), limit.limit(), dropped},
                          at(i * 1ms));
                QVERIFY(limit.limit() >= 5 && limit.limit() <= 200);
            }
            for (int i = 0; i < 100; ++i) {
                limit.add({1s, 1, true}, at(0s));
            }
            QCOMPARE(limit.limit(), 5U);
            for (int i = 0; i < 1'000; ++i) {
                limit.add({1ms, 200, false}, at(0s));
            }
            QCOMPARE(limit.limit(), 200U);
        }
    }
    void decreasesKeepTheirDistance()
    {
        AdaptiveSettings settings = aimd(100);
        settings.between = 100ms;
        AdaptiveLimit limit = limitOf(settings);
        for (int i = 0; i < 200; ++i) {
            limit.add({1ms, 100, true}, at(i * 1ms));
        }
        QCOMPARE(limit.limit(), 81U);
        limit.add({1ms, 100, true}, at(-1h));
        QCOMPARE(limit.limit(), 81U);
    }
    void theGradientFindsWhatADependencyBears()
    {
        AdaptiveSettings settings;
        settings.floor = 5;
        AdaptiveLimit limit = limitOf(settings);
        load(limit, 1'000, 10ms, 400);
        QCOMPARE(limit.limit(), 200U);  // it bears all there may be
        QCOMPARE(limit.usualLatency(), Duration(10ms));
        load(limit, 20, 10ms, 100);
        QVERIFY(limit.limit() >= 20 && limit.limit() < 100);
    }
    void aChangedLimitGoesOnFromWhereItWas()
    {
        AdaptiveLimit limit = limitOf(aimd(60));
        AdaptiveSettings settings = aimd(10);
        settings.ceiling = 40;
        QVERIFY(limit.change(settings).ok());
        QCOMPARE(limit.limit(), 40U);
        settings.floor = 0;
        QVERIFY(limit.change(settings).error().where == "floor");
        settings = aimd(10);
        settings.backoff = 1;
        QVERIFY(limit.change(settings).error().where == "backoff");
        settings = aimd(10);
        settings.smoothing = 0;
        QVERIFY(limit.change(settings).error().where == "tolerance");
        settings = aimd(10);
        settings.slow = 0s;
        QVERIFY(limit.change(settings).error().where == "slow");
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::BulkheadTest);
#include "bulkhead_test.moc"
