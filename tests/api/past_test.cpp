// SPDX-License-Identifier: Apache-2.0
#include "api/past.h"

#include <algorithm>
#include <random>
#include <set>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

/// Agents that come and go, a service that fails for a while, a fault.
const char* const kLively = R"([workload]
name = "lively"
[[agents]]
name = "worker"
count = 20
action = "work"
[[agents]]
name = "brief"
count = 200
action = "work"
lifetime = "5s"
[actions.work]
kind = "synthetic"
service = "shop"
wait = { shape = "lognormal", mean = "8ms", deviation = "4ms" }
repeat = true
phases = [{ for = "15s" }, { for = "4s", fail = "95%" }, { for = "600s" }]
[services.shop]
retry = { attempts = 1 }
limiter = { rate = "500/s", burst = 100 }
breaker = { failure_rate = "50%", minimum_calls = 20, window = "2s", open_for = "2s" }
[[load]]
model = "open"
stages = [{ for = "1s", to = "100/s" }, { for = "599s", to = "100/s" }]
[[faults]]
at = "25s"
for = "10s"
action = "work"
fault = "delay"
value = "5ms"
)";

}  // namespace

/// Moving back and forth through a recorded run.
class PastTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void anyMomentIsWhatAFoldFromTheStartGives();
    void whatWasPreparedGivesTheSame();
    void theAgentsAreThoseOfThen();
    void agentsOfThenAreFilteredByWhatIsKnown();
    void theSnapshotShowsTheMomentAndItsSample();
    void whatWasGivenUpGoesOnAfterwards();
    void beforeItsBeginningARunIsAsItBegan();

private:
    [[nodiscard]] std::unique_ptr<Past> past() const { return Past::open(m_file).value(); }
    [[nodiscard]] PastState fresh(Duration after) const
    {
        return m_session->stateAt({.run = m_run, .at = {}, .sinceStart = after}).value();
    }

    EngineFixture m_fixture;
    std::filesystem::path m_file;
    std::unique_ptr<Session> m_session;
    RunId m_run;
    WallTime m_start;
};

void PastTest::initTestCase()
{
    auto options = m_fixture.options(kLively);
    options.simulationSeed = 11;
    options.runFor = 60s;
    options.database = m_fixture.file("past.db");
    m_file = *options.database;
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine ? "" : engine.error().text().c_str());
    QVERIFY(!(*engine)->wait().failure);
    engine->reset();
    m_session = Session::open(m_file).value();
    const auto info = m_session->info().value();
    m_run = info.runs.back().id;
    m_start = info.runs.back().startedAt;
}

