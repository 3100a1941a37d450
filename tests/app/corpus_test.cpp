// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QDirIterator>
#include <QFile>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

/// Path (as exported) → the rest of the row.
using Rows = QMap<QByteArray, QByteArrayList>;

Rows resultsOf(const QString& database)
{
    const auto exported = musterctl({"export", "results", "--db", database, "--format", "csv"});
    auto rows = parseCsv(exported.out);
    if (exported.code != 0 || rows.isEmpty() ||
        rows.first().mid(0, 5) != QByteArrayList{"path", "bytes", "lines", "words", "sha256"}) {
        qWarning() << exported.all();
        return {};
    }
    rows.removeFirst();
    Rows byPath;
    for (const auto& row : rows) {
        byPath[row.at(0)] = row.mid(1, 4);
    }
    return byPath;
}

QByteArray percentEncoded(const QByteArray& path)
{
    return QString::fromUtf8(path).toUtf8() == path ? path
                                                    : QByteArray(path).replace("\xff", "%FF");
}

/// Runs of bytes other than the six ASCII spaces; wc counts printable characters only.
QByteArray wordsOf(const QByteArray& path)
{
    QFile file(QString::fromLocal8Bit(path));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    int words = 0;
    bool inside = false;
    for (const char c : file.readAll()) {
        const bool space = c == ' ' || (c >= '\t' && c <= '\r');
        words += !space && !inside ? 1 : 0;
        inside = !space;
    }
    return QByteArray::number(words);
}

/// What wc and sha256sum say of one file.
QByteArrayList judgedByOthers(const QByteArray& path)
{
    const auto file = QString::fromLocal8Bit(path);
    QProcess wc;
    wc.setStandardInputFile(file);
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("LC_ALL", "C");
    wc.setProcessEnvironment(environment);
    wc.start("wc", {"-l", "-c"});
    wc.waitForFinished();
    const auto counts = wc.readAllStandardOutput().simplified().split(' ');
    QProcess sum;
    sum.setStandardInputFile(file);
    sum.start("sha256sum", QStringList());
    sum.waitForFinished();
    return {counts.value(1), counts.value(0), wordsOf(path), sum.readAllStandardOutput().left(64)};
}

}  // namespace

/// The main job: every file of a real tree, compared with what other programs say of it.
class CorpusTest : public QObject {
    Q_OBJECT

private slots:
    void everyFileAgreesWithWcAndSha256sum();
    void whatCannotBeReadIsAnErrorAndNoRow();
    void theProjectsOwnTreeIsTheDefault();
};

void CorpusTest::everyFileAgreesWithWcAndSha256sum()
{
    const Scratch scratch;
    scratch.write("tree/plain.txt", "one two\nthree\n");
    scratch.write("tree/empty", "");
    scratch.write("tree/no end of line", "a b  c\td");
    scratch.write("tree/deep/er/and/deeper/binary.bin", QByteArray("\0\1\2\n \xff\xfe\n", 8));
    scratch.write("tree/large", QByteArray(5'000'000, 'x') + "\n" + QByteArray(3'000'000, ' '));
    scratch.write("tree/comma, \"quote\" and\nnewline", "word");
    scratch.write(QString::fromUtf8("tree/umlaut-\u00e4\u00f6"), "w\x0bx\x0cy\rz\n");
    const QByteArray raw = QFile::encodeName(scratch.path("tree/")) + "raw-\xff-name";
    QFile rawFile;
    FILE* opened = fopen(raw.constData(), "wb");
    QVERIFY(opened != nullptr);
    fputs("raw\n", opened);
    fclose(opened);
    QFile::link(scratch.path("tree/plain.txt"), scratch.path("tree/link-to-a-file"));
    QFile::link(scratch.path("tree"), scratch.path("tree/deep/loop"));

    const auto database = scratch.path("corpus.db");
    const auto run =
        musterctl({"run", workloadFile("corpus.toml"), "--set",
                   "input.path=" + scratch.path("tree"), "--db", database, "--format", "jsonl"});
    QVERIFY2(run.code == 0, run.all());
    QCOMPARE(run.lastJson()["ok"].toInt(), 8);
    QCOMPARE(run.lastJson()["agents"].toInt(), 200);

    const auto results = resultsOf(database);
    QCOMPARE(results.size(), 8);
    const QByteArrayList names{"plain.txt",
                               "empty",
                               "no end of line",
                               "deep/er/and/deeper/binary.bin",
                               "large",
                               "comma, \"quote\" and\nnewline",
                               "umlaut-\xc3\xa4\xc3\xb6"};
    for (const auto& name : names) {
        const auto path = QFile::encodeName(scratch.path("tree/")) + name;
        QVERIFY2(results.contains(percentEncoded(path)), path);
        QCOMPARE(results[percentEncoded(path)], judgedByOthers(path));
    }
    const auto rawRow = results.value(percentEncoded(raw));
    QCOMPARE(rawRow.value(0), QByteArray("4"));
    QVERIFY(!results.contains(QFile::encodeName(scratch.path("tree/link-to-a-file"))));
    QCOMPARE(unlink(raw.constData()), 0);  // QTemporaryDir cannot name it
}

