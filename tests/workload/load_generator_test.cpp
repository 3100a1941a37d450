// SPDX-License-Identifier: Apache-2.0
#include "workload/load_generator.h"

#include <QtTest/QtTest>
#include <set>

#include "support/test_case.h"
#include "workload/load_fixture.h"

namespace muster {

namespace {

using namespace std::chrono_literals;
using tests::LoadFixture;

LoadFixture::Options open(double start, std::vector<ProfileStage> stages = {})
{
    LoadFixture::Options options;
    options.load.model = ArrivalModel::open;
    options.load.start = start;
    options.load.stages = std::move(stages);
    return options;
}

LoadFixture::Options closed(double users)
{
    LoadFixture::Options options;
    options.load.model = ArrivalModel::closed;
    options.load.start = users;
    return options;
}

std::string waits(const char* time)
{
    return std::string("wait={shape='constant',mean='") + time + "'}";
}

}  // namespace

class LoadGeneratorTest : public QObject {
    Q_OBJECT
private slots:
    void openArrivalsMatchTheIntegralWithinOne()
    {
        LoadFixture load(open(0, {{10s, 100}, {10s, 100}, {0s, 300}, {5s, 300}, {5s, 0}}));
        load.start();
        LoadProfile expected(0, {{10s, 100}, {10s, 100}, {0s, 300}, {5s, 300}, {5s, 0}});
        double due = 0;
        for (int i = 0; i < 300; ++i) {
            load.run(100ms);
            std::vector<LoadProfile::Stretch> stretches;
            expected.advance(100ms, stretches);
            for (const auto& stretch : stretches) {
                due += stretch.arrivals;
            }
            // A beat and an arrival apart at most: the profile begins with the first beat.
            const double offered = static_cast<double>(load.figures().offered);
            QVERIFY2(offered <= due + 1 && offered >= due - 1 - 300 * 0.002,
                     qPrintable(QString("%1 of %2").arg(offered).arg(due)));
        }
        load.run(1s);
        const auto figures = load.figures();
        QCOMPARE(figures.offered, std::uint64_t{500 + 1000 + 1500 + 750});
        QCOMPARE(figures.achieved + figures.dropped, figures.offered);
        QCOMPARE(load.finished(), std::vector<std::string>{"the load profile is over"});
    }
    void whatNoAgentCanTakeIsDroppedAndCounted()
    {
        auto options = open(10);
        options.agents = 1;
        options.queue = 1;
        options.parameters = waits("1s");
        LoadFixture load(options);
        load.start();
        load.run(10s);
        const auto figures = load.figures();
        QVERIFY(figures.offered >= 99 && figures.offered <= 100);
        QVERIFY(figures.achieved >= 8 && figures.achieved <= 10);
        QCOMPARE(figures.outstanding, figures.offered - figures.achieved - figures.dropped);
        QCOMPARE(load.metrics.counter("load.dropped").value(), figures.dropped);
    }
    void aRateFarBeyondTheMachineIsCountedAndHoldsNothingUp()
    {
        auto options = open(1e12);
        options.agents = 1;
        options.queue = 1;
        options.parameters = waits("1s");
        LoadFixture load(options);
        load.start();
        // Ten million million arrivals: one by one they would take days.
        load.run(10s);
        const auto figures = load.figures();
        QVERIFY(figures.offered > 9'900'000'000'000U);
        QVERIFY(figures.achieved >= 8 && figures.achieved <= 10);
        QCOMPARE(figures.outstanding, figures.offered - figures.achieved - figures.dropped);
    }
    void whatIsAnsweredAfterTheStopIsCountedToo()
    {
        auto options = open(100);
        options.agents = 50;
        options.parameters = waits("200ms");
        LoadFixture load(options);
        load.start();
        load.run(1s);
        load.generator->stop();
        QVERIFY(load.figures().outstanding != 0);
        load.run(1s);
        load.generator->conclude("enough");
        const auto figures = load.figures();
        QCOMPARE(figures.outstanding, std::uint64_t{0});
        QCOMPARE(figures.achieved + figures.dropped, figures.offered);
        QCOMPARE(load.metrics.counter("load.achieved").value(), figures.achieved);
        QCOMPARE(load.metrics.gauge("load.outstanding").value(), 0.0);
    }
    void neverMoreThanTheBoundIsOutstanding()
    {
        auto options = open(1000);
        options.agents = 50;
        options.load.outstanding = 17;
        options.parameters = "wait={shape='exponential',mean='50ms'}";
        LoadFixture load(options);
        load.start();
        std::uint64_t most = 0;
        for (int i = 0; i < 500; ++i) {
            load.run(7ms);
            most = std::max(most, load.figures().outstanding);
        }
        QCOMPARE(most, std::uint64_t{17});
    }
    void aLateReplyDoesNotHideItsLatency()
    {
        // One job a second to an agent that needs two: the queue grows, and latency with it.
        auto options = open(1);
        options.agents = 1;
        options.queue = 100;
        options.parameters = waits("2s");
        LoadFixture load(options);
        load.start();
        load.run(100s);
        const auto latency = load.metrics.histogram("actions.latency", {{"action", "act"}}).total();
        // The n-th job is due after n seconds and done after 2 n.
        QVERIFY(latency.quantile(1) > 45e9 && latency.quantile(1) < 52e9);
        QVERIFY(latency.quantile(0.5) > 23e9 && latency.quantile(0.5) < 27e9);
    }
    void aClosedLoadKeepsItsUsersBusyAndNoMore()
    {
        auto options = closed(10);
        options.agents = 20;
        options.parameters = waits("100ms");
        LoadFixture load(options);
        load.start();
        for (int i = 0; i < 100; ++i) {
            load.run(37ms);
            QVERIFY(load.figures().outstanding <= 10);
        }
        load.run(10s - 3700ms);
        const auto figures = load.figures();
        QVERIFY2(figures.achieved >= 980 && figures.achieved <= 1000,
                 qPrintable(QString::number(figures.achieved)));
        QCOMPARE(figures.dropped, std::uint64_t{0});
    }
    void usersComeAndGoWithTheStages()
    {
        auto options = closed(0);
        options.agents = 100;
        options.load.stages = {{10s, 50}, {10s, 50}, {10s, 0}};
        options.parameters = waits("10ms");
        LoadFixture load(options);
        load.start();
        load.run(5s);
        QVERIFY(load.figures().outstanding >= 23 && load.figures().outstanding <= 26);
        load.run(10s);
        QCOMPARE(load.figures().outstanding, std::uint64_t{50});
        load.run(16s);
        QCOMPARE(load.figures().outstanding, std::uint64_t{0});
        QCOMPARE(load.finished().size(), std::size_t{1});
        QCOMPARE(load.figures().target, 0.0);
    }
    void everyItemIsDoneOnceAndThenTheLoadIsOver()
    {
        auto options = closed(7);
        options.kind = "files.digest";
        options.input.kind = InputKind::tree;
        LoadFixture load(options);
        load.start();
        load.run(1h);
        QCOMPARE(load.finished(), std::vector<std::string>{"the input was worked through"});
        std::set<std::string> items;
        for (const auto& row : load.outcomes.rows()) {
            QVERIFY(items.insert(row.item).second);
        }
        QCOMPARE(items.size(), static_cast<std::size_t>(*load.figures().input.total));
        QCOMPARE(load.figures().achieved, *load.figures().input.total);
    }
    void underPressureAnOpenLoadShedsItsShareAndCountsIt()
    {
        LoadFixture::Options options = open(1000, {});
        options.agents = 50;
        LoadFixture load(options);
        load.start();
        load.run(1s);
        QCOMPARE(load.figures().shed, std::uint64_t{0});
        load.share = 0.75;
        load.run(4s);
        const auto pressed = load.figures();
        QVERIFY2(pressed.shed >= 999 && pressed.shed <= 1001,
                 qPrintable(QString::number(pressed.shed)));
        QCOMPARE(pressed.dropped, pressed.shed);
        QCOMPARE(pressed.share, 0.75);
        QCOMPARE(pressed.offered, pressed.achieved + pressed.dropped + pressed.outstanding);
        load.share = 1;
        load.run(2s);
        QCOMPARE(load.figures().shed, pressed.shed);
    }
    void underPressureAClosedLoadRestsSomeOfItsUsers()
    {
        LoadFixture::Options options = closed(20);
        options.agents = 20;
        options.parameters = waits("100ms");
        LoadFixture load(options);
        load.start();
        load.run(1s);
        QCOMPARE(load.figures().outstanding, std::uint64_t{20});
        load.share = 0.5;
        load.run(1s);
        QCOMPARE(load.figures().outstanding, std::uint64_t{10});
        QCOMPARE(load.figures().dropped, std::uint64_t{0});
        load.share = 1;
        load.run(1s);
        QCOMPARE(load.figures().outstanding, std::uint64_t{20});
    }
    void agentsTakeTurns()
    {
        auto options = open(100);
        options.agents = 10;
        options.kind = "files.count";
        options.input.kind = InputKind::lines;
        LoadFixture load(options);
        load.start();
        load.run(10s);
        std::map<AgentId, int> jobs;
        for (const auto& row : load.outcomes.rows()) {
            ++jobs[row.agent];
        }
        QCOMPARE(jobs.size(), std::size_t{10});
        for (const auto& [agent, count] : jobs) {
            QVERIFY(count >= 99 && count <= 101);
        }
    }
    void suspendedAgentsArePassedBy()
    {
        auto options = open(100);
        options.kind = "files.count";
        options.input.kind = InputKind::lines;
        LoadFixture load(options);
        QVERIFY(load.runtime().suspend(load.ids[1]).ok());
        load.run(10ms);
        load.start();
        load.run(10s);
        for (const auto& row : load.outcomes.rows()) {
            QVERIFY(row.agent != load.ids[1]);
        }
        QCOMPARE(load.figures().dropped, std::uint64_t{0});
        QVERIFY(load.figures().outstanding <= 1);  // none waits for the suspended one
        QVERIFY(load.runtime().resume(load.ids[1]).ok());
        load.run(1s);
        const auto rows = load.outcomes.rows();
        QVERIFY(std::any_of(rows.begin(), rows.end(),
                            [&](const auto& row) { return row.agent == load.ids[1]; }));
    }
    void jobsOfAnEndedAgentGoToOthersAndNoneIsForgotten()
    {
        auto options = closed(40);
        options.agents = 5;
        options.kind = "files.count";
        options.input.kind = InputKind::lines;
        LoadFixture load(options);
        load.start();
        load.run(50ms);
        QVERIFY(load.runtime().kill(load.ids[0]).ok());
        QVERIFY(load.runtime().stop(load.ids[3]).ok());
        load.run(1h);
        QCOMPARE(load.finished().size(), std::size_t{1});
        std::set<std::string> items;
        int lost = 0;
        for (const auto& row : load.outcomes.rows()) {
            QVERIFY2(items.insert(row.item).second, row.item.c_str());
            lost += row.failure == "the agent ended before it was done" ? 1 : 0;
        }
        QCOMPARE(items.size(), static_cast<std::size_t>(*load.figures().input.total));
        QVERIFY(lost <= 2);
        QCOMPARE(load.figures().outstanding, std::uint64_t{0});
    }
    void withoutAgentsTheLoadIsOver()
    {
        auto options = closed(10);
        options.parameters = waits("10s");
        LoadFixture load(options);
        load.start();
        load.run(1s);
        load.runtime().stopMany(load.ids);
        load.run(1min);
        QCOMPARE(load.finished(), std::vector<std::string>{"no agent is left to work"});
    }
    void nothingIsGivenOutWhileTheStoreIsBehind()
    {
        LoadFixture load(open(100));
        load.behind = true;
        load.start();
        load.run(2s);
        QCOMPARE(load.figures().achieved, std::uint64_t{0});
        QVERIFY(load.figures().heldBack);
        QCOMPARE(load.figures().dropped, load.figures().offered);
        load.behind = false;
        load.run(2s);
        QVERIFY(load.figures().achieved >= 199);
        auto users = closed(3);
        users.parameters = waits("1ms");
        LoadFixture held(users);
        held.behind = true;
        held.start();
        held.run(1s);
        QCOMPARE(held.figures().offered, std::uint64_t{0});
    }
    void theOperatorPausesStepsHoldsAndBursts()
    {
        LoadFixture load(open(100));
        load.start();
        load.run(1s);
        load.generator->pause();
        const auto before = load.figures().offered;
        load.run(5s);
        QCOMPARE(load.figures().offered, before);
        load.generator->burst(3);
        load.run(1s);
        QCOMPARE(load.figures().offered, before + 3);
        load.generator->resume();
        load.generator->hold(10);
        load.run(10s);
        QVERIFY(load.figures().offered - before - 3 >= 99);
        QVERIFY(load.figures().offered - before - 3 <= 101);
        QVERIFY(load.figures().held);
        load.generator->hold(std::nullopt);
        load.generator->step(-90);
        QCOMPARE(load.figures().target, 10.0);
        load.generator->reshape(20, {{1s, 20}});
        load.run(10ms);
        QCOMPARE(load.finished().size(), std::size_t{1});
    }
    void theSameSeedGivesTheSameOrder()
    {
        const auto order = [](std::uint64_t seed) {
            auto options = closed(9);
            options.kind = "files.digest";
            options.input.kind = InputKind::tree;
            options.seed = seed;
            LoadFixture load(options);
            load.start();
            load.run(1h);
            std::vector<std::string> rows;
            for (const auto& row : load.outcomes.rows()) {
                rows.push_back(row.item + ' ' + toString(row.agent) + ' ' + row.failure + ' ' +
                               row.fields.view().json());
            }
            return rows;
        };
        const auto first = order(5);
        QVERIFY(first.size() > 1000);
        QVERIFY(first == order(5));
        QVERIFY(first != order(6));
    }
    void failuresAreCountedAndListed()
    {
        auto options = closed(1);
        options.parameters = waits("10ms") + "\nfail='50%'";
        LoadFixture load(options);
        load.start();
        load.run(10s);
        const auto rows = load.outcomes.rows();
        QVERIFY(rows.size() > 400 && rows.size() < 600);
        const auto failed = load.metrics.counter("actions.failed", {{"action", "act"}}).value();
        QCOMPARE(failed, rows.size());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::LoadGeneratorTest);
#include "load_generator_test.moc"
