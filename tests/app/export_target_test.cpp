// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <QFile>
#include <QFileInfo>
#include <memory>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kShort = R"([workload]
name = "short"
[[agents]]
name = "worker"
count = 5
action = "work"
[actions.work]
kind = "synthetic"
[[load]]
model = "open"
stages = [{ for = "100ms", to = "100/s" }]
)";

[[nodiscard]] QByteArray contentOf(const QString& file)
{
    QFile read(file);
    return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
}

}  // namespace

/// What `export --out` may write over, and what it leaves alone.
class ExportTargetTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void theSessionItselfIsNeverWrittenOver();
    void aDirectoryIsNamedAsOne();
    void aPipeTakesTheRowsAndStaysAPipe();
    void aFullDeviceIsAFailure();
    void aLinkGoesOnLeadingToItsFile();
    void aSessionIsCopiedWhole();
    void whatDoesNotGoTogetherIsSaid_data();
    void whatDoesNotGoTogetherIsSaid();

private:
    [[nodiscard]] Finished exportTo(const QString& out) const
    {
        return musterctl({"export", "events", "--db", m_database, "--out", out});
    }

    std::unique_ptr<Scratch> m_scratch;
    QString m_database;
};

void ExportTargetTest::init()
{
    m_scratch = std::make_unique<Scratch>();
    m_database = m_scratch->path("run.db");
    QCOMPARE(musterctl({"run", m_scratch->write("short.toml", kShort), "--db", m_database}).code,
             0);
}

void ExportTargetTest::theSessionItselfIsNeverWrittenOver()
{
    const auto before = contentOf(m_database);
    const auto link = m_scratch->path("link.csv");
    QVERIFY(QFile::link(m_database, link));
    for (const auto& out : {m_database, link}) {
        const auto finished = exportTo(out);
        QVERIFY2(finished.code == 2, finished.all());
        QVERIFY2(finished.err.contains("session"), finished.all());
        QVERIFY2(finished.err.contains("--out"), finished.all());
        QCOMPARE(contentOf(m_database), before);
    }
}

void ExportTargetTest::aDirectoryIsNamedAsOne()
{
    const auto finished = exportTo(m_scratch->path());
    QVERIFY2(finished.code == 2, finished.all());
    QVERIFY2(finished.err.contains("directory"), finished.all());
}

void ExportTargetTest::aPipeTakesTheRowsAndStaysAPipe()
{
    const auto pipe = m_scratch->path("pipe");
    QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
    const auto piped = program("bash", {"-c",
                                        "cat \"$2\" & \"$0\" export events --db \"$1\" --out "
                                        "\"$2\"; code=$?; [ -p \"$2\" ] || exit 9; wait; exit "
                                        "$code",
                                        MUSTER_BINARY_DIR "/bin/musterctl", m_database, pipe});
    QVERIFY2(piped.code == 0, piped.all());
    QVERIFY2(piped.out.startsWith("id,time,run,type"), piped.all());
}

void ExportTargetTest::aFullDeviceIsAFailure()
{
    // A node of the test's own: a wrong program would replace the system's.
    const auto device = m_scratch->path("full");
    if (mknod(QFile::encodeName(device).constData(), S_IFCHR | 0600, makedev(1, 7)) != 0 ||
        QFile(device).open(QIODevice::WriteOnly) == false) {
        QSKIP("device nodes cannot be made here");
    }
    const auto finished = exportTo(device);
    QVERIFY2(finished.code == 1, finished.all());
    QVERIFY2(finished.err.contains("written"), finished.all());
    struct stat node {};
    QCOMPARE(stat(QFile::encodeName(device).constData(), &node), 0);
    QVERIFY(S_ISCHR(node.st_mode));
}

void ExportTargetTest::aLinkGoesOnLeadingToItsFile()
{
    const auto file = m_scratch->write("kept.csv", "old");
    const auto link = m_scratch->path("link.csv");
    QVERIFY(QFile::link(file, link));
    const auto finished = exportTo(link);
    QVERIFY2(finished.code == 0, finished.all());
    QVERIFY(QFileInfo(link).isSymLink());
    QVERIFY(contentOf(file).startsWith("id,time,run,type"));
}

void ExportTargetTest::aSessionIsCopiedWhole()
{
    const auto copy = m_scratch->path("copy.db");
    const auto copied = musterctl({"export", "session", "--db", m_database, "--out", copy});
    QVERIFY2(copied.code == 0, copied.all());
    const QStringList events{"export", "events", "--format", "jsonl", "--db"};
    const auto original = musterctl(events + QStringList{m_database});
    QVERIFY(!original.out.isEmpty());
    QCOMPARE(musterctl(events + QStringList{copy}).out, original.out);
    const auto itself = musterctl({"export", "session", "--db", m_database, "--out", m_database});
    QVERIFY2(itself.code == 2, itself.all());
}

void ExportTargetTest::whatDoesNotGoTogetherIsSaid_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("events as openmetrics")
        << QStringList{"events", "--format", "openmetrics"} << QByteArray("only metrics");
    QTest::newRow("results in columns")
        << QStringList{"results", "--format", "csv-wide"} << QByteArray("only metrics");
    QTest::newRow("metrics as sqlite")
        << QStringList{"metrics", "--format", "sqlite"} << QByteArray("only a whole session");
    QTest::newRow("a session as csv") << QStringList{"session", "--format", "csv", "--out", "x"}
                                      << QByteArray("format sqlite only");
    QTest::newRow("part of a session")
        << QStringList{"session", "--run", "1", "--out", "x"} << QByteArray("as a whole");
    QTest::newRow("a session to standard output")
        << QStringList{"session"} << QByteArray("name of a file");
    QTest::newRow("events of a metric")
        << QStringList{"events", "--metric", "agents.live"} << QByteArray("leave the metric out");
    QTest::newRow("a metric nobody knows")
        << QStringList{"metrics", "--metric", "agents.lived"} << QByteArray("agents.lived");
}

void ExportTargetTest::whatDoesNotGoTogetherIsSaid()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const auto finished = musterctl(QStringList{"export", "--db", m_database} + arguments);
    QVERIFY2(finished.code == 2, finished.all());
    QVERIFY2(finished.err.contains(says), finished.all());
    QVERIFY2(finished.out.isEmpty() || !arguments.contains("--format"), finished.all());
}

MUSTER_TEST_CASE(ExportTargetTest);
#include "export_target_test.moc"
