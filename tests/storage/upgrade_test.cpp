// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>
#include <sys/stat.h>

#include <QFile>
#include <limits>
#include <map>

#include "recording.h"

namespace muster::tests {

namespace {

std::vector<std::string> query(sqlite3* database, const std::string& sql)
{
    std::vector<std::string> rows;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        std::string& row = rows.emplace_back();
        for (int column = 0; column < sqlite3_column_count(statement); ++column) {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
            row.append(bytes != nullptr ? bytes : "", sqlite3_column_bytes(statement, column));
            row += '|';
        }
    }
    sqlite3_finalize(statement);
    return rows;
}

/// All columns of all rows of each table, by its name.
std::map<std::string, std::string> rowsOf(const std::filesystem::path& file)
{
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    std::map<std::string, std::string> tables;
    for (std::string table : query(database, "SELECT name FROM sqlite_schema")) {
        table.pop_back();
        for (const std::string& row : query(database, "SELECT * FROM " + table)) {
            tables[table] += row + '\n';
        }
        tables[table] += '.';
    }
    sqlite3_close(database);
    return tables;
}

}  // namespace

/// Sessions of older schemas.
class UpgradeTest : public QObject {
    Q_OBJECT

    static void makePrototype(const std::filesystem::path& file)
    {
        execute(file,
                "PRAGMA application_id = 0x4d737472;"
                "CREATE TABLE events(id INTEGER PRIMARY KEY, at INTEGER, type TEXT, source TEXT,"
                "                    data TEXT);"
                "INSERT INTO events VALUES(1, 1000, 'agent.ready', 'agent:1.1', '{\"n\":1}'),"
                "                         (2, 2000, 'agent.ended', 'agent:1.1', '{}'),"
                "                         (7, 3000, 'agent.ready', 'agent:2.1', '{\"n\":2}')");
    }

