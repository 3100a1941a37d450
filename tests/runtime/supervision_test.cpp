// SPDX-License-Identifier: Apache-2.0
#include "runtime/supervisor.h"

#include <QtTest/QtTest>
#include <deque>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"
#include "support/test_case.h"

namespace muster {
namespace {

using tests::TestRuntime;
using namespace std::chrono_literals;

using Log = std::shared_ptr<std::vector<std::string>>;

struct Crash {};
struct Leave {};
struct Say {
    std::string text;
};
struct Dawdle {
    Duration time;
};

/// What comes of the next starts of a child, the first first; none left: it starts.
using Starts = std::shared_ptr<std::deque<bool>>;

Starts starts(std::initializer_list<bool> outcomes)
{
    return std::make_shared<std::deque<bool>>(outcomes);
}

/// Notes its beginnings and ends, crashes and leaves when told.
class Child : public Agent<Child, Handles<Crash, Leave, Say, Dawdle>> {
public:
    Child(Log log, std::string label, Starts outcomes = nullptr)
        : m_log(std::move(log)), m_label(std::move(label)), m_starts(std::move(outcomes))
    {
    }
    Result<void> init()
    {
        if (m_starts && !m_starts->empty()) {
            const bool fine = m_starts->front();
            m_starts->pop_front();
            if (!fine) {
                return Error{ErrorCode::unavailable, m_label + " will not start", "", ""};
            }
        }
        m_log->push_back("+" + m_label);
        return {};
    }
    void terminated(const EndReason& reason)
    {
        m_log->push_back("-" + m_label + ":" + std::string(toString(reason.kind)));
    }
    void handle(const Crash&) { throw std::runtime_error("boom"); }
    void handle(const Leave&) { stop(); }
    void handle(const Say& say) { m_log->push_back(m_label + " says " + say.text); }
    Async<void> handle(const Dawdle& dawdle)
    {
        co_await delay(dawdle.time);
        m_log->push_back(m_label + " took its time");
    }

private:
    Log m_log;
    std::string m_label;
    Starts m_starts;
};

}  // namespace

class SupervisionTest : public QObject {
    Q_OBJECT

    using Lines = std::vector<std::string>;

    /// A supervisor over children a, b, c … in this order.
    struct Family {
        explicit Family(const SupervisorOptions& options, const std::string& names = "abc",
                        Restart restart = Restart::permanent)
        {
            supervisor = runtime->createSupervisor(options, {.name = "top"}).value();
            for (const char name : names) {
                add(std::string(1, name), restart);
            }
            log->clear();
        }
        AgentId add(const std::string& name, Restart restart, Starts outcomes = nullptr)
        {
            CreateOptions options;
            options.name = name;
            options.supervisor = supervisor;
            options.restart = restart;
            ids.push_back(runtime->create<Child>(options, log, name, std::move(outcomes)).value());
            return ids.back();
        }
        void crash(std::size_t child)
        {
            runtime->send(ids[child], Crash{});
            runtime.settle();
        }
        [[nodiscard]] bool alive(std::size_t child)
        {
            return runtime->directory().alive(ids[child]);
        }

        TestRuntime runtime;
        Log log = std::make_shared<Lines>();
        AgentId supervisor;
        std::vector<AgentId> ids;
    };

