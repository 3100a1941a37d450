// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

class EngineTest : public QObject {
    Q_OBJECT

private slots:
    void anEngineWithoutWorkloadIdlesUntilItIsDrained();
    void liveAgentsAreTheSumOfTheirStates();
    void takeSnapshotGivesTheNewestHoweverLongNobodyLooked();
    void aRunEndsAtItsBoundAndSumsUp();
    void everyServiceOfTheStartIsTimed();
    void aServiceThatFailsIsNamedAndTheOthersAreStopped_data();
    void aServiceThatFailsIsNamedAndTheOthersAreStopped();
    void twoEnginesInOneProcessKnowNothingOfEachOther();
    void theDrainNamesWhatDidNotStop();
    void aSecondRequestToEndCutsTheDrainShort();
    void anUnmetExpectationFailsTheRunAndIsNamed();
    void memoryBeyondTheLimitIsAFailureThatSaysSo();
    void aWorkloadThatStartsProcessesNeedsTrust();
    void aWrongWorkloadStartsNothing();
    void anUnwritableDatabaseIsRefusedBeforeTheStart();
    void everyMetricOfTheChartsIsMeasured();
};

void EngineTest::anEngineWithoutWorkloadIdlesUntilItIsDrained()
{
    auto engine = Engine::start({});
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto snapshot = watch.until(RunState::idle);
    QVERIFY(snapshot);
    QCOMPARE(snapshot->agents.live, 0U);
    QVERIFY(!(*engine)->finished());
    const auto summary = (*engine)->drain(1s);
    QCOMPARE(summary.exitCode(), 0);
    QVERIFY((*engine)->finished());
}

void EngineTest::liveAgentsAreTheSumOfTheirStates()
{
    const EngineFixture fixture;
    auto engine = Engine::start(fixture.options(EngineFixture::kSteady));
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    for (int i = 0; i < 10; ++i) {
        const auto snapshot =
            watch.until([](const Snapshot& s) { return s.state == RunState::running; });
        QVERIFY(snapshot);
        const auto& agents = snapshot->agents;
        QCOMPARE(agents.live, agents.initializing + agents.ready + agents.busy + agents.suspended +
                                  agents.terminating);
        QCOMPARE(agents.live, 20U);
        QCOMPARE(agents.created - agents.ended, agents.live);
    }
    const auto worked = watch.until([](const Snapshot& s) { return s.actions.ok > 100; });
    QVERIFY(worked);
    QCOMPARE(worked->actionRows.size(), 1U);
    QCOMPARE(worked->actionRows[0].name, std::string("work"));
    QCOMPARE(worked->actionRows[0].totals.ok, worked->actions.ok);
    QVERIFY(worked->actions.latency.p50.known());
    QVERIFY(worked->load.model == LoadModel::open);
    QCOMPARE(worked->load.target, 500.0);
}

void EngineTest::takeSnapshotGivesTheNewestHoweverLongNobodyLooked()
{
    EngineOptions options;
    options.snapshotPeriod = 5ms;
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    watch.letPass(40);
    const auto first = (*engine)->takeSnapshot();
    QVERIFY(first);
    QVERIFY2(first->sequence >= 40, std::to_string(first->sequence).c_str());
    const auto next = watch.until([&](const Snapshot& s) { return s.sequence > first->sequence; });
    QVERIFY(next);
    QVERIFY(next->snapshotsDropped > 0);
    (void)(*engine)->drain(1s);
    const auto last = (*engine)->takeSnapshot();
    QVERIFY(last);
    QVERIFY(last->state == RunState::finished);
    QVERIFY(!(*engine)->takeSnapshot());
}

void EngineTest::aRunEndsAtItsBoundAndSumsUp()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.runFor = 500ms;
    options.database = fixture.file("run.db");
    options.acknowledgedLedger = fixture.file("ledger");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QCOMPARE(summary.exitCode(), 0);
    QCOMPARE(summary.agents, 20U);
    QVERIFY(summary.actions > 100);
    QCOMPARE(summary.actions, summary.ok + summary.failed);
    QCOMPARE(summary.events, summary.stored + summary.countedOnly + summary.dropped);
    QCOMPARE(summary.dropped, 0U);
    QVERIFY(summary.latency.p99.known());
    QVERIFY(summary.wall >= 500ms);
    QVERIFY(summary.notStopped.empty());
    engine->reset();

    auto session = Session::open(*options.database);
    QVERIFY(session.ok());
    const auto info = (*session)->info();
    QVERIFY(info.ok());
    QCOMPARE(info->events, summary.stored);
    QCOMPARE(info->runs.size(), 1U);
    QVERIFY(info->runs[0].endedAt);
    QCOMPARE(info->runs[0].workload, std::string("steady"));
    QFile ledger(QString::fromStdString(fixture.file("ledger").string()));
    QVERIFY(ledger.open(QIODevice::ReadOnly));
    std::set<QByteArray> acknowledged;
    for (const auto& line : ledger.readAll().split('\n')) {
        if (!line.isEmpty()) {
            acknowledged.insert(line);
        }
    }
    const auto events = (*session)->events({.newestFirst = false, .limit = 0});
    QVERIFY(events.ok());
    std::set<QByteArray> durable;
    for (const auto& row : events->rows) {
        if (row.durable) {
            durable.insert(QByteArray::fromStdString(toString(row.id)));
        }
    }
    QVERIFY(durable.size() >= 4);
    QVERIFY(acknowledged == durable);
}

