// SPDX-License-Identifier: Apache-2.0
#include "storage/stream.h"

#include <array>
#include <map>
#include <thread>

#include "base/rng.h"
#include "recording.h"

namespace muster::tests {

namespace {

constexpr std::uint64_t kCaller = 0xca11;

StreamEvent placed(std::uint64_t id, const char* type = "order.placed")
{
    return {.id = {kCaller, id},
            .type = type,
            .source = "shop",
            .data = {{"number", id}},
            .at = {static_cast<std::int64_t>(id) * 1'000}};
}

std::vector<StreamEvent> events(std::initializer_list<std::uint64_t> ids)
{
    std::vector<StreamEvent> all;
    for (const std::uint64_t id : ids) {
        all.push_back(placed(id));
    }
    return all;
}

Result<StreamAppended> append(Recorder& recorder, const std::string& stream,
                              ExpectedVersion expected, std::vector<StreamEvent> what)
{
    auto answer = recorder.append({stream, expected, std::move(what)});
    if (answer.wait_for(kSoon) != std::future_status::ready) {
        qFatal("no answer");
    }
    return answer.get();
}

bool operator==(const Result<StreamAppended>& answer, const StreamAppended& wanted)
{
    return answer.ok() && answer.value() == wanted;
}

/// The numbers of a stream's events, as its data has them.
std::vector<std::uint64_t> numbers(const StreamPage& page)
{
    std::vector<std::uint64_t> all;
    for (const StreamRow& row : page.rows) {
        all.push_back(row.event.id.sequence);
    }
    return all;
}

using Numbers = std::vector<std::uint64_t>;

const auto kAny = ExpectedVersion::any();

}  // namespace

class StreamTest : public QObject {
    Q_OBJECT

private slots:
    void givesVersionsInOrderAndReadsThemBothWays()
    {
        Directory directory;
        Recording recording(directory.file());
        auto& recorder = *recording.recorder;
        QVERIFY(append(recorder, "order-1", ExpectedVersion::none(), events({1, 2})) ==
                (StreamAppended{0, 1, false}));
        QVERIFY(append(recorder, "order-2", kAny, events({3})) == (StreamAppended{0, 0, false}));
        recording.publish(EventType::agentReady);
        QVERIFY(append(recorder, "order-1", ExpectedVersion::exactly(1), events({4, 5, 6})) ==
                (StreamAppended{2, 4, false}));
        QVERIFY(append(recorder, "order-1", ExpectedVersion::exists(), events({7})) ==
                (StreamAppended{5, 5, false}));
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        auto page = reader->stream({.stream = "order-1"}).value();
        QCOMPARE(numbers(page), (Numbers{1, 2, 4, 5, 6, 7}));
        QCOMPARE(page.version, 5U);
        QVERIFY(!page.more);
        QCOMPARE(page.rows[2].version, 2U);
        QCOMPARE(page.rows[2].event.type, std::string("order.placed"));
        QCOMPARE(page.rows[2].event.data, std::string("{\"number\":4}"));
        QCOMPARE(page.rows[2].event.source, std::string("shop"));
        QVERIFY(page.rows[2].event.durable);
        page = reader->stream({.stream = "order-1", .from = 3, .limit = 2}).value();
        QCOMPARE(numbers(page), (Numbers{5, 6}));
        QVERIFY(page.more);
        page = reader->stream({.stream = "order-1", .from = 1, .backwards = true}).value();
        QCOMPARE(numbers(page), (Numbers{2, 1}));
        page = reader->stream({.stream = "order-1", .from = {}, .backwards = true, .limit = 1})
                   .value();
        QCOMPARE(numbers(page), (Numbers{7}));
        QVERIFY(page.more);
        QVERIFY(reader->stream({.stream = "order-1", .from = 99}).value().rows.empty());
        QCOMPARE(allEvents(*reader).size(), std::size_t{8});
        const auto gone = reader->stream({.stream = "order-3"});
        QVERIFY(!gone && gone.error().code == ErrorCode::notFound);
        const auto streams = reader->streams().value();
        QCOMPARE(streams.size(), std::size_t{2});
        QCOMPARE(streams[0].name, std::string("order-1"));
        QCOMPARE(streams[0].version, 5U);
        QCOMPARE(reader->streams("order-1").value().size(), std::size_t{1});
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
    }

    void saysWhatWasExpectedAndWhatIs_data()
    {
        QTest::addColumn<int>("expected");
        QTest::addColumn<QString>("stream");
        QTest::addColumn<QString>("message");
        QTest::newRow("no stream") << -1 << "order-1"
                                   << "no stream was expected, the stream is "
                                      "at version 1";
        QTest::newRow("a stream") << -2 << "order-2"
                                  << "that the stream exists was expected, "
                                     "there is no such stream";
        QTest::newRow("older") << 0 << "order-1"
                               << "version 0 was expected, the stream is at "
                                  "version 1";
        QTest::newRow("newer") << 2 << "order-1"
                               << "version 2 was expected, the stream is at "
                                  "version 1";
        QTest::newRow("of none") << 0 << "order-2"
                                 << "version 0 was expected, there is no such "
                                    "stream";
    }
    void saysWhatWasExpectedAndWhatIs()
    {
        QFETCH(int, expected);
        QFETCH(QString, stream);
        QFETCH(QString, message);
        Directory directory;
        Recording recording(directory.file());
        QVERIFY(append(*recording.recorder, "order-1", kAny, events({1, 2})));
        const auto version = expected == -1 ? ExpectedVersion::none()
                             : expected == -2
                                 ? ExpectedVersion::exists()
                                 : ExpectedVersion::exactly(static_cast<std::uint64_t>(expected));
        const auto answer = append(*recording.recorder, stream.toStdString(), version, events({3}));
        QVERIFY(!answer);
        QVERIFY(answer.error().code == ErrorCode::conflict);
        QCOMPARE(QString::fromStdString(answer.error().message), message);
        QCOMPARE(QString::fromStdString(answer.error().where), "stream " + stream);
        QVERIFY(recording.close());
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{2});
    }

    void writesTheSameEventsOnce()
    {
        Directory directory;
        {
            Recording recording(directory.file());
            auto& recorder = *recording.recorder;
            QVERIFY(append(recorder, "order-1", ExpectedVersion::none(), events({1, 2})));
            QVERIFY(append(recorder, "order-1", kAny, events({3})));
            QVERIFY(append(recorder, "order-1", ExpectedVersion::none(), events({1, 2})) ==
                    (StreamAppended{0, 1, true}));
            const auto part = append(recorder, "order-1", kAny, events({3, 4}));
            QVERIFY(!part && part.error().code == ErrorCode::conflict);
            QCOMPARE(part.error().message,
                     "1 of the 2 events are in the session already, among them " +
                         toString(EventId{kCaller, 3}));
            QVERIFY(!append(recorder, "order-1", kAny, events({2, 1})));
            QVERIFY(!append(recorder, "order-2", kAny, events({1, 2})));
            QVERIFY(recording.close());
        }
        Recording again(directory.file());
        QVERIFY(append(*again.recorder, "order-1", kAny, events({2, 3})) ==
                (StreamAppended{1, 2, true}));
        QVERIFY(append(*again.recorder, "order-1", ExpectedVersion::exactly(2), events({4})) ==
                (StreamAppended{3, 3, false}));
        QVERIFY(again.close());
        auto reader = readerOf(directory.file());
        QCOMPARE(numbers(reader->stream({.stream = "order-1"}).value()), (Numbers{1, 2, 3, 4}));
        QCOMPARE(allEvents(*reader).size(), std::size_t{4});
        QCOMPARE(reader->streams().value().size(), std::size_t{1});
    }

    void refusesWhatCannotBeAppended()
    {
        Directory directory;
        Recording recording(directory.file());
        auto& recorder = *recording.recorder;
        const auto refused = [&](const std::string& stream, std::vector<StreamEvent> what) {
            const auto answer = append(recorder, stream, kAny, std::move(what));
            return !answer && answer.error().code == ErrorCode::invalidArgument;
        };
        QVERIFY(refused("", events({1})));
        QVERIFY(refused("a\xff", events({1})));
        QVERIFY(refused("a", {}));
        QVERIFY(refused("a", events({1, 1})));
        QVERIFY(refused("a", events({0})));
        QVERIFY(refused("a", {placed(1, "order.*")}));
        QVERIFY(refused("a", {placed(1, "")}));
        StreamEvent large = placed(1);
        large.data.add("text", std::string(StreamAppend::kLargestEvent, 'x'));
        QVERIFY(refused("a", {placed(2), large}));
        QVERIFY(recording.close());
        QVERIFY(allEvents(directory.file()).empty());
        const auto late = append(recorder, "a", kAny, events({1}));
        QVERIFY(!late && late.error().code == ErrorCode::unavailable);
    }

    void answersOnlyAfterTheSyncedCommit()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        faults.arm("storage.commit", {ErrorCode::ioFailure, "the sync failed", {}, {}});
        const auto answer =
            append(*recording.recorder, "order-1", ExpectedVersion::none(), events({1, 2}));
        QVERIFY(answer == (StreamAppended{0, 1, false}));
        QVERIFY(recording.recorder->status().failedWrites >= 1);
        // What is answered is there for who reads now.
        auto reader = readerOf(directory.file());
        QCOMPARE(numbers(reader->stream({.stream = "order-1"}).value()), (Numbers{1, 2}));
        QVERIFY(recording.close());
    }

