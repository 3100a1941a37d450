// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "base/rng.h"
#include "recording.h"

namespace muster::tests {

namespace {

/// All columns of all rows of a table, in the order of their ids.
std::string tableOf(const std::filesystem::path& file, const char* table)
{
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    std::string all;
    const std::string sql = std::string("SELECT * FROM ") + table;
    sqlite3_exec(
        database, sql.c_str(),
        [](void* out, int columns, char** values, char**) {
            for (int i = 0; i < columns; ++i) {
                *static_cast<std::string*>(out) += values[i] != nullptr ? values[i] : "null";
                *static_cast<std::string*>(out) += '|';
            }
            *static_cast<std::string*>(out) += '\n';
            return 0;
        },
        &all, nullptr);
    sqlite3_close(database);
    return all;
}

struct Groups {
    std::size_t bound;
    std::size_t records;
    Duration window;
    std::uint64_t flushEvery;
};

void simulate(const std::filesystem::path& file, const Groups& groups)
{
    Recording recording(file, [&](RecorderOptions& options) {
        options.simulated = true;
        options.queueBound = groups.bound;
        options.groupRecords = groups.records;
        options.groupWindow = groups.window;
        options.capture = CapturePolicy::make({CapturePolicy::parseRule("work.*", "1/3").value(),
                                               CapturePolicy::parseRule("tick", "50/s").value()})
                              .value();
    });
    Rng rng(99);
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const auto type = recording.types.intern("work.kind" + std::to_string(rng.below(40)));
        recording.publish(type.value(), {{"value", rng.next() >> 1}, {"share", rng.uniform()}});
        recording.publish("tick");
        recording.publish(EventType::loadBurst, {{"i", i}});
        recording.clock->advance(Duration(static_cast<std::int64_t>(rng.below(3'000'000))));
        if (groups.flushEvery != 0 && i % groups.flushEvery == 0) {
            recording.flush();
        }
    }
    if (!recording.close()) {
        qFatal("not closed");
    }
    const RecorderStatus status = recording.recorder->status();
    if (status.drops.total() != 0) {
        qFatal("something was shed");
    }
}

}  // namespace

class DeterminismTest : public QObject {
    Q_OBJECT

private slots:
    void theSameInputGivesTheSameEventsWhereverCommitsFall()
    {
        Directory directory;
        simulate(directory.file("a.db"), {.bound = 100'000,
                                          .records = 16'384,
                                          .window = std::chrono::milliseconds(50),
                                          .flushEvery = 0});
        const std::string events = tableOf(directory.file("a.db"), "events");
        QVERIFY(events.size() > 1'000'000);
        const std::array other{Groups{.bound = 100,
                                      .records = 10,
                                      .window = std::chrono::milliseconds(1),
                                      .flushEvery = 0},
                               Groups{.bound = 1'000,
                                      .records = 100'000,
                                      .window = std::chrono::microseconds(1),
                                      .flushEvery = 997}};
        for (const Groups& groups : other) {
            const auto file = directory.file("b.db");
            std::filesystem::remove(file);
            simulate(file, groups);
            for (const char* table : {"events", "event_types", "event_blocks", "capture"}) {
                QVERIFY2(tableOf(file, table) == tableOf(directory.file("a.db"), table), table);
            }
        }
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::DeterminismTest);
#include "determinism_test.moc"