    static SupervisorOptions with(SupervisorStrategy strategy)
    {
        SupervisorOptions options;
        options.strategy = strategy;
        return options;
    }

private slots:
    void oneForOneRestartsTheCrashedChildInItsPlace()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        const AgentId before = family.runtime->directory().byName("b").value();
        family.runtime->send(family.ids[1], Crash{});
        family.runtime->send(family.ids[1], Say{"still here"});
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-b:crashed", "+b", "b says still here"}));
        SAME(family.runtime->directory().byName("b").value(), before);
        QCOMPARE(family.runtime->directory().detail(before).value().row.restarts, std::uint64_t{1});
        QCOMPARE(family.runtime.events().count("agent.restarted"), 1);
        QCOMPARE(family.runtime.events().count("agent.ended"), 0);
    }
    void oneForAllEndsAllInReverseOrderAndStartsThemInOrder()
    {
        Family family(with(SupervisorStrategy::oneForAll));
        family.crash(1);
        QCOMPARE(*family.log,
                 (Lines{"-b:crashed", "-c:shutdown", "-a:shutdown", "+a", "+b", "+c"}));
        QVERIFY(family.alive(0) && family.alive(1) && family.alive(2));
    }
    void restForOneEndsThoseStartedAfterIt()
    {
        Family family(with(SupervisorStrategy::restForOne));
        family.crash(1);
        QCOMPARE(*family.log, (Lines{"-b:crashed", "-c:shutdown", "+b", "+c"}));
    }
    void aTemporaryChildIsNeverRestarted()
    {
        Family family(with(SupervisorStrategy::oneForAll), "ab", Restart::permanent);
        family.add("t", Restart::temporary);
        family.log->clear();
        family.crash(2);
        QCOMPARE(*family.log, Lines{"-t:crashed"});
        QVERIFY(!family.alive(2));
        // Nor when all are.
        family.add("u", Restart::temporary);
        family.log->clear();
        family.crash(0);
        QCOMPARE(*family.log, (Lines{"-a:crashed", "-u:shutdown", "-b:shutdown", "+a", "+b"}));
        QVERIFY(!family.alive(3));
    }
    void aTransientChildIsRestartedAfterAnAbnormalEndOnly()
    {
        Family family(with(SupervisorStrategy::oneForOne), "ab", Restart::transient);
        family.crash(0);
        QVERIFY(family.alive(0));
        family.runtime->send(family.ids[1], Leave{});
        family.runtime.settle();
        QVERIFY(!family.alive(1));
        QCOMPARE(*family.log, (Lines{"-a:crashed", "+a", "-b:normal"}));
    }
    void aPermanentChildIsRestartedAfterANormalEndToo()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        family.runtime->send(family.ids[0], Leave{});
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-a:normal", "+a"}));
    }
    void aChildStoppedByTheOperatorIsNotRestarted()
    {
        Family family(with(SupervisorStrategy::oneForAll), "ab");
        QVERIFY(family.runtime->stop(family.ids[0]).ok());
        family.runtime.settle();
        QCOMPARE(*family.log, Lines{"-a:stopped"});
        QVERIFY(!family.alive(0));
        QVERIFY(family.alive(1));
    }
    void intensityIsCountedInsideTheInclusivePeriod()
    {
        RestartIntensity intensity(3, 5s);
        const MonoTime start{1'000};
        QVERIFY(intensity.allow(start));
        QVERIFY(intensity.allow(start + 1s));
        QVERIFY(intensity.allow(start + 2s));
        // The first is exactly one period old: it counts.
        QVERIFY(!intensity.allow(start + 5s));
        RestartIntensity later(3, 5s);
        QVERIFY(later.allow(start));
        QVERIFY(later.allow(start + 1s));
        QVERIFY(later.allow(start + 2s));
        QVERIFY(later.allow(start + 5s + 1ns));
        QCOMPARE(later.recent(start + 5s + 1ns), std::size_t{3});
        RestartIntensity none(0, 5s);
        QVERIFY(!none.allow(start));
    }
    void threeRestartsInThePeriodAreBorneAndTheFourthEscalates()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        for (int i = 0; i < 3; ++i) {
            family.crash(1);
            family.runtime.pass(1s);
        }
        QVERIFY(family.alive(1));
        family.log->clear();
        family.crash(1);
        QCOMPARE(*family.log, (Lines{"-b:crashed", "-c:shutdown", "-a:shutdown"}));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
        QCOMPARE(family.runtime->directory().counts().live, std::uint64_t{0});
        const std::string told = family.runtime.events().last("supervisor.escalated");
        QVERIFY(told.find("\"supervisor\":\"top\"") != std::string::npos);
        QVERIFY(told.find("\"child\":\"b\"") != std::string::npos);
        QVERIFY(family.runtime.events().last("agent.ended").find("shutdown") != std::string::npos);
        QCOMPARE(family.runtime.refusedEvents(), std::uint64_t{0});
    }
    void restartsFurtherApartThanThePeriodNeverEscalate()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        for (int i = 0; i < 30; ++i) {
            family.crash(0);
            family.runtime.pass(2s);
        }
        QVERIFY(family.alive(0));
        QCOMPARE(family.runtime->directory().counts().restarts, std::uint64_t{30});
    }
    void escalationGoesToTheParentWhichStartsTheFamilyAgain()
    {
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        SupervisorOptions fragile;
        fragile.intensity = 1;
        const AgentId top =
            runtime
                ->createSupervisor(
                    {}, {.name = "top"},
                    {child<Child>({.name = "a"}, log, std::string("a")),
                     childSupervisor(fragile, {.name = "sub"},
                                     {child<Child>({.name = "x"}, log, std::string("x")),
                                      child<Child>({.name = "y"}, log, std::string("y"))})})
                .value();
        const AgentId sub = runtime->directory().byName("sub").value();
        const AgentId x = runtime->directory().byName("x").value();
        QCOMPARE(*log, (Lines{"+a", "+x", "+y"}));
        log->clear();
        runtime->send(x, Crash{});
        runtime.settle();
        QCOMPARE(*log, (Lines{"-x:crashed", "+x"}));
        log->clear();
        runtime->send(x, Crash{});
        runtime.settle();
        QCOMPARE(*log, (Lines{"-x:crashed", "-y:shutdown", "+x", "+y"}));
        QVERIFY(runtime->directory().alive(top));
        SAME(runtime->directory().byName("sub").value(), sub);
        SAME(runtime->directory().byName("x").value(), x);
        QCOMPARE(runtime.events().count("supervisor.escalated"), 1);
        QCOMPARE(runtime->directory().detail(sub).value().children.size(), std::size_t{2});
    }
    void aSupervisorThatIsStoppedEndsItsChildrenInReverseOrder()
    {
        Family family(with(SupervisorStrategy::oneForOne));
        QVERIFY(family.runtime->stop(family.supervisor).ok());
        family.runtime.settle();
        QCOMPARE(*family.log, (Lines{"-c:shutdown", "-b:shutdown", "-a:shutdown"}));
        QCOMPARE(family.runtime->directory().counts().live, std::uint64_t{0});
    }
    void aChildThatDoesNotEndInItsTimeIsKilled()
    {
        Family family(with(SupervisorStrategy::oneForOne), "");
        CreateOptions options;
        options.supervisor = family.supervisor;
        options.shutdown = {2s};
        const AgentId slow =
            family.runtime->create<Child>(options, family.log, std::string("slow")).value();
        options.shutdown = Shutdown::infinite();
        const AgentId patient =
            family.runtime->create<Child>(options, family.log, std::string("patient")).value();
        family.runtime->send(slow, Dawdle{1h});
        family.runtime->send(patient, Dawdle{10min});
        family.runtime.settle();
        family.log->clear();
        QVERIFY(family.runtime->stop(family.supervisor).ok());
        family.runtime.pass(10min);
        QCOMPARE(*family.log, (Lines{"patient took its time", "-patient:shutdown"}));
        family.runtime.pass(2s);
        QCOMPARE(family.log->back(), std::string("-slow:killed"));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
    }
    void aStartFailureUndoesWhatWasStarted()
    {
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        const auto failed = runtime->createSupervisor(
            {}, {.name = "top"},
            {child<Child>({}, log, std::string("a")), child<Child>({}, log, std::string("b")),
             child<Child>({}, log, std::string("c"), starts({false}))});
        QCOMPARE(failed.error().message, std::string("c will not start"));
        runtime.settle();
        QCOMPARE(*log, (Lines{"+a", "+b", "-b:shutdown", "-a:shutdown"}));
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void aRestartThatFailsIsTriedAgainUntilTheIntensityIsUsedUp()
    {
        Family family(with(SupervisorStrategy::oneForOne), "a");
        family.add("f", Restart::permanent, starts({true, false, false, false}));
        family.log->clear();
        family.crash(1);
        QCOMPARE(family.runtime.events().count("supervisor.escalated"), 1);
        QVERIFY(!family.alive(0));
        QVERIFY(!family.runtime->directory().alive(family.supervisor));
    }
    void aRestartThatFailsOnceTakesAllAlongTheNextTime()
    {
        Family family(with(SupervisorStrategy::oneForAll), "a");
        family.add("f", Restart::permanent, starts({true, false}));
        family.log->clear();
        family.crash(1);
        // a was started before f refused, so it ends once more.
        QCOMPARE(*family.log,
                 (Lines{"-f:crashed", "-a:shutdown", "+a", "-a:shutdown", "+a", "+f"}));
        QVERIFY(family.alive(0) && family.alive(1));
    }
    void backOffDelaysRestartsAndDoubles()
    {
        SupervisorOptions options;
        options.backoff = {1s, 30s};
        options.intensity = 10;
        options.period = 1h;
        Family family(options, "a");
        family.crash(0);
        QCOMPARE(*family.log, Lines{"-a:crashed"});
        SAME(family.runtime.stateOf(family.ids[0]), AgentState::initializing);
        family.runtime->send(family.ids[0], Say{"hello"});
        family.runtime.pass(1s - 1ns);
        QCOMPARE(family.log->size(), std::size_t{1});
        family.runtime.pass(1ns);
        QCOMPARE(*family.log, (Lines{"-a:crashed", "+a", "a says hello"}));
        family.crash(0);
        family.runtime.pass(2s - 1ns);
        QCOMPARE(family.log->size(), std::size_t{4});
        family.runtime.pass(1ns);
        QCOMPARE(family.log->size(), std::size_t{5});
    }
    void aChildThatIsDownCanBeStoppedForGood()
    {
        SupervisorOptions options;
        options.backoff = {10s, 30s};
        Family family(options, "ab");
        family.crash(0);
        QVERIFY(family.runtime->stop(family.ids[0]).ok());
        family.runtime.pass(20s);
        QVERIFY(!family.alive(0));
        QVERIFY(family.alive(1));
        QCOMPARE(*family.log, Lines{"-a:crashed"});
    }
    void aDynamicSupervisorEndsItsChildrenAllAtOnceAndBoundsThem()
    {
        SupervisorOptions options = with(SupervisorStrategy::dynamic);
        options.maxChildren = 100;
        TestRuntime runtime;
        const Log log = std::make_shared<Lines>();
        const AgentId top = runtime->createSupervisor(options, {.name = "top"}).value();
        CreateOptions under;
        under.supervisor = top;
        under.name = "w";
        const auto made =
            runtime->createMany<Child>(100, under, [log] { return Child(log, "w"); }).value();
        QCOMPARE(made.ids.size(), std::size_t{100});
        SAME(runtime->create<Child>(under, log, std::string("x")).error().code,
             ErrorCode::overloaded);
        runtime->send(made.ids[3], Crash{});
        runtime.settle();
        QVERIFY(runtime->directory().alive(made.ids[3]));
        QCOMPARE(runtime->directory().nameOf(made.ids[3]), std::string("w-4"));
        QVERIFY(runtime->stop(top).ok());
        runtime.settle();
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void anUnknownSupervisorIsRefused()
    {
        TestRuntime runtime;
        CreateOptions options;
        options.supervisor = AgentId{5, 5};
        SAME(runtime->create<Child>(options, std::make_shared<Lines>(), std::string("a"))
                 .error()
                 .code,
             ErrorCode::notFound);
        QCOMPARE(runtime->directory().counts().live, std::uint64_t{0});
    }
    void crashesOfManyChildrenAtOnceAreAllSeenTo()
    {
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            survivesManyCrashes(seed);
        }
    }

private:
    static void survivesManyCrashes(std::uint64_t seed)
    {
        TestRuntime runtime({.scheduler = SchedulerKind::simulated, .seed = seed});
        Rng rng(seed);
        const Log log = std::make_shared<Lines>();
        SupervisorOptions options;
        options.strategy = static_cast<SupervisorStrategy>(rng.below(4));
        options.intensity = 1000;
        const AgentId top = runtime->createSupervisor(options, {}).value();
        CreateOptions under;
        under.supervisor = top;
        std::vector<AgentId> ids;
        for (int i = 0; i < 20; ++i) {
            ids.push_back(runtime->create<Child>(under, log, std::to_string(i)).value());
        }
        for (int round = 0; round < 10; ++round) {
            for (int i = 0; i < 5; ++i) {
                runtime->send(ids[rng.below(ids.size())], Crash{});
            }
            runtime.settle();
        }
        const std::size_t before = log->size();
        for (const AgentId id : ids) {
            QVERIFY(runtime->directory().alive(id));
            QVERIFY(queued(runtime->send(id, Say{"alive"})));
        }
        runtime.settle();
        QCOMPARE(log->size() - before, ids.size());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::SupervisionTest);
#include "supervision_test.moc"