void EngineTest::everyServiceOfTheStartIsTimed()
{
    const EngineFixture fixture;
    EngineOptions options;
    options.database = fixture.file("run.db");
    auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    const auto& startup = (*engine)->startup();
    std::map<std::string, ServiceStart> services;
    for (const auto& service : startup.services) {
        services.emplace(service.service, service);
        QVERIFY(service.state == ServiceState::started);
        QVERIFY(service.took > Duration::zero());
        QVERIFY(service.began + service.took <= startup.ready);
        for (const auto& need : service.needs) {
            const auto& needed = services.at(need);
            QVERIFY2(needed.group < service.group, need.c_str());
            QVERIFY2(needed.began + needed.took <= service.began, need.c_str());
        }
    }
    QCOMPARE(services.size(), std::size_t{7});
    // The session is opened while the workers start.
    QCOMPARE(services.at("storage").group, services.at("runtime").group);
    QCOMPARE(services.at("control").group, 3U);
}

void EngineTest::aServiceThatFailsIsNamedAndTheOthersAreStopped_data()
{
    QTest::addColumn<QString>("service");
    QTest::newRow("log") << "log";
    QTest::newRow("workload") << "workload";
    QTest::newRow("storage") << "storage";
}

void EngineTest::aServiceThatFailsIsNamedAndTheOthersAreStopped()
{
    QFETCH(const QString, service);
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.database = fixture.file("run.db");
    if (service == "log") {
        options.log.file = *options.workloadFile / "log";  // a file is no folder
    } else if (service == "workload") {
        options.workloadFile = fixture.file("missing.toml");
    } else {
        options.database = fixture.file("none/there/run.db");
    }
    EngineStartup startup;
    const auto engine = Engine::start(options, &startup);
    QVERIFY(!engine.ok());
    QVERIFY2(engine.error().message.starts_with(service.toStdString() + ": "),
             engine.error().text().c_str());
    QVERIFY(startup.ready == Duration::zero());
    QCOMPARE(startup.services.size(), std::size_t{7});
    for (const auto& start : startup.services) {
        QVERIFY2(start.state == ServiceState::failed ? start.service == service.toStdString()
                                                     : start.state != ServiceState::started,
                 start.service.c_str());
    }
    // Nothing of it is left: the same session opens again.
    const auto again = Engine::start(fixture.options(EngineFixture::kSteady));
    QVERIFY2(again.ok(), again.ok() ? "" : again.error().text().c_str());
}

void EngineTest::twoEnginesInOneProcessKnowNothingOfEachOther()
{
    const EngineFixture left;
    const EngineFixture right;
    auto one = Engine::start(left.options(EngineFixture::kSteady));
    auto other = Engine::start(right.options(EngineFixture::kSteady));
    QVERIFY(one.ok() && other.ok());
    SnapshotWatch watchOne(**one);
    SnapshotWatch watchOther(**other);
    QVERIFY(watchOne.until([](const Snapshot& s) { return s.actions.ok > 20; }));
    QVERIFY(watchOther.until([](const Snapshot& s) { return s.actions.ok > 20; }));
    QVERIFY(carryOut(**one, "load.pause").ok());
    QVERIFY(watchOne.until(RunState::paused));
    QVERIFY(watchOther.until(RunState::running));
    (void)(*one)->drain(2s);
    const auto before = watchOther.until(RunState::running);
    QVERIFY(before);
    QVERIFY(watchOther.until(
        [&](const Snapshot& s) { return s.actions.ok > before->actions.ok + 50; }));
}

void EngineTest::theDrainNamesWhatDidNotStop()
{
    const EngineFixture fixture;
    auto engine = Engine::start(fixture.options(EngineFixture::kStuck));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until([](const Snapshot& s) { return s.load.outstanding == 3; }));
    const auto summary = (*engine)->drain(300ms);
    QCOMPARE(summary.notStopped.size(), 3U);
    QVERIFY2(summary.notStopped[0].find("sleeper-") != std::string::npos,
             summary.notStopped[0].c_str());
}

