// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "events/publisher.h"
#include "support/test_case.h"

namespace muster {
namespace {

struct ListSink final : EventSink {
    void accept(const EventPtr& event) override
    {
        const std::scoped_lock lock(mutex);
        events.push_back(event);
    }
    std::mutex mutex;
    std::vector<EventPtr> events;
};

struct Fixture {
    ListSink sink;
    TypeRegistry types;
    EventPool pool;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();

    Publisher publisher(bool checked = true)
    {
        PublisherOptions options;
        options.origin = 0xabc;
        options.checked = checked;
        return Publisher(sink, types, pool, clock, options);
    }
    ~Fixture() { sink.events.clear(); }
};

}  // namespace

class PublisherTest : public QObject {
    Q_OBJECT
private slots:
    void anEventCarriesWhatItWasGivenAndIsStamped()
    {
        Fixture f;
        auto publisher = f.publisher();
        f.clock->advance(std::chrono::seconds(3));
        EventMeta meta;
        meta.trace.value = 5;
        meta.cause = EventId{1, 2};
        meta.correlation.value = 6;
        const EventId id = publisher.publish(EventType::actionFailed, AgentId{0x1f, 2},
                                             {{"action", "digest"}, {"duration_ns", 12}}, meta);
        const Event& event = *f.sink.events.at(0);
        QVERIFY(id == (EventId{0xabc, 1}));
        QVERIFY(event.id == id);
        QCOMPARE(event.typeName(), std::string_view("action.failed"));
        QCOMPARE(event.type, TypeId(EventType::actionFailed));
        QCOMPARE(toString(event.source), std::string("agent:1f.2"));
        QCOMPARE(event.data().json(), std::string("{\"action\":\"digest\",\"duration_ns\":12}"));
        QCOMPARE(event.trace, meta.trace);
        QVERIFY(event.cause == meta.cause);
        QCOMPARE(event.correlation, meta.correlation);
        QCOMPARE(event.mono.nanoseconds, std::int64_t{3'000'000'000});
        QCOMPARE(toString(event.at), std::string("2026-01-01T00:00:03.000000000Z"));
        QCOMPARE(event.durable, false);
    }
    void whatIsReplayedIsMarkedAndIsNoneOfThosePublished()
    {
        Fixture f;
        auto publisher = f.publisher();
        f.clock->advance(std::chrono::hours(1));
        EventMeta meta;
        meta.cause = EventId{7, 8};
        // As an older version wrote it: it need not hold to today's catalogue.
        const Fields data{{"service", "shop"}, {"gone", 1}};
        const EventId id =
            publisher.replay({EventType::breakerOpened, AgentId{0x1f, 2}, data, meta}, {42});
        const Event& event = *f.sink.events.at(0);
        QVERIFY(event.replayed);
        QVERIFY(!event.durable);
        QVERIFY(event.id == id && event.cause == meta.cause);
        QCOMPARE(event.at.nanoseconds, std::int64_t{42});
        QCOMPARE(event.mono, f.clock->now());
        QCOMPARE(event.data().json(), data.view().json());
        QCOMPARE(publisher.published(), std::uint64_t{0});
        QCOMPARE(publisher.replayed(), std::uint64_t{1});
        publisher.publish(EventType::agentReady, AgentId{1, 1}, {});
        QVERIFY(!f.sink.events.at(1)->replayed);
        QVERIFY(f.sink.events.at(1)->id != id);
        QCOMPARE(publisher.published(), std::uint64_t{1});
    }
    void theCatalogueSaysWhatIsDurableUnlessTheEventDoes()
    {
        Fixture f;
        auto publisher = f.publisher();
        EventMeta durable;
        durable.durable = true;
        publisher.publish(EventType::runStarted, Component::engine, {});
        publisher.publish(EventType::agentReady, Component::runtime, {});
        publisher.publish(EventType::agentReady, Component::runtime, {}, durable);
        QCOMPARE(f.sink.events[0]->durable, true);
        QCOMPARE(f.sink.events[1]->durable, false);
        QCOMPARE(f.sink.events[2]->durable, true);
    }
    void aWallClockThatJumpsIsFollowedWithinAMoment()
    {
        Fixture f;
        auto publisher = f.publisher();
        f.clock->setWall(WallTime{1'000});
        f.clock->advance(std::chrono::milliseconds(20));
        publisher.publish(EventType::agentReady, {}, {});
        QCOMPARE(f.sink.events[0]->at.nanoseconds, std::int64_t{20'001'000});
    }
    void anEventAgainstTheCatalogueIsRefusedCountedAndLogged()
    {
        QTemporaryDir directory;
        LogOptions logOptions;
        logOptions.file = directory.filePath("muster.log").toStdString();
        auto log = LogSystem::open(logOptions).value();
        Fixture f;
        PublisherOptions options;
        options.checked = true;
        options.logger = log->component("events");
        Publisher publisher(f.sink, f.types, f.pool, f.clock, options);
        QVERIFY(!publisher.publish(EventType::agentReady, {}, {{"colour", "red"}}));
        QVERIFY(!publisher.publish(TypeId(9999), {}, {}));
        QCOMPARE(publisher.refused(), std::uint64_t{2});
        QCOMPARE(publisher.published(), std::uint64_t{0});
        QVERIFY(f.sink.events.empty());
        log->flush();
        QFile file(directory.filePath("muster.log"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("agent.ready has no field \"colour\""));
    }
    void withoutChecksOnlyAnUnknownTypeIsRefused()
    {
        Fixture f;
        auto publisher = f.publisher(false);
        QVERIFY(bool(publisher.publish(EventType::agentReady, {}, {{"colour", "red"}})));
        QVERIFY(!publisher.publish(TypeId(9999), {}, {}));
        QCOMPARE(f.sink.events.size(), std::size_t{1});
        QCOMPARE(publisher.refused(), std::uint64_t{1});
    }
    void aTypeAddedAtRunTimeTakesAnyFields()
    {
        Fixture f;
        auto publisher = f.publisher();
        const TypeId type = f.types.intern("link.checked").value();
        QVERIFY(bool(publisher.publish(type, {}, {{"status", 200}})));
        QCOMPARE(f.sink.events[0]->typeName(), std::string_view("link.checked"));
    }
    void aBatchHasOneTimeAndIdsWithoutGaps()
    {
        Fixture f;
        auto publisher = f.publisher();
        const Fields one{{"count", 1}};
        const Fields wrong{{"colour", "red"}};
        const std::vector<EventDraft> drafts{{EventType::agentReady, Component::runtime, one, {}},
                                             {EventType::agentReady, Component::runtime, wrong, {}},
                                             {EventType::agentEnded, Component::runtime, {}, {}}};
        QVERIFY(publisher.publishBatch(drafts) == (EventId{0xabc, 1}));
        QCOMPARE(f.sink.events.size(), std::size_t{2});
        QCOMPARE(f.sink.events[0]->data().json(), std::string("{\"count\":1}"));
        QVERIFY(f.sink.events[1]->id == (EventId{0xabc, 2}));
        QCOMPARE(f.sink.events[1]->typeName(), std::string_view("agent.ended"));
        QCOMPARE(publisher.refused(), std::uint64_t{1});
        QVERIFY(!publisher.publishBatch({}));
    }
    void eventsOfABatchKeepTheirOwnDataWhateverItsSize()
    {
        Fixture f;
        auto publisher = f.publisher(false);
        const TypeId type = f.types.intern("link.checked").value();
        // Of several block sizes in turn, and some too large for any.
        std::vector<Fields> data;
        for (std::size_t i = 0; i < 300; ++i) {
            data.emplace_back().add("text", std::string((i * 37) % 1500, 'a' + char(i % 26)));
        }
        std::vector<EventDraft> drafts;
        for (std::size_t i = 0; i < data.size(); ++i) {
            drafts.push_back({i % 50 == 7 ? TypeId(9999) : type, AgentId{7, 1}, data[i], {}});
        }
        std::vector<std::size_t> refused;
        QVERIFY(publisher.publishBatch(drafts, &refused) == (EventId{0xabc, 1}));
        QVERIFY(refused == (std::vector<std::size_t>{7, 57, 107, 157, 207, 257}));
        QCOMPARE(f.sink.events.size(), std::size_t{294});
        std::size_t at = 0;
        for (std::size_t i = 0; i < drafts.size(); ++i) {
            if (i % 50 != 7) {
                const Event& event = *f.sink.events[at++];
                QCOMPARE(event.id.sequence, std::uint64_t{at});
                QCOMPARE(event.data().json(), data[i].view().json());
            }
        }
        QCOMPARE(f.pool.live(), std::uint64_t{294});
        f.sink.events.clear();
        QCOMPARE(f.pool.live(), std::uint64_t{0});
    }
    void aStepOfSeveralTypesHasOneTimeOneDataAndIdsThatFollow()
    {
        Fixture f;
        auto publisher = f.publisher();
        const EventId id =
            publisher.publishEach({EventType::agentCreated, EventType::agentReady}, AgentId{7, 1},
                                  {{"agent_type", "task"}, {"name", "t-1"}});
        QVERIFY(id == (EventId{0xabc, 1}));
        QCOMPARE(f.sink.events.size(), std::size_t{2});
        QCOMPARE(f.sink.events[0]->typeName(), std::string_view("agent.created"));
        QCOMPARE(f.sink.events[1]->typeName(), std::string_view("agent.ready"));
        QVERIFY(f.sink.events[1]->id == (EventId{0xabc, 2}));
        QCOMPARE(f.sink.events[1]->data().json(), f.sink.events[0]->data().json());
        QCOMPARE(f.sink.events[1]->data().json(),
                 std::string("{\"agent_type\":\"task\",\"name\":\"t-1\"}"));
        QVERIFY(f.sink.events[1]->mono == f.sink.events[0]->mono);
        // All or nothing.
        QVERIFY(!publisher.publishEach({EventType::agentCreated, EventType::agentReady}, {},
                                       {{"colour", "red"}}));
        QCOMPARE(f.sink.events.size(), std::size_t{2});
        QCOMPARE(publisher.refused(), std::uint64_t{1});
    }
    void eventsOfOneThreadKeepTheirOrder()
    {
        Fixture f;
        auto publisher = f.publisher(false);
        constexpr int kThreads = 4;
        constexpr int kEach = 5'000;
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&publisher, t] {
                for (int i = 0; i < kEach; ++i) {
                    publisher.publish(EventType::agentReady,
                                      AgentId{static_cast<std::uint32_t>(t), 1}, {{"count", i}});
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        std::map<std::uint32_t, std::int64_t> next;
        std::map<std::uint32_t, std::uint64_t> last;
        for (const EventPtr& event : f.sink.events) {
            const auto from = event->source.agent.slot;
            QCOMPARE(event->data().find("count")->integer(), next[from]++);
            QVERIFY(event->id.sequence > last[from]);
            last[from] = event->id.sequence;
        }
        QCOMPARE(f.sink.events.size(), std::size_t{kThreads * kEach});
        QCOMPARE(publisher.published(), std::uint64_t{kThreads * kEach});
    }
    void sourcesReadBackFromTheirText()
    {
        for (const Source& source :
             {Source(), Source(AgentId{7, 3}), Source(Component::load), Source(Component::log)}) {
            QVERIFY(parseSource(toString(source)) == std::optional(source));
        }
        QCOMPARE(toString(Source(Component::expectations)), std::string("expectations"));
        QVERIFY(!parseSource("nobody"));
        QVERIFY(!parseSource("agent:x"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::PublisherTest);
#include "publisher_test.moc"
