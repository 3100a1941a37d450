// SPDX-License-Identifier: Apache-2.0
#include "storage/session_file.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "recording.h"

namespace muster::tests {

namespace {

void write(const std::filesystem::path& file, const std::string& text)
{
    std::ofstream(file, std::ios::binary) << text;
}

void execute(const std::filesystem::path& file, const char* sql)
{
    sqlite3* database = nullptr;
    if (sqlite3_open(file.c_str(), &database) != SQLITE_OK ||
        sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        qFatal("%s", sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

void recordSomething(const std::filesystem::path& file)
{
    Recording recording(file);
    for (int i = 0; i < 500; ++i) {
        recording.publish(EventType::agentReady, {{"name", "indexer"}});
    }
    if (!recording.close()) {
        qFatal("not closed");
    }
}

/// The rights of nobody in particular, while it lives.
class WithoutRights {
public:
    WithoutRights()
    {
        if (seteuid(65'534) != 0) {
            qFatal("cannot give up rights");
        }
    }
    ~WithoutRights()
    {
        if (seteuid(0) != 0) {
            qFatal("cannot take rights back");
        }
    }
};

/// That both opening to write and to read fail with this code and a sentence that names the
/// file and says what to do.
void verifyRefused(const std::filesystem::path& file, ErrorCode writing, ErrorCode reading)
{
    const auto written = SessionFile::open(file);
    QVERIFY(!written);
    QVERIFY2(written.error().code == writing, written.error().text().c_str());
    const auto read = SessionReader::open(file);
    QVERIFY(!read);
    QVERIFY2(read.error().code == reading, read.error().text().c_str());
    for (const Error& error : {written.error(), read.error()}) {
        QVERIFY2(error.where.find(file.filename()) != std::string::npos, error.text().c_str());
        QVERIFY2(!error.advice.empty(), error.text().c_str());
        QVERIFY2(error.message.size() > 10, error.text().c_str());
    }
}

}  // namespace

class SessionFileTest : public QObject {
    Q_OBJECT

private slots:
    void makesANewSessionOfNoFileAndOfAnEmptyOne()
    {
        Directory directory;
        write(directory.file("empty.db"), "");
        for (const char* name : {"new.db", "empty.db"}) {
            QVERIFY(sessionState(directory.file(name)).value() == SessionState::empty);
            recordSomething(directory.file(name));
            QCOMPARE(allEvents(directory.file(name)).size(), std::size_t{500});
        }
    }

    void namesAMissingDirectory()
    {
        Directory directory;
        verifyRefused(directory.path() / "none" / "session.db", ErrorCode::notFound,
                      ErrorCode::notFound);
    }

    void refusesADirectoryAsAFile()
    {
        Directory directory;
        std::filesystem::create_directory(directory.file("folder"));
        verifyRefused(directory.file("folder"), ErrorCode::invalidArgument,
                      ErrorCode::invalidArgument);
    }

    void refusesAFileThatIsNoDatabase()
    {
        Directory directory;
        write(directory.file(), std::string(5'000, 'a'));
        verifyRefused(directory.file(), ErrorCode::corrupt, ErrorCode::corrupt);
        QCOMPARE(std::filesystem::file_size(directory.file()), std::uintmax_t{5'000});
    }

    void refusesTheDatabaseOfAnotherProgram()
    {
        Directory directory;
        execute(directory.file(), "CREATE TABLE notes(text)");
        verifyRefused(directory.file(), ErrorCode::corrupt, ErrorCode::corrupt);
        QVERIFY(SessionFile::open(directory.file()).error().message.find("another program") !=
                std::string::npos);
    }

    void refusesASessionOfANewerVersion()
    {
        Directory directory;
        recordSomething(directory.file());
        execute(directory.file(), "PRAGMA user_version = 99");
        verifyRefused(directory.file(), ErrorCode::unsupportedVersion,
                      ErrorCode::unsupportedVersion);
        QVERIFY(SessionReader::open(directory.file()).error().message.find("99") !=
                std::string::npos);
    }

    void refusesADamagedHeader()
    {
        Directory directory;
        recordSomething(directory.file());
        std::fstream file(directory.file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(3);
        file << "????";
        file.close();
        verifyRefused(directory.file(), ErrorCode::corrupt, ErrorCode::corrupt);
    }

    void readsWhatIsLeftOfATruncatedFile()
    {
        Directory directory;
        recordSomething(directory.file());
        std::filesystem::resize_file(directory.file(),
                                     std::filesystem::file_size(directory.file()) - 8'192);
        const auto written = SessionFile::open(directory.file());
        QVERIFY(!written && written.error().code == ErrorCode::corrupt);
        auto reader = SessionReader::open(directory.file());
        QVERIFY(reader);
        const auto events = allEvents(**reader);
        QVERIFY(events.size() > 100 && events.size() < 500);
        const auto info = (*reader)->info();
        QVERIFY(info && info->readOnly);
        QVERIFY2(info->notice.find("damaged") != std::string::npos, info->notice.c_str());
    }

    void refusesASecondWriterAndWelcomesReaders()
    {
        Directory directory;
        std::filesystem::create_symlink(directory.file(), directory.file("alias.db"));
        {
            Recording first(directory.file());
            first.publish(EventType::agentReady);
            first.flush();
            for (const char* name : {"session.db", "alias.db"}) {
                const auto second = SessionFile::open(directory.file(name));
                QVERIFY(!second);
                QVERIFY(second.error().code == ErrorCode::conflict);
                QVERIFY(!second.error().advice.empty());
                QCOMPARE(allEvents(directory.file(name)).size(), std::size_t{1});
            }
            first.publish(EventType::agentReady);
            QVERIFY(first.close());
        }
        QVERIFY(SessionFile::open(directory.file()));
    }

    void saysSoWhenTheDirectoryMayNotBeWrittenTo()
    {
        if (geteuid() != 0) {
            QSKIP("only root may drop its rights");
        }
        Directory directory;
        recordSomething(directory.file());
        chmod(directory.path().c_str(), 0555);
        chmod(directory.file().c_str(), 0444);
        const WithoutRights dropped;
        for (const char* name : {"session.db", "new.db"}) {
            const auto written = SessionFile::open(directory.file(name));
            QVERIFY(!written);
            QVERIFY(written.error().code == ErrorCode::permissionDenied);
            QVERIFY(!written.error().advice.empty());
        }
        auto reader = SessionReader::open(directory.file());
        QVERIFY(reader);
        QVERIFY((*reader)->info()->readOnly);
        QCOMPARE(allEvents(**reader).size(), std::size_t{500});
    }

    void readsACrashedSessionWhereItMayNotWrite()
    {
        if (geteuid() != 0) {
            QSKIP("only root may drop its rights");
        }
        Directory live;
        Recording recording(live.file());
        recording.publish(EventType::agentReady);
        recording.flush();
        Directory copy;
        for (const char* name : {"session.db", "session.db-wal"}) {
            std::filesystem::copy_file(live.file(name), copy.file(name));
            chmod(copy.file(name).c_str(), 0444);
        }
        chmod(copy.path().c_str(), 0555);
        {
            const WithoutRights dropped;
            auto reader = SessionReader::open(copy.file());
            // The log needs the directory; without it the reader says what is missing.
            QVERIFY(!reader || (*reader)->notice().find("last moments") != std::string::npos);
        }
        QCOMPARE(allEvents(copy.file()).size(), std::size_t{1});
    }

    void refusesAFileThatMayNotBeRead()
    {
        if (geteuid() != 0) {
            QSKIP("only root may drop its rights");
        }
        Directory directory;
        recordSomething(directory.file());
        chmod(directory.path().c_str(), 0755);
        chmod(directory.file().c_str(), 0000);
        const WithoutRights dropped;
        const auto reader = SessionReader::open(directory.file());
        QVERIFY(!reader);
        QVERIFY(reader.error().code == ErrorCode::permissionDenied);
    }

    void saysWhenOpeningFails()
    {
        Directory directory;
        FaultPoints faults;
        faults.arm("storage.open", {ErrorCode::diskFull, "the disk is full", {}, "Free space"});
        const auto failed = SessionFile::open(directory.file(), &faults);
        QVERIFY(!failed && failed.error().code == ErrorCode::diskFull);
        QVERIFY(SessionFile::open(directory.file(), &faults));
    }
};

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

MUSTER_TEST_CASE(muster::tests::SessionFileTest);
static const muster::tests::TestCaseEntry upgradeEntry([] {
    return std::make_unique<muster::tests::UpgradeTest>();
});
#include "session_file_test.moc"