void PastTest::anyMomentIsWhatAFoldFromTheStartGives()
{
    const auto moving = past();
    std::mt19937 chance(3);
    std::uniform_int_distribution<int> milliseconds(0, 62'000);
    int proved = 0;
    for (int i = 0; i < 60; ++i) {
        const Duration after = std::chrono::milliseconds(milliseconds(chance));
        const auto moment = moving->at({.run = m_run, .at = m_start + after, .sinceStart = {}});
        QVERIFY(moment.ok());
        const auto wanted = fresh(after);
        QCOMPARE(moment->state.document, wanted.document);
        QCOMPARE(moment->state.changes, wanted.changes);
        QVERIFY(moment->state.proof == wanted.proof);
        QVERIFY(moment->state.proof != PastState::Proof::differs);
        proved += moment->state.proof == PastState::Proof::holds ? 1 : 0;
    }
    QVERIFY(proved > 30);
}

void PastTest::whatWasPreparedGivesTheSame()
{
    const auto moving = past();
    QVERIFY(moving->prepare(m_run).ok());
    for (const Duration after : std::initializer_list<Duration>{50s, 17s, 16s, 55s, 1s}) {
        const auto moment = moving->at({.run = m_run, .at = {}, .sinceStart = after});
        QVERIFY(moment.ok());
        QCOMPARE(moment->state.document, fresh(after).document);
    }
}

void PastTest::theAgentsAreThoseOfThen()
{
    const auto moving = past();
    QVERIFY(moving->at({.run = m_run, .at = {}, .sinceStart = 40s}).ok());
    const auto moment = moving->at({.run = m_run, .at = {}, .sinceStart = 12s});
    std::set<AgentId> wanted;
    QVERIFY(m_session
                ->stateAt({.run = m_run, .at = {}, .sinceStart = 12s},
                          [&](const PastAgent& agent) {
                              wanted.insert(agent.id);
                              return true;
                          })
                .ok());
    const auto page = moving->agents({.limit = 10'000});
    QVERIFY(page.ok());
    QCOMPARE(page->total, std::uint64_t{moment->snapshot->agents.live});
    std::set<AgentId> shown;
    for (const AgentRow& row : page->rows) {
        shown.insert(row.id);
        QVERIFY(!row.rate.known());
    }
    QVERIFY(shown == wanted);
}

void PastTest::agentsOfThenAreFilteredByWhatIsKnown()
{
    const auto moving = past();
    QVERIFY(!moving->agents({}).ok());
    QVERIFY(moving->at({.run = m_run, .at = {}, .sinceStart = 12s}).ok());
    QCOMPARE(moving->agents({.filter = "name:worker-1*"})->matching, std::uint64_t{11});
    QCOMPARE(moving->agents({.filter = "worker state:suspended"})->matching, std::uint64_t{0});
    const auto window = moving->agents({.offset = 3, .limit = 4});
    QCOMPARE(window->rows.size(), std::size_t{4});
    QVERIFY(window->rows.at(0).id ==
            moving->agents({.filter = "name:*", .limit = 10})->rows.at(3).id);
    const auto last = moving->agents(
        {.filter = "worker", .sort = AgentColumn::name, .descending = true, .limit = 1});
    QCOMPARE(QString::fromStdString(last->rows.at(0).name), QStringLiteral("worker-9"));
    const auto detail = moving->agentDetail(last->rows.at(0).id);
    QCOMPARE(QString::fromStdString(detail->row.name), QStringLiteral("worker-9"));
    const auto refused = moving->agents({.filter = "mailbox:>0"});
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().text().find("go back to live") != std::string::npos);
}

void PastTest::theSnapshotShowsTheMomentAndItsSample()
{
    const auto moving = past();
    const auto at = [&](Duration after) {
        return moving->at({.run = m_run, .at = {}, .sinceStart = after}).value();
    };
    const auto during = at(17500ms);
    QVERIFY(during.sampledAt && *during.sampledAt <= m_start + 17500ms &&
            *during.sampledAt > m_start + 16s);
    const Snapshot& snapshot = *during.snapshot;
    QCOMPARE(snapshot.uptime, Duration(17500ms));
    QVERIFY(snapshot.state == RunState::running);
    QCOMPARE(snapshot.services.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(snapshot.services[0].breaker->state), QStringLiteral("open"));
    QCOMPARE(snapshot.services[0].limiter->ratePerSecond, 500.0);
    QVERIFY(snapshot.services[0].failed > 10);
    QVERIFY(snapshot.services[0].settings && !snapshot.services[0].settings->empty());
    QCOMPARE(snapshot.load.stages.size(), std::size_t{2});
    QCOMPARE(snapshot.load.stage, std::size_t{1});
    QVERIFY(snapshot.load.elapsed > 17s && snapshot.load.elapsed < 18s);
    QVERIFY(snapshot.actions.ok > 1'000 && snapshot.actions.ok < 1'900);
    QVERIFY(snapshot.actions.latency.p99.known());
    QCOMPARE(snapshot.actionRows.size(), std::size_t{1});
    QVERIFY(std::ranges::all_of(snapshot.marks,
                                [&](const Mark& mark) { return mark.at <= m_start + 17500ms; }));
    QVERIFY(snapshot.faults.empty());
    QCOMPARE(at(30s).snapshot->faults.size(), std::size_t{1});
    QCOMPARE(QString::fromStdString(at(12s).snapshot->services[0].breaker->state),
             QStringLiteral("closed"));
}

void PastTest::whatWasGivenUpGoesOnAfterwards()
{
    const auto moving = past();
    int asked = 0;
    const auto given =
        moving->at({.run = m_run, .at = {}, .sinceStart = 58s}, [&asked] { return ++asked < 2; });
    QVERIFY(!given.ok());
    QVERIFY(given.error().code == ErrorCode::cancelled);
    const auto moment = moving->at({.run = m_run, .at = {}, .sinceStart = 58s});
    QVERIFY(moment.ok());
    QCOMPARE(moment->state.document, fresh(58s).document);
}

void PastTest::beforeItsBeginningARunIsAsItBegan()
{
    const auto moment = past()->at({.run = m_run, .at = m_start - 1s, .sinceStart = {}});
    QVERIFY(moment.ok());
    QVERIFY(moment->state.at == m_start);
    const auto other = past()->at({.run = RunId{99}, .at = m_start, .sinceStart = {}});
    QVERIFY(!other.ok());
    QVERIFY(other.error().code == ErrorCode::notFound);
}

MUSTER_TEST_CASE(PastTest);

#include "past_test.moc"
