// SPDX-License-Identifier: Apache-2.0
#include "storage/recorder.h"

#include <algorithm>
#include <latch>
#include <thread>

#include "recording.h"

namespace muster::tests {

class RecorderTest : public QObject {
    Q_OBJECT

private slots:
    void keepsAnEventWithAllThatIsKnownOfIt()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.clock->advance(std::chrono::seconds(3));
        const EventId first =
            recording.publish(EventType::agentReady, {{"name", "indexer-1"}}, {}, AgentId{0x1a, 3});
        const EventId second =
            recording.publish(EventType::loadBurst, {{"n", 5}, {"ok", true}, {"x", 0.5}},
                              {.trace = {77}, .cause = first, .correlation = {88}, .durable = {}});
        QVERIFY(recording.close());

        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), std::size_t{2});
        QVERIFY(events[0].id == first);
        QCOMPARE(events[0].type, std::string("agent.ready"));
        QCOMPARE(events[0].source, std::string("agent:1a.3"));
        QCOMPARE(events[0].data, std::string(R"({"name":"indexer-1"})"));
        QVERIFY(events[0].at == ManualClock::kSimulationEpoch + std::chrono::seconds(3));
        QVERIFY(!events[0].durable && !events[0].cause && !events[0].trace);
        QVERIFY(events[1].id == second);
        QCOMPARE(events[1].data, std::string(R"({"n":5,"ok":true,"x":0.5})"));
        QCOMPARE(events[1].trace.value, 77U);
        QCOMPARE(events[1].correlation.value, 88U);
        QVERIFY(events[1].cause == first);
        QVERIFY(events[1].durable);
        QCOMPARE(events[1].run, RunId{1});
    }

    void whatIsOnlyReplayedIsNotStored()
    {
        Directory directory;
        Recording recording(directory.file());
        const Fields data{{"n", 1}};
        const EventDraft draft{EventType::loadBurst, Component::load, data, {}};
        recording.publisher->replay(draft, {5});
        const EventId kept = recording.publish(EventType::loadBurst);
        recording.publisher->replay(draft, {6});
        QVERIFY(recording.close());
        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), std::size_t{1});
        QVERIFY(events[0].id == kept);
        QCOMPARE(recording.recorder->status().drops.total(), std::uint64_t{0});
        QCOMPARE(recording.recorder->status().countedOnly, std::uint64_t{0});
    }

    void acknowledgesDurableEventsInOrderAndOnlyOnceTheyCanBeRead()
    {
        Directory directory;
        Recording recording(directory.file());
        std::vector<std::size_t> readable;
        std::vector<EventId> acknowledged;
        recording.recorder->onAcknowledged([&](std::span<const EventId> ids) {
            acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
            readable.push_back(allEvents(directory.file()).size());
        });
        std::vector<EventId> durable;
        for (int i = 0; i < 100; ++i) {
            recording.publish(EventType::agentReady);
            durable.push_back(recording.publish(EventType::loadBurst));
        }
        QVERIFY(recording.close());
        QVERIFY(acknowledged == durable);
        QVERIFY(!readable.empty());
        QCOMPARE(readable.back(), std::size_t{200});
    }

    void keepsResultsErrorsAndMarks()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.recorder->addResult({.at = recording.clock->wall(),
                                       .action = "digest",
                                       .agent = "a-1",
                                       .item = "/x",
                                       .data = {{"bytes", 1}}});
        recording.recorder->addError({.at = recording.clock->wall(),
                                      .action = "digest",
                                      .agent = "a-1",
                                      .item = "/y",
                                      .failureClass = "application",
                                      .code = "not_found",
                                      .message = "it vanished"});
        recording.recorder->addMark({.at = recording.clock->wall(), .kind = "load", .text = "up"});
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto info = reader->info();
        QVERIFY(info);
        QCOMPARE(info->results, 1U);
        QCOMPARE(info->errors, 1U);
        QCOMPARE(reader->marks({})->front().text, std::string("up"));
        QVERIFY(!info->live && info->notice.empty());
    }

    void recordsWhatIsKnownOfARunAtItsStartAndItsEnd()
    {
        Directory directory;
        {
            Recording recording(directory.file(),
                                [](RecorderOptions& options) { options.run.seed = 42; });
            auto live = readerOf(directory.file())->info();
            QVERIFY(live && live->live);
            QVERIFY(!live->runs.front().endedAt);
            recording.clock->advance(std::chrono::seconds(9));
            QVERIFY(recording.close(R"({"ok":1})"));
        }
        const auto info = readerOf(directory.file())->info();
        QCOMPARE(info->runs.size(), std::size_t{1});
        const StoredRun& run = info->runs.front();
        QCOMPARE(run.workload, std::string("corpus"));
        QCOMPARE(run.workloadFile, std::string("corpus.toml"));
        QCOMPARE(run.build, std::string("test"));
        QCOMPARE(run.machine, std::string("here"));
        QCOMPARE(run.seed, std::optional<std::uint64_t>(42));
        QCOMPARE(run.origin, kOrigin);
        QVERIFY(run.startedAt == ManualClock::kSimulationEpoch);
        QVERIFY(*run.endedAt - run.startedAt == Duration(std::chrono::seconds(9)));
        QCOMPARE(run.summaryJson, std::string(R"({"ok":1})"));
    }

    void underPressureOnlyWhatMayBeSampledIsThinnedAndCounted()
    {
        Directory directory;
        Recording recording(directory.file());
        const auto some = [&recording](const char* type) {
            for (int i = 0; i < 100; ++i) {
                recording.publish(type);
            }
        };
        recording.recorder->keepOneOf(4);
        some("thing.happened");
        some("agent.noted");  // of a thing whose every change is history
        for (int i = 0; i < 100; ++i) {
            recording.publish(EventType::loadPaused);  // durable
        }
        recording.flush();
        QCOMPARE(recording.recorder->status().thinned, std::uint64_t{75});
        QCOMPARE(recording.recorder->status().stored, std::uint64_t{225});
        recording.recorder->keepOneOf(0);
        some("thing.happened");
        some("agent.noted");
        recording.flush();
        QCOMPARE(recording.recorder->status().thinned, std::uint64_t{175});
        QCOMPARE(recording.recorder->status().countedOnly, std::uint64_t{175});
        QCOMPARE(recording.recorder->status().stored, std::uint64_t{325});
        recording.recorder->keepOneOf(1);
        some("thing.happened");
        recording.flush();
        QCOMPARE(recording.recorder->status().thinned, std::uint64_t{175});
        QCOMPARE(recording.recorder->status().drops.total(), std::uint64_t{0});
    }
    void aClockPutAheadByYearsDeletesNothing()
    {
        Directory directory;
        Recording recording(directory.file());
        recording.publish("thing.happened");
        recording.flush();
        recording.clock->setWall(recording.clock->wall() + std::chrono::hours(24 * 3650));
        recording.recorder->maintain();
        recording.publish("thing.happened");
        recording.flush();
        recording.recorder->maintain();
        QVERIFY(recording.close().ok());
        const auto reader = readerOf(directory.file());
        QCOMPARE(allEvents(*reader).size(), std::size_t{2});
    }
    void appendsAnotherRunToAnExistingSession()
    {
        Directory directory;
        for (std::uint64_t origin : {1U, 2U, 3U}) {
            Recording recording(directory.file(), [origin](RecorderOptions& options) {
                options.run.origin = origin;
            });
            QCOMPARE(recording.recorder->run(), RunId{static_cast<std::uint32_t>(origin)});
            recording.publish(EventType::agentReady);
            QVERIFY(recording.close());
        }
        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), std::size_t{3});
        QVERIFY(events[2].id == (EventId{3, 1}));
        QCOMPARE(events[2].run, RunId{3});
        StoredEventQuery second;
        second.run = RunId{2};
        QCOMPARE(allEvents(*readerOf(directory.file()), second).size(), std::size_t{1});
    }

    void keepsTheOrderOfEachThreadThatPublishes()
    {
        constexpr int kThreads = 4;
        constexpr int kEach = 5'000;
        Directory directory;
        Recording recording(directory.file());
        const TypeId type = recording.types.intern("work.done").value();
        std::latch start(kThreads);
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&, thread] {
                start.arrive_and_wait();
                for (int i = 0; i < kEach; ++i) {
                    recording.publish(type, {{"thread", thread}, {"i", i}});
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(recording.close());
        std::vector<std::int64_t> last(kThreads, -1);
        const auto events = allEvents(directory.file());
        QCOMPARE(events.size(), std::size_t{kThreads * kEach});
        for (const StoredEvent& event : events) {
            int thread = 0;
            int i = 0;
            QCOMPARE(std::sscanf(event.data.c_str(), R"({"thread":%d,"i":%d})", &thread, &i), 2);
            QCOMPARE(std::int64_t{i}, last[static_cast<std::size_t>(thread)] + 1);
            last[static_cast<std::size_t>(thread)] = i;
        }
    }

    void saysHowMuchWasStored()
    {
        Directory directory;
        Recording recording(directory.file());
        for (int i = 0; i < 10; ++i) {
            recording.publish(EventType::agentReady);
        }
        recording.flush();
        const RecorderStatus status = recording.recorder->status();
        QVERIFY(status.recording);
        QCOMPARE(status.stored, 10U);
        QCOMPARE(status.waiting, 0U);
        QCOMPARE(status.failedWrites, 0U);
        QVERIFY(status.bytes > 0);
        QCOMPARE(status.file, canonicalSessionPath(directory.file()));
        QVERIFY(status.problem.empty());
    }

    void leavesOneFileWhenItIsClosed()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            recording.publish(EventType::agentReady);
            QVERIFY(recording.close());
        }
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            names.push_back(entry.path().filename());
        }
        QCOMPARE(names, std::vector<std::string>{"session.db"});
        QVERIFY(sessionState(directory.file()).value() == SessionState::closed);
    }

    void countsWhatComesAfterTheEnd()
    {
        Directory directory;
        Recording recording(directory.file());
        QVERIFY(recording.close());
        QVERIFY(recording.close());
        recording.publish(EventType::agentReady);
        recording.recorder->addMark({.at = {}, .kind = "run", .text = "late"});
        QCOMPARE(recording.recorder->status().drops.afterClose, 2U);
        QCOMPARE(recording.recorder->captureCounts().front().shed, 1U);
        QVERIFY(!recording.recorder->status().recording);
    }

    void leavesARunThatWasNotClosedRecognisable()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            recording.publish(EventType::agentReady);
            QVERIFY(sessionState(directory.file()).value() == SessionState::live);
        }
        QVERIFY(sessionState(directory.file()).value() == SessionState::unclosed);
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{1});
        {
            Recording again(directory.file());
            QVERIFY(again.close());
        }
        QVERIFY(sessionState(directory.file()).value() == SessionState::closed);
    }

    void leavesOutARecordThatIsTooLargeAndGoesOn()
    {
        Directory directory;
        Recording recording(directory.file());
        const std::string large(17 * 1024 * 1024, 'x');
        recording.publish(EventType::loadBurst, {{"text", large}});
        const EventId kept = recording.publish(EventType::loadBurst, {{"text", "small"}});
        recording.flush();
        QVERIFY(recording.ledger.ids() == std::vector<EventId>{kept});
        QCOMPARE(recording.recorder->status().drops.unwritable, 1U);
        QCOMPARE(recording.recorder->status().stored, 1U);
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(allEvents(*reader).size(), std::size_t{1});
        QVERIFY(reader->notice().empty());
    }

    void readsWhileItWrites()
    {
        Directory directory;
        Recording recording(directory.file());
        const TypeId type = recording.types.intern("work.done").value();
        std::atomic<bool> stop{false};
        std::thread writer([&] {
            for (int i = 0; i < 30'000 && !stop; ++i) {
                recording.publish(type, {{"text", "some more"}});
                recording.recorder->addResult({.at = {},
                                               .action = "digest",
                                               .agent = "a",
                                               .item = "i",
                                               .data = {{"bytes", 1}}});
                if (recording.recorder->behind()) {
                    std::this_thread::yield();
                }
            }
        });
        auto reader = readerOf(directory.file());
        std::size_t last = 0;
        for (int round = 0; round < 50; ++round) {
            const auto events = allEvents(*reader);
            QVERIFY(events.size() >= last);
            last = events.size();
            for (std::size_t i = 0; i < events.size(); ++i) {
                QCOMPARE(events[i].position, static_cast<std::int64_t>(i) + 1);
            }
        }
        stop = true;
        writer.join();
        QVERIFY(recording.close());
        QVERIFY(reader->notice().empty());
        QCOMPARE(allEvents(*reader).size(), recording.recorder->status().stored);
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::RecorderTest);
#include "recorder_test.moc"
