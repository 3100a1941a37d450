// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "api/engine.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

std::string textOf(const Result<CommandOutcome>& outcome)
{
    return outcome.ok() ? outcome->summary : outcome.error().text();
}

}  // namespace

/// Commands carried out on a running engine.
class SteeringTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void everyCommandOfTheTableDoesSomething_data();
    void everyCommandOfTheTableDoesSomething();
    void whatCannotBeDoneIsRefusedWithASentence_data();
    void whatCannotBeDoneIsRefusedWithASentence();
    void anUndoTakesItsCommandBack_data();
    void anUndoTakesItsCommandBack();
    void everyCommandIsPublishedWithWhatItChanged();
    void whatIsDoneToManyIsOneEvent();
    void aChangeLeavesAMark();
    void aServicesLimitChangesLiveAndKeepsWhatWasCounted();
    void aFaultMakesAttemptsFailUntilItIsStopped();
    void commandsOfManyThreadsAreAllAnswered();
    void afterTheRunCommandsAreRefused();
    void withoutWorkloadThereIsNoLoadToSteer();

private:
    [[nodiscard]] Result<CommandOutcome> run(std::string_view line)
    {
        return carryOut(*m_engine, line);
    }

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<SnapshotWatch> m_watch;
};

void SteeringTest::init()
{
    m_fixture = std::make_unique<EngineFixture>();
    auto options = m_fixture->options(
        QByteArray(EngineFixture::kSteady)
            .replace("\"synthetic\"", "\"synthetic\"\nservice = \"shop\"") +
        "[services.shop]\nlimiter = { rate = \"100k/s\", burst = 1000 }\nbreaker = {}\n");
    options.database = m_fixture->file("steering.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    m_engine = *std::move(engine);
    m_watch = std::make_unique<SnapshotWatch>(*m_engine);
    QVERIFY(m_watch->until(RunState::running));
}

void SteeringTest::cleanup()
{
    m_watch.reset();
    m_engine.reset();
    m_fixture.reset();
}

void SteeringTest::everyCommandOfTheTableDoesSomething_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("summary");
    QHash<QByteArray, QByteArrayList> how{
        {"load.pause", {"", "load.pause", "Load paused"}},
        {"load.resume", {"load.pause", "load.resume", "Load resumed"}},
        {"load.rate", {"", "load.rate 100/s", "Load held at 100/s"}},
        {"load.auto", {"load.rate 100/s", "load.auto", "Load follows its profile"}},
        {"load.step", {"", "load.step +50/s", "Load stepped from 500/s to 550/s"}},
        {"load.burst", {"", "load.burst 100", "Burst of 100 added"}},
        {"load.stages", {"", "load.stages 10s:200/s,60s:200/s", "Load has 2 stages"}},
        {"agents.stop", {"", "agents.stop name:worker-1", "Stopped 1 agent"}},
        {"agents.suspend", {"", "agents.suspend type=task", "Suspended 20 agents"}},
        {"agents.resume",
         {"agents.suspend name:worker-1", "agents.resume state:suspended", "Resumed 1 agent"}},
        {"agents.restart", {"", "agents.restart name:worker-1", "Restarted 1 agent"}},
        {"agents.send", {"", "agents.send name:worker-1 hello", "Delivered to 1 agent"}},
        {"limits.set", {"", "limits.set limits.agents 2000", "limits.agents set to 2000"}},
        {"limits.try",
         {"", "limits.try services.shop.limiter.rate 200/s for=20s error_rate=90%",
          "services.shop.limiter.rate is 200/s on trial for 20s"}},
        {"limits.keep",
         {"limits.try limits.agents 3000", "limits.keep", "limits.agents stays 3000"}},
        {"limits.revert",
         {"limits.try services.shop.limiter off", "limits.revert",
          "services.shop.limiter is rate=100k/s burst=1000 again"}},
        {"config.rollback",
         {"limits.set limits.agents 4000", "config.rollback 1", "Version 3 is that of 1"}},
        {"breaker.set",
         {"", "breaker.set shop forced_open", "Circuit breaker of shop is forced_open"}},
        {"breaker.reset", {"", "breaker.reset shop", "Circuit breaker of shop reset"}},
        {"fault.start", {"", "fault.start work delay 5ms share=50%", "delay of 50 % of work"}},
        {"fault.stop", {"fault.start work error", "fault.stop work", "No more faults of work"}},
        {"fault.inject", {"", "fault.inject memory 8MiB for=5s", "memory 8MiB for 5s"}},
        {"fault.end", {"fault.inject stall", "fault.end stall", "No more stall"}},
        {"log.level", {"", "log.level engine debug", "engine logs from debug on"}},
        {"capture.set",
         {"", "capture.set action.completed 1/10", "Events of action.completed: 1/10"}},
        {"mark.add", {"", "mark.add \"a word\"", "Mark added: a word"}},
        {"stream.append",
         {"", "stream.append order-17 order.placed data=\"{\\\"sum\\\":3}\" expected=none",
          "Appended version 0 of order-17"}},
        {"run.drain", {"", "run.drain 2s", "Draining for at most 2s"}},
        {"run.stop", {"", "run.stop", "Stopping at once"}},
    };
    for (const auto& info : allCommands()) {
        if (info.name.starts_with("queue.") || info.name.starts_with("dead.") ||
            info.name.starts_with("blackbox.") || info.name.starts_with("replay.")) {
            continue;  // QueueCommandsTest, BlackBoxTest and ReplayTest do those
        }
        const QByteArray name(info.name.data(), static_cast<qsizetype>(info.name.size()));
        const auto row = how.value(name);
        QTest::newRow(name) << row.value(0) << row.value(1) << row.value(2);
    }
}

