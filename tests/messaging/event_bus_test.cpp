// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <latch>
#include <map>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "messaging/bus_fixture.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::Bus;
using tests::NamingSink;
using tests::patterns;
using Names = std::vector<std::string>;

/// Notes the order of each publishing thread's events.
struct OrderSink final : EventSink {
    void accept(const EventPtr& event) override
    {
        const auto from = event->source.agent.slot;
        const auto number = event->data().find("count")->integer();
        const std::scoped_lock lock(mutex);
        inOrder = inOrder && number == next[from]++;
    }
    std::mutex mutex;
    std::map<std::uint32_t, std::int64_t> next;
    bool inOrder = true;
};

struct CountingSink final : EventSink {
    void accept(const EventPtr&) override { ++count; }
    std::atomic<int> count{0};
};

}  // namespace

class EventBusTest : public QObject {
    Q_OBJECT
private slots:
    void aSubscriberGetsAnEventOnceHoweverManyOfItsPatternsMatch()
    {
        Bus f;
        Names got;
        NamingSink sink("s", got);
        f.bus.subscribeDirect(patterns({"agent.*", "**", "agent.ready"}), sink);
        f.publish(EventType::agentReady);
        f.publish(EventType::runStarted);
        QCOMPARE(got, (Names{"s:agent.ready", "s:run.started"}));
    }
    void subscribersAreServedByPriorityThenSpecificityThenAge()
    {
        Bus f;
        Names got;
        NamingSink any("any", got);
        NamingSink exact("exact", got);
        NamingSink star("star", got);
        NamingSink later("later", got);
        NamingSink urgent("urgent", got);
        f.bus.subscribeDirect(patterns({"**"}), any);
        f.bus.subscribeDirect(patterns({"agent.*"}), star);
        f.bus.subscribeDirect(patterns({"agent.*"}), later);
        f.bus.subscribeDirect(patterns({"x.y", "agent.ready"}), exact);
        f.bus.subscribeDirect(patterns({"**"}), urgent, 1);
        f.publish(EventType::agentReady);
        QCOMPARE(got, (Names{"urgent:agent.ready", "exact:agent.ready", "star:agent.ready",
                             "later:agent.ready", "any:agent.ready"}));
    }
    void subscriptionsThatComeAndGoTakeEffectWithTheNextEvent()
    {
        Bus f;
        Names got;
        NamingSink a("a", got);
        NamingSink b("b", got);
        const auto first = f.bus.subscribeDirect(patterns({"agent.*"}), a);
        f.publish(EventType::agentReady);
        f.bus.subscribeDirect(patterns({"agent.ready"}), b);
        f.publish(EventType::agentReady);
        f.bus.unsubscribe(first);
        f.bus.unsubscribe(first);
        f.publish(EventType::agentReady);
        QCOMPARE(got, (Names{"a:agent.ready", "b:agent.ready", "a:agent.ready", "b:agent.ready"}));
    }
    void typesAddedAtRunTimeAreMatchedToo()
    {
        Bus f;
        Names got;
        NamingSink sink("s", got);
        f.bus.subscribeDirect(patterns({"link.**"}), sink);
        f.publish(f.type("link.checked"));
        f.publish(f.type("link.site.lost"));
        f.publish(f.type("page.read"));
        QCOMPARE(got, (Names{"s:link.checked", "s:link.site.lost"}));
    }
    void whoGetsAnEventAgreesWithThePatternsOneByOne()
    {
        Bus f;
        Rng rng(51);
        const Names words{"a", "b", "c", "*", "**"};
        const auto draw = [&](std::uint64_t among) {
            std::string text;
            for (std::uint64_t i = 0, n = 1 + rng.below(4); i < n; ++i) {
                text += (i == 0 ? "" : ".") + words[rng.below(among)];
            }
            return text;
        };
        std::vector<std::pair<TopicPattern, std::unique_ptr<CountingSink>>> subscribers;
        std::vector<SubscriptionId> ids;
        for (int i = 0; i < 300; ++i) {
            subscribers.emplace_back(TopicPattern::parse(draw(5)).value(),
                                     std::make_unique<CountingSink>());
            ids.push_back(
                f.bus.subscribeDirect({subscribers.back().first}, *subscribers.back().second));
        }
        std::vector<int> expected(subscribers.size(), 0);
        for (int round = 0; round < 400; ++round) {
            const std::string topic = draw(3);
            f.publish(f.type(topic));
            for (std::size_t s = 0; s < subscribers.size(); ++s) {
                const bool live = round < 200 || s % 2 == 0;
                expected[s] += live && subscribers[s].first.matches(topic) ? 1 : 0;
            }
            for (std::size_t s = 1; round == 199 && s < ids.size(); s += 2) {
                f.bus.unsubscribe(ids[s]);
            }
        }
        for (std::size_t s = 0; s < subscribers.size(); ++s) {
            QCOMPARE(subscribers[s].second->count.load(), expected[s]);
        }
    }
    void aCallMayUnsubscribeItselfAndPublish()
    {
        Bus f;
        struct Once final : EventSink {
            explicit Once(Bus& on) : f(on) {}
            void accept(const EventPtr& event) override
            {
                ++calls;
                if (event->type == TypeId(EventType::agentReady)) {
                    f.bus.unsubscribe(id);
                    f.publish(EventType::agentEnded);
                }
            }
            Bus& f;
            SubscriptionId id;
            int calls = 0;
        } once(f);
        once.id = f.bus.subscribeDirect(patterns({"agent.*"}), once);
        f.publish(EventType::agentReady);
        f.publish(EventType::agentReady);
        QCOMPARE(once.calls, 1);
    }
    void eachPublishersOrderIsKeptWhileSubscribersComeAndGo()
    {
        Bus f;
        OrderSink order;
        CountingSink passing;
        f.bus.subscribeDirect(patterns({"**"}), order);
        constexpr int kThreads = 3;
        constexpr int kEach = 5'000;
        std::atomic<bool> done{false};
        std::thread churn([&] {
            while (!done.load()) {
                const auto id = f.bus.subscribeDirect(patterns({"agent.*"}), passing);
                f.bus.unsubscribe(id);
            }
        });
        std::vector<std::thread> threads;
        for (std::uint32_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&f, t] {
                for (int i = 0; i < kEach; ++i) {
                    f.publish(EventType::agentReady, {{"count", i}}, AgentId{t, 1});
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        done = true;
        churn.join();
        QVERIFY(order.inOrder);
        for (std::uint32_t t = 0; t < kThreads; ++t) {
            QCOMPARE(order.next[t], std::int64_t{kEach});
        }
    }
    void aBatchIsOnePassForEachSubscriberInOrder()
    {
        Bus f;
        Names got;
        NamingSink all("all", got);
        NamingSink runs("runs", got);
        f.bus.subscribeDirect(patterns({"**"}), all);
        f.bus.subscribeDirect(patterns({"run.*"}), runs);
        const std::vector<EventDraft> drafts{{EventType::agentReady, {}, {}, {}},
                                             {EventType::runStarted, {}, {}, {}},
                                             {EventType::agentEnded, {}, {}, {}},
                                             {EventType::runEnded, {}, {}, {}}};
        f.publisher.publishBatch(drafts);
        QCOMPARE(got, (Names{"all:agent.ready", "all:run.started", "all:agent.ended",
                             "all:run.ended", "runs:run.started", "runs:run.ended"}));
        QCOMPARE(all.batches, 1);
        QCOMPARE(f.bus.history({}).size(), std::size_t{4});
    }
    void aBatchOfOneTypeIsCountedAndShedAsOneByOne()
    {
        Bus f;
        Names got;
        NamingSink sink("s", got);
        f.bus.subscribeDirect(patterns({"agent.*"}), sink);
        SubscribeOptions options;
        options.bound = 3;
        const auto queued = f.bus.subscribe(
            patterns({"agent.ready"}), [](const EventPtr&) {}, options);
        const std::vector<EventDraft> drafts(5, {EventType::agentReady, {}, {}, {}});
        f.publisher.publishBatch(drafts);
        QCOMPARE(sink.batches, 1);
        QCOMPARE(got.size(), std::size_t{5});
        const auto all = f.bus.subscriptions();
        const auto info = std::ranges::find(all, queued, &SubscriptionInfo::id);
        QVERIFY(info != all.end());
        QCOMPARE(info->delivered, std::uint64_t{5});
        QCOMPARE(info->dropped, std::uint64_t{2});
        QCOMPARE(info->waiting, std::uint64_t{3});
        QCOMPARE(f.bus.topicCounts().front().second, std::uint64_t{5});
        QCOMPARE(f.bus.history({}).size(), std::size_t{5});
        f.bus.unsubscribe(queued);
        QCOMPARE(f.pool.live(), std::uint64_t{5});  // what the history keeps
    }
    void topicsAreCounted()
    {
        Bus f;
        f.publish(EventType::agentReady);
        f.publish(EventType::agentReady);
        f.publish(EventType::runStarted);
        const auto counts = f.bus.topicCounts();
        QCOMPARE(counts.size(), std::size_t{2});
        QCOMPARE(counts[0].first, std::string_view("agent.ready"));
        QCOMPARE(counts[0].second, std::uint64_t{2});
        QCOMPARE(f.metrics.counter("events.published", {{"topic", "run.started"}}).value(),
                 std::uint64_t{1});
    }
    void aSlowSubscriberNeverBlocksThePublisherAndItsDropsAreCounted()
    {
        Bus f;
        f.thread();
        std::latch entered(1);
        std::latch leave(1);
        std::atomic<std::int64_t> last{0};
        SubscribeOptions options;
        options.bound = 10;
        f.bus.subscribe(
            patterns({"agent.ready"}),
            [&](const EventPtr& event) {
                if (last.exchange(event->data().find("count")->integer()) == 0) {
                    entered.count_down();
                    leave.wait();
                }
            },
            options);
        f.publish(EventType::agentReady, {{"count", 1}});
        entered.wait();
        for (int i = 2; i <= 100; ++i) {  // returns though the subscriber does not
            f.publish(EventType::agentReady, {{"count", i}});
        }
        const auto info = f.bus.subscriptions().at(0);
        QCOMPARE(info.waiting, std::uint64_t{10});
        QCOMPARE(info.dropped, std::uint64_t{89});
        QCOMPARE(f.metrics.counter("events.dropped").value(), std::uint64_t{89});
        leave.count_down();
        QTRY_COMPARE(last.load(), std::int64_t{100});
        f.bus.unsubscribe(info.id);
    }
    void unsubscribeWaitsForTheCallUnderWay()
    {
        Bus f;
        f.thread();
        std::latch entered(1);
        std::latch leave(1);
        std::atomic<int> calls{0};
        std::atomic<bool> returned{false};
        const auto id = f.bus.subscribe(patterns({"**"}), [&](const EventPtr&) {
            entered.count_down();
            leave.wait();
            ++calls;
        });
        f.publish(EventType::agentReady);
        f.publish(EventType::agentReady);
        entered.wait();
        std::thread leaver([&] {
            f.bus.unsubscribe(id);
            QCOMPARE(calls.load(), 1);
            returned = true;
        });
        while (!f.bus.subscriptions().empty()) {
            std::this_thread::yield();
        }
        QVERIFY(!returned.load());
        leave.count_down();
        leaver.join();
        QCOMPARE(calls.load(), 1);
    }
    void eventsThatCameBeforeTheRuntimeReachQueuedSubscribersOnceItIsThere()
    {
        Bus f;
        int calls = 0;
        f.bus.subscribe(patterns({"**"}), [&calls](const EventPtr&) { ++calls; });
        f.publish(EventType::agentReady);
        f.simulate();
        f.run();
        QCOMPARE(calls, 1);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EventBusTest);
#include "event_bus_test.moc"
