// SPDX-License-Identifier: Apache-2.0
#include <QJsonDocument>
#include <QJsonObject>
#include <cmath>
#include <sstream>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "storage/recorder.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

/// The same file under virtual time.
class SimulationTest : public QObject {
    Q_OBJECT

private slots:
    void theSameSeedGivesTheSameEventsByteByByte();
    void anotherSeedGivesOthers();
    void tenMinutesPassInAMoment();
    void noEventNamesPathProcessOrHost();
    void aFlakyServicesBreakerOpensProbesAndCloses();
    void whatIfTellsOfTheLogThatRetentionLeft();
    void faultsOfTheFileComeAndGoInTheirTime();
    void aStallOfOneSecondGivesTheAnalyticPercentiles();
    void aClosedLoadLeavesTheStallOutAndSaysSo();

private:
    [[nodiscard]] QByteArray eventsOf(std::uint64_t seed, const char* database);
    static void verifyARangeOfWhatIf(Session& session, const WhatIf& whole);

    EngineFixture m_fixture;
};

QByteArray SimulationTest::eventsOf(std::uint64_t seed, const char* database)
{
    auto options = m_fixture.options(QByteArray(EngineFixture::kSteady)
                                         .replace("wait = { shape = \"constant\", mean = \"1ms\" }",
                                                  "wait = { shape = \"exponential\", mean = "
                                                  "\"20ms\" }\nfail = \"5%\""));
    options.simulationSeed = seed;
    options.runFor = 20s;
    options.database = m_fixture.file(database);
    auto engine = Engine::start(options);
    if (!engine) {
        qWarning() << engine.error().text().c_str();
        return {};
    }
    const auto summary = (*engine)->wait();
    engine->reset();
    if (summary.failure || summary.actions < 5'000 || summary.failed == 0) {
        qWarning() << summary.json().c_str();
        return {};
    }
    auto session = Session::open(*options.database);
    std::ostringstream out;
    const auto rows = (*session)->exportTo({.what = ExportWhat::events,
                                            .format = ExportFormat::jsonl,
                                            .events = {.newestFirst = false, .limit = 0}},
                                           out);
    return rows.ok() && *rows > 100 ? QByteArray::fromStdString(out.str()) : QByteArray();
}

void SimulationTest::theSameSeedGivesTheSameEventsByteByByte()
{
    const auto one = eventsOf(7, "one.db");
    const auto other = eventsOf(7, "other.db");
    QVERIFY(!one.isEmpty());
    QCOMPARE(one.size(), other.size());
    QVERIFY(one == other);
}

void SimulationTest::anotherSeedGivesOthers()
{
    const auto one = eventsOf(1, "seed1.db");
    const auto other = eventsOf(2, "seed2.db");
    QVERIFY(!one.isEmpty() && !other.isEmpty());
    QVERIFY(one != other);
}

void SimulationTest::tenMinutesPassInAMoment()
{
    auto options = m_fixture.options(EngineFixture::kSteady);
    options.overrides = {"load.0.rate=10/s"};
    options.simulationSeed = 3;
    options.runFor = 10min;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QCOMPARE(summary.exitCode(), 0);
    QVERIFY2(summary.actions >= 5'990 && summary.actions <= 6'010, summary.json().c_str());
    QCOMPARE(summary.simulated, std::optional<Duration>(10min));
    QVERIFY(summary.wall < 10min);
}

