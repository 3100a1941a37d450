// SPDX-License-Identifier: Apache-2.0
#include "runtime/directory.h"

#include <QtTest/QtTest>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

class Plain : public Agent<Plain, Handles<Tick>> {
public:
    void handle(const Tick&) { setAction(runtime().actionLabel("ticking")); }
};

class Slow : public Agent<Slow, Handles<Tick>> {
public:
    Async<void> handle(const Tick&) { co_await delay(10ms); }
};

}  // namespace

class DirectoryTest : public QObject {
    Q_OBJECT

    static CreateOptions options(std::string name, std::string type,
                                 std::vector<std::string> capabilities = {},
                                 std::vector<std::pair<std::string, std::string>> attributes = {})
    {
        CreateOptions made;
        made.name = std::move(name);
        made.type = std::move(type);
        made.capabilities = std::move(capabilities);
        made.attributes = std::move(attributes);
        return made;
    }
    static std::vector<std::string> names(const Directory& directory,
                                          const std::vector<std::string>& conditions)
    {
        std::vector<AgentCondition> parsed;
        for (const auto& text : conditions) {
            parsed.push_back(parseAgentCondition(text).value());
        }
        std::vector<std::string> found;
        const auto ids = directory.query(parsed);
        for (const AgentId id : ids.value()) {
            found.push_back(directory.nameOf(id));
        }
        return found;
    }

private slots:
    void agentsAreFoundByIdNameTypeCapabilityAndAttribute()
    {
        TestRuntime runtime;
        const auto a =
            runtime->create<Plain>(options("a", "task", {"text", "image"}, {{"zone", "eu"}}))
                .value();
        const auto b =
            runtime->create<Plain>(options("b", "task", {"text"}, {{"zone", "us"}})).value();
        const auto c = runtime->create<Plain>(options("c", "monitor")).value();
        const Directory& directory = runtime->directory();
        QVERIFY(directory.alive(a));
        SAME(directory.find("b"), b);
        SAME(directory.find("nobody"), AgentId{});
        SAME(directory.find(""), AgentId{});
        SAME(directory.byType("task"), (std::vector<AgentId>{a, b}));
        SAME(directory.byType("monitor"), std::vector<AgentId>{c});
        SAME(directory.byCapability("text"), (std::vector<AgentId>{a, b}));
        SAME(directory.byCapability("image"), std::vector<AgentId>{a});
        QVERIFY(directory.byCapability("sound").empty());
        QVERIFY(runtime->stop(a).ok());
        runtime.settle();
        SAME(directory.byCapability("text"), std::vector<AgentId>{b});
    }
    void anAgentWithoutANameIsShownByTypeAndIdAndFoundSo()
    {
        TestRuntime runtime;
        const AgentId id = runtime->create<Plain>({}).value();
        QCOMPARE(runtime->directory().nameOf(id), "Plain." + toString(id));
        SAME(runtime->directory().byName("Plain." + toString(id)).value(), id);
        QVERIFY(!runtime->directory().byName("Other." + toString(id)).ok());
    }
    void queriesCombineConditions()
    {
        TestRuntime runtime;
        for (int i = 1; i <= 20; ++i) {
            static_cast<void>(runtime->create<Plain>(
                options("w-" + std::to_string(i), i % 2 == 0 ? "even" : "odd",
                        i % 5 == 0 ? std::vector<std::string>{"five"} : std::vector<std::string>{},
                        {{"size", std::to_string(i)}})));
        }
        using Names = std::vector<std::string>;
        const Directory& directory = runtime->directory();
        QCOMPARE(names(directory, {"attr.size > 17"}), (Names{"w-18", "w-19", "w-20"}));
        QCOMPARE(names(directory, {"attr.size >= 9", "attr.size<=10"}), (Names{"w-9", "w-10"}));
        QCOMPARE(names(directory, {"attr.size < 4", "type = odd"}), (Names{"w-1", "w-3"}));
        QCOMPARE(names(directory, {"attr.size in 3, 5,7", "attr.size != 5"}),
                 (Names{"w-3", "w-7"}));
        QCOMPARE(names(directory, {"capability = five", "type != odd"}), (Names{"w-10", "w-20"}));
        QCOMPARE(names(directory, {"capability != five"}).size(), std::size_t{16});
        QCOMPARE(names(directory, {"attr.colour = red"}).size(), std::size_t{0});
        QCOMPARE(names(directory, {"attr.colour != red"}).size(), std::size_t{20});
        QCOMPARE(names(directory, {"name = w-7"}), Names{"w-7"});
        QCOMPARE(names(directory, {"state in ready,busy"}).size(), std::size_t{20});
        QCOMPARE(names(directory, {"handled = 0", "mailbox = 0", "restarts = 0"}).size(),
                 std::size_t{20});
    }
    void aWrongConditionSaysWhatIsKnown()
    {
        SAME(parseAgentCondition("tpye = x").error().code, ErrorCode::invalidArgument);
        QVERIFY(parseAgentCondition("tpye = x").error().text().find("capability") !=
                std::string::npos);
        QVERIFY(!parseAgentCondition("type").ok());
        QVERIFY(!parseAgentCondition("capability < a").ok());
        QVERIFY(!parseAgentCondition("attr. = a").ok());
    }
    void countsFollowTheStates()
    {
        TestRuntime runtime;
        const auto made = runtime->createMany<Slow>(10, {.name = "s"}).value();
        runtime->send(made.ids[0], Tick{});
        runtime->send(made.ids[1], Tick{});
        QVERIFY(runtime->suspend(made.ids[2]).ok());
        runtime.settle();
        const AgentCounts counts = runtime->directory().counts();
        QCOMPARE(counts.live, std::uint64_t{10});
        QCOMPARE(counts.in(AgentState::busy), std::uint64_t{2});
        QCOMPARE(counts.in(AgentState::suspended), std::uint64_t{1});
        QCOMPARE(counts.in(AgentState::ready), std::uint64_t{7});
        const auto byType = runtime->directory().countsByType();
        QCOMPARE(byType.size(), std::size_t{1});
        QCOMPARE(byType.at("Slow").live, std::uint64_t{10});
        QCOMPARE(byType.at("Slow").in(AgentState::busy), std::uint64_t{2});
    }
    void aPageIsAWindowOfTheSortedAndFilteredAgents()
    {
        TestRuntime runtime;
        const auto made = runtime->createMany<Plain>(1000, {.name = "p"}).value();
        for (std::size_t i = 0; i < made.ids.size(); ++i) {
            for (std::size_t n = 0; n < i % 7; ++n) {
                runtime->send(made.ids[i], Tick{});
            }
        }
        runtime.settle();
        DirectoryPageQuery query;
        query.sort = DirectorySort::handled;
        query.descending = true;
        query.offset = 100;
        query.limit = 80;
        query.filter = [](const DirectoryEntry& entry) { return entry.handled() != 6; };
        const DirectoryPage page = runtime->directory().page(query);
        QCOMPARE(page.total, std::uint64_t{1000});
        QCOMPARE(page.matching, std::uint64_t{1000 - 142});
        QCOMPARE(page.rows.size(), std::size_t{80});
        // 143 agents handled five; the window starts among them and reaches those with four.
        QCOMPARE(page.rows.front().handled, std::uint64_t{5});
        QCOMPARE(page.rows[42].handled, std::uint64_t{5});
        QCOMPARE(page.rows[43].handled, std::uint64_t{4});
        QCOMPARE(page.rows.front().action, std::string("ticking"));
        QCOMPARE(page.rows.front().type, std::string("Plain"));
    }
    void everySortGivesEveryAgentOnceWindowByWindow()
    {
        TestRuntime runtime;
        static_cast<void>(runtime->createMany<Plain>(95, {.name = "p"}));
        for (int sort = 0; sort <= static_cast<int>(DirectorySort::rate); ++sort) {
            std::set<std::string> seen;
            DirectoryPageQuery query;
            query.sort = static_cast<DirectorySort>(sort);
            query.limit = 10;
            for (query.offset = 0; query.offset < 100; query.offset += 10) {
                for (const DirectoryRow& row : runtime->directory().page(query).rows) {
                    seen.insert(row.name);
                }
            }
            QCOMPARE(seen.size(), std::size_t{95});
        }
    }
    void namesAreSortedByTheirNumber()
    {
        TestRuntime runtime;
        static_cast<void>(runtime->createMany<Plain>(12, {.name = "z"}));
        static_cast<void>(runtime->create<Plain>({.name = "a"}));
        DirectoryPageQuery query;
        query.sort = DirectorySort::name;
        const DirectoryPage page = runtime->directory().page(query);
        QCOMPARE(page.rows[0].name, std::string("a"));
        QCOMPARE(page.rows[2].name, std::string("z-2"));
        QCOMPARE(page.rows[10].name, std::string("z-10"));
    }
    void handlingTimesAreSampledAndSaySoWhenTheyAreNot()
    {
        TestRuntime runtime;
        const AgentId slow = runtime->create<Slow>({}).value();
        const AgentId plain = runtime->create<Plain>({}).value();
        runtime->send(plain, Tick{});
        for (int i = 0; i < 100; ++i) {
            runtime->send(slow, Tick{});
        }
        runtime.pass(10s);
        const DirectoryDetail detail = runtime->directory().detail(slow).value();
        QVERIFY(*detail.row.p50 > 8ms && *detail.row.p50 < 12ms);
        QVERIFY(*detail.row.p99 > 8ms && *detail.row.p99 < 12ms);
        QCOMPARE(detail.recent.size(), std::size_t{8});
        QCOMPARE(std::string(detail.recent[0].type), std::string("Tick"));
        QCOMPARE(detail.recent[0].handling, Duration(10ms));
        QVERIFY(detail.recent[0].at > detail.recent[1].at);
        QVERIFY(!runtime->directory().detail(plain).value().row.p50);
    }
    void ratesAreThoseOfTheLastSeconds()
    {
        TestRuntime runtime;
        const AgentId plain = runtime->create<Plain>({.name = "p"}).value();
        DirectoryPageQuery query;
        query.sort = DirectorySort::rate;
        QVERIFY(!runtime->directory().page(query).rows[0].rate);
        for (int second = 0; second < 5; ++second) {
            for (int i = 0; i < 50; ++i) {
                runtime->send(plain, Tick{});
            }
            runtime.pass(1s);
            QCOMPARE(runtime->directory().page(query).rows[0].rate, std::optional(50.0));
        }
    }
    void aDetailShowsOptionsAndSupervisor()
    {
        TestRuntime runtime;
        const AgentId top = runtime->createSupervisor({}, {.name = "top"}).value();
        CreateOptions made = options("a", "task", {"text"}, {{"zone", "eu"}});
        made.supervisor = top;
        const AgentId id = runtime->create<Plain>(made).value();
        const DirectoryDetail detail = runtime->directory().detail(id).value();
        QCOMPARE(detail.supervisorName, std::string("top"));
        QCOMPARE(detail.capabilities, std::vector<std::string>{"text"});
        QCOMPARE(detail.attributes.at(0).second, std::string("eu"));
        SAME(runtime->directory().detail(top).value().children, std::vector<AgentId>{id});
        SAME(runtime->directory().detail(AgentId{77, 1}).error().code, ErrorCode::notFound);
    }
    void anIdleAgentTakesAtMost256Bytes()
    {
        TestRuntime runtime;
        QVERIFY(runtime->bytesPerAgent<Plain>() <= 256);
        const AgentId id = runtime->create<Plain>({}).value();
        QCOMPARE(runtime->directory().detail(id).value().row.bytes,
                 runtime->bytesPerAgent<Plain>());
    }
    void namesComeAndGoByTheThousandWithoutATrace()
    {
        TestRuntime runtime;
        const Directory& directory = runtime->directory();
        std::vector<AgentId> ids;
        for (int round = 0; round < 20; ++round) {
            for (int i = 0; i < 500; ++i) {
                const std::string name = "n" + std::to_string(round * 300 + i);
                const auto made = runtime->create<Plain>({.name = name});
                QCOMPARE(made.ok(), true);
                ids.push_back(made.value());
            }
            for (const AgentId id : ids) {
                SAME(directory.find(directory.nameOf(id)), id);
            }
            QCOMPARE(runtime->stopMany(ids).done, std::uint64_t{500});
            runtime.settle();
            ids.clear();
            SAME(directory.find("n" + std::to_string(round * 300 + 7)), AgentId{});
        }
        QCOMPARE(directory.counts().live, std::uint64_t{0});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::DirectoryTest);
#include "directory_test.moc"
