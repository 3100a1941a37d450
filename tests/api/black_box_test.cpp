// SPDX-License-Identifier: Apache-2.0
#include "api/black_box.h"

#include <fstream>

#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "small_disk.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

[[nodiscard]] std::uint64_t eventsIn(const std::filesystem::path& session)
{
    auto opened = Session::open(session);
    return opened ? (*opened)->info()->events : 0;
}

[[nodiscard]] std::size_t filesIn(const std::filesystem::path& directory)
{
    std::error_code none;
    const auto all = std::filesystem::directory_iterator(directory, none);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

/// The black box of an engine.
class BlackBoxTest : public QObject {
    Q_OBJECT

private slots:
    void itIsSavedByHandAndGoneWhenTheRunEndsWell();
    void criticalPressureSavesItOnce();
    void whatARunBeforeLeftIsTakenUp();
    void aBoxThatCannotBeMadeIsToldAndTheRunGoesOn();
    void aFullDiskIsToldAndNothingDies();
    void withoutOneThereIsNothingToSave();
};

void BlackBoxTest::itIsSavedByHandAndGoneWhenTheRunEndsWell()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.blackBox = {fixture.file("boxes"), fixture.file("bundles"), 1 << 20};
    options.database = fixture.file("run.db");
    {
        const auto engine = Engine::start(options);
        QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
        SnapshotWatch watch(**engine);
        QVERIFY(watch.until([](const Snapshot& s) { return s.actions.ok > 200; }));
        const auto outcome = carryOut(**engine, "blackbox.save reason=\"looks slow\"");
        QVERIFY2(outcome.ok(), outcome.ok() ? "" : outcome.error().text().c_str());
        const auto shown = watch.until([](const Snapshot& s) { return !s.blackBox.saved.empty(); });
        QVERIFY(shown);
        const auto& saved = shown->blackBox.saved.front();
        QVERIFY(saved.ownRun);
        QCOMPARE(saved.cause, std::string("hand"));
        QCOMPARE(saved.detail, std::string("looks slow"));
        QCOMPARE(shown->attention.front().command, "session:" + saved.file.string());
        QVERIFY(saved.events > 200);
        QCOMPARE(eventsIn(saved.file), saved.events + 1);  // and why
        QCOMPARE(filesIn(fixture.file("boxes")), 1U);
        (void)(*engine)->drain(1s);
    }
    QCOMPARE(filesIn(fixture.file("boxes")), 0U);
    // The run's own session knows of it.
    EventQuery query;
    query.type = "blackbox.saved";
    auto session = Session::open(fixture.file("run.db"));
    QVERIFY(session.ok());
    QCOMPARE((*session)->events(query)->rows.size(), 1U);
}

void BlackBoxTest::criticalPressureSavesItOnce()
{
    const EngineFixture fixture;
    auto options = fixture.options(QByteArray(EngineFixture::kSteady) +
                                   "[resources.files]\ngrace = \"0s\"\nstable = \"200ms\"\n");
    options.blackBox = {fixture.file("boxes"), fixture.file("bundles"), 1 << 20};
    const auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    QVERIFY(carryOut(**engine, "limits.set resources.files.limit 1").ok());
    const auto shown = watch.until([](const Snapshot& s) { return !s.blackBox.saved.empty(); });
    QVERIFY(shown);
    QCOMPARE(shown->blackBox.saved.front().cause, std::string("alert"));
    const auto& detail = shown->blackBox.saved.front().detail;
    QVERIFY2(detail.starts_with("critical pressure: files"), detail.c_str());
    QVERIFY(carryOut(**engine, "limits.set resources.files.limit 1000000").ok());
    QVERIFY(watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::normal; }));
    QVERIFY(carryOut(**engine, "limits.set resources.files.limit 1").ok());
    QVERIFY(watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::critical; }));
    // Asked after it: what the second alert would have saved was saved before this.
    QVERIFY(carryOut(**engine, "blackbox.save").ok());
    QCOMPARE(filesIn(fixture.file("bundles")), 2U);
}

void BlackBoxTest::whatARunBeforeLeftIsTakenUp()
{
    const EngineFixture fixture;
    const auto boxes = fixture.file("boxes");
    const auto copy = fixture.file("copy");
    auto options = fixture.options(EngineFixture::kSteady);
    options.blackBox = {boxes, fixture.file("bundles"), 1 << 20};
    {
        const auto engine = Engine::start(options);
        QVERIFY(engine.ok());
        SnapshotWatch watch(**engine);
        QVERIFY(watch.until([](const Snapshot& s) { return s.actions.ok > 200; }));
        // What the box would be, had the process ended now.
        std::filesystem::copy(boxes, copy);
    }
    for (const auto& entry : std::filesystem::directory_iterator(copy)) {
        std::filesystem::copy(entry.path(), boxes / "left.box");
    }
    std::ofstream(boxes / "wrong.box") << "no box";
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto shown = watch.until([](const Snapshot& s) { return !s.blackBox.saved.empty(); });
    QVERIFY(shown);
    QVERIFY(!shown->blackBox.saved.front().ownRun);
    QCOMPARE(shown->blackBox.saved.front().cause, std::string("killed"));
    QVERIFY(eventsIn(shown->blackBox.saved.front().file) > 100);
    QVERIFY(!std::filesystem::exists(boxes / "left.box"));
    QVERIFY(std::filesystem::exists(boxes / "wrong.box"));  // nobody's to take away
}

void BlackBoxTest::aBoxThatCannotBeMadeIsToldAndTheRunGoesOn()
{
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    options.blackBox = {fixture.write("file", "x"), fixture.file("bundles"), 1 << 20};
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto shown = watch.until(
        [](const Snapshot& s) { return !s.blackBox.problem.empty() && s.actions.ok > 100; });
    QVERIFY(shown);
    QVERIFY2(shown->blackBox.problem.find("the black box could not be made") != std::string::npos,
             shown->blackBox.problem.c_str());
    const auto outcome = carryOut(**engine, "blackbox.save");
    QVERIFY(outcome.error().code == ErrorCode::unavailable);
}

void BlackBoxTest::aFullDiskIsToldAndNothingDies()
{
    const SmallDisk disk;
    if (!disk.there()) {
        QSKIP(disk.kind().c_str());
    }
    const EngineFixture fixture;
    auto options = fixture.options(EngineFixture::kSteady);
    // Larger than what is left there.
    options.blackBox = {disk.path() / "boxes", disk.path() / "bundles", std::uint64_t{1} << 30};
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto shown = watch.until(
        [](const Snapshot& s) { return !s.blackBox.problem.empty() && s.actions.ok > 100; });
    QVERIFY(shown);
    QVERIFY2(shown->blackBox.problem.find("No space left") != std::string::npos,
             shown->blackBox.problem.c_str());
    QCOMPARE(filesIn(disk.path() / "boxes"), 0U);
}

void BlackBoxTest::withoutOneThereIsNothingToSave()
{
    const EngineFixture fixture;
    const auto engine = Engine::start(fixture.options(EngineFixture::kSteady));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until(RunState::running));
    QVERIFY(carryOut(**engine, "blackbox.save").error().code == ErrorCode::unavailable);
}

MUSTER_TEST_CASE(BlackBoxTest);
#include "black_box_test.moc"
