// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <QtTest/QtTest>
#include <fstream>
#include <map>

#include "agents/action.h"
#include "agents/directory.h"
#include "base/rng.h"
#include "documents/toml.h"
#include "support/test_case.h"

namespace muster {

namespace {

std::shared_ptr<const Action> make(const char* kind, const std::string& parameters = "")
{
    static const ActionRegistry registry = builtInActions();
    const auto value = parseToml(parameters, "test").value();
    return registry.find(kind)->make(value).value();
}

ActionCall callOn(const QString& path)
{
    static const auto clock = systemClock();
    static std::string text;
    text = QFile::encodeName(path).toStdString();
    ActionCall call;
    call.item = text;
    call.clock = clock.get();
    return call;
}

/// A field of a result, as text; "!" and the failure's code when there is none.
QString field(const ActionOutcome& outcome, std::string_view key)
{
    if (const auto* failure = std::get_if<ActionFailure>(&outcome)) {
        return "!" + QString::fromStdString(std::string(toString(failure->error.code)));
    }
    const auto value = std::get<Fields>(outcome).view().find(key);
    if (!value) {
        return "?";
    }
    return value->kind() == FieldKind::text ? QString::fromStdString(std::string(value->text()))
                                            : QString::number(value->integer());
}

QByteArray outputOf(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.start(program, arguments);
    process.waitForFinished();
    return process.readAllStandardOutput();
}

}  // namespace

class FileActionsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    QString write(const QByteArray& name, const QByteArray& content)
    {
        const QString path = QFile::decodeName(QFile::encodeName(m_directory.path()) + '/' + name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            qFatal("cannot write %s", qPrintable(path));
        }
        return path;
    }

    /// What the system's own programs say: bytes, lines and the digest.
    void compareWithPrograms(const QString& path)
    {
        const auto outcome = make("files.digest")->run(callOn(path));
        const auto counts = outputOf("wc", {"-l", "-c", "--", path}).simplified().split(' ');
        QCOMPARE(field(outcome, "lines").toUtf8(), counts.value(0));
        QCOMPARE(field(outcome, "bytes").toUtf8(), counts.value(1));
        auto digest = outputOf("sha256sum", {"--", path});
        if (digest.startsWith('\\')) {
            digest.remove(0, 1);  // it marks names with a line's end so
        }
        QCOMPARE(field(outcome, "sha256").toUtf8(), digest.left(64));
    }

