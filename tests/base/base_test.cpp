// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <filesystem>

#include "base/clock.h"
#include "base/fault_points.h"
#include "base/gate.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/result.h"
#include "base/rng.h"
#include "base/thread.h"
#include "support/test_case.h"

namespace muster {

class BaseTest : public QObject {
    Q_OBJECT
private slots:
    void anErrorSaysWhereWhatAndWhatToDo()
    {
        const Error error{ErrorCode::notFound, "no such key", "a.toml:3", "Remove it"};
        QCOMPARE(error.text(), std::string("a.toml:3: no such key. Remove it"));
        QCOMPARE(toString(ErrorCode::internal), std::string_view("internal"));
        QCOMPARE(toString(ErrorCode::diskFull), std::string_view("disk_full"));
    }
    void agentAndEventIdsSurviveTheirText()
    {
        const AgentId agent{0x1a2f, 3};
        QCOMPARE(toString(agent), std::string("1a2f.3"));
        QCOMPARE(parseAgentId("1a2f.3"), std::optional(agent));
        QCOMPARE(parseAgentId("1a2f"), std::optional<AgentId>());
        QCOMPARE(parseAgentId("xyz.1"), std::optional<AgentId>());
        const EventId event{0xdeadbeef, 42};
        QCOMPARE(parseEventId(toString(event)), std::optional(event));
        QCOMPARE(parseEventId("42"), std::optional<EventId>());
    }
    void aManualClockMovesOnlyForward()
    {
        ManualClock clock;
        clock.advance(std::chrono::seconds(2));
        clock.advanceTo(MonoTime{1});
        QCOMPARE(clock.now().nanoseconds, 2'000'000'000);
        QCOMPARE(toString(clock.wall()), std::string("2026-01-01T00:00:02.000000000Z"));
        QCOMPARE(toString(WallTime{-1}), std::string("1969-12-31T23:59:59.999999999Z"));
    }
    void theSameSeedDrawsTheSame()
    {
        Rng a(7);
        Rng b(7);
        for (int i = 0; i < 1000; ++i) {
            QCOMPARE(a.next(), b.next());
        }
        QVERIFY(Rng(7).fork("load").next() != Rng(7).fork("faults").next());
        QCOMPARE(Rng(7).fork("load").next(), a.fork("load").next());
    }
    void drawsStayInsideTheirBounds()
    {
        Rng rng(1);
        double sum = 0;
        for (int i = 0; i < 100'000; ++i) {
            QVERIFY(rng.below(10) < 10);
            const double u = rng.uniform();
            QVERIFY(u >= 0 && u < 1);
            sum += rng.exponential(4);
        }
        QVERIFY(sum / 100'000 > 3.9 && sum / 100'000 < 4.1);
        QCOMPARE(rng.below(0), std::uint64_t{0});
    }
    void aClosedGateRefusesAndWaitsForThoseInside()
    {
        Gate gate;
        QVERIFY(gate.enter());
        gate.close();
        QVERIFY(!gate.enter());
        QVERIFY(!gate.waitEmpty(std::chrono::milliseconds(1)));
        NamedThread leaver("leaver", [&gate] { gate.leave(); });
        QVERIFY(gate.waitEmpty(std::chrono::seconds(30)));
        leaver.join();
        QCOMPARE(gate.inside(), std::uint64_t{0});
    }
    void aFaultPointFailsTheNthPassAndThenNoMore()
    {
        FaultPoints faults;
        const Error full{ErrorCode::diskFull, "full", "", ""};
        faults.arm("write", full, 2, 2);
        QVERIFY(!faults.pass("write"));
        QVERIFY(!faults.pass("other"));
        QCOMPARE(faults.pass("write"), std::optional(full));
        QCOMPARE(faults.pass("write"), std::optional(full));
        QVERIFY(!faults.pass("write"));
    }
    void eachLogComponentHasItsOwnLevel()
    {
        QTemporaryDir directory;
        LogOptions options;
        options.file = directory.filePath("muster.log").toStdString();
        auto log = LogSystem::open(options).value();
        const Logger store = log->component("storage");
        const Logger load = log->component("load");
        QVERIFY(log->setLevel("storage", LogLevel::debug).ok());
        store.debug("kept {}", 1);
        load.debug("not kept");
        log->flush();
        QFile file(directory.filePath("muster.log"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto text = file.readAll();
        QVERIFY(text.contains("storage: kept 1"));
        QVERIFY(!text.contains("not kept"));
        const auto wrong = log->setLevel("stroage", LogLevel::info);
        QVERIFY(wrong.error().advice.find("load, storage") != std::string::npos);
        LogOptions bad;
        bad.file = "/proc/no/such/muster.log";
        QVERIFY(!LogSystem::open(bad).ok());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::BaseTest);
#include "base_test.moc"