void EngineTest::aSecondRequestToEndCutsTheDrainShort()
{
    const EngineFixture fixture;
    auto engine = Engine::start(fixture.options(EngineFixture::kStuck));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until([](const Snapshot& s) { return s.load.outstanding == 3; }));
    QVERIFY(carryOut(**engine, "run.drain 1h").ok());
    QVERIFY(watch.until(RunState::draining));
    QVERIFY(carryOut(**engine, "run.stop").ok());
    // Comes back at all: the first bound is an hour.
    QCOMPARE((*engine)->wait().notStopped.size(), 3U);
}

void EngineTest::anUnmetExpectationFailsTheRunAndIsNamed()
{
    const EngineFixture fixture;
    const QByteArray text = QByteArray(EngineFixture::kSteady) +
                            "[expect]\nfailed_share = \"< 1%\"\n\"work.p50\" = \"< 1us\"\n";
    auto options = fixture.options(text);
    options.runFor = 300ms;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QCOMPARE(summary.exitCode(), 1);
    QCOMPARE(summary.expectations.size(), 2U);
    QCOMPARE(summary.expectations[0].met, std::optional(true));
    QCOMPARE(summary.expectations[1].key, std::string("work.p50"));
    QCOMPARE(summary.expectations[1].met, std::optional(false));
    QVERIFY(summary.expectations[1].value.value >= 1'000'000);
}

void EngineTest::memoryBeyondTheLimitIsAFailureThatSaysSo()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.overrides = {"limits.memory=1MiB"};
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QCOMPARE(summary.exitCode(), 1);
    QVERIFY(summary.failure);
    QVERIFY2(summary.failure->text().find("limits.memory") != std::string::npos,
             summary.failure->text().c_str());
}

void EngineTest::aWorkloadThatStartsProcessesNeedsTrust()
{
    const EngineFixture fixture;
    const QByteArray text =
        QByteArray(EngineFixture::kSteady) + "[[helpers]]\ncommand = [\"sleep\", \"60\"]\n";
    auto options = fixture.options(text);
    options.runFor = 200ms;
    const auto refused = Engine::start(options);
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().code == ErrorCode::permissionDenied);
    QVERIFY(refused.error().text().find("sleep 60") != std::string::npos);
    QVERIFY(refused.error().text().find("--trust") != std::string::npos);
    options.trusted = true;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    QCOMPARE((*engine)->wait().exitCode(), 0);
}

void EngineTest::aWrongWorkloadStartsNothing()
{
    const EngineFixture fixture;
    auto options = fixture.options("[workload]\nnam = \"x\"\n");
    options.database = fixture.file("never.db");
    const auto refused = Engine::start(options);
    QVERIFY(!refused.ok());
    const auto text = refused.error().text();
    QVERIFY2(text.find("workload.toml:2") != std::string::npos, text.c_str());
    QVERIFY2(text.find("\"name\"") != std::string::npos, text.c_str());
    QVERIFY(!std::filesystem::exists(*options.database));
}

void EngineTest::anUnwritableDatabaseIsRefusedBeforeTheStart()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.database = fixture.file("no/such/directory/run.db");
    const auto missing = Engine::start(options);
    QVERIFY(!missing.ok());
    QVERIFY(!missing.error().advice.empty());
    options.database = fixture.write("text.db", "this is no database, but long enough to be one");
    const auto text = Engine::start(options);
    QVERIFY(!text.ok());
    QVERIFY2(text.error().text().find("text.db") != std::string::npos, text.error().text().c_str());
}

void EngineTest::everyMetricOfTheChartsIsMeasured()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.database = fixture.file("metrics.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    const auto snapshot = watch.until(
        [](const Snapshot& s) { return s.uptime > 2500ms && s.actions.latency.p50.known(); });
    QVERIFY(snapshot);
    QCOMPARE(snapshot->frame.values.size(), allSeries().size());
    for (std::size_t i = 0; i < allSeries().size(); ++i) {
        const auto series = static_cast<Series>(i);
        const bool queues = allSeries()[i].metric.starts_with("jobs.");  // there is none
        if (series != Series::mailboxOldest && !queues) {  // known only while a message waits
            QVERIFY2(std::isfinite(snapshot->frame.values[i]), allSeries()[i].metric.data());
        }
    }
    for (const auto& resource : snapshot->resources) {
        QVERIFY2(resource.used.known() || !resource.used.missing.empty(), resource.name.c_str());
    }
}

MUSTER_TEST_CASE(EngineTest);
#include "engine_test.moc"
