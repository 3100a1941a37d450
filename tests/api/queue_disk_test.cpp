// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <set>

#include "api/durable_queues.h"
#include "api/engine.h"
#include "api/session.h"
#include "engine_fixture.h"
#include "small_disk.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOrders = R"(
[workload]
name = "orders"
[queues.orders]
lease = "1s"
backoff = { base = "10ms", cap = "50ms" }
[session]
free_disk = "none"
[[agents]]
name = "clerk"
count = 4
action = "ship"
takes = "orders"
[actions.ship]
kind = "synthetic"
)";

}  // namespace

/// A queue on a disk that is really full.
class QueueDiskTest : public QObject {
    Q_OBJECT

private slots:
    void nothingAcknowledgedIsLostAndWorkGoesOnWhenThereIsRoomAgain()
    {
        const SmallDisk disk;
        if (!disk.there()) {
            QSKIP(disk.kind().c_str());
        }
        qInfo("the small disk is %s", disk.kind().c_str());
        const EngineFixture fixture;
        auto options = fixture.options(kOrders);
        options.database = disk.path() / "orders.db";
        auto started = Engine::start(options);
        QVERIFY2(started.ok(), started.ok() ? "" : started.error().text().c_str());
        const auto engine = *std::move(started);
        SnapshotWatch watch(*engine);
        QVERIFY(watch.until(RunState::running));
        std::uint64_t acknowledged = 0;
        QVERIFY(carryOut(*engine, "queue.push orders before").ok());
        ++acknowledged;
        QVERIFY(watch.until([](const Snapshot& s) { return s.queues.at(0).done == 1; }));

        disk.fillTo(2.0);  // until nothing more fits, whoever writes
        // What still fits into the file is acknowledged; then a push waits for room, neither
        // acknowledged nor given up.
        const std::string payload(64 * 1024, 'x');
        const auto full = [](const Snapshot& snapshot) {
            return snapshot.store.problem.find("disk is full") != std::string::npos;
        };
        std::atomic<std::uint64_t> answered{0};
        std::atomic<std::uint64_t> refusals{0};  // that came after the disk was known to be full
        std::uint64_t submitted = 0;
        SnapshotPtr stands;
        while (!stands) {
            QVERIFY(++submitted < 1'000);
            engine->submit(*parseCommand("queue.push orders " + payload),
                           [&answered, &refusals](const Result<CommandOutcome>& outcome) {
                               outcome ? ++answered : ++refusals;
                           });
            stands = watch.until([](const Snapshot&) { return true; });
            stands = full(*stands) ? stands : nullptr;
        }
        const std::uint64_t waiting = submitted - answered - refusals;
        QVERIFY(waiting > 0);
        // While it stands still nobody is kept waiting: a further push is refused, with what to do.
        const auto refused = carryOut(*engine, "queue.push orders more");
        QVERIFY(!refused.ok());
        QVERIFY2(refused.error().code == ErrorCode::diskFull, refused.error().text().c_str());
        QVERIFY2(!refused.error().advice.empty(), refused.error().text().c_str());
        QVERIFY(carryOut(*engine, "dead.list").ok());  // nor is any other command held up
        QCOMPARE(submitted - answered - refusals, waiting);
        acknowledged += answered + waiting;
        QVERIFY(std::ranges::any_of(stands->attention, [&](const AttentionItem& item) {
            return item.severity == Severity::critical && item.text == stands->store.problem;
        }));

        disk.empty();
        const auto works = watch.until([&](const Snapshot& s) {
            return s.store.problem.empty() && s.queues.at(0).done >= acknowledged;
        });
        QVERIFY(works);
        QCOMPARE(answered + refusals, submitted);
        QVERIFY(carryOut(*engine, "queue.push orders after").ok());
        ++acknowledged;
        QVERIFY(
            watch.until([&](const Snapshot& s) { return s.queues.at(0).done >= acknowledged; }));
        const auto summary = engine->drain(5s);
        QVERIFY2(!summary.failure, summary.failure ? summary.failure->text().c_str() : "");
        const auto queues = Session::open(*options.database).value()->queues().value();
        QVERIFY(queues.at(0).done >= acknowledged);
        QCOMPARE(queues[0].pushed, queues[0].done);
    }
};

MUSTER_TEST_CASE(QueueDiskTest);

#include "queue_disk_test.moc"
