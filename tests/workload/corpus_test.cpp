// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <QtTest/QtTest>
#include <fstream>

#include "support/test_case.h"
#include "workload/load_fixture.h"

namespace muster {

using tests::LoadFixture;

/// The main job on a real tree, threaded, against what the system's own programs say of it.
class CorpusTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;

    std::string path(const std::string& name)
    {
        return m_directory.path().toStdString() + "/tree/" + name;
    }

    void write(const std::string& name, const std::string& content)
    {
        std::ofstream out(path(name), std::ios::binary);
        out << content;
        if (!out.flush()) {
            qFatal("cannot write %s", name.c_str());
        }
    }

    void makeTree()
    {
        QVERIFY(QDir(m_directory.path()).mkpath("tree/sub/deeper/deepest"));
        QVERIFY(QDir(m_directory.path()).mkpath("tree/build"));
        Rng rng(2026);
        for (int i = 0; i < 300; ++i) {
            std::string content(rng.below(20'000), ' ');
            for (auto& c : content) {
                c = static_cast<char>(rng.below(3) == 0 ? '\n' : rng.below(256));
            }
            write((i % 3 == 0   ? "sub/"
                   : i % 3 == 1 ? "sub/deeper/"
                                : "") +
                      std::to_string(i),
                  content);
        }
        write("empty", "");
        write("with space", "x y\n");
        write("with\nline end", "x\n");
        write("\xff\xfe not UTF-8", "x\n");
        write("quote\"and\\backslash", "x\n");
        write("build/excluded", "x\n");
        write("huge", std::string(3'000'000, 'h') + "\n");
        QVERIFY(::mkfifo(path("pipe").c_str(), 0600) == 0);
        QVERIFY(::symlink("loop", path("loop").c_str()) == 0);
        QVERIFY(::symlink("..", path("sub/up").c_str()) == 0);
        QVERIFY(::symlink("empty", path("link").c_str()) == 0);
    }

    /// path → first words of a program's line on it, NUL-separated so that any name is safe.
    std::map<std::string, std::string> ask(const QString& script)
    {
        QProcess process;
        process.setWorkingDirectory(m_directory.filePath("tree"));
        process.start("/bin/sh", {"-c", script});
        process.waitForFinished(60'000);
        std::map<std::string, std::string> out;
        const auto parts = process.readAllStandardOutput().split('\0');
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            out[path(parts[i].mid(2).toStdString())] = parts[i + 1].trimmed().toStdString();
        }
        return out;
    }

private slots:
    void everyFileOfATreeIsDigestedRight()
    {
        makeTree();
        LoadFixture::Options options;
        options.agents = 40;
        options.kind = "files.digest";
        options.scheduler = SchedulerKind::threaded;
        options.input.kind = InputKind::tree;
        options.input.path = m_directory.filePath("tree").toStdString();
        options.input.exclude = {"build"};
        options.load.model = ArrivalModel::closed;
        options.load.start = 40;
        LoadFixture load(options);
        load.start();
        QTRY_COMPARE_WITH_TIMEOUT(load.finished().size(), std::size_t{1}, 60'000);

        const QString find = "find . -name build -prune -o -type f -exec sh -c 'for f; do ";
        const auto digests =
            ask(find + "printf \"%s\\0%s\\0\" \"$f\" \"$(sha256sum < \"$f\")\"; done' sh {} +");
        const auto counts =
            ask(find + "printf \"%s\\0%s\\0\" \"$f\" \"$(wc -lc < \"$f\")\"; done' sh {} +");
        QCOMPARE(digests.size(), std::size_t{306});
        std::size_t right = 0;
        QStringList problems;
        for (const auto& row : load.outcomes.rows()) {
            if (!row.failure.empty()) {
                problems << QString::fromStdString(row.item.substr(row.item.rfind('/') + 1) + ": " +
                                                   row.failure);
                continue;
            }
            const auto fields = row.fields.view();
            QVERIFY(fields.find("path")->text() == row.item);
            const auto figures = QString::fromStdString(counts.at(row.item)).simplified();
            QCOMPARE(QString("%1 %2")
                         .arg(fields.find("lines")->integer())
                         .arg(fields.find("bytes")->integer()),
                     figures);
            QVERIFY(digests.at(row.item).substr(0, 64) == fields.find("sha256")->text());
            ++right;
        }
        QCOMPARE(right, digests.size());
        problems.sort();
        QCOMPARE(problems.size(), 3);
        QCOMPARE(problems[0], QString("loop: a loop of symbolic links"));
        QCOMPARE(problems[1], QString("pipe: not a regular file but a named pipe"));
        QVERIFY(problems[2].startsWith("up: a symbolic link back to"));
        QCOMPARE(load.figures().input.total, std::optional<std::uint64_t>(307));
        QVERIFY(::unlink(path("\xff\xfe not UTF-8").c_str()) == 0);  // QTemporaryDir cannot
    }
    void filesThatVanishMeanwhileAreErrorsAndStopNothing()
    {
        const auto list = m_directory.filePath("list").toStdString();
        {
            std::ofstream out(list);
            for (int i = 0; i < 500; ++i) {
                out << path(i % 2 == 0 ? "gone" + std::to_string(i) : std::to_string(i)) << '\n';
            }
        }
        LoadFixture::Options options;
        options.kind = "files.digest";
        options.scheduler = SchedulerKind::threaded;
        options.input.kind = InputKind::lines;
        options.input.path = list;
        options.load.start = 8;
        LoadFixture load(options);
        load.start();
        QTRY_COMPARE_WITH_TIMEOUT(load.finished().size(), std::size_t{1}, 60'000);
        const auto failed = load.metrics.counter("actions.failed", {{"action", "act"}}).value();
        const auto ok = load.metrics.counter("actions.ok", {{"action", "act"}}).value();
        QCOMPARE(ok + failed, std::uint64_t{500});
        QCOMPARE(ok, std::uint64_t{50});
        QCOMPARE(load.outcomes.rows().size(), std::size_t{500});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CorpusTest);
#include "corpus_test.moc"