void CorpusTest::whatCannotBeReadIsAnErrorAndNoRow()
{
    const Scratch scratch;
    scratch.write("tree/readable", "yes\n");
    const auto secret = scratch.write("tree/secret", "no\n");
    QVERIFY(QDir(scratch.path()).mkpath("tree/closed"));
    scratch.write("tree/closed/inside", "never seen");
    QVERIFY(QDir(scratch.path()).mkpath("data"));
    chmod(QFile::encodeName(secret).constData(), 0);
    chmod(QFile::encodeName(scratch.path("tree/closed")).constData(), 0);
    chmod(QFile::encodeName(scratch.path()).constData(), 0755);
    chmod(QFile::encodeName(scratch.path("data")).constData(), 0777);

    const auto database = scratch.path("data/corpus.db");
    // As nobody: root may read everything.
    const auto run = program(
        "setpriv", {"--reuid=65534", "--regid=65534", "--clear-groups",
                    MUSTER_BINARY_DIR "/bin/musterctl", "run", workloadFile("corpus.toml"), "--set",
                    "input.path=" + scratch.path("tree"), "--db", database, "--format", "jsonl"});
    QVERIFY2(run.code == 0, run.all());
    QCOMPARE(run.lastJson()["ok"].toInt(), 1);
    QCOMPARE(run.lastJson()["failed"].toInt(), 1);
    QCOMPARE(resultsOf(database).size(), 1);

    const auto errors = musterctl({"export", "errors", "--db", database, "--format", "csv"});
    QVERIFY2(errors.code == 0, errors.all());
    QVERIFY2(errors.out.contains(QFile::encodeName(secret)), errors.out);
    QVERIFY2(errors.out.contains("permission_denied"), errors.out);
    QVERIFY2(errors.out.contains(QFile::encodeName(scratch.path("tree/closed"))), errors.out);
    chmod(QFile::encodeName(scratch.path("tree/closed")).constData(), 0755);
}

void CorpusTest::theProjectsOwnTreeIsTheDefault()
{
    const Scratch scratch;
    const auto database = scratch.path("own.db");
    QProcess run;
    run.setWorkingDirectory(QStringLiteral(MUSTER_SOURCE_DIR));
    run.start(QStringLiteral(MUSTER_BINARY_DIR "/bin/musterctl"),
              {"run", "resources/workloads/corpus.toml", "--db", database, "--format", "jsonl"});
    run.closeWriteChannel();
    QVERIFY(run.waitForFinished(60'000));
    QCOMPARE(run.exitCode(), 0);
    const auto results = resultsOf(database);
    QVERIFY(
        results.contains(QFile::encodeName(QStringLiteral(MUSTER_SOURCE_DIR "/CMakeLists.txt"))));
    for (auto row = results.keyBegin(); row != results.keyEnd(); ++row) {
        QVERIFY2(!row->startsWith(MUSTER_SOURCE_DIR "/build/"), *row);
        QVERIFY2(!row->startsWith(MUSTER_SOURCE_DIR "/.git/"), *row);
    }
}

MUSTER_TEST_CASE(CorpusTest);
#include "corpus_test.moc"