void SimulationTest::aFlakyServicesBreakerOpensProbesAndCloses()
{
    const auto run = [this](const char* database) {
        EngineOptions options;
        options.workloadFile = MUSTER_SOURCE_DIR "/resources/workloads/flaky.toml";
        options.simulationSeed = 7;
        options.runFor = 35s;
        options.database = m_fixture.file(database);
        auto engine = Engine::start(options);
        const auto summary = (*engine)->wait();
        engine->reset();
        std::vector<std::string> moves;
        const auto page = (*Session::open(*options.database))
                              ->events({.type = "breaker.*", .newestFirst = false, .limit = 0});
        for (const auto& row : page->rows) {
            moves.push_back(toString(row.at) + row.type + row.data);
        }
        return std::pair(summary, moves);
    };
    const auto [summary, moves] = run("flaky1.db");
    QCOMPARE(summary.exitCode(), 0);
    QVERIFY(moves.size() >= 3);
    QVERIFY(moves[0].find("breaker.opened") != std::string::npos);
    QVERIFY(moves[0].find("failure_rate") != std::string::npos);
    QVERIFY(moves[1].find("breaker.half_opened") != std::string::npos);
    QVERIFY(moves.back().find("breaker.closed") != std::string::npos);
    // Every job is one call of its service, however many attempts it took.
    const auto& shop = summary.services.at(0);
    QCOMPARE(shop.succeeded + shop.failed + shop.rejected, summary.actions);
    QCOMPARE(shop.succeeded, summary.ok);
    QVERIFY(shop.rejected > 500 && shop.budget->granted > 100);
    QVERIFY(run("flaky2.db").second == moves);

    const auto session = Session::open(m_fixture.file("flaky1.db")).value();
    const auto asItWas = session->whatIf({.service = "shop"});
    QVERIFY2(asItWas.ok(), asItWas.ok() ? "" : asItWas.error().text().c_str());
    const WhatIfStage& breaker = *asItWas->stage("breaker");
    QVERIFY(breaker.reproduced && breaker.note.empty());
    QCOMPARE(breaker.recorded.moves.size(), moves.size());
    QVERIFY(breaker.recorded.moves == breaker.proposed.moves);
    const auto sooner =
        session->whatIf({.service = "shop", .settings = {"breaker.failure_rate=20%"}});
    QVERIFY(sooner.ok() && sooner->stage("breaker")->reproduced);
    QVERIFY(sooner->stage("breaker")->proposed.moves.front().after <
            sooner->stage("breaker")->recorded.moves.front().after);
    const WhatIfStage& limiter = *asItWas->stage("limiter");
    QVERIFY(limiter.reproduced && limiter.note.empty());
    QCOMPARE(limiter.recorded.admitted, shop.stages.at(3).passed);
    QCOMPARE(limiter.recorded.rejected, shop.stages.at(3).rejected);
    QCOMPARE(limiter.proposed.rejected, limiter.recorded.rejected);
    verifyARangeOfWhatIf(*session, *asItWas);
    QVERIFY(!session->whatIf({.service = "shopp"}).ok());
    QVERIFY(!session->whatIf({.service = "shop", .settings = {"bulkhead.concurrent=2"}}).ok());
    QVERIFY(!session->whatIf({.service = "shop", .settings = {"breaker.failure_rate=2"}}).ok());
}