    static std::uint64_t wordsOf(const QByteArray& content)
    {
        std::uint64_t words = 0;
        bool inWord = false;
        for (const char c : content) {
            const bool space = std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos;
            words += !space && !inWord ? 1 : 0;
            inWord = !space;
        }
        return words;
    }

private slots:
    void figuresAreThoseOfWcAndSha256sum_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("content");
        Rng rng(7);
        QByteArray binary;
        QByteArray text;
        for (int i = 0; i < 700'000; ++i) {
            binary += static_cast<char>(rng.below(256));
            text += " \n\tabc\r"[rng.below(7)];
        }
        QTest::newRow("empty") << QByteArray("empty") << QByteArray();
        QTest::newRow("no line end") << QByteArray("one") << QByteArray("one two");
        QTest::newRow("only spaces") << QByteArray("spaces") << QByteArray(" \n\n \t ");
        QTest::newRow("binary over many chunks") << QByteArray("binary") << binary;
        QTest::newRow("words over chunk borders") << QByteArray("text") << text;
        QTest::newRow("a chunk exactly") << QByteArray("chunk") << text.left(256 * 1024);
        QTest::newRow("a byte more") << QByteArray("chunk1") << text.left(256 * 1024 + 1);
        QTest::newRow("spaces in the name") << QByteArray(" a b ") << QByteArray("x\n");
        QTest::newRow("a line end in the name") << QByteArray("a\nb") << QByteArray("x\n");
        QTest::newRow("UTF-8 in the name") << QByteArray("\xc3\xa4") << QByteArray("x\n");
    }
    void figuresAreThoseOfWcAndSha256sum()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, content);
        const QString path = write(name, content);
        compareWithPrograms(path);
        for (const char* kind : {"files.digest", "files.count"}) {
            const auto outcome = make(kind)->run(callOn(path));
            QCOMPARE(field(outcome, "words"), QString::number(wordsOf(content)));
            QCOMPARE(field(outcome, "bytes"), QString::number(content.size()));
            QCOMPARE(field(outcome, "path"), path);
        }
    }
    void wordsAndLinesAreRightAtEveryLength()
    {
        Rng rng(11);
        QByteArray content;
        for (int length = 0; length < 200; ++length) {
            const QString path = write("growing", content);
            const auto outcome = make("files.count")->run(callOn(path));
            QCOMPARE(field(outcome, "words"), QString::number(wordsOf(content)));
            QCOMPARE(field(outcome, "lines"), QString::number(content.count('\n')));
            content += " \n\t\v\f\rxyzw\x0e\x1f\x80\xff"[rng.below(14)];
        }
    }
    void aNameThatIsNotUtf8IsReadByItsBytes()
    {
        const std::string path = m_directory.path().toStdString() + "/\xff\xfe";
        QVERIFY(std::ofstream(path).write("abc\n", 4).good());
        static const auto clock = systemClock();
        ActionCall call;
        call.item = path;
        call.clock = clock.get();
        const auto outcome = make("files.digest")->run(call);
        QCOMPARE(field(outcome, "bytes"), QString("4"));
        QVERIFY(std::get<Fields>(outcome).view().find("path")->text() == path);
        QVERIFY(::unlink(path.c_str()) == 0);  // QTemporaryDir cannot
    }
    void relativePathsBecomeAbsolute()
    {
        const QString before = QDir::currentPath();
        write("here", "x");
        QVERIFY(QDir::setCurrent(m_directory.path()));
        const auto outcome = make("files.count")->run(callOn("./sub/../here"));
        QVERIFY(QDir::setCurrent(before));
        QCOMPARE(field(outcome, "path"), QDir(m_directory.path()).canonicalPath() + "/here");
    }
    void whatIsNoRegularFileIsNamedAndHoldsNobody()
    {
        const auto path = [this](const char* name) { return m_directory.filePath(name); };
        QVERIFY(::mkfifo(qPrintable(path("pipe")), 0600) == 0);
        QVERIFY(::symlink("nowhere", qPrintable(path("link"))) == 0);
        QVERIFY(::symlink("loop", qPrintable(path("loop"))) == 0);
        const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, qPrintable(path("socket")), sizeof(address.sun_path));
        QVERIFY(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        ::close(socket);
        const auto message = [](const QString& item) {
            const auto outcome = make("files.digest")->run(callOn(item));
            return QString::fromStdString(std::get<ActionFailure>(outcome).error.message);
        };
        QCOMPARE(message(path("pipe")), QString("not a regular file but a named pipe"));
        QVERIFY(message(path("link")).contains("symbolic link"));
        QVERIFY(message(path("loop")).contains("symbolic link"));
        QCOMPARE(message(path("socket")), QString("not a regular file but a socket"));
        QCOMPARE(message(m_directory.path()), QString("not a regular file but a directory"));
        QCOMPARE(message("/dev/null"), QString("not a regular file but a device"));
        QCOMPARE(field(make("files.digest")->run(callOn(path("gone"))), "bytes"),
                 QString("!not_found"));
        QCOMPARE(field(make("files.digest")->run(callOn("/" + QString(5000, 'x'))), "bytes"),
                 QString("!out_of_range"));
    }
    void anUnreadableFileIsNamed()
    {
        const QString path = write("secret", "x");
        QVERIFY(QFile::setPermissions(path, {}));
        QVERIFY(::chmod(qPrintable(m_directory.path()), 0755) == 0);
        if (::geteuid() == 0) {
            QVERIFY(::seteuid(65534) == 0);
        }
        const auto outcome = make("files.digest")->run(callOn(path));
        QVERIFY(::seteuid(::getuid()) == 0);
        QCOMPARE(field(outcome, "bytes"), QString("!permission_denied"));
    }
    void aPastDeadlineIsATimeout()
    {
        ManualClock clock;
        clock.advance(std::chrono::seconds(5));
        ActionCall call = callOn(write("slow", "x"));
        call.clock = &clock;
        call.deadline = MonoTime{4'000'000'000};
        const auto outcome = make("files.count")->run(call);
        QVERIFY(std::get<ActionFailure>(outcome).failure == FailureClass::timeout);
        call.deadline = MonoTime{6'000'000'000};
        QCOMPARE(field(make("files.count")->run(call), "bytes"), QString("1"));
    }
    void matchesAreThoseOfGrep_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("options");
        QTest::addColumn<QStringList>("grep");
        QTest::newRow("text") << "a.b"
                              << "" << QStringList{"-F"};
        QTest::newRow("text without case") << "A.b"
                                           << "ignore_case=true" << QStringList{"-F", "-i"};
        QTest::newRow("expression") << "^[ab]+x?$"
                                    << "regex=true" << QStringList{"-E"};
        QTest::newRow("expression without case")
            << "B(a|\\.)"
            << "regex=true\nignore_case=true" << QStringList{"-E", "-i"};
        QTest::newRow("every line") << "^"
                                    << "regex=true" << QStringList{"-E"};
    }
    void matchesAreThoseOfGrep()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, options);
        QFETCH(QStringList, grep);
        Rng rng(3);
        QByteArray content;
        for (int i = 0; i < 600'000; ++i) {
            content += "aabbx.\n"[rng.below(7)];
        }
        content += "a.b";
        const QString path = write("grep", content);
        const auto outcome =
            make("files.grep", ("pattern='" + pattern + "'\n" + options).toStdString())
                ->run(callOn(path));
        const auto expected =
            outputOf("grep", QStringList{"-c", "-a"} + grep + QStringList{"-e", pattern, path});
        QCOMPARE(field(outcome, "matches").toUtf8(), expected.trimmed());
        QVERIFY(field(outcome, "matches").toInt() > 0);
        QCOMPARE(field(outcome, "lines"), QString::number(content.count('\n')));
    }
    void aWrongExpressionIsRefused()
    {
        static const ActionRegistry registry = builtInActions();
        const auto value = parseToml("pattern='(a'\nregex=true", "w.toml").value();
        const auto made = registry.find("files.grep")->make(value);
        QVERIFY(!made.ok());
        QVERIFY(made.error().message.find("regular expression") != std::string::npos);
    }
    void walkingCountsAndFollowsNoLink()
    {
        QDir root(m_directory.path());
        QVERIFY(root.mkpath("walk/a/b"));
        QVERIFY(root.mkpath("walk/skip/x"));
        write("walk/1", "x");
        write("walk/a/2", "x");
        write("walk/a/b/3", "x");
        write("walk/skip/4", "x");
        QVERIFY(::symlink("..", qPrintable(root.filePath("walk/a/up"))) == 0);
        QVERIFY(::symlink("self", qPrintable(root.filePath("walk/self"))) == 0);
        QVERIFY(::symlink("/etc", qPrintable(root.filePath("walk/etc"))) == 0);
        const auto outcome =
            make("files.walk", "exclude=['skip']")->run(callOn(root.filePath("walk")));
        QCOMPARE(field(outcome, "files"), QString("3"));
        QCOMPARE(field(outcome, "directories"), QString("2"));
        QCOMPARE(field(outcome, "links"), QString("3"));
        QCOMPARE(field(outcome, "problems"), QString("2"));
        const auto flat = make("files.walk", "recursive=false")->run(callOn(root.filePath("walk")));
        QCOMPARE(field(flat, "files"), QString("1"));
        QCOMPARE(field(flat, "directories"), QString("2"));
    }
    void everyEntryOfATreeComesOnceInSmallPieces()
    {
        QDir root(m_directory.path());
        QStringList expected;
        for (int i = 0; i < 40; ++i) {
            const QString name = QString("tree/%1/%2").arg(i % 7).arg(i);
            QVERIFY(root.mkpath(QFileInfo(name).path()));
            expected << QFileInfo(write(name.toUtf8(), "x")).filePath();
        }
        TreeWalker walker({root.filePath("tree").toStdString(), {}, true});
        QVERIFY(walker.open().ok());
        std::vector<TreeEntry> entries;
        std::vector<TreeProblem> problems;
        while (walker.next(3, entries, problems)) {
        }
        QStringList found;
        for (const auto& entry : entries) {
            if (!entry.directory) {
                found << QString::fromStdString(entry.path);
            }
        }
        found.sort();
        expected.sort();
        QCOMPARE(found, expected);
        QVERIFY(problems.empty());
    }
    void aDirectoryThatVanishesOrMayNotBeReadStopsNothing()
    {
        QDir root(m_directory.path());
        for (const char* name : {"holes/gone", "holes/locked", "holes/fine"}) {
            QVERIFY(root.mkpath(name));
        }
        write("holes/fine/1", "x");
        QVERIFY(::chmod(qPrintable(root.filePath("holes/locked")), 0) == 0);
        QVERIFY(::chmod(qPrintable(root.path()), 0755) == 0);
        if (::geteuid() == 0) {
            QVERIFY(::seteuid(65534) == 0);
        }
        TreeWalker walker({root.filePath("holes").toStdString(), {}, true});
        const bool opened = walker.open().ok();
        std::vector<TreeEntry> entries;
        std::vector<TreeProblem> problems;
        const bool more = walker.next(3, entries, problems);
        QVERIFY(::seteuid(::getuid()) == 0);
        QVERIFY(opened && more);
        QVERIFY(root.rmdir("holes/gone"));
        if (::geteuid() == 0) {
            QVERIFY(::seteuid(65534) == 0);
        }
        while (walker.next(1, entries, problems)) {
        }
        QVERIFY(::seteuid(::getuid()) == 0);
        std::map<std::string, ErrorCode> byName;
        for (const auto& problem : problems) {
            byName[problem.path.substr(problem.path.rfind('/') + 1)] = problem.error.code;
        }
        QCOMPARE(byName.size(), std::size_t{2});
        QVERIFY(byName.at("gone") == ErrorCode::notFound);
        QVERIFY(byName.at("locked") == ErrorCode::permissionDenied);
        QCOMPARE(entries.size(), std::size_t{4});
        QVERIFY(::chmod(qPrintable(root.filePath("holes/locked")), 0700) == 0);
    }
    void aMissingRootSaysWhatToDo()
    {
        TreeWalker walker({"/no/such/root", {}, true});
        const auto opened = walker.open();
        QVERIFY(opened.error().code == ErrorCode::notFound);
        QVERIFY(opened.error().advice.find("input.path") != std::string::npos);
    }
    void aModelledFileDependsOnSeedAndNumberOnly()
    {
        const auto action = make("files.digest");
        const Rng seed(5);
        ActionCall call = callOn("item-000001");
        call.number = 17;
        const auto plan = action->plan(call, seed);
        QCOMPARE(plan.wait.count(), action->plan(call, seed).wait.count());
        QCOMPARE(field(action->outcome(call, plan, seed), "sha256"),
                 field(action->outcome(call, plan, seed), "sha256"));
        ActionCall other = call;
        other.number = 18;
        QVERIFY(action->plan(other, seed).wait != plan.wait);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::FileActionsTest);
#include "file_actions_test.moc"
