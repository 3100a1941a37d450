// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "api/engine.h"
#include "engine_fixture.h"
#include "support/test_case.h"
#include "telemetry/resource_probe.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

bool marked(const Snapshot& snapshot, std::string_view text)
{
    return std::ranges::any_of(snapshot.marks, [text](const Mark& mark) {
        return mark.text.find(text) != std::string::npos;
    });
}

const ResourceUse& of(const Snapshot& snapshot, std::string_view name)
{
    return *std::ranges::find(snapshot.resources, name, &ResourceUse::name);
}

}  // namespace

/// Faults that hit the engine itself, on a running one.
class MachineFaultsTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void killedAgentsAreGoneAndTheOthersGoOn();
    void aStalledWorkerIsNamedAndTheOthersGoOn();
    void memoryIsReallyTakenAndGivenBack();
    void aFullDiskStopsTheRecordUntilItEnds();
    void nothingSticksAfterTheClockJumped_data();
    void nothingSticksAfterTheClockJumped();
    void theEndOfTheRunEndsWhatGoesOn();
    void aFileSetsThemOffByStageAndByChance();
    void theSameSeedSetsOffTheSame();

private:
    [[nodiscard]] bool goesOn()
    {
        const auto now = m_watch->until([](const Snapshot&) { return true; });
        return now && m_watch->until([ok = now->actions.ok](const Snapshot& s) {
            return s.actions.ok > ok + 100;
        });
    }
    [[nodiscard]] std::string run(std::string_view line)
    {
        const auto outcome = carryOut(*m_engine, line);
        return outcome.ok() ? outcome->summary : outcome.error().text();
    }

    std::unique_ptr<EngineFixture> m_fixture;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<SnapshotWatch> m_watch;
};

void MachineFaultsTest::init()
{
    m_fixture = std::make_unique<EngineFixture>();
    auto options = m_fixture->options(EngineFixture::kSteady);
    options.database = m_fixture->file("faults.db");
    auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    m_engine = *std::move(engine);
    m_watch = std::make_unique<SnapshotWatch>(*m_engine);
    QVERIFY(m_watch->until(RunState::running));
}

void MachineFaultsTest::cleanup()
{
    m_watch.reset();
    m_engine.reset();
    m_fixture.reset();
}

void MachineFaultsTest::killedAgentsAreGoneAndTheOthersGoOn()
{
    QCOMPARE(run("fault.inject kill name:worker-1*"), std::string("Killed 11 agents"));
    const auto after = m_watch->until([](const Snapshot& s) { return s.agents.live == 9; });
    QVERIFY(after);
    QVERIFY(marked(*after, "Fault: kill name:worker-1*"));
    QVERIFY(goesOn());
    QVERIFY(run("fault.inject kill name:nobody").find("no agent matches") != std::string::npos);
}

void MachineFaultsTest::aStalledWorkerIsNamedAndTheOthersGoOn()
{
    QCOMPARE(run("fault.inject stall 1 for=60s"), std::string("stall 1 for 1min"));
    const auto seen = m_watch->until([](const Snapshot& s) {
        return std::ranges::any_of(s.attention, [](const AttentionItem& item) {
            return item.text.starts_with("Agent fault-stall-1 has held worker ");
        });
    });
    QVERIFY(seen);
    QCOMPARE(seen->faults.size(), std::size_t{1});
    QCOMPARE(seen->faults[0].fault, std::string("stall"));
    QVERIFY(goesOn());  // on the other worker
    QVERIFY(run("fault.end stall").starts_with("No more stall"));
    const auto over = m_watch->until([](const Snapshot& s) {
        return s.faults.empty() && s.agents.live == 20;  // its agent is gone too
    });
    QVERIFY(over);
    QVERIFY(marked(*over, "No more stall"));
}

void MachineFaultsTest::memoryIsReallyTakenAndGivenBack()
{
    constexpr std::uint64_t kTaken = std::uint64_t{256} << 20;
    const auto before = residentMemory().value();
    QCOMPARE(run("fault.inject memory 256MiB for=60s"), std::string("memory 256MiB for 1min"));
    QVERIFY(residentMemory().value() > before + kTaken * 9 / 10);
    QVERIFY(goesOn());
    QVERIFY(run("fault.end memory").starts_with("No more memory"));
    QVERIFY(residentMemory().value() < before + kTaken / 2);
    QVERIFY(run("fault.end memory").find("there is no fault memory") != std::string::npos);
    QVERIFY(run("fault.inject memory 900TiB").find("cannot be taken") != std::string::npos);
}

void MachineFaultsTest::aFullDiskStopsTheRecordUntilItEnds()
{
    QCOMPARE(run("fault.inject disk_full for=60s"), std::string("disk_full for 1min"));
    const auto full = m_watch->until([](const Snapshot& s) {
        return s.store.failedWrites > 0 && s.pressure == PressureLevel::critical;
    });
    QVERIFY(full);
    QVERIFY(full->pressureCause.starts_with("disk 100 %"));
    QVERIFY(goesOn());
    QVERIFY(run("fault.end disk_full").starts_with("No more disk_full"));
    const auto well = m_watch->until([](const Snapshot& s) {
        return s.store.recording && s.store.problem.empty() && s.pressure == PressureLevel::normal;
    });
    QVERIFY(well);
    QVERIFY(of(*well, "disk").share.value < 1);
    const auto summary = m_engine->drain(5s);
    QVERIFY2(!summary.failure, summary.failure ? summary.failure->text().c_str() : "");
    QVERIFY(summary.pressure.eventsThinned > 0);
    // Nothing durable was given up: what is not stored was thinned or counted.
    QCOMPARE(summary.stored + summary.countedOnly + summary.dropped, summary.events);
    QCOMPARE(summary.dropped, std::uint64_t{0});
}

