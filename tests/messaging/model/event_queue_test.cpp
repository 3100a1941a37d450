// SPDX-License-Identifier: Apache-2.0
#include "messaging/event_queue.h"

#include <memory>
#include <vector>

#include "events/event_pool.h"
#include "support/model/explorer.h"
#include "support/test_case.h"

namespace muster::model {
namespace {

/// A subscriber's queue. Whoever is asked to wake the drain drains at once, so at the end nothing
/// waits and each event was taken once or shed.
class Subscription {
public:
    Subscription(EventPool& pool, std::uint32_t bound, OverflowPolicy overflow)
        : m_pool(pool), m_queue(optionsOf(bound, overflow))
    {
    }

    void publish(std::uint64_t number)
    {
        Event* event = m_pool.create(eventInfo(EventType::agentReady), 0);
        event->id.sequence = number;
        if (m_queue.push(EventPtr::adopt(event)).wake) {
            drain();
        }
    }
    /// The agent could not be told: what waits is left to the next event, or to who asks.
    void publishInVain(std::uint64_t number)
    {
        Event* event = m_pool.create(eventInfo(EventType::agentReady), 0);
        event->id.sequence = number;
        if (m_queue.push(EventPtr::adopt(event)).wake) {
            m_queue.wakeFailed();
            if (m_queue.needsWake()) {
                drain();
            }
        }
    }

    [[nodiscard]] std::string check(std::uint64_t events)
    {
        if (m_queue.waiting() != 0) {
            return "events wait and nobody drains";
        }
        std::array<std::uint64_t, 4> newest{};
        for (const std::uint64_t number : m_taken) {
            auto& before = newest[number / kEach];
            if (number <= before) {
                return "the events of one publisher changed places";
            }
            before = number;
        }
        if (m_taken.size() + m_queue.dropped() != events) {
            return "an event is lost or was taken twice";
        }
        return "";
    }

    static constexpr std::uint64_t kEach = 10;  // publisher n's events are numbered from n * kEach

private:
    static SubscribeOptions optionsOf(std::uint32_t bound, OverflowPolicy overflow)
    {
        SubscribeOptions options;
        options.bound = bound;
        options.overflow = overflow;
        return options;
    }

    void drain()
    {
        require(m_inside.exchange(1) == 0, "two drain at once");
        for (;;) {
            // Left before the last look, after which another may come.
            m_inside.store(0);
            auto events = m_queue.takeOrFinish();
            if (events.empty()) {
                return;
            }
            m_inside.store(1);
            for (const EventPtr& event : events) {
                m_taken.push_back(event->id.sequence);
            }
            m_queue.giveBack(std::move(events));
        }
    }

    EventPool& m_pool;
    EventQueue m_queue;
    Atomic<int> m_inside{0};
    std::vector<std::uint64_t> m_taken;
};

}  // namespace

class EventQueueModelTest : public QObject {
    Q_OBJECT

    EventPool m_pool;

    Program publishers(std::uint32_t bound, OverflowPolicy overflow, bool inVain = false)
    {
        const auto queue = std::make_shared<Subscription>(m_pool, bound, overflow);
        const auto publisher = [queue](std::uint64_t number, bool vain) {
            return [queue, number, vain] {
                const std::uint64_t first = number * Subscription::kEach;
                vain ? queue->publishInVain(first + 1) : queue->publish(first + 1);
                queue->publish(first + 2);
            };
        };
        return {{publisher(0, inVain), publisher(1, false)}, [queue] { return queue->check(4); }};
    }

private slots:
    void noEventIsLost_data()
    {
        QTest::addColumn<int>("bound");
        QTest::addColumn<bool>("oldest");
        QTest::addColumn<bool>("inVain");
        QTest::newRow("with room") << 9 << false << false;
        QTest::newRow("full: the newest go") << 1 << false << false;
        QTest::newRow("full: the oldest go") << 1 << true << false;
        QTest::newRow("a wake-up that fails") << 9 << false << true;
    }

    void noEventIsLost()
    {
        QFETCH(const int, bound);
        QFETCH(const bool, oldest);
        QFETCH(const bool, inVain);
        const auto overflow = oldest ? OverflowPolicy::dropOldest : OverflowPolicy::dropNewest;
        const auto outcome =
            explore([&] { return publishers(static_cast<std::uint32_t>(bound), overflow, inVain); },
                    {.preemptions = 3});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void aLockThatLetsTwoInIsFound()
    {
        const auto outcome = explore([&] { return publishers(9, OverflowPolicy::reject); },
                                     {.broken = Broken::exchange});
        QVERIFY(outcome.finding);
        qInfo("%s", outcome.text().c_str());
    }
};

MUSTER_TEST_CASE(EventQueueModelTest);

}  // namespace muster::model

#include "event_queue_test.moc"
