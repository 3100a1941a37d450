// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/rng.h"
#include "recording.h"

namespace muster::tests {

namespace {

constexpr int kPart = 65'536;

/// A number that the database gives.
std::int64_t ask(const std::filesystem::path& file, const char* sql)
{
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK ||
        sqlite3_busy_timeout(database, 30'000) != SQLITE_OK ||
        sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    const std::int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return answer;
}

std::string anyText(Rng& rng)
{
    static constexpr std::array kWords{"alpha",   "beta",      "Gamma",      "delta.x", "x-ray",
                                       "path/to", "tab\tstop", "\"quoted\"", "back\\n", "grün",
                                       "naïve",   "a",         "42",         "0x7f",    "end\n"};
    std::string text;
    for (std::uint64_t words = rng.below(5); words > 0; --words) {
        text += kWords[rng.below(kWords.size())];
        text += rng.below(4) == 0 ? "" : " ";
    }
    return rng.below(50) == 0 ? text + std::string(60, 'w') + std::to_string(rng.below(9)) : text;
}

std::string anyWords(Rng& rng)
{
    static constexpr std::array kQueries{
        "alpha",      "BETA",         "gam*",  "*amma", "delta.x", "delta", "x",     "ray x",
        "path/to",    "\"path to\"",  "tab",   "stop",  "quoted",  "back",  "n",     "GRün",
        "na*",        "alpha beta",   "4*",    "*f",    "0x7f",    "end",   "work",  "work.k*",
        "alpha.beta", "\"beta alpha", "texts", "*",     ".",       "a",     "kind3", "wwwwwwwwww*",
        "nowhere",    "alph",         "*lph*", "k\xff", "agent:1"};
    std::string text;
    for (std::uint64_t words = 1 + rng.below(3); words > 0; --words) {
        text += std::string(kQueries[rng.below(kQueries.size())]) + " ";
    }
    return text;
}

void record(Recording& recording, int count, Rng& rng)
{
    for (int i = 0; i < count; ++i) {
        const auto type = recording.types.intern("work.kind" + std::to_string(rng.below(6)));
        recording.publish(type.value(), {{"texts", anyText(rng)}, {"n", i}}, {},
                          AgentId{static_cast<std::uint32_t>(rng.below(9)), 1});
        recording.clock->advance(std::chrono::milliseconds(1));
        while (recording.recorder->behind()) {
            recording.flush();
        }
    }
}

StoredEventQuery anyQuery(Rng& rng, std::int64_t from, std::int64_t length)
{
    StoredEventQuery query;
    query.text = anyWords(rng);
    query.newestFirst = rng.below(2) == 0;
    query.limit = rng.below(2) == 0 ? 0 : 1 + rng.below(100);
    if (rng.below(3) == 0) {
        query.type = "work.kind" + std::to_string(rng.below(7));
    }
    if (rng.below(3) == 0) {
        const auto a = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(length)));
        const auto b = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(length)));
        query.range =
            StoredRange{{from + std::min(a, b) * 1'000'000}, {from + std::max(a, b) * 1'000'000}};
    }
    if (rng.below(4) == 0) {
        query.after = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(length)));
    }
    return query;
}

/// A copy whose events are the same and nothing of them is indexed.
std::filesystem::path withoutIndex(const std::filesystem::path& file)
{
    auto copy = file;
    copy += "-plain";
    std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
    execute(copy, "DELETE FROM text_parts");
    return copy;
}

}  // namespace