void SteeringTest::everyCommandOfTheTableDoesSomething()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, summary);
    QVERIFY2(!line.isEmpty(), "a command of the table that no test carries out");
    if (!before.isEmpty()) {
        const auto prepared = run(before.toStdString());
        QVERIFY2(prepared.ok(), textOf(prepared).c_str());
        m_watch->letPass(2);
    }
    const auto outcome = run(line.toStdString());
    QCOMPARE(QByteArray::fromStdString(textOf(outcome)), summary);
    QVERIFY(outcome->affected > 0);
}

void SteeringTest::whatCannotBeDoneIsRefusedWithASentence_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char* line, const char* says) {
        QTest::newRow(line) << QByteArray(line) << QByteArray(says);
    };
    row("load.resume", "the load is not paused");
    row("load.auto", "follows its profile already");
    row("load.rate 200", "the load is open");
    row("load.step +20", "the load is open");
    row("load.stages 10s:200", "the load is open");
    row("agents.stop name:nobody", "no agent matches");
    row("agents.resume type=task", "every agent that matches is running");
    row("agents.stop stat:busy", "did you mean \"state\"");
    row("agents.stop state:lazy", "expected initializing, ready, busy");
    row("agents.stop mailbox:many", "expected a comparison such as >0");
    row("limits.set limits.agents 0", "cannot be 0");
    row("limits.keep", "nothing is on trial");
    row("limits.revert", "nothing is on trial");
    row("limits.try services.shop.limiter.rat 5/s", "did you mean \"limiter.rate\"");
    row("limits.try services.shop.limiter.rate 5/s for=1ms", "from 1s to 1h");
    row("limits.try services.shop.limiter.rate 5/s error_rate=much", "error_rate");
    row("limits.try load.rate 5", "the load is open");
    row("config.rollback 77", "there is no version 77");
    row("limits.set services.shop.limiter.rat 5/s", "did you mean \"limiter.rate\"");
    row("limits.set services.shop.limiter.rate much", "500/s");
    row("limits.set services.shop.breaker.failure_rate 0", "not in range");
    row("limits.set services.shop.bulkhead.concurrent 5", "the service has no bulkhead");
    row("limits.set services.shopp.limiter.rate 5/s", "did you mean \"shop\"");
    row("limits.set services.shop 5/s", "a service has no setting");
    row("breaker.set shop half_open", "cannot become half_open");
    row("breaker.set shop ajar", "one of closed, open");
    row("breaker.reset shopp", "did you mean \"shop\"");
    row("fault.start wrk error", "did you mean \"work\"");
    row("fault.start work delay", "a duration");
    row("fault.start work error odd", "expected a class of failures");
    row("fault.start work error share=200%", "share");
    row("fault.stop work", "work has no fault");
    row("log.level nothing debug", "nothing");
    row("capture.set action.completed sometimes", "sometimes");
    row("capture.set ..bad all", "bad");
}

void SteeringTest::whatCannotBeDoneIsRefusedWithASentence()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, says);
    const auto outcome = run(line.toStdString());
    QVERIFY(!outcome.ok());
    QVERIFY2(outcome.error().text().find(says.toStdString()) != std::string::npos,
             outcome.error().text().c_str());
}

