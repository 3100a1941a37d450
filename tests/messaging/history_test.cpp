// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "messaging/bus_fixture.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::Bus;
using namespace std::chrono_literals;

std::vector<std::uint64_t> found(Bus& f, const EventHistoryQuery& query)
{
    std::vector<std::uint64_t> numbers;
    for (const EventPtr& event : f.bus.history(query)) {
        numbers.push_back(event->id.sequence);
    }
    return numbers;
}

using Numbers = std::vector<std::uint64_t>;

}  // namespace

class HistoryTest : public QObject {
    Q_OBJECT
private slots:
    void theNewestAreKeptUpToTheBound()
    {
        Bus f(5);
        for (int i = 0; i < 12; ++i) {
            f.publish(EventType::agentReady);
        }
        QCOMPARE(found(f, {}), (Numbers{8, 9, 10, 11, 12}));
        QCOMPARE(f.pool.live(), std::uint64_t{5});
    }
    void nothingIsKeptWhenTheBoundIsNone()
    {
        Bus f(0);
        f.publish(EventType::agentReady);
        QVERIFY(found(f, {}).empty());
        QCOMPARE(f.pool.live(), std::uint64_t{0});
    }
    void itIsFilteredByPatternSourceAndTime()
    {
        Bus f;
        for (int i = 0; i < 6; ++i) {  // ids 1, 3, 5, … ready; 2, 4, 6, … load
            f.publish(EventType::agentReady, {}, AgentId{static_cast<std::uint32_t>(i), 1});
            f.publish(EventType::loadPaused, {}, Component::load);
            f.clock->advance(1s);
        }
        EventHistoryQuery query;
        query.pattern = TopicPattern::parse("load.*").value();
        QCOMPARE(found(f, query), (Numbers{2, 4, 6, 8, 10, 12}));
        query.from = ManualClock::kSimulationEpoch + 2s;
        query.until = ManualClock::kSimulationEpoch + 4s;
        QCOMPARE(found(f, query), (Numbers{6, 8}));
        query.limit = 1;
        QCOMPARE(found(f, query), (Numbers{8}));
        EventHistoryQuery bySource;
        bySource.source = Source(AgentId{2, 1});
        QCOMPARE(found(f, bySource), (Numbers{5}));
    }
    void eventsOfSeveralThreadsComeInTheOrderOfTheirIds()
    {
        Bus f(100);
        for (int t = 0; t < 4; ++t) {
            std::thread([&f] {
                for (int i = 0; i < 50; ++i) {
                    f.publish(EventType::agentReady);
                }
            }).join();
        }
        EventHistoryQuery all;
        all.limit = 0;
        const auto numbers = found(f, all);
        QCOMPARE(numbers.size(), std::size_t{100});
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            QCOMPARE(numbers[i], std::uint64_t{101 + i});
        }
    }
    void itCanBeReadWhileOthersPublish()
    {
        Bus f(256);
        std::atomic<bool> done{false};
        std::vector<std::thread> threads;
        for (std::uint32_t t = 0; t < 2; ++t) {
            threads.emplace_back([&f, &done, t] {
                for (std::int64_t i = 0; !done.load(); ++i) {
                    f.publish(EventType::agentReady, {{"count", i}}, AgentId{t, 1});
                }
            });
        }
        EventHistoryQuery all;
        all.limit = 0;
        std::size_t seen = 0;
        bool inOrder = true;
        while (seen < 20'000) {
            std::map<std::uint32_t, std::int64_t> last;
            for (const EventPtr& event : f.bus.history(all)) {
                const auto number = event->data().find("count")->integer() + 1;
                auto& before = last[event->source.agent.slot];
                inOrder = inOrder && (before == 0 || number == before + 1);
                before = number;
                ++seen;
            }
        }
        done = true;
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(inOrder);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::HistoryTest);
#include "history_test.moc"
