// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <vector>

#include "messaging/bus_fixture.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::Bus;
using tests::patterns;

/// Writes the numbers of the events it gets into a list outside.
class Listener : public Agent<Listener, Handles<Events>> {
public:
    explicit Listener(std::vector<std::int64_t>* into) : m_into(into) {}
    void handle(const Events& events)
    {
        for (const EventPtr& event : events.take()) {
            m_into->push_back(event->data().find("count")->integer());
        }
    }

private:
    std::vector<std::int64_t>* m_into;
};

struct Fixture : Bus {
    Fixture() { simulate(); }
    AgentId listener() { return runtime->create<Listener>({}, &got).value(); }
    void ready(std::int64_t number) { publish(EventType::agentReady, {{"count", number}}); }
    std::vector<std::int64_t> got;
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

class AgentSubscriptionTest : public QObject {
    Q_OBJECT
private slots:
    void anAgentGetsItsEventsInOrder()
    {
        Fixture f;
        QVERIFY(f.bus.subscribe(patterns({"agent.*"}), f.listener()).ok());
        for (int i = 1; i <= 5; ++i) {
            f.ready(i);
        }
        f.publish(EventType::runStarted);
        f.run();
        f.ready(6);
        f.run();
        QCOMPARE(f.got, (Numbers{1, 2, 3, 4, 5, 6}));
    }
    void severalSubscriptionsOfOneAgentAreOneSubscriber()
    {
        Fixture f;
        const AgentId agent = f.listener();
        QVERIFY(f.bus.subscribe(patterns({"agent.*"}), agent).ok());
        const auto exact = f.bus.subscribe(patterns({"agent.ready"}), agent);
        f.ready(1);
        f.run();
        QCOMPARE(f.got, (Numbers{1}));
        f.bus.unsubscribe(exact.value());
        f.ready(2);
        f.run();
        QCOMPARE(f.got, (Numbers{1, 2}));
    }
    void aSubscriptionEndsWithItsAgent()
    {
        Fixture f;
        const AgentId agent = f.listener();
        QVERIFY(f.bus.subscribe(patterns({"**"}), agent).ok());
        QVERIFY(f.bus.subscribe(patterns({"agent.*"}), agent).ok());
        QVERIFY(f.runtime->stop(agent).ok());
        f.run();
        QVERIFY(f.bus.subscriptions().empty());
        f.ready(1);
        f.run();
        QVERIFY(f.got.empty());
    }
    void anAgentThatIsNotThereCannotSubscribe()
    {
        Fixture f;
        QVERIFY(f.bus.subscribe(patterns({"**"}), AgentId{77, 7}).error().code ==
                ErrorCode::notFound);
        Bus noRuntime;
        QVERIFY(noRuntime.bus.subscribe(patterns({"**"}), AgentId{1, 1}).error().code ==
                ErrorCode::unavailable);
    }
    void aSuspendedAgentKeepsTheNewestOfItsEvents()
    {
        Fixture f;
        const AgentId agent = f.listener();
        SubscribeOptions options;
        options.bound = 3;
        const auto id = f.bus.subscribe(patterns({"**"}), agent, options).value();
        QVERIFY(f.runtime->suspend(agent).ok());
        f.run();
        for (int i = 1; i <= 10; ++i) {
            f.ready(i);
        }
        f.run();
        QVERIFY(f.got.empty());
        QCOMPARE(f.bus.subscriptions()[0].dropped, std::uint64_t{7});
        QCOMPARE(f.bus.subscriptions()[0].id, id);
        QVERIFY(f.runtime->resume(agent).ok());
        f.run();
        QCOMPARE(f.got, (Numbers{8, 9, 10}));
    }
    void aThousandAgentsEachGetEveryEvent()
    {
        Fixture f;
        std::vector<std::vector<std::int64_t>> got(1'000);
        for (auto& list : got) {
            const AgentId agent = f.runtime->create<Listener>({}, &list).value();
            QVERIFY(f.bus.subscribe(patterns({"agent.ready"}), agent).ok());
        }
        for (int i = 1; i <= 3; ++i) {
            f.ready(i);
        }
        f.run();
        for (const auto& list : got) {
            QCOMPARE(list, (Numbers{1, 2, 3}));
        }
        QCOMPARE(f.metrics.counter("events.delivered").value(), std::uint64_t{3'000});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::AgentSubscriptionTest);
#include "agent_subscription_test.moc"
