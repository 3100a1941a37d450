// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "api/engine.h"
#include "engine_fixture.h"
#include "small_disk.h"
#include "support/test_case.h"
#include "telemetry/resource_probe.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
/// More than the 256 MiB that the address sanitizer keeps of what was freed.
constexpr std::uint64_t kCache = 300 * kMebibyte;

const ResourceUse& of(const Snapshot& snapshot, std::string_view name)
{
    return *std::ranges::find(snapshot.resources, name, &ResourceUse::name);
}

bool marked(const Snapshot& snapshot, std::string_view text)
{
    return std::ranges::any_of(snapshot.marks, [text](const Mark& mark) {
        return mark.text.find(text) != std::string::npos;
    });
}

/// Memory that is really there.
std::vector<std::byte> ballast(std::uint64_t bytes)
{
    return std::vector<std::byte>(bytes, std::byte{1});
}

/// The command by which 97 % of the memory that may be used is.
std::string nearlyFull()
{
    return "limits.set limits.memory " + std::to_string(residentMemory().value() * 100 / 97);
}

/// Without waiting for anything, and quickly calm again.
QByteArray quick(const char* resource, const QByteArray& more = {})
{
    return QByteArray("[resources.") + resource + "]\ngrace = \"0s\"\nstable = \"200ms\"\n" + more;
}

}  // namespace

/// The resource manager against what this process really takes.
class ResourcesTest : public QObject {
    Q_OBJECT

private slots:
    void memoryThatRunsShortIsTakenFromCaches();
    void aCleanUpThatFailsIsSaidAndTheNextHasItsTurn();
    void underCriticalPressureNoAgentIsAdmittedUntilItEased();
    void openFilesPress();
    void threadsPress();
    void processesOfTheGroupCount();
    void aFullDiskPressesWhatIsWrittenOnly();
    void workOfLowPriorityGoesOverItsQuota();
    void theLiveMachineHasLimits();
    void oneThresholdIsSetWhileItRunsAndTakenBack();
};

void ResourcesTest::memoryThatRunsShortIsTakenFromCaches()
{
    const EngineFixture fixture;
    auto cache = ballast(kCache);
    auto options = fixture.options(QByteArray(EngineFixture::kSteady) + quick("memory"));
    options.database = fixture.file("memory.db");
    options.caches = {
        {"ballast", [&cache](std::uint64_t) { return std::exchange(cache, {}).size(); }}};
    const auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until(RunState::running));
    QVERIFY(carryOut(**engine, nearlyFull()).ok());
    const auto recovered = watch.until([](const Snapshot& s) {
        return s.pressureTotals.recoveries > 0 && s.pressure == PressureLevel::normal;
    });
    QVERIFY(recovered);
    QVERIFY(recovered->pressureTotals.highest == PressureLevel::critical);
    QVERIFY(of(*recovered, "memory").share.value < 0.75);
    const auto done = std::ranges::find(recovered->cleanups, "ballast", &CleanupStatus::hook);
    QVERIFY(done != recovered->cleanups.end());
    QCOMPARE(done->stage, std::string("caches"));
    QCOMPARE(done->freed.value, static_cast<double>(kCache));
    // What nobody misses had its turn before.
    QCOMPARE(recovered->cleanups.front().hook, std::string("free heap"));
    QVERIFY(marked(*recovered, "Pressure critical: memory 9"));
    QVERIFY(marked(*recovered, "ballast gave back 300 MiB"));
    QVERIFY(marked(*recovered, "Enough memory again after"));
    const auto summary = (*engine)->drain(5s);
    QVERIFY(summary.pressure.highest == PressureLevel::critical);
    QVERIFY(summary.json().find("\"memory_bytes\":3") != std::string::npos);
}

void ResourcesTest::aCleanUpThatFailsIsSaidAndTheNextHasItsTurn()
{
    const EngineFixture fixture;
    auto cache = ballast(kCache);
    auto options = fixture.options(QByteArray(EngineFixture::kSteady) + quick("memory"));
    options.caches = {
        {"broken", [](std::uint64_t) -> std::uint64_t { throw std::runtime_error("no hands"); }},
        {"ballast", [&cache](std::uint64_t) { return std::exchange(cache, {}).size(); }}};
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until(RunState::running));
    QVERIFY(carryOut(**engine, nearlyFull()).ok());
    const auto recovered =
        watch.until([](const Snapshot& s) { return s.pressureTotals.recoveries > 0; });
    QVERIFY(recovered);
    const auto broken = std::ranges::find(recovered->cleanups, "broken", &CleanupStatus::hook);
    QVERIFY(broken != recovered->cleanups.end());
    QVERIFY(broken->failure.find("no hands") != std::string::npos);
    QVERIFY(recovered->pressureTotals.cleanups.failed >= 1);
    QVERIFY(marked(*recovered, "Clean-up of memory failed: broken"));
}