    void writesNothingOfAnAppendThatFails()
    {
        Directory directory;
        FaultPoints faults;
        Recording recording(directory.file(),
                            [&](RecorderOptions& options) { options.faults = &faults; });
        QVERIFY(append(*recording.recorder, "order-1", kAny, events({1})));
        faults.arm("storage.commit", {ErrorCode::ioFailure, "the disk is gone", {}, {}}, 1, 1'000);
        auto answer = recording.recorder->append({"order-1", kAny, events({2, 3})});
        const auto closed = recording.recorder->close({.endedAt = {}, .summaryJson = {}},
                                                      std::chrono::milliseconds(200));
        QVERIFY(!closed);
        QVERIFY(answer.wait_for(kSoon) == std::future_status::ready);
        QVERIFY(!answer.get());
        auto reader = readerOf(directory.file());
        QCOMPARE(numbers(reader->stream({.stream = "order-1"}).value()), (Numbers{1}));
        QVERIFY(!reader->damaged());
    }

    void ofManyWhoExpectTheSameVersionOneIsFirst()
    {
        Directory directory;
        Recording recording(directory.file());
        constexpr std::uint64_t kThreads = 4;
        constexpr std::uint64_t kRounds = 25;
        std::array<std::uint64_t, kThreads> won{};
        std::vector<std::thread> threads;
        for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&, thread] {
                for (std::uint64_t round = 0; round < kRounds; ++round) {
                    const auto expected =
                        round == 0 ? ExpectedVersion::none() : ExpectedVersion::exactly(round - 1);
                    auto answer =
                        recording.recorder
                            ->append({"race", expected, events({1 + thread * kRounds + round})})
                            .get();
                    // Who is refused goes on: another has made this step.
                    won[thread] += answer.ok() ? 1 : 0;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(recording.close());
        const auto page = readerOf(directory.file())->stream({.stream = "race"}).value();
        QCOMPARE(page.rows.size(), std::size_t{kRounds});
        QCOMPARE(won[0] + won[1] + won[2] + won[3], kRounds);
        for (std::uint64_t i = 0; i < kRounds; ++i) {
            QCOMPARE(page.rows[i].version, i);
        }
    }

    void doesAsAModelOfIt()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.durableWindow = std::chrono::microseconds(100);
        });
        Rng rng(5);
        std::map<std::string, Numbers> model;
        std::map<std::uint64_t, std::string> where;
        std::vector<std::future<Result<StreamAppended>>> answers;
        std::vector<std::optional<StreamAppended>> wanted;
        for (int round = 0; round < 600; ++round) {
            const std::string stream = "s-" + std::to_string(rng.below(5));
            Numbers& held = model[stream];
            Numbers ids;
            for (std::uint64_t i = 0, first = 1 + rng.below(700), n = 1 + rng.below(4); i < n;
                 ++i) {
                ids.push_back(first + i);
            }
            const std::uint64_t kind = rng.below(4);
            const std::uint64_t guess = held.size() + rng.below(2) - 1;
            const auto expected = kind == 0   ? ExpectedVersion::none()
                                  : kind == 1 ? ExpectedVersion::exists()
                                  : kind == 2 ? ExpectedVersion::exactly(guess)
                                              : kAny;
            const bool holds = kind == 0   ? held.empty()
                               : kind == 1 ? !held.empty()
                               : kind == 2 ? !held.empty() && guess == held.size() - 1
                                           : true;
            const auto found = static_cast<std::size_t>(
                std::ranges::count_if(ids, [&](auto id) { return where.contains(id); }));
            const auto at = std::ranges::search(held, ids).begin();
            std::optional<StreamAppended> answer;
            if (found == ids.size() && at != held.end()) {
                const auto first = static_cast<std::uint64_t>(at - held.begin());
                answer = StreamAppended{first, first + ids.size() - 1, true};
            } else if (found == 0 && holds) {
                answer = StreamAppended{held.size(), held.size() + ids.size() - 1, false};
                held.insert(held.end(), ids.begin(), ids.end());
                for (const auto id : ids) {
                    where[id] = stream;
                }
            }
            std::vector<StreamEvent> what;
            for (const auto id : ids) {
                what.push_back(placed(id));
            }
            answers.push_back(recording.recorder->append({stream, expected, std::move(what)}));
            wanted.push_back(answer);
            if (rng.below(10) == 0) {
                recording.flush();
            }
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto answer = answers[i].get();
            QCOMPARE(answer.ok(), wanted[i].has_value());
            QVERIFY(!answer || *answer == *wanted[i]);
            QVERIFY(answer || answer.error().code == ErrorCode::conflict);
        }
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        for (const auto& [stream, ids] : model) {
            if (!ids.empty()) {
                QCOMPARE(numbers(reader->stream({.stream = stream, .limit = 0}).value()), ids);
            }
        }
        QVERIFY(!reader->damaged());
    }