    static void verifyUpgraded(SessionReader& reader)
    {
        const auto events = allEvents(reader);
        QCOMPARE(events.size(), std::size_t{3});
        QCOMPARE(events[0].type, std::string("agent.ready"));
        QCOMPARE(events[0].data, std::string("{\"n\":1}"));
        QCOMPARE(events[1].source, std::string("agent:1.1"));
        QCOMPARE(events[2].id.sequence, 7U);
        QCOMPARE(events[2].at.nanoseconds, std::int64_t{3000});
        QCOMPARE(reader.info()->schemaVersion, kSessionSchemaVersion);
    }

private slots:
    void keepsAllThatASessionWithoutCallLogsHolds()
    {
        Directory directory;
        QFile dump(QStringLiteral(MUSTER_SOURCE_DIR "/tests/storage/session_v1.sql"));
        QVERIFY(dump.open(QIODevice::ReadOnly));
        execute(directory.file(), dump.readAll().constData());
        {
            Recording recording(directory.file());
            recording.recorder->addCalls({.at = {5},
                                          .service = "shop",
                                          .machine = "breaker",
                                          .begin = 7,
                                          .asked = 1,
                                          .entries = 2,
                                          .lost = 3,
                                          .data = std::string("a\0b", 3)});
            QVERIFY(recording.close());
        }
        auto reader = readerOf(directory.file());
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
        StoredEventQuery old;
        old.run = RunId{1};
        QCOMPARE(allEvents(*reader, old).size(), std::size_t{12});
        QCOMPARE(reader->marks({})->size(), std::size_t{3});
        QCOMPARE(reader->info()->schemaVersion, kSessionSchemaVersion);
        QVERIFY(reader->calls(RunId{1}, "shop")->empty());
        QVERIFY(reader->calls(RunId{2}, "disk")->empty());
        const auto calls = reader->calls(RunId{2}, "shop").value();
        QCOMPARE(calls.size(), std::size_t{1});
        QCOMPARE(calls[0].machine, std::string("breaker"));
        QCOMPARE(calls[0].begin, std::int64_t{7});
        QCOMPARE(calls[0].asked, std::uint64_t{1});
        QCOMPARE(calls[0].entries, std::uint64_t{2});
        QCOMPARE(calls[0].lost, std::uint64_t{3});
        QCOMPARE(calls[0].data, std::string("a\0b", 3));
    }
    void keepsAllThatASessionWithoutConfigurationsHolds()
    {
        Directory directory;
        QFile dump(QStringLiteral(MUSTER_SOURCE_DIR "/tests/storage/session_v2.sql"));
        QVERIFY(dump.open(QIODevice::ReadOnly));
        execute(directory.file(), dump.readAll().constData());
        const ConfigurationRecord version{.at = {5},
                                          .version = 7,
                                          .parent = 6,
                                          .kind = "tried",
                                          .author = "operator",
                                          .reason = "limits.try",
                                          .hash = "ab12",
                                          .document = "{\"limits\":{}}",
                                          .kept = "{}"};
        {
            Recording recording(directory.file());
            recording.recorder->addConfiguration(version);
            QVERIFY(recording.close());
        }
        auto reader = readerOf(directory.file());
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
        StoredEventQuery old;
        old.run = RunId{1};
        QCOMPARE(allEvents(*reader, old).size(), std::size_t{15});
        QCOMPARE(reader->calls(RunId{1}, "shop")->size(), std::size_t{1});
        QCOMPARE(reader->info()->schemaVersion, kSessionSchemaVersion);
        const auto versions = reader->configurations().value();
        QCOMPARE(versions.size(), std::size_t{1});
        QCOMPARE(versions[0].run, RunId{2});
        QVERIFY(versions[0].record == version);
    }
    void keepsEveryRowOfEveryOlderSession_data()
    {
        QTest::addColumn<int>("version");
        for (int version = 1; version < kSessionSchemaVersion; ++version) {
            QTest::addRow("version %d", version) << version;
        }
    }
    void keepsEveryRowOfEveryOlderSession()
    {
        QFETCH(int, version);
        Directory directory;
        QFile dump(QStringLiteral(MUSTER_SOURCE_DIR "/tests/storage/session_v%1.sql").arg(version));
        QVERIFY2(dump.open(QIODevice::ReadOnly), "keep a session of each version");
        execute(directory.file(), dump.readAll().constData());
        const auto before = rowsOf(directory.file());
        QVERIFY(before.size() >= 13);
        QVERIFY(before.at("events").size() > 100);
        QVERIFY(SessionFile::open(directory.file()));
        const auto after = rowsOf(directory.file());
        for (const auto& [table, rows] : before) {
            QVERIFY2(table == "progress" || after.at(table) == rows, table.c_str());
        }
        auto reader = readerOf(directory.file());
        QCOMPARE(reader->info()->schemaVersion, kSessionSchemaVersion);
        QVERIFY(!allEvents(*reader).empty());
        QVERIFY(reader->marks({})->size() >= 3);
        const auto page =
            reader->metrics({.metrics = {"agents.live"},
                             .range = {{0}, {std::numeric_limits<std::int64_t>::max()}},
                             .run = {},
                             .maxPoints = 0});
        QVERIFY(page->series.at(0).points.size() >= 3);
        QVERIFY2(!reader->damaged(), reader->notice().c_str());
    }
    void tellsWhichAgentsAnOlderSessionMeant_data() { keepsEveryRowOfEveryOlderSession_data(); }
    void tellsWhichAgentsAnOlderSessionMeant()
    {
        QFETCH(int, version);
        Directory directory;
        QFile dump(QStringLiteral(MUSTER_SOURCE_DIR "/tests/storage/session_v%1.sql").arg(version));
        QVERIFY(dump.open(QIODevice::ReadOnly));
        execute(directory.file(), dump.readAll().constData());
        QVERIFY(SessionFile::open(directory.file()));
        auto reader = readerOf(directory.file());
        StoredEventQuery created;
        created.type = "agent.created";
        const auto events = allEvents(*reader, created);
        QVERIFY(!events.empty());
        int ranges = 0;
        for (const auto& event : events) {
            QCOMPARE(event.version, std::uint16_t{2});
            QVERIFY2(event.data.find("first") == std::string::npos, event.data.c_str());
            ranges += event.data.find(R"("count":2,"ids":"0.1*2","took_ns")") == std::string::npos
                          ? 0
                          : 1;
        }
        QVERIFY(ranges > 0);
        // The file itself stays as it was written.
        QVERIFY(rowsOf(directory.file()).at("events").find(R"("first":"0.1")") !=
                std::string::npos);
    }
    void whatTodaysVersionWroteIsLeftAsItIs()
    {
        Directory directory;
        const std::string ids = "1a2f.3*17 20.1";
        {
            Recording recording(directory.file());
            recording.publish(EventType::agentEnded, {{"count", 18}, {"ids", ids}});
            recording.publish(EventType::loadBurst, {{"first", "0.1"}, {"count", 2}});
            QVERIFY(recording.close());
        }
        const auto events = allEvents(*readerOf(directory.file()));
        QCOMPARE(events[0].data, R"({"count":18,"ids":")" + ids + R"("})");
        QCOMPARE(events[0].version, eventInfo(EventType::agentEnded).version);
        QCOMPARE(events[1].data, std::string(R"({"first":"0.1","count":2})"));
    }
    void keepsAllThatAnOlderSessionHolds()
    {
        Directory directory;
        makePrototype(directory.file());
        {
            Recording recording(directory.file());
            recording.publish(EventType::agentReady);
            QCOMPARE(recording.recorder->run(), RunId{2});
            QVERIFY(recording.close());
        }
        StoredEventQuery old;
        old.run = RunId{1};
        auto reader = readerOf(directory.file());
        QCOMPARE(allEvents(*reader, old).size(), std::size_t{3});
        QCOMPARE(allEvents(*reader).size(), std::size_t{4});
    }

    void leavesACopyOfWhatItWas()
    {
        Directory directory;
        makePrototype(directory.file());
        {
            const auto opened = SessionFile::open(directory.file());
            QVERIFY(opened);
            QVERIFY((*opened)->notice().find(".v0-backup") != std::string::npos);
        }
        const auto copy = directory.file("session.db.v0-backup");
        QVERIFY(std::filesystem::exists(copy));
        verifyUpgraded(*readerOf(copy));
    }

    void upgradesASessionThatIsOnlyRead()
    {
        Directory directory;
        makePrototype(directory.file());
        auto reader = readerOf(directory.file());
        QVERIFY(reader->notice().find("Upgraded") != std::string::npos);
        verifyUpgraded(*reader);
    }

    void leavesTheOlderSessionAloneWhenTheUpgradeFails()
    {
        Directory directory;
        makePrototype(directory.file());
        execute(directory.file(), "CREATE TABLE runs(id)");
        const auto opened = SessionFile::open(directory.file());
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("upgrade") != std::string::npos);
        execute(directory.file(), "DROP TABLE runs");
        QVERIFY(SessionFile::open(directory.file()));
        verifyUpgraded(*readerOf(directory.file()));
    }
};

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::UpgradeTest);
#include "upgrade_test.moc"