void SteeringTest::anUndoTakesItsCommandBack_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("undo");
    const auto row = [](const char* line, const char* undo) {
        QTest::newRow(line) << QByteArray(line) << QByteArray(undo);
    };
    row("load.pause", "load.resume");
    row("load.rate 100/s", "load.auto");
    row("load.step +50/s", "load.step delta=-50/s");
    row("load.step -10%", "load.step delta=+50/s");
    row("limits.set limits.agents 2000", "limits.set key=limits.agents value=1000");
    row("limits.set services.shop.limiter.rate 50k/s",
        "limits.set key=services.shop.limiter.rate value=100k/s");
    row("limits.set services.shop.breaker.failure_rate 20%",
        "limits.set key=services.shop.breaker.failure_rate value=50%");
    row("fault.start work error", "fault.stop action=work");
    row("breaker.set shop metrics_only", "breaker.set service=shop state=closed");
}

void SteeringTest::anUndoTakesItsCommandBack()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, undo);
    const auto outcome = run(line.toStdString());
    QVERIFY2(outcome.ok(), textOf(outcome).c_str());
    QVERIFY(outcome->undo);
    QCOMPARE(QByteArray::fromStdString(outcome->undo->text()), undo);
    m_watch->letPass(2);
    const auto undone = run(outcome->undo->text());
    QVERIFY2(undone.ok(), textOf(undone).c_str());
    QVERIFY(m_watch->until([](const Snapshot& s) {
        return s.state == RunState::running && s.load.target == 500 && !s.load.overridden;
    }));
}

void SteeringTest::everyCommandIsPublishedWithWhatItChanged()
{
    QVERIFY(run("load.rate 100/s").ok());
    QVERIFY(!run("agents.stop name:nobody").ok());
    (void)m_engine->drain(2s);
    const auto page = answerOf<EventPage>([this](auto done) {
        EventQuery query;
        query.type = "command.*";
        query.newestFirst = false;
        m_engine->events(query, std::move(done));
    });
    QVERIFY2(page.ok(), page.ok() ? "" : page.error().text().c_str());
    QCOMPARE(page->rows.size(), 2U);
    QCOMPARE(page->rows[0].type, std::string("command.executed"));
    const auto data = QByteArray::fromStdString(page->rows[0].data);
    QVERIFY2(data.contains("\"command\":\"load.rate rate=100/s\""), data);
    QVERIFY2(data.contains("\"author\":\"operator\""), data);
    QVERIFY2(data.contains("\"before\":\"500/s\",\"after\":\"100/s\""), data);
    QCOMPARE(page->rows[1].type, std::string("command.refused"));
    QVERIFY(page->rows[1].data.find("no agent matches") != std::string::npos);
}

void SteeringTest::whatIsDoneToManyIsOneEvent()
{
    QVERIFY(run("agents.suspend type=task").ok());
    QVERIFY(run("agents.resume type=task").ok());
    QVERIFY(run("agents.stop name:worker-1*").ok());
    (void)m_engine->drain(2s);
    const auto page = answerOf<EventPage>([this](auto done) {
        EventQuery query;
        query.type = "agent.*";
        query.newestFirst = false;
        query.limit = 0;
        m_engine->events(query, std::move(done));
    });
    QVERIFY(page.ok());
    std::vector<std::string> types;
    for (const auto& row : page->rows) {
        types.push_back(row.type);
    }
    const std::vector<std::string> expected{"agent.created", "agent.ready", "agent.suspended",
                                            "agent.resumed", "agent.ended", "agent.ended"};
    QVERIFY2(types == expected, page->rows.back().data.c_str());
    QVERIFY(page->rows[2].data.find("\"count\":20") != std::string::npos);
    QVERIFY(page->rows[4].data.find("\"count\":11") != std::string::npos);
    QVERIFY(page->rows[5].data.find("\"count\":9") != std::string::npos);
}

void SteeringTest::aChangeLeavesAMark()
{
    QVERIFY(run("mark.add \"cache warmed\"").ok());
    QVERIFY(run("load.rate 100/s").ok());
    QVERIFY(run("limits.set limits.agents 2000").ok());
    QVERIFY(run("limits.set limits.memory 1GiB").ok());
    QVERIFY(run("limits.set limits.memory 1536MiB").ok());
    const auto marked = [](const Snapshot& s, std::string_view kind, std::string_view text) {
        return std::any_of(s.marks.begin(), s.marks.end(), [&](const Mark& mark) {
            return mark.kind == kind && mark.text.find(text) != std::string::npos;
        });
    };
    QVERIFY(m_watch->until([&](const Snapshot& s) {
        return marked(s, "operator", "cache warmed") && marked(s, "load", "100") &&
               marked(s, "limit", "limits.agents") &&
               marked(s, "limit", "limits.memory 1 GiB to 1.5 GiB") && marked(s, "run", "steady");
    }));
}