void SimulationTest::verifyARangeOfWhatIf(Session& session, const WhatIf& whole)
{
    const TimeRange range{whole.begin + 10s, whole.begin + 15s};
    const auto part =
        session.whatIf({.service = "shop", .settings = {"limiter.rate=50/s"}, .range = range});
    QVERIFY2(part.ok(), part.ok() ? "" : part.error().text().c_str());
    const WhatIfStage& limiter = *part->stage("limiter");
    QVERIFY(limiter.reproduced);
    QVERIFY(limiter.calls > 1'000 && limiter.calls < whole.stage("limiter")->calls / 2);
    // The bucket's fill was kept: it is full as the settings come into force, then 50/s fill it.
    QVERIFY(limiter.proposed.admitted <= 200 + 5 * 50 + 1);
    QVERIFY(limiter.proposed.rejected > limiter.recorded.rejected);
    std::uint64_t calls = 0;
    std::uint64_t rejected = 0;
    for (const WhatIfSpan& span : limiter.spans) {
        calls += span.calls;
        rejected += span.proposed;
    }
    QCOMPARE(calls, limiter.calls);
    QCOMPARE(rejected, limiter.proposed.rejected);
    QVERIFY(
        !session
             .whatIf({.service = "shop", .range = TimeRange{whole.begin - 10s, whole.begin - 5s}})
             .ok());
}

void SimulationTest::whatIfTellsOfTheLogThatRetentionLeft()
{
    EngineOptions options;
    options.workloadFile = MUSTER_SOURCE_DIR "/resources/workloads/flaky.toml";
    options.simulationSeed = 7;
    options.runFor = 80s;
    options.database = m_fixture.file("aged.db");
    auto engine = Engine::start(options).value();
    static_cast<void>(engine->wait());
    engine.reset();
    const auto whole = (*Session::open(*options.database))->whatIf({.service = "shop"}).value();
    QVERIFY(!whole.stage("breaker")->keptFrom);
    {
        const auto clock = std::make_shared<ManualClock>();
        clock->advance(90s);
        RecorderOptions old;
        old.file = *options.database;
        old.run.startedAt = clock->wall();
        old.run.origin = 17;
        old.clock = clock;
        old.retention.age = 60s;
        const auto recorder = Recorder::open(old).value();
        for (int i = 0; i < 20; ++i) {
            recorder->maintain();
            recorder->addMark({.at = clock->wall(), .kind = "run", .text = "tick"});
            QVERIFY(recorder->flush(30s).ok());
        }
        QVERIFY(recorder->close({.endedAt = clock->wall(), .summaryJson = "{}"}, 30s).ok());
    }
    const auto session = Session::open(*options.database).value();
    const auto left = session->whatIf({.service = "shop", .run = RunId{1}});
    QVERIFY2(left.ok(), left.ok() ? "" : left.error().text().c_str());
    for (const char* name : {"limiter", "breaker"}) {
        const WhatIfStage& stage = *left->stage(name);
        QVERIFY(stage.keptFrom && stage.comparedFrom);
        const Duration after{stage.keptFrom->nanoseconds - whole.begin.nanoseconds};
        QVERIFY2(after > 27s && after < 31s, toString(*stage.keptFrom).c_str());
        QVERIFY(stage.note.find(toString(*stage.keptFrom)) != std::string::npos);
        QVERIFY(stage.calls > 0 && stage.calls < whole.stage(name)->calls);
        QVERIFY2(stage.reproduced, stage.note.c_str());
    }
    const auto sooner = session->whatIf(
        {.service = "shop", .settings = {"breaker.failure_rate=20%"}, .run = RunId{1}});
    QVERIFY(sooner.ok());
    QVERIFY(sooner->stage("breaker")->keptFrom == left->stage("breaker")->keptFrom);
}

void SimulationTest::faultsOfTheFileComeAndGoInTheirTime()
{
    auto options =
        m_fixture.options(QByteArray(EngineFixture::kSteady)
                              .replace("[[load]]",
                                       "timeout = \"50ms\"\n[[faults]]\nat = \"2s\"\n"
                                       "for = \"1s\"\naction = \"work\"\nfault = \"error\"\n"
                                       "value = \"rejected\"\nshare = \"50%\"\n"
                                       "[[faults]]\nat = \"4s\"\nfor = \"1s\"\n"
                                       "action = \"work\"\nfault = \"hang\"\n"
                                       "share = \"1%\"\n[[load]]"));
    options.overrides = {"load.0.rate=100/s"};
    options.simulationSeed = 3;
    options.runFor = 10s;
    options.database = m_fixture.file("faults.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    engine->reset();
    const auto page = (*Session::open(*options.database))
                          ->events({.type = "fault.*", .newestFirst = false, .limit = 0});
    QVERIFY(page.ok());
    QCOMPARE(page->rows.size(), std::size_t{4});
    QVERIFY(toString(page->rows[0].at).starts_with("2026-01-01T00:00:02"));
    QVERIFY(toString(page->rows[1].at).starts_with("2026-01-01T00:00:03"));
    QVERIFY(page->rows[3].data.find("its time was over") != std::string::npos);
    // Half of a second's hundred, and now and then one that hung.
    QVERIFY2(summary.failed > 30 && summary.failed < 75, summary.json().c_str());
}

namespace {

// One agent that takes 100 us for each call, but a second for the one after ten seconds.
const char* const kStalls = R"(
[workload]
name = "stalls"
[[agents]]
name = "teller"
count = 1
action = "serve"
queue = 4096
[actions.serve]
kind = "synthetic"
wait = { shape = "constant", mean = "100us" }
phases = [
    { for = "10s" },
    { for = "1ms", wait = { shape = "constant", mean = "1s" } },
]
)";

}  // namespace

void SimulationTest::aStallOfOneSecondGivesTheAnalyticPercentiles()
{
    auto options = m_fixture.options(QByteArray(kStalls) +
                                     "[[load]]\nmodel = \"open\"\nstart = \"1k/s\"\n"
                                     "stages = [{ for = \"20s\", to = \"1k/s\" }]\n");
    options.simulationSeed = 5;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QVERIFY2(summary.load && summary.load->dropped == 0, summary.json().c_str());
    QCOMPARE(summary.actions, std::uint64_t{20'000});
    // An arrival u after the stall began waits for the rest of it, and for those before it, a
    // tenth of u: 1 s - 0.9 u. The slowest 200 of 20,000 came within the first 200 ms, the
    // slowest 20 within 20 ms; the stall's backlog, 1.1 s long, is 1,111 of them.
    const auto near = [&summary](const Known& value, double seconds) {
        const bool is = value.known() && std::abs(value.value / 1e9 - seconds) < 0.015;
        return is ? QByteArray() : QByteArray::fromStdString(summary.json());
    };
    QCOMPARE(near(summary.latency.max, 1.0), QByteArray());
    QCOMPARE(near(summary.latency.p999, 0.982), QByteArray());
    QCOMPARE(near(summary.latency.p99, 0.82), QByteArray());
    QCOMPARE(near(summary.latency.p95, 0.1), QByteArray());
    // Once begun, all but one took 100 us: what an uncorrected measurement says.
    QVERIFY2(summary.serviceTime.p999.value < 110e3, summary.json().c_str());
    QCOMPARE(near(summary.serviceTime.max, 1.0), QByteArray());
}

void SimulationTest::aClosedLoadLeavesTheStallOutAndSaysSo()
{
    auto options = m_fixture.options(QByteArray(kStalls) +
                                     "[[load]]\nmodel = \"closed\"\nstart = 1\n"
                                     "stages = [{ for = \"20s\", to = 1 }]\n");
    options.simulationSeed = 5;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    const auto summary = (*engine)->wait();
    QVERIFY2(summary.latency.max.value > 0.99e9 && summary.latency.p999.value < 2e6,
             summary.json().c_str());
    QVERIFY(summary.load && summary.load->model == LoadModel::closed);
    const auto json = QJsonDocument::fromJson(QByteArray::fromStdString(summary.json())).object();
    QCOMPARE(json["load"]["omission_corrected"], QJsonValue(false));
    QVERIFY(omissionNote(summary.load->model).find("not corrected") != std::string_view::npos);
}

void SimulationTest::noEventNamesPathProcessOrHost()
{
    const auto events = eventsOf(9, "names.db");
    QVERIFY(!events.isEmpty());
    QVERIFY(!events.contains(m_fixture.file("names.db").parent_path().string().c_str()));
    QVERIFY(!events.contains("pid"));
    QVERIFY(!events.contains(QSysInfo::machineHostName().toUtf8()));
}

MUSTER_TEST_CASE(SimulationTest);
#include "simulation_test.moc"
