// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "base/thread.h"
#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "runtime/sample_agents.h"
#include "support/test_case.h"

namespace muster {

using namespace tests;

namespace {

using Named = std::pair<AgentId, std::string>;

std::vector<AgentId> where(TestRuntime& runtime, std::string_view condition)
{
    return runtime->directory().query({parseAgentCondition(condition).value()}).value();
}

/// Calls itself something while it begins, and refuses to live when told so.
class SelfNamed : public Agent<SelfNamed, Handles<Tick>> {
public:
    explicit SelfNamed(bool lives) : m_lives(lives) {}
    Result<void> init()
    {
        static_cast<void>(runtime().registerName(self(), "self-1"));
        static_cast<void>(runtime().update(self(), {.attributes = {{"zone", "eu"}}}));
        return m_lives ? Result<void>()
                       : Result<void>(Error{ErrorCode::unavailable, "not today", "", ""});
    }
    void handle(const Tick&) {}

private:
    bool m_lives;
};

}  // namespace

class EntriesTest : public QObject {
    Q_OBJECT
private slots:
    void aLivingAgentGetsANameAndLosesIt()
    {
        TestRuntime runtime;
        const AgentId one = runtime->create<Adder>({}).value();
        const AgentId two = runtime->create<Adder>({.name = "two"}).value();
        QVERIFY(runtime->registerName(one, "one-1").ok());
        SAME(runtime->directory().find("one-1"), one);
        QCOMPARE(runtime->directory().nameOf(one), std::string("one-1"));
        QVERIFY(runtime.events().last("agent.registered").find("\"name\":\"one-1\"") !=
                std::string::npos);
        SAME(runtime->registerName(one, "other").error().code, ErrorCode::conflict);
        SAME(runtime->registerName(two, "one-1").error().code, ErrorCode::conflict);
        SAME(runtime->create<Adder>({.name = "one-1"}).error().code, ErrorCode::alreadyExists);
        QVERIFY(runtime->unregisterName(two).ok());
        SAME(runtime->registerName(two, "one-1").error().code, ErrorCode::alreadyExists);
        SAME(runtime->registerName(two, "").error().code, ErrorCode::invalidArgument);
        SAME(runtime->unregisterName(two).error().code, ErrorCode::conflict);
        QVERIFY(!runtime->directory().find("two"));
        QVERIFY(runtime.events().last("agent.unregistered").find("\"name\":\"two\"") !=
                std::string::npos);
        QVERIFY(runtime->stop(one).ok());
        runtime.settle();
        QVERIFY(!runtime->directory().find("one-1"));
        SAME(runtime->registerName(one, "late").error().code, ErrorCode::notFound);
        SAME(runtime->unregisterName(one).error().code, ErrorCode::notFound);
        QVERIFY(runtime->registerName(two, "one-1").ok());
        QCOMPARE(runtime.refusedEvents(), std::uint64_t{0});
    }
    void namesAreGivenAndTakenInBulkAgentByAgentAsOneEvent()
    {
        TestRuntime runtime;
        const auto made = runtime->createMany<Adder>(1000, {}).value();
        const AgentId taken = runtime->create<Adder>({.name = "n-500"}).value();
        std::vector<Named> names;
        for (std::size_t i = 0; i < made.ids.size(); ++i) {
            names.emplace_back(made.ids[i], "n-" + std::to_string(i));
        }
        names[0].second = "";
        names[7].second = "n-6";  // as the one before
        QVERIFY(runtime->stop(made.ids[900]).ok());
        runtime.settle();
        const BulkDone given = runtime->registerMany(names);
        QCOMPARE(given.done, std::uint64_t{996});
        std::vector<std::pair<std::uint64_t, ErrorCode>> failures;
        for (const BulkFailure& failure : given.failures) {
            failures.emplace_back(failure.index, failure.error.code);
        }
        SAME(failures,
             (std::vector<std::pair<std::uint64_t, ErrorCode>>{{0, ErrorCode::invalidArgument},
                                                               {7, ErrorCode::alreadyExists},
                                                               {500, ErrorCode::alreadyExists},
                                                               {900, ErrorCode::notFound}}));
        SAME(runtime->directory().find("n-6"), made.ids[6]);
        SAME(runtime->directory().find("n-500"), taken);
        SAME(runtime->directory().find("n-999"), made.ids[999]);
        QCOMPARE(runtime.events().count("agent.registered"), 1);
        QVERIFY(runtime.events().last("agent.registered").find("\"count\":996") !=
                std::string::npos);
        QVERIFY(runtime.events().last("agent.registered").find(toString(made.ids[1])) !=
                std::string::npos);
        const BulkDone lost = runtime->unregisterMany(made.ids);
        QCOMPARE(lost.done, std::uint64_t{996});
        QCOMPARE(lost.failures.size(), std::size_t{4});
        SAME(lost.failures[0].error.code, ErrorCode::conflict);
        SAME(lost.failures[3].error.code, ErrorCode::notFound);
        QVERIFY(!runtime->directory().find("n-6"));
        SAME(runtime->directory().find("n-500"), taken);
        QCOMPARE(runtime.refusedEvents(), std::uint64_t{0});
    }
    void aNameGivenLaterDoesNotConfuseARestartOfOneMadeInBulk()
    {
        TestRuntime runtime;
        std::vector<std::uint64_t> indexes;
        const auto made = runtime
                              ->createMany<Adder>(4, {},
                                                  [&indexes](std::uint64_t index) {
                                                      indexes.push_back(index);
                                                      return Adder();
                                                  })
                              .value();
        QVERIFY(runtime->registerName(made.ids[2], "w-77").ok());
        QCOMPARE(runtime->directory().nameOf(made.ids[2]), std::string("w-77"));
        SAME(runtime->directory().find("w-77"), made.ids[2]);
        QVERIFY(!runtime->directory().find("w-772"));
        for (const char* name : {"7", "07", "w-077", "w-0", "4294967296", "w-1234567890",
                                 "a name of more than sixteen letters-12", "x"}) {
            QVERIFY(runtime->registerName(made.ids[1], name).ok());
            SAME(runtime->directory().find(name), made.ids[1]);
            QCOMPARE(runtime->directory().nameOf(made.ids[1]), std::string(name));
            QVERIFY(runtime->unregisterName(made.ids[1]).ok());
            QVERIFY(!runtime->directory().find(name));
        }
        QVERIFY(runtime->restart(made.ids[2]).ok());
        runtime.settle();
        SAME(indexes, (std::vector<std::uint64_t>{0, 1, 2, 3, 2}));
        SAME(runtime->directory().find("w-77"), made.ids[2]);
        QVERIFY(runtime->unregisterName(made.ids[2]).ok());
        QVERIFY(!runtime->directory().find("w-77"));
    }
    void attributesAndCapabilitiesChangeWhileAnAgentLives()
    {
        TestRuntime runtime;
        CreateOptions options;
        options.name = "a";
        options.capabilities = {"text", "pdf"};
        options.attributes = {{"zone", "eu"}, {"team", "x"}};
        const AgentId a = runtime->create<Adder>(options).value();
        options.name = "b";
        const AgentId b = runtime->create<Adder>(options).value();
        const AgentId c = runtime->create<Adder>({}).value();
        QVERIFY(runtime
                    ->update(a, {.attributes = {{"zone", "us"}, {"rack", "7"}},
                                 .withoutAttributes = {"team"},
                                 .capabilities = {"image", "text"},
                                 .withoutCapabilities = {"pdf"}})
                    .ok());
        const DirectoryDetail detail = runtime->directory().detail(a).value();
        SAME(detail.capabilities, (std::vector<std::string>{"text", "image"}));
        SAME(detail.attributes,
             (std::vector<std::pair<std::string, std::string>>{{"zone", "us"}, {"rack", "7"}}));
        // The other one of its making is as it was.
        SAME(runtime->directory().detail(b).value().attributes, options.attributes);
        SAME(where(runtime, "attr.zone = us"), std::vector<AgentId>{a});
        SAME(where(runtime, "attr.team = x"), std::vector<AgentId>{b});
        SAME(runtime->directory().byCapability("pdf"), std::vector<AgentId>{b});
        SAME(runtime->directory().byCapability("text"), (std::vector<AgentId>{a, b}));
        QVERIFY(runtime->update(c, {.capabilities = {"text"}}).ok());
        SAME(runtime->directory().byCapability("text"), (std::vector<AgentId>{a, b, c}));
        QVERIFY(runtime.events().last("agent.updated").find("\"change\":\"+text\"") !=
                std::string::npos);
        // A restart keeps them, an end takes them along.
        QVERIFY(runtime->restart(a).ok());
        runtime.settle();
        SAME(where(runtime, "attr.rack = 7"), std::vector<AgentId>{a});
        QVERIFY(runtime->stop(a).ok());
        runtime.settle();
        SAME(runtime->update(a, {.capabilities = {"text"}}).error().code, ErrorCode::notFound);
        const AgentId next = runtime->create<Adder>({}).value();
        QCOMPARE(next.slot, a.slot);
        QVERIFY(runtime->directory().detail(next).value().attributes.empty());
        SAME(runtime->directory().byCapability("text"), (std::vector<AgentId>{b, c}));
        QCOMPARE(runtime.refusedEvents(), std::uint64_t{0});
    }
    void manyAreUpdatedAgentByAgentAsOneEvent()
    {
        TestRuntime runtime;
        CreateOptions east;
        east.attributes = {{"zone", "east"}};
        CreateOptions west;
        west.attributes = {{"zone", "west"}, {"row", "2"}};
        auto ids = runtime->createMany<Adder>(1500, east).value().ids;
        const auto more = runtime->createMany<Adder>(1500, west).value().ids;
        ids.insert(ids.end(), more.begin(), more.end());
        QVERIFY(runtime->stop(ids[0]).ok());
        runtime.settle();
        const BulkDone done = runtime->updateMany(ids, {.attributes = {{"state", "draining"}}});
        QCOMPARE(done.done, std::uint64_t{2999});
        QCOMPARE(done.failures.size(), std::size_t{1});
        QCOMPARE(done.failures[0].index, std::uint64_t{0});
        SAME(done.failures[0].error.code, ErrorCode::notFound);
        QCOMPARE(where(runtime, "attr.state = draining").size(), std::size_t{2999});
        QCOMPARE(where(runtime, "attr.zone = east").size(), std::size_t{1499});
        QCOMPARE(where(runtime, "attr.row = 2").size(), std::size_t{1500});
        QCOMPARE(runtime.events().count("agent.updated"), 1);
        QVERIFY(runtime.events().last("agent.updated").find("\"count\":2999") != std::string::npos);
        // Again, from what they became.
        QCOMPARE(runtime->updateMany(ids, {.withoutAttributes = {"state"}}).done,
                 std::uint64_t{2999});
        QVERIFY(where(runtime, "attr.state = draining").empty());
        QCOMPARE(where(runtime, "attr.zone = west").size(), std::size_t{1500});
        QCOMPARE(runtime->stopMany(ids).done, std::uint64_t{2999});
        runtime.settle();
        QVERIFY(where(runtime, "attr.zone = west").empty());
    }
    void agentsOfDifferentMakingMayBeUpdatedInAnyOrder()
    {
        TestRuntime runtime;
        const auto east = runtime->createMany<Adder>(600, {.attributes = {{"zone", "east"}}});
        const auto west = runtime->createMany<Adder>(600, {.attributes = {{"zone", "west"}}});
        std::vector<AgentId> ids;
        for (std::size_t i = 0; i < 600; ++i) {
            ids.push_back(east.value().ids[i]);
            ids.push_back(west.value().ids[i]);
        }
        // One by one made alike what the call over all finds unlike, and the other way round.
        for (std::size_t i = 0; i < 1200; i += 3) {
            QVERIFY(runtime->update(ids[i], {.attributes = {{"state", "idle"}}}).ok());
        }
        QCOMPARE(runtime->updateMany(ids, {.attributes = {{"state", "busy"}}}).done,
                 std::uint64_t{1200});
        QCOMPARE(where(runtime, "attr.state = busy").size(), std::size_t{1200});
        SAME(where(runtime, "attr.zone = east"), east.value().ids);
        // One that is given twice changes once; the last use of what was goes with it.
        ids.push_back(ids.front());
        QCOMPARE(runtime->updateMany(ids, {.withoutAttributes = {"state", "zone"}}).done,
                 std::uint64_t{1201});
        QVERIFY(runtime->directory().detail(ids[0]).value().attributes.empty());
        QVERIFY(runtime->directory().detail(ids[1199]).value().attributes.empty());
    }
    void aNameIsNeverMadeOfTwo()
    {
        TestRuntime runtime({.workers = 1});
        const AgentId id = runtime->createMany<Adder>(1, {}).value().ids.front();
        std::atomic<bool> stop{false};
        NamedThread renamer("rename", [&] {
            for (int i = 0; i < 20'000; ++i) {
                static_cast<void>(runtime->registerName(id, i % 2 == 0 ? "a-1" : "b-2"));
                static_cast<void>(runtime->unregisterName(id));
            }
            stop = true;
        });
        std::set<std::string> seen;
        while (!stop) {
            seen.insert(runtime->directory().nameOf(id));
        }
        renamer.join();
        for (const char* name : {"adder.0.1", "a-1", "b-2"}) {
            seen.erase(name);
        }
        QVERIFY2(seen.empty(), seen.empty() ? "" : seen.begin()->c_str());
    }
    void everySpellingIsANameOfItsOwn()
    {
        // Numbers of each length at the end of names of each length, with and without zeros before
        // them, and the neighbours of the digits.
        std::set<std::string> texts;
        for (std::size_t letters = 0; letters <= 17; ++letters) {
            for (const char* number :
                 {"0", "7", "07", "10", "123", "1230", "12345", "1234567", "12345678", "02345678",
                  "123456789", "1234567890", "4294967296", "/1", ":1", "1/", "1:", "1\xff",
                  "\xb1"
                  "1"}) {
                texts.insert(std::string(letters, 'x') + number);
            }
        }
        TestRuntime runtime;
        const auto ids = runtime->createMany<Adder>(texts.size(), {}).value().ids;
        std::vector<Named> names;
        for (const std::string& text : texts) {
            names.emplace_back(ids[names.size()], text);
        }
        SAME(runtime->registerMany(names).done, std::uint64_t{texts.size()});
        for (const auto& [id, text] : names) {
            SAME(runtime->directory().find(text), id);
            SAME(runtime->directory().nameOf(id), text);
        }
    }
    void namesMadeInBulkAreFoundWhateverTheirStemEndsWith()
    {
        for (const char* stem :
             {"w", "w-", "w1", "w10", "w-0", "a-longer-stem", "a-longer-stem-9"}) {
            TestRuntime runtime;
            const auto ids = runtime->createMany<Adder>(120, {.name = stem}).value().ids;
            for (const AgentId id : ids) {
                const std::string name = runtime->directory().nameOf(id);
                QVERIFY2(name.starts_with(stem), name.c_str());
                SAME(runtime->directory().find(name), id);
                QVERIFY(!runtime->registerName(runtime->create<Adder>({}).value(), name).ok());
                QVERIFY(!runtime->directory().find(name + "0000"));
            }
        }
    }
    void namesThatComeAndGoDoNotFillTheTable()
    {
        TestRuntime runtime;
        const AgentId stays = runtime->create<Adder>({.name = "stays"}).value();
        const auto ids = runtime->createMany<Adder>(300, {}).value().ids;
        for (std::size_t round = 0; round < 50; ++round) {
            std::vector<Named> names;
            for (const AgentId id : ids) {
                names.emplace_back(
                    id, "r" + std::to_string(round) + "-" + std::to_string(names.size() * 7919));
            }
            QCOMPARE(runtime->registerMany(names).done, std::uint64_t{300});
            SAME(runtime->directory().find(names[299].second), ids[299]);
            QCOMPARE(runtime->unregisterMany(ids).done, std::uint64_t{300});
            QVERIFY(!runtime->directory().find(names[299].second));
            SAME(runtime->directory().find("stays"), stays);
        }
    }
    void whoNamesItselfInItsInitAndFailsLeavesNothingBehind()
    {
        TestRuntime runtime;
        QVERIFY(!runtime->create<SelfNamed>({}, false).ok());
        QVERIFY(!runtime->directory().find("self-1"));
        const AgentId other = runtime->create<Adder>({}).value();
        QVERIFY(!runtime->directory().detail(other).value().attributes.size());
        const AgentId self = runtime->create<SelfNamed>({}, true).value();
        SAME(runtime->directory().find("self-1"), self);
        SAME(where(runtime, "attr.zone = eu"), std::vector<AgentId>{self});
    }
    void entriesChangeFromManyThreadsWhileAgentsComeAndGo()
    {
        TestRuntime runtime({.workers = 2});
        std::vector<std::atomic<std::uint64_t>> ids(64);
        std::atomic<bool> stop{false};
        std::vector<NamedThread> threads;
        threads.emplace_back("churn", [&] {
            Rng rng(1);
            for (int i = 0; i < 4000; ++i) {
                auto& place = ids[rng.below(ids.size())];
                const AgentId made = runtime->create<Adder>({}).value();
                const AgentId before = AgentId::unpack(place.exchange(made.packed()));
                if (before) {
                    static_cast<void>(runtime->stop(before));
                }
            }
            stop = true;
        });
        for (std::uint64_t t = 0; t < 2; ++t) {
            threads.emplace_back("change", [&, t] {
                Rng rng(2 + t);
                while (!stop) {
                    const std::uint64_t place = rng.below(ids.size());
                    const AgentId id = AgentId::unpack(ids[place].load());
                    static_cast<void>(runtime->registerName(id, "n-" + std::to_string(place)));
                    static_cast<void>(runtime->update(
                        id, {.attributes = {{"turn", std::to_string(rng.below(9))}}}));
                    static_cast<void>(runtime->directory().byCapability("none"));
                    static_cast<void>(runtime->directory().nameOf(id));
                    static_cast<void>(runtime->directory().detail(id));
                    if (rng.below(2) == 0) {
                        static_cast<void>(runtime->unregisterName(id));
                    }
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        // Whatever is found by a name is alive and has it.
        for (std::uint64_t place = 0; place < ids.size(); ++place) {
            const std::string name = "n-" + std::to_string(place);
            if (const AgentId id = runtime->directory().find(name)) {
                QCOMPARE(runtime->directory().nameOf(id), name);
            }
        }
        std::vector<AgentId> all;
        runtime->directory().forEach([&all](const DirectoryEntry& entry) {
            all.push_back(entry.id());
            return true;
        });
        static_cast<void>(runtime->stopMany(all));
        QVERIFY(runtime->drain(60s).notStopped.empty());
        for (std::uint64_t place = 0; place < ids.size(); ++place) {
            QVERIFY(!runtime->directory().find("n-" + std::to_string(place)));
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EntriesTest);
#include "entries_test.moc"