void MachineFaultsTest::nothingSticksAfterTheClockJumped_data()
{
    QTest::addColumn<QByteArray>("jump");
    for (const char* jump : {"+1s", "-1s", "+1h", "-1h", "+87600h", "-87600h"}) {
        QTest::newRow(jump) << QByteArray(jump);
    }
}

void MachineFaultsTest::nothingSticksAfterTheClockJumped()
{
    QFETCH(QByteArray, jump);
    const auto before = m_watch->until([](const Snapshot& s) { return s.events.stored > 50; });
    QVERIFY(before);
    QVERIFY(!run("mark.add before").empty());
    const auto outcome = carryOut(*m_engine, "fault.inject clock " + jump.toStdString());
    QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.error().text().c_str());
    QVERIFY(outcome->undo.has_value());
    QVERIFY(goesOn());
    // Events go on being stored, those from before stay, the load keeps its pace.
    const auto after = m_watch->until([stored = before->events.stored](const Snapshot& s) {
        return s.events.stored > stored + 50;
    });
    QVERIFY(after);
    QVERIFY((after->at.nanoseconds > before->at.nanoseconds) == jump.startsWith('+') ||
            jump == "-1s");
    QVERIFY(marked(*after, "before"));
    const auto page = answerOf<EventPage>(
        [&](auto done) { m_engine->events({.type = "engine.started"}, std::move(done)); });
    QVERIFY(page.ok());
    QCOMPARE(page->rows.size(), std::size_t{1});
    QVERIFY(after->load.offeredPerSecond < 2000);
    const auto summary = m_engine->drain(5s);
    QVERIFY2(!summary.failure, summary.failure ? summary.failure->text().c_str() : "");
    QVERIFY(summary.wall < 60s);
    QCOMPARE(summary.dropped, std::uint64_t{0});
}

void MachineFaultsTest::theEndOfTheRunEndsWhatGoesOn()
{
    QVERIFY(run("fault.inject stall 2 for=1h").starts_with("stall 2"));
    QVERIFY(run("fault.inject memory 64MiB for=1h").starts_with("memory"));
    const auto summary = m_engine->drain(5s);
    QVERIFY(summary.notStopped.empty());
    QVERIFY(summary.wall < 30s);
}

void MachineFaultsTest::aFileSetsThemOffByStageAndByChance()
{
    const EngineFixture fixture;
    const QByteArray text = QByteArray(EngineFixture::kSteady)
                                .replace("rate = \"500/s\"",
                                         "stages = [{ for = \"300ms\", to = \"200/s\" }, "
                                         "{ for = \"20s\", to = \"200/s\" }]") +
                            R"(
[[faults]]
stage = 2
fault = "memory"
value = "32MiB"
for = "200ms"
[[faults]]
at = "100ms"
every = "100ms"
chance = "50%"
fault = "clock"
value = "+1s"
)";
    auto engine = Engine::start(fixture.options(text));
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    const auto over = watch.until([](const Snapshot& s) {
        return marked(s, "No more memory") && marked(s, "Fault: clock +1s");
    });
    QVERIFY(over);
    const auto texts = [&over](std::string_view text_) {
        return std::ranges::find_if(over->marks, [text_](const Mark& mark) {
            return mark.text.find(text_) != std::string::npos;
        });
    };
    QVERIFY(texts("Stage 2") < texts("Fault: memory 32MiB"));
}

void MachineFaultsTest::theSameSeedSetsOffTheSame()
{
    const QByteArray text = QByteArray(EngineFixture::kSteady) + R"(
[[faults]]
at = "1s"
fault = "memory"
value = "1000MiB"
for = "10s"
[[faults]]
at = "2s"
every = "3s"
chance = "50%"
fault = "kill"
share = "10%"
[[faults]]
at = "5s"
fault = "clock"
value = "-1h"
[[faults]]
at = "6s"
fault = "stall"
for = "2s"
[[faults]]
at = "7s"
fault = "disk_full"
for = "3s"
)";
    std::vector<std::vector<std::string>> runs;
    for (int i = 0; i < 2; ++i) {
        const EngineFixture fixture;
        auto options = fixture.options(text);
        options.simulationSeed = 9;
        options.runFor = 30s;
        options.database = fixture.file("sim.db");
        auto engine = Engine::start(options);
        QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
        const auto summary = (*engine)->wait();
        QVERIFY(!summary.failure);
        QVERIFY(summary.pressure.highest == PressureLevel::critical);
        const auto page = answerOf<EventPage>([&](auto done) {
            (*engine)->events({.type = "**", .newestFirst = false, .limit = 0}, std::move(done));
        });
        QVERIFY(page.ok());
        auto& lines = runs.emplace_back();
        for (const EventRow& row : page->rows) {
            lines.push_back(toString(row.at) + " " + row.type + " " + row.data);
        }
    }
    QVERIFY(runs[0].size() > 100);
    QCOMPARE(runs[0], runs[1]);
    const auto has = [&runs](std::string_view part) {
        return std::ranges::any_of(runs[0], [part](const std::string& line) {
            return line.find(part) != std::string::npos;
        });
    };
    QVERIFY(has("pressure.changed"));
    QVERIFY(has("\"fault\":\"kill\""));
    QVERIFY(has("fault.stopped"));
}

MUSTER_TEST_CASE(MachineFaultsTest);
#include "faults_test.moc"