    void losesWithItsOldestEventsWhatIsKnownOfThem()
    {
        Directory directory;
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {.age = std::chrono::hours(1),
                                 .quotaBytes = {},
                                 .freeDiskFloor = {},
                                 .freeDisk = {}};
        });
        const auto at = [&](std::uint64_t id) {
            StreamEvent one = placed(id);
            one.at = recording.clock->wall();
            return std::vector{one};
        };
        QVERIFY(append(*recording.recorder, "order-1", kAny, at(1)));
        const TypeId type = recording.types.intern("work.done").value();
        for (int i = 0; i < 5'000; ++i) {
            recording.publish(type);
        }
        recording.flush();
        recording.clock->advance(std::chrono::hours(2));
        QVERIFY(append(*recording.recorder, "order-1", kAny, at(2)));
        recording.recorder->maintain();
        for (int i = 0; i < 6; ++i) {
            recording.publish(type);
            recording.flush();
        }
        QVERIFY(append(*recording.recorder, "order-1", ExpectedVersion::exactly(1), at(3)));
        QVERIFY(recording.close());
        auto reader = readerOf(directory.file());
        const auto page = reader->stream({.stream = "order-1"}).value();
        QCOMPARE(numbers(page), (Numbers{2, 3}));
        QCOMPARE(page.rows.front().version, 1U);
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::StreamTest);
#include "stream_test.moc"
