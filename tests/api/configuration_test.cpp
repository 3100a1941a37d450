// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

constexpr const char* kShop =
    "[services.shop]\nlimiter = { rate = \"100k/s\", burst = 1000 }\nbreaker = { minimum_calls = "
    "1000000 }\n";

std::vector<std::string> kindsOf(const ConfigurationHistory& history)
{
    std::vector<std::string> kinds;
    for (const auto& version : history.versions) {
        kinds.push_back(version.kind);
    }
    return kinds;
}

}  // namespace

/// Versions of all that is set while a run goes on, and changes on trial.
class ConfigurationTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void eachChangeIsAVersionWithItsParentAuthorAndReason();
    void aRollbackIsANewVersion();
    void aStageIsTurnedOffAndOnWhileCallsGoOn();
    void aTrialThatIsKeptStays();
    void aTrialIsTakenBackWhenItsTimeIsOver();
    void aTrialThatMakesCallsFailIsTakenBack();
    void aTrialThatRejectsTooMuchIsTakenBack();
    void whatIsOnTrialIsNotChangedOtherwise();
    void aTrialThatNobodyKeptEndsWithItsRun();
    void anotherChangeDuringATrialStaysWhenThatIsTakenBack();
    void aSimulatedTrialIsTakenBackInVirtualTime();
    void thresholdsOfResourcesAreTriedKeptAndRolledBackAsLimitsAre();
    void whatIsCapturedIsPartOfEachVersion();

private:
    [[nodiscard]] Result<CommandOutcome> run(std::string_view line)
    {
        return carryOut(*m_engine, line);
    }
    [[nodiscard]] ConfigurationHistory history() const
    {
        return (*Session::open(m_fixture->file("versions.db")))->configurations().value();
    }
    [[nodiscard]] std::vector<EventRow> events(const char* type) const
    {
        return (*Session::open(m_fixture->file("versions.db")))
            ->events({.type = type, .newestFirst = false, .limit = 0})
            .value()
            .rows;
    }
    [[nodiscard]] SnapshotPtr untilRate(double perSecond)
    {
        return m_watch->until([perSecond](const Snapshot& s) {
            const auto& limiter = s.services.at(0).limiter;
            return limiter && limiter->ratePerSecond == perSecond;
        });
    }

    /// Of memory: elevated, severe, critical.
    [[nodiscard]] SnapshotPtr untilThresholds(const std::array<double, 3>& thresholds)
    {
        return m_watch->until([thresholds](const Snapshot& s) {
            const auto memory = std::ranges::find(s.resources, "memory", &ResourceUse::name);
            return memory != s.resources.end() && memory->thresholds == thresholds;
        });
    }

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<SnapshotWatch> m_watch;
};

void ConfigurationTest::init()
{
    m_fixture = std::make_unique<EngineFixture>();
    auto options =
        m_fixture->options(QByteArray(EngineFixture::kSteady)
                               .replace("\"synthetic\"", "\"synthetic\"\nservice = \"shop\"") +
                           kShop);
    options.database = m_fixture->file("versions.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    m_engine = *std::move(engine);
    m_watch = std::make_unique<SnapshotWatch>(*m_engine);
    QVERIFY(m_watch->until([](const Snapshot& s) { return s.configurationVersion == 1; }));
}

void ConfigurationTest::cleanup()
{
    m_watch.reset();
    m_engine.reset();
    m_fixture.reset();
}

void ConfigurationTest::eachChangeIsAVersionWithItsParentAuthorAndReason()
{
    for (const char* line :
         {"limits.set services.shop.limiter.rate 200/s", "limits.set services.shop.breaker off",
          "limits.set limits.agents 5000", "load.rate 100/s", "load.step +50/s", "mark.add hello",
          "limits.set limits.agents 5000"}) {
        const auto done = run(line);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().text().c_str());
    }
    const auto all = history();
    // What sets nothing, or what is there already, makes none.
    QCOMPARE(kindsOf(all),
             (std::vector<std::string>{"started", "set", "set", "set", "set", "set"}));
    for (std::size_t i = 0; i < all.versions.size(); ++i) {
        QCOMPARE(all.versions[i].version, std::uint64_t{i + 1});
        QCOMPARE(all.versions[i].parent, std::uint64_t{i});
        QCOMPARE(all.versions[i].hash.size(), std::size_t{64});
    }
    QCOMPARE(all.version, std::uint64_t{6});
    QCOMPARE(all.versions[1].author, std::string("operator"));
    QCOMPARE(all.versions[1].reason,
             std::string("limits.set key=services.shop.limiter.rate value=200/s"));
    QVERIFY(all.versions[1].document.find("\"rate\":\"200/s\"") != std::string::npos);
    QVERIFY(all.versions[2].document.find("breaker") == std::string::npos);
    QVERIFY(all.versions[3].document.find("\"limits.agents\":\"5000\"") != std::string::npos);
    QVERIFY(all.versions[4].document.find("\"rate\":\"100/s\"") != std::string::npos);
    QCOMPARE(events("configuration.changed").size(), std::size_t{6});
}