class TextIndexTest : public QObject {
    Q_OBJECT

private slots:
    void answersTheSameWithTheIndexAndWithout()
    {
        Directory directory;
        Rng rng(17);
        constexpr int kEvents = kPart + 20'000;
        std::int64_t from = 0;
        {
            Recording recording(directory.file());
            from = recording.clock->wall().nanoseconds;
            record(recording, kEvents, rng);
            recording.flush();
            QTRY_VERIFY_WITH_TIMEOUT(
                ask(directory.file(), "SELECT texts FROM progress") > kPart + 10'000, 60'000);
            QVERIFY(recording.close());
        }
        auto with = readerOf(directory.file());
        auto without = readerOf(withoutIndex(directory.file()));
        std::size_t found = 0;
        for (int round = 0; round < 80; ++round) {
            const StoredEventQuery query = anyQuery(rng, from, kEvents);
            const auto a = with->events(query);
            const auto b = without->events(query);
            QVERIFY(a && b);
            QVERIFY2(a->rows == b->rows && a->more == b->more,
                     qPrintable(QStringLiteral("round %1: %2 gives %3 rows, %4 without the index")
                                    .arg(round)
                                    .arg(query.text.c_str())
                                    .arg(a->rows.size())
                                    .arg(b->rows.size())));
            found += a->rows.size();
        }
        QVERIFY(found > 1'500);
        QVERIFY2(with->notice().empty(), with->notice().c_str());
    }

    void isBroughtUpToDateWhileTheWriterIsIdle()
    {
        Directory directory;
        Recording recording(directory.file());
        Rng rng(3);
        record(recording, 20'000, rng);
        recording.flush();
        const auto reached = [&] { return ask(directory.file(), "SELECT texts FROM progress"); };
        QTRY_COMPARE_WITH_TIMEOUT(reached(), std::int64_t{4 * 4'096 - 1}, 30'000);
        // What came meanwhile goes first and is in the same file.
        recording.publish(EventType::loadBurst, {{"name", "after"}});
        recording.flush();
        QCOMPARE(allEvents(directory.file()).size(), std::size_t{20'001});
        QVERIFY(recording.close());
    }

    void goesOnInTheNextRun()
    {
        Directory directory;
        Rng rng(4);
        for (int run = 0; run < 3; ++run) {
            Recording recording(directory.file());
            record(recording, 3'000, rng);
            QVERIFY(recording.close());
        }
        QCOMPARE(ask(directory.file(), "SELECT texts FROM progress"), std::int64_t{2 * 4'096 - 1});
        QCOMPARE(ask(directory.file(), "SELECT last FROM text_parts"), std::int64_t{2 * 4'096 - 1});
        StoredEventQuery query;
        query.text = "alpha";
        query.limit = 0;
        const auto with = readerOf(directory.file())->events(query);
        const auto without = readerOf(withoutIndex(directory.file()))->events(query);
        QVERIFY(with->rows.size() > 300);
        QVERIFY(with->rows == without->rows);
    }

    void isNeverWrongWhicheverOfItsBytesIsChanged()
    {
        Directory directory;
        Rng rng(5);
        {
            Recording recording(directory.file());
            record(recording, 5'000, rng);
            QVERIFY(recording.close());
        }
        StoredEventQuery query;
        query.text = "alpha";
        query.limit = 0;
        const auto whole = readerOf(directory.file())->events(query)->rows;
        QVERIFY(whole.size() > 50);
        const auto blocks = ask(directory.file(), "SELECT count(*) FROM text_0_data");
        int said = 0;
        for (int round = 0; round < 25; ++round) {
            const auto copy = directory.file("damaged.db");
            std::filesystem::copy_file(directory.file(), copy,
                                       std::filesystem::copy_options::overwrite_existing);
            const auto block = rng.below(static_cast<std::uint64_t>(blocks));
            const std::string sql =
                "PRAGMA synchronous = OFF; UPDATE text_0_data SET block = CAST(substr(block, 1, "
                "at) || x'5a' || substr(block, at + 2) AS BLOB) FROM (SELECT id AS changed, abs(" +
                std::to_string(rng.below(1U << 30U)) +
                ") % length(block) AS at FROM text_0_data LIMIT 1 OFFSET " + std::to_string(block) +
                ") WHERE id = changed";
            execute(copy, sql.c_str());
            auto reader = readerOf(copy);
            const auto rows = reader->events(query);
            QVERIFY(rows);
            QVERIFY2(rows->rows == whole, sql.c_str());
            said += reader->notice().find("full-text index is damaged") != std::string::npos;
        }
        QVERIFY(said >= 22);  // a byte may have been what it was changed into
    }

    void isGivenUpWhereItCannotBeWrittenAndRecordingGoesOn()
    {
        Directory directory;
        Rng rng(6);
        {
            Recording recording(directory.file());
            record(recording, 5'000, rng);
            QVERIFY(recording.close());
        }
        execute(directory.file(), "UPDATE text_0_data SET block = x'00' WHERE id = 10");
        {
            Recording recording(directory.file());
            record(recording, 10'000, rng);
            recording.flush();
            QVERIFY(recording.close());
            QCOMPARE(recording.recorder->status().failedWrites, 0U);
        }
        auto reader = readerOf(directory.file());
        StoredEventQuery query;
        query.text = "work";
        query.limit = 0;
        QCOMPARE(reader->events(query)->rows.size(), std::size_t{15'000});
    }

    void goesWithTheEventsItIsOf()
    {
        Directory directory;
        Rng rng(7);
        Recording recording(directory.file(), [](RecorderOptions& options) {
            options.retention = {.age = std::chrono::hours(1),
                                 .quotaBytes = {},
                                 .freeDiskFloor = {},
                                 .freeDisk = {}};
        });
        record(recording, kPart + 10'000, rng);
        recording.flush();
        const auto parts = [&] { return ask(directory.file(), "SELECT count(*) FROM text_parts"); };
        QTRY_COMPARE_WITH_TIMEOUT(parts(), std::int64_t{2}, 30'000);
        recording.clock->advance(std::chrono::hours(2));
        record(recording, 100, rng);
        recording.recorder->maintain();
        for (int i = 0; i < 60 && parts() > 1; ++i) {
            record(recording, 1, rng);
            recording.flush();
        }
        QCOMPARE(parts(), std::int64_t{1});
        QCOMPARE(ask(directory.file(),
                     "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'text\\_0%' ESCAPE '\\'"),
                 std::int64_t{0});
        QVERIFY(recording.close());
        QVERIFY(readerOf(directory.file())->notice().empty());
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::TextIndexTest);
#include "text_index_test.moc"