void ResourcesTest::underCriticalPressureNoAgentIsAdmittedUntilItEased()
{
    const EngineFixture fixture;
    auto options = fixture.options(QByteArray(EngineFixture::kSteady)
                                       .replace("count = 20", "count = 20\nlifetime = \"200ms\"") +
                                   quick("files"));
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until(RunState::running));
    QVERIFY(carryOut(**engine, "limits.set resources.files.limit 1").ok());
    const auto refused =
        watch.until([](const Snapshot& s) { return s.pressureTotals.agentsRefused > 0; });
    QVERIFY(refused);
    QVERIFY(refused->pressure == PressureLevel::critical);
    const auto said = std::ranges::find_if(refused->attention, [](const AttentionItem& item) {
        return item.text.starts_with("Critical pressure (");
    });
    QVERIFY(said != refused->attention.end());
    QVERIFY(said->severity == Severity::critical);
    QCOMPARE(said->action, std::string("Pause load"));
    QVERIFY(parseCommand(said->command).ok());
    QVERIFY(refused->agents.live >= 20);  // who is there, works on
    QVERIFY(carryOut(**engine, "limits.set resources.files.limit off").ok());
    const auto eased =
        watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::normal; });
    QVERIFY(eased);
    const auto created = eased->agents.created;
    QVERIFY(watch.until([created](const Snapshot& s) { return s.agents.created > created; }));
}

void ResourcesTest::openFilesPress()
{
    const EngineFixture fixture;
    auto options = fixture.options(QByteArray(EngineFixture::kSteady) + quick("files"));
    const auto engine = Engine::start(options);
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto before = watch.until(RunState::running);
    QVERIFY(before);
    const auto open = static_cast<int>(of(*before, "files").used.value);
    QVERIFY(open > 0);
    const auto set =
        carryOut(**engine, "limits.set resources.files.limit " + std::to_string(2 * open + 100));
    QVERIFY2(set.ok(), set.ok() ? "" : set.error().text().c_str());
    std::vector<int> files;
    for (int i = 0; i < open + 100; ++i) {
        files.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        QVERIFY(files.back() >= 0);
    }
    const auto pressed =
        watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::critical; });
    QVERIFY(pressed);
    QVERIFY(of(*pressed, "files").level == PressureLevel::critical);
    QVERIFY(pressed->pressureCause.starts_with("files "));
    for (const int file : files) {
        ::close(file);
    }
    QVERIFY(watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::normal; }));
}

void ResourcesTest::threadsPress()
{
    const EngineFixture fixture;
    const auto engine =
        Engine::start(fixture.options(QByteArray(EngineFixture::kSteady) + quick("threads")));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto before = watch.until(RunState::running);
    QVERIFY(before);
    const auto running = static_cast<int>(of(*before, "threads").own.value);
    QVERIFY(running > 2);
    const int more = 3 * running + 20;
    QVERIFY(
        carryOut(**engine, "limits.set resources.threads.limit " + std::to_string(running + more))
            .ok());
    std::latch over(1);
    std::vector<std::jthread> threads;
    for (int i = 0; i < more; ++i) {
        threads.emplace_back([&over] { over.wait(); });
    }
    const auto pressed =
        watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::critical; });
    over.count_down();
    threads.clear();
    QVERIFY(pressed);
    QVERIFY(pressed->pressureCause.starts_with("threads "));
    QVERIFY(watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::normal; }));
}

void ResourcesTest::processesOfTheGroupCount()
{
    // Really forked, and counted where the system counts them: in the group's pids.current.
    ResourceProbeOptions options;
    const auto probe = makeResourceProbe(systemClock(), options);
    const auto before = probe->read()[static_cast<std::size_t>(Resource::threads)];
    QVERIFY2(before.own.known(), before.own.missing.c_str());
    int wake[2];
    QVERIFY(::pipe(wake) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < 20; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(wake[1]);
            char byte = 0;
            static_cast<void>(!::read(wake[0], &byte, 1));
            ::_exit(0);
        }
        QVERIFY(child > 0);
        children.push_back(child);
    }
    const auto during = probe->read()[static_cast<std::size_t>(Resource::threads)];
    ::close(wake[1]);
    ::close(wake[0]);
    for (const pid_t child : children) {
        int status = 0;
        QVERIFY(::waitpid(child, &status, 0) == child);
    }
    QCOMPARE(during.own, before.own);  // children are no threads of this process
    QVERIFY(during.used.value >= during.own.value);
    if (during.limitSource.starts_with("cgroup")) {
        QVERIFY(during.used.value >= before.used.value + 20 - 10);  // others come and go
    }
}