void ConfigurationTest::aRollbackIsANewVersion()
{
    QVERIFY(run("limits.set services.shop.limiter \"kind=cycle permits=9\"").ok());
    QVERIFY(run("limits.set services.shop.bulkhead on").ok());
    QVERIFY(run("limits.set limits.memory 3GiB").ok());
    QVERIFY(run("load.rate 100/s").ok());
    const auto rolled = run("config.rollback 1");
    QVERIFY2(rolled.ok(), rolled.ok() ? "" : rolled.error().text().c_str());
    const auto all = history();
    QCOMPARE(all.versions.back().kind, std::string("rolled_back"));
    QCOMPARE(all.versions.back().document, all.versions.front().document);
    QCOMPARE(all.versions.back().hash, all.versions.front().hash);
    QVERIFY(untilRate(100'000));
    QVERIFY(m_watch->until(
        [](const Snapshot& s) { return !s.services[0].bulkhead && !s.load.overridden; }));
    QVERIFY(carryOut(*m_engine, rolled->undo->text()).ok());
    QCOMPARE(history().versions.back().document, all.versions[4].document);
}

void ConfigurationTest::aStageIsTurnedOffAndOnWhileCallsGoOn()
{
    const auto off = run("limits.set services.shop.limiter off");
    QVERIFY2(off.ok(), off.ok() ? "" : off.error().text().c_str());
    QVERIFY(
        m_watch->until([](const Snapshot& s) { return !s.services.at(0).limiter.has_value(); }));
    const auto succeeded =
        m_watch->until([](const Snapshot& s) { return s.sequence > 0; })->services[0].succeeded;
    QVERIFY(m_watch->until(
        [succeeded](const Snapshot& s) { return s.services.at(0).succeeded > succeeded + 20; }));
    QVERIFY(run("limits.set services.shop.limiter on").ok());
    const auto on =
        m_watch->until([](const Snapshot& s) { return s.services.at(0).limiter.has_value(); });
    QCOMPARE(on->services[0].limiter->ratePerSecond, 100'000.0);
    QVERIFY(run("limits.set services.shop.limiter \"kind=keyed rate=5/s burst=1\"").ok());
    QVERIFY(m_watch->until([](const Snapshot& s) {
        const auto& limiter = s.services.at(0).limiter;
        return limiter && limiter->keyed && s.services[0].stages.at(3).rejected > 0;
    }));
    QVERIFY(carryOut(*m_engine, off->undo->text()).ok());
    QVERIFY(run("limits.set services.shop.bulkhead on").ok());
    QVERIFY(m_watch->until([](const Snapshot& s) {
        const auto& shop = s.services.at(0);
        return shop.bulkhead && shop.limiter && shop.limiter->kind == "token_bucket";
    }));
}

void ConfigurationTest::aTrialThatIsKeptStays()
{
    QVERIFY(run("limits.try services.shop.limiter.rate 50k/s for=1h p99=off").ok());
    const auto on = m_watch->until([](const Snapshot& s) { return s.trial.has_value(); });
    QCOMPARE(on->trial->key, std::string("services.shop.limiter.rate"));
    QCOMPARE(on->trial->before, std::string("100k/s"));
    QCOMPARE(on->trial->after, std::string("50k/s"));
    QVERIFY(on->trial->left > 3500s && on->trial->left <= 3600s);
    QVERIFY(on->trial->guards.size() >= 2);
    auto all = history();
    QVERIFY(all.interrupted == false && !all.versions.back().kept.empty());
    QVERIFY(run("limits.keep").ok());
    QVERIFY(m_watch->until([](const Snapshot& s) { return !s.trial; }));
    QVERIFY(untilRate(50'000));
    all = history();
    QCOMPARE(kindsOf(all), (std::vector<std::string>{"started", "tried", "kept"}));
    QVERIFY(all.versions[1].document == all.versions[2].document && all.versions[2].kept.empty());
    QCOMPARE(all.versions[1].kept, all.versions[0].document);
    QCOMPARE(events("limit.tried").size(), std::size_t{1});
    QCOMPARE(events("limit.kept").size(), std::size_t{1});
}

void ConfigurationTest::aTrialIsTakenBackWhenItsTimeIsOver()
{
    QVERIFY(run("limits.try services.shop.limiter.rate 50k/s for=1s p99=off").ok());
    QVERIFY(untilRate(50'000));
    QVERIFY(untilRate(100'000));
    QVERIFY(m_watch->until([](const Snapshot& s) { return s.configurationVersion == 3; }));
    static_cast<void>(m_engine->drain(1s));
    const auto rows = events("limit.reverted");
    QCOMPARE(rows.size(), std::size_t{1});
    QVERIFY2(rows[0].data.find("\"cause\":\"timeout\"") != std::string::npos, rows[0].data.c_str());
    QCOMPARE(kindsOf(history()), (std::vector<std::string>{"started", "tried", "reverted"}));
}

void ConfigurationTest::aTrialThatMakesCallsFailIsTakenBack()
{
    QVERIFY(run("limits.try services.shop.limiter.burst 900 for=1h p99=off error_rate=20%").ok());
    QVERIFY(run("fault.start work error").ok());
    QVERIFY(
        m_watch->until([](const Snapshot& s) { return !s.trial && s.configurationVersion > 2; }));
    static_cast<void>(m_engine->drain(1s));
    const auto rows = events("limit.reverted");
    QCOMPARE(rows.size(), std::size_t{1});
    QVERIFY2(rows[0].data.find("\"cause\":\"error_rate\"") != std::string::npos,
             rows[0].data.c_str());
    QVERIFY(history().versions.back().author == "guard");
}

void ConfigurationTest::aTrialThatRejectsTooMuchIsTakenBack()
{
    QVERIFY(
        run("limits.try services.shop.limiter \"rate=1/s burst=1\" for=1h p99=off rejections=50%")
            .ok());
    QVERIFY(
        m_watch->until([](const Snapshot& s) { return !s.trial && s.configurationVersion > 2; }));
    QVERIFY(untilRate(100'000));
    static_cast<void>(m_engine->drain(1s));
    QVERIFY(events("limit.reverted").at(0).data.find("rejections") != std::string::npos);
}

void ConfigurationTest::whatIsOnTrialIsNotChangedOtherwise()
{
    QVERIFY(run("limits.try services.shop.limiter.rate 50k/s for=1h p99=off").ok());
    for (const char* line :
         {"limits.set services.shop.limiter.rate 1/s", "limits.set services.shop.limiter off",
          "limits.try limits.agents 9000", "config.rollback 1"}) {
        const auto refused = run(line);
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().text().find("is on trial") != std::string::npos,
                 refused.error().text().c_str());
    }
    QVERIFY(run("limits.revert").ok());
    QVERIFY(run("limits.set services.shop.limiter.rate 1k/s").ok());
}

void ConfigurationTest::aTrialThatNobodyKeptEndsWithItsRun()
{
    QVERIFY(run("limits.try services.shop.limiter.rate 50k/s for=1h p99=off").ok());
    static_cast<void>(m_engine->drain(1s));
    const auto all = history();
    QCOMPARE(kindsOf(all), (std::vector<std::string>{"started", "tried", "reverted"}));
    QVERIFY(!all.interrupted);
    QCOMPARE(all.inForce, all.versions[0].document);
    QVERIFY(events("limit.reverted").at(0).data.find("\"cause\":\"ended\"") != std::string::npos);
}

void ConfigurationTest::anotherChangeDuringATrialStaysWhenThatIsTakenBack()
{
    QVERIFY(run("limits.try services.shop.limiter.rate 50k/s for=1h p99=off").ok());
    QVERIFY(run("limits.set services.shop.limiter.burst 77").ok());
    const auto during = history().versions.back();
    QVERIFY(during.document.find("50k/s") != std::string::npos);
    QVERIFY(during.kept.find("100k/s") != std::string::npos);
    QVERIFY(during.kept.find("77") != std::string::npos);
    QVERIFY(run("limits.revert").ok());
    QCOMPARE(history().inForce, during.kept);
}

void ConfigurationTest::aSimulatedTrialIsTakenBackInVirtualTime()
{
    auto options =
        m_fixture->options(QByteArray(EngineFixture::kSteady)
                               .replace("\"synthetic\"", "\"synthetic\"\nservice = \"shop\"") +
                           kShop);
    options.simulationSeed = 5;
    options.database = m_fixture->file("sim.db");
    auto engine = Engine::start(options).value();
    auto watch = std::make_unique<SnapshotWatch>(*engine);
    QVERIFY(watch->until(RunState::running));
    QVERIFY(carryOut(*engine, "limits.try services.shop.limiter.rate 50k/s for=1min p99=off").ok());
    QVERIFY(
        watch->until([](const Snapshot& s) { return !s.trial && s.configurationVersion == 3; }));
    static_cast<void>(engine->drain(1s));
    watch.reset();
    engine.reset();
    const auto all = (*Session::open(m_fixture->file("sim.db")))->configurations().value();
    QCOMPARE(kindsOf(all), (std::vector<std::string>{"started", "tried", "reverted"}));
    QCOMPARE(all.versions[2].at - all.versions[1].at >= 60s, true);
}

void ConfigurationTest::thresholdsOfResourcesAreTriedKeptAndRolledBackAsLimitsAre()
{
    QVERIFY(run("limits.try resources.memory.critical 97% for=1s p99=off pressure=off").ok());
    QVERIFY(untilThresholds({0.80, 0.90, 0.97}));
    QVERIFY(untilThresholds({0.80, 0.90, 0.95}));  // its time is over
    QVERIFY(run("limits.try resources.memory.severe 85% for=1h p99=off pressure=off").ok());
    QVERIFY(untilThresholds({0.80, 0.85, 0.95}));
    QVERIFY(run("limits.keep").ok());
    QVERIFY(run("limits.set resources.memory.elevated 70%").ok());
    QVERIFY(untilThresholds({0.70, 0.85, 0.95}));
    auto all = history();
    QCOMPARE(kindsOf(all),
             (std::vector<std::string>{"started", "tried", "reverted", "tried", "kept", "set"}));
    QVERIFY(all.versions[5].document.find("\"resources.memory.severe\":\"85%\"") !=
            std::string::npos);
    QVERIFY(all.versions[2].document == all.versions[0].document);
    QVERIFY(run("config.rollback 1").ok());
    QVERIFY(untilThresholds({0.80, 0.90, 0.95}));
    QCOMPARE(history().versions.back().document, all.versions[0].document);
}

void ConfigurationTest::whatIsCapturedIsPartOfEachVersion()
{
    QVERIFY(run("capture.set action.completed 1/10").ok());
    QVERIFY(run("capture.set call.* count").ok());
    const auto back = run("capture.set action.completed 500/s");
    QVERIFY(back.ok());
    auto all = history();
    QCOMPARE(kindsOf(all), (std::vector<std::string>{"started", "set", "set", "set"}));
    QVERIFY(all.versions[2].document.find(
                "\"capture\":{\"action.completed\":\"1/10\",\"call.*\":\"count\"}") !=
            std::string::npos);
    QVERIFY(carryOut(*m_engine, back->undo->text()).ok());
    QCOMPARE(history().versions.back().document, all.versions[2].document);
    QVERIFY(run("config.rollback 1").ok());
    all = history();
    QCOMPARE(all.versions.back().document, all.versions.front().document);
    QVERIFY(run("config.rollback 3").ok());
    QCOMPARE(history().versions.back().document, all.versions[2].document);
}

MUSTER_TEST_CASE(ConfigurationTest);
#include "configuration_test.moc"
