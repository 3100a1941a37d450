// SPDX-License-Identifier: Apache-2.0
#include "storage/session_file.h"

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

}  // namespace muster::tests

MUSTER_TEST_CASE(muster::tests::SessionFileTest);
#include "session_file_test.moc"