void ResourcesTest::aFullDiskPressesWhatIsWrittenOnly()
{
    const SmallDisk disk;
    if (!disk.there()) {
        QSKIP(disk.kind().c_str());
    }
    qInfo("the small disk is %s", disk.kind().c_str());
    const EngineFixture fixture;
    auto options = fixture.options(QByteArray(EngineFixture::kSteady)
                                       .replace("count = 20", "count = 20\nlifetime = \"500ms\"") +
                                   quick("disk"));
    options.database = disk.path() / "session.db";
    const auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    const auto before = watch.until(RunState::running);
    QVERIFY(before);
    QVERIFY(of(*before, "disk").limitSource == "file system");
    disk.fillTo(1.0);
    const auto pressed =
        watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::critical; });
    QVERIFY(pressed);
    QVERIFY(pressed->pressureCause.starts_with("disk "));
    // Work goes on, and so do agents that come and go.
    const auto done = pressed->actions.ok;
    const auto created = pressed->agents.created;
    QVERIFY(watch.until([&](const Snapshot& s) {
        return s.actions.ok > done + 100 && s.agents.created > created;
    }));
    disk.empty();
    const auto eased =
        watch.until([](const Snapshot& s) { return s.pressure == PressureLevel::normal; });
    QVERIFY(eased);
    const auto summary = (*engine)->drain(5s);
    QVERIFY2(!summary.failure, summary.failure ? summary.failure->text().c_str() : "");
}

void ResourcesTest::workOfLowPriorityGoesOverItsQuota()
{
    const EngineFixture fixture;
    auto options = fixture.options(QByteArray(EngineFixture::kSteady) + R"(
[[agents]]
name = "extra"
count = 50
action = "work"
priority = "low"
quota = 10
)" + quick("agents", "presses = true\n"));
    const auto engine = Engine::start(options);
    QVERIFY2(engine.ok(), engine.ok() ? "" : engine.error().text().c_str());
    SnapshotWatch watch(**engine);
    QVERIFY(watch.until([](const Snapshot& s) { return s.agents.live == 70; }));
    QVERIFY(carryOut(**engine, "limits.set limits.agents 74").ok());  // 94 %: severe
    const auto eased = watch.until([](const Snapshot& s) {
        return s.pressureTotals.recoveries > 0 && s.pressure == PressureLevel::normal;
    });
    QVERIFY(eased);
    // As many as bring it to 75 % of 74, the warning less the minimum reclaim, and no more.
    QCOMPARE(eased->agents.live, std::uint64_t{55});
    QVERIFY(carryOut(**engine, "limits.set limits.agents 30").ok());  // more than the quota gives
    const auto rest = watch.until([](const Snapshot& s) { return s.agents.live == 30; });
    QVERIFY(rest);
    const auto ok = rest->actions.ok;
    QVERIFY(watch.until([ok](const Snapshot& s) { return s.actions.ok > ok + 100; }));
    QCOMPARE(rest->actions.failed, std::uint64_t{0});
}

void ResourcesTest::theLiveMachineHasLimits()
{
    const auto readings = makeResourceProbe(systemClock(), {})->read();
    for (const auto resource : {Resource::memory, Resource::disk, Resource::files}) {
        const auto& reading = readings[static_cast<std::size_t>(resource)];
        QVERIFY2(reading.limit.known(), reading.limit.missing.c_str());
        QVERIFY(!reading.limitSource.empty());
        QVERIFY(reading.share.value > 0 && reading.share.value <= 1);
    }
}

void ResourcesTest::oneThresholdIsSetWhileItRunsAndTakenBack()
{
    const EngineFixture fixture;
    const auto engine = Engine::start(fixture.options(QByteArray(EngineFixture::kSteady)));
    QVERIFY(engine.ok());
    SnapshotWatch watch(**engine);
    const auto before = watch.until(RunState::running);
    QVERIFY(before);
    const auto set = carryOut(**engine, "limits.set resources.memory.severe 85%");
    QVERIFY2(set.ok(), set.ok() ? "" : set.error().text().c_str());
    const auto changed =
        watch.until([](const Snapshot& s) { return of(s, "memory").thresholds[1] == 0.85; });
    QVERIFY(changed);
    QCOMPARE(of(*changed, "memory").thresholds[0], 0.80);
    QCOMPARE(of(*changed, "memory").thresholds[2], 0.95);
    QVERIFY(marked(*changed, "resources.memory.severe 90% to 85%"));
    QVERIFY(set->undo.has_value());
    QVERIFY(carryOut(**engine, set->undo->text()).ok());
    QVERIFY(watch.until([](const Snapshot& s) { return of(s, "memory").thresholds[1] == 0.90; }));
    const auto wrong = carryOut(**engine, "limits.set resources.memory.critcal 85%");
    QVERIFY(!wrong.ok());
    QVERIFY(wrong.error().message.find("did you mean \"critical\"") != std::string::npos);
}

MUSTER_TEST_CASE(ResourcesTest);
#include "resources_test.moc"