void SteeringTest::aServicesLimitChangesLiveAndKeepsWhatWasCounted()
{
    const auto before = m_watch->until(
        [](const Snapshot& s) { return s.services.size() == 1 && s.services[0].succeeded > 50; });
    QVERIFY(before);
    QCOMPARE(before->services[0].limiter->ratePerSecond, 100'000.0);
    QVERIFY(run("limits.set services.shop.limiter.burst 1").ok());
    QVERIFY(run("limits.set services.shop.limiter.rate 0/s").ok());
    const auto shut = m_watch->until([](const Snapshot& s) { return s.services[0].rejected > 50; });
    QVERIFY(shut);
    const auto& service = shut->services[0];
    QVERIFY(service.succeeded >= before->services[0].succeeded);
    QCOMPARE(service.limiter->ratePerSecond, 0.0);
    QCOMPARE(service.limiter->burst, std::uint64_t{1});
    QCOMPARE(service.breaker->state, std::string("closed"));
    const auto rejectedBy = [&service](std::string_view stage) {
        return std::ranges::find(service.stages, stage, &StageUse::stage)->rejected;
    };
    QCOMPARE(rejectedBy("limiter"), service.rejected);
    QVERIFY(run("limits.set services.shop.limiter.rate 100k/s").ok());
    QVERIFY(m_watch->until(
        [&](const Snapshot& s) { return s.services[0].succeeded > service.succeeded + 50; }));
    QVERIFY(m_watch->until([](const Snapshot& s) {
        return std::ranges::any_of(s.marks, [](const Mark& mark) {
            return mark.text == "services.shop.limiter.rate 100k/s to 0/s";
        });
    }));
}

void SteeringTest::aFaultMakesAttemptsFailUntilItIsStopped()
{
    QVERIFY(run("limits.set services.shop.breaker.minimum_calls 1000000").ok());
    QVERIFY(m_watch->until([](const Snapshot& s) { return s.actions.ok > 50; }));
    QVERIFY(run("fault.start work error timeout").ok());
    const auto failing = m_watch->until([](const Snapshot& s) { return s.actions.failed > 100; });
    QVERIFY(failing);
    QCOMPARE(failing->faults.size(), std::size_t{1});
    const FaultStatus& fault = failing->faults[0];
    QCOMPARE(fault.fault + " " + fault.value + " of " + fault.action,
             std::string("error timeout of work"));
    QVERIFY(!fault.left && fault.hits > 100 && fault.share == 1);
    const auto said = std::ranges::find(failing->attention, fault.end, &AttentionItem::command);
    QVERIFY(said != failing->attention.end());
    QCOMPARE(said->text, std::string("Injected: error timeout of work, until it is ended"));
    QVERIFY(run(fault.end).ok());
    const auto healed =
        m_watch->until([&](const Snapshot& s) { return s.actions.ok > failing->actions.ok + 100; });
    QVERIFY(healed);
    QVERIFY(std::ranges::any_of(healed->marks, [](const Mark& mark) {
        return mark.kind == "fault" && mark.text == "Fault of work: error timeout";
    }));
    (void)m_engine->drain(2s);
    const auto page = answerOf<EventPage>([this](auto done) {
        EventQuery query;
        query.type = "fault.stopped";
        m_engine->events(query, std::move(done));
    });
    QCOMPARE(page->rows.size(), std::size_t{1});
    QVERIFY(page->rows[0].data.find("\"hits\":0") == std::string::npos);
}

void SteeringTest::commandsOfManyThreadsAreAllAnswered()
{
    constexpr int kThreads = 4;
    constexpr int kEach = 50;
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                auto command = parseCommand("mark.add " + std::to_string(t * kEach + i));
                m_engine->submit(*command, [&](const Result<CommandOutcome>&) { ++answered; });
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    QTRY_COMPARE(answered.load(), kThreads * kEach);
}

void SteeringTest::afterTheRunCommandsAreRefused()
{
    (void)m_engine->drain(2s);
    const auto outcome = run("load.pause");
    QVERIFY(!outcome.ok());
    QVERIFY(outcome.error().text().find("the run is over") != std::string::npos);
}

void SteeringTest::withoutWorkloadThereIsNoLoadToSteer()
{
    auto idle = Engine::start({});
    QVERIFY(idle.ok());
    const auto outcome = carryOut(**idle, "load.pause");
    QVERIFY(!outcome.ok());
    QVERIFY(outcome.error().text().find("there is no load") != std::string::npos);
}

MUSTER_TEST_CASE(SteeringTest);
#include "steering_test.moc"
