// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "events/event_pool.h"
#include "messaging/event_queue.h"
#include "support/test_case.h"

namespace muster {
namespace {

EventPtr numbered(EventPool& pool, std::uint64_t number)
{
    Event* event = pool.create(eventInfo(EventType::agentReady), 0);
    event->id.sequence = number;
    return EventPtr::adopt(event);
}

SubscribeOptions bounded(std::uint32_t bound, OverflowPolicy overflow)
{
    SubscribeOptions options;
    options.bound = bound;
    options.overflow = overflow;
    return options;
}

std::vector<std::uint64_t> numbers(const std::vector<EventPtr>& events)
{
    std::vector<std::uint64_t> all;
    for (const EventPtr& event : events) {
        all.push_back(event->id.sequence);
    }
    return all;
}

}  // namespace

class EventQueueTest : public QObject {
    Q_OBJECT
private slots:
    void aQueueBehavesAsASimpleModelUnderEveryPolicy()
    {
        EventPool pool;
        for (const auto policy :
             {OverflowPolicy::dropOldest, OverflowPolicy::dropNewest, OverflowPolicy::reject}) {
            Rng rng(41);
            EventQueue queue(bounded(7, policy));
            std::deque<std::uint64_t> model;
            std::uint64_t dropped = 0;
            for (std::uint64_t i = 1; i < 5'000; ++i) {
                if (rng.below(12) == 0) {
                    QCOMPARE(numbers(queue.take()),
                             std::vector<std::uint64_t>(model.begin(), model.end()));
                    model.clear();
                }
                const auto pushed = queue.push(numbered(pool, i));
                const bool full = model.size() == 7;
                QCOMPARE(pushed.shed, std::uint64_t{full ? 1U : 0U});
                dropped += full ? 1 : 0;
                if (full && policy == OverflowPolicy::dropOldest) {
                    model.pop_front();
                }
                if (!full || policy == OverflowPolicy::dropOldest) {
                    model.push_back(i);
                }
                QCOMPARE(queue.waiting(), std::uint64_t{model.size()});
            }
            QVERIFY(dropped > 100);
            QCOMPARE(queue.dropped(), dropped);
        }
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
    void oneWakeServesAllThatCameBeforeTheTake()
    {
        EventPool pool;
        EventQueue queue(bounded(10, OverflowPolicy::dropOldest));
        QVERIFY(queue.push(numbered(pool, 1)).wake);
        QVERIFY(!queue.push(numbered(pool, 2)).wake);
        QCOMPARE(queue.take().size(), std::size_t{2});
        QVERIFY(queue.push(numbered(pool, 3)).wake);
        queue.wakeFailed();
        QVERIFY(queue.needsWake());
        QVERIFY(!queue.needsWake());
        QVERIFY(!queue.push(numbered(pool, 4)).wake);
    }
    void aDrainThatGoesOnIsNotWokenUntilItFoundNothing()
    {
        EventPool pool;
        EventQueue queue(bounded(10, OverflowPolicy::dropOldest));
        QVERIFY(queue.push(numbered(pool, 1)).wake);
        QCOMPARE(queue.takeOrFinish().size(), std::size_t{1});
        QVERIFY(!queue.push(numbered(pool, 2)).wake);
        QCOMPARE(queue.takeOrFinish().size(), std::size_t{1});
        QVERIFY(queue.takeOrFinish().empty());
        QVERIFY(queue.push(numbered(pool, 3)).wake);
    }
    void aMessageThatWasNeverHandledLetsTheNextEventWakeAgain()
    {
        EventPool pool;
        const auto queue = std::make_shared<EventQueue>(bounded(10, OverflowPolicy::dropOldest));
        QVERIFY(queue->push(numbered(pool, 1)).wake);
        {
            Events lost(queue);
            const Events moved(std::move(lost));
        }
        QVERIFY(queue->push(numbered(pool, 2)).wake);
        const Events events(queue);
        const auto taken = events.take();
        QCOMPARE(numbers({taken.begin(), taken.end()}), (std::vector<std::uint64_t>{1, 2}));
        QCOMPARE(events.take().size(), std::size_t{0});
        QVERIFY(queue->push(numbered(pool, 3)).wake);
    }
    void aClosedQueueTakesNothingMore()
    {
        EventPool pool;
        EventQueue queue(bounded(10, OverflowPolicy::dropOldest));
        QVERIFY(queue.push(numbered(pool, 1)).wake);
        queue.close();
        QVERIFY(!queue.push(numbered(pool, 2)).wake);
        QCOMPARE(queue.waiting(), std::uint64_t{0});
        QCOMPARE(queue.dropped(), std::uint64_t{0});
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
    void severalThreadsLoseNothingAndKeepTheirOrder()
    {
        constexpr std::uint64_t kThreads = 3;
        constexpr std::uint64_t kEach = 20'000;
        EventPool pool;
        EventQueue queue(bounded(64, OverflowPolicy::dropOldest));
        std::atomic<int> running{kThreads};
        std::vector<std::thread> threads;
        for (std::uint64_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (std::uint64_t i = 1; i <= kEach; ++i) {
                    static_cast<void>(queue.push(numbered(pool, t * kEach + i)));
                }
                --running;
            });
        }
        std::vector<std::uint64_t> last(kThreads, 0);
        std::uint64_t taken = 0;
        bool inOrder = true;
        for (bool over = false; !over;) {
            over = running.load() == 0;
            for (const std::uint64_t number : numbers(queue.take())) {
                auto& before = last[(number - 1) / kEach];
                inOrder = inOrder && number > before;
                before = number;
                ++taken;
            }
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(inOrder);
        QCOMPARE(taken + queue.dropped(), kThreads * kEach);
        QCOMPARE(queue.accepted(), kThreads * kEach);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EventQueueTest);
#include "event_queue_test.moc"
