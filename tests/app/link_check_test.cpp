// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

constexpr int kPages = 60;

/// A page with links of every kind that pages have, some of which lead nowhere.
QByteArray page(int number)
{
    const auto n = [](int value) { return QByteArray::number(value); };
    QByteArray text =
        "<!DOCTYPE html>\n<html><head><link rel=\"stylesheet\" href=\"/style.css\">\n"
        "<script src=../style.css>var no = '<a href=\"in-script.html\">';</script>\n"
        "<style>a[href=\"x\"] { }</style></head>\n<body>\n"
        "<!-- <a href=\"in-comment.html\">no</a> -->\n"
        "<p>1 < 2 <a name=top>no link</a> <a href='https://example.org/'>out</a>\n"
        "<a href=\"mailto:a@example.org\">mail</a> <a href=\"#top\">up</a>\n";
    text += "<a\n class=x\n href=\"" + n((number + 1) % kPages) + ".html#top\">next</a>\n";
    text += "<A HREF='./" + n((number + 7) % kPages) + ".html?a=1&amp;b=2'>other</A>\n";
    text += "<a href=\"../manual/with%20space.html\">space</a><a href=\"../manual/\">list</a>\n";
    text += "<img src=\"../manual/with&#32;space.html\" alt=\"a > b\"><a href=/>root</a>\n";
    text += "<a href=\"\">itself</a> <a href=\"//example.org/x\">out</a>\n";
    if (number % 3 == 0) {
        text += "<a href=\"gone-" + n(number) + ".html\">broken</a>\n";
    }
    if (number % 10 == 0) {
        text += "<img src=\"/../../nowhere/&amp;" + n(number) + ".png\">\n";
    }
    return text + "</body></html>\n";
}

void writeSite(const Scratch& scratch)
{
    scratch.write("site/style.css", "a { }\n");
    scratch.write("site/manual/with space.html", "<a href=../guide/0.html>back</a>");
    for (int i = 0; i < kPages; ++i) {
        scratch.write(QString("site/guide/%1.html").arg(i), page(i));
    }
}

/// page, line, link of an item, as one text.
QStringList place(const QJsonArray& parts)
{
    return {parts[0].toString(), QString::number(parts[1].toInt()), parts[2].toString()};
}

}  // namespace

/// link-check.toml against Python's parser and the files themselves.
class LinkCheckTest : public QObject {
    Q_OBJECT
private slots:
    void everyLinkOfATreeIsFoundAndTheBrokenOnesAreNamed()
    {
        const Scratch scratch;
        writeSite(scratch);
        const auto judge = program(
            "python3",
            {QStringLiteral(MUSTER_SOURCE_DIR "/tests/app/link_judge.py"), scratch.path("site")});
        const auto told = QJsonDocument::fromJson(judge.out).object();
        QList<QStringList> expected;
        for (const auto& each : told["broken"].toArray()) {
            expected << place(each.toArray());
        }
        QCOMPARE(expected.size(), kPages / 3 + kPages / 10);

        const auto database = scratch.path("links.db");
        const auto run = musterctl({"run", workloadFile("link-check.toml"), "--trust", "--set",
                                    "input.path=" + scratch.path("site"), "--db", database,
                                    "--format", "jsonl"});
        QCOMPARE(run.code, 1);  // not every link leads somewhere, as the file expects
        const auto summary = run.lastJson();
        QCOMPARE(summary["actions"].toInt(), told["links"].toInt());
        QCOMPARE(summary["failed"].toInt(), static_cast<int>(expected.size()));

        const auto errors = musterctl({"export", "errors", "--db", database, "--format", "csv"});
        auto rows = parseCsv(errors.out);
        rows.removeFirst();
        QList<QStringList> found;
        for (const auto& row : rows) {
            const auto item = QJsonDocument::fromJson(row.at(4)).object();
            found << place({item["page"], item["line"], item["link"]});
            QVERIFY2(row.contains("not_found"), row.join(','));
        }
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
        QCOMPARE(found, expected);
    }
    void aTreeWithoutBrokenLinksMeetsWhatTheFileExpects()
    {
        const Scratch scratch;
        scratch.write("site/a.html", "<a href=b.md>b</a>");
        scratch.write("site/b.md",
                      "See [a](a.html \"title\"), `[no](code.html)`,\n"
                      "[spaces](<c d.md>) and [r].\n\n    [no](indented.html)\n\n"
                      "```\n[no](fenced.html)\n```\n[r]: a.html#x\n"
                      "[out](https://example.org/(x))\n");
        scratch.write("site/c d.md", "![self](c%20d.md)\n");
        const auto run = musterctl({"run", workloadFile("link-check.toml"), "--trust", "--set",
                                    "input.path=" + scratch.path("site"), "--format", "jsonl"});
        QVERIFY2(run.code == 0, run.all());
        QCOMPARE(run.lastJson()["ok"].toInt(), 5);
    }
    void theProjectsOwnPagesHaveNoBrokenLink()
    {
        QProcess run;
        run.setWorkingDirectory(QStringLiteral(MUSTER_SOURCE_DIR));
        run.start(QStringLiteral(MUSTER_BINARY_DIR "/bin/musterctl"),
                  {"run", "resources/workloads/link-check.toml", "--trust", "--format", "jsonl"});
        run.closeWriteChannel();
        QVERIFY(run.waitForFinished(60'000));
        const auto out = run.readAllStandardOutput() + run.readAllStandardError();
        QVERIFY2(run.exitCode() == 0, out);
    }
    void noServerIsLeftBehindWhenTheRunIsKilled()
    {
        const Scratch scratch;
        scratch.write("site/a.html", "<a href=a.html>a</a>");
        const auto file = scratch.write(
            "held.toml",
            "[workload]\nname='held'\n[[agents]]\nname='a'\naction='wait'\n"
            "[actions.wait]\nkind='synthetic'\nwait={shape='constant',mean='1h'}\n[[load]]\nmodel='"
            "closed'\nusers=1\n"
            "[[helpers]]\nname='site'\ncommand=['python3','-m','http.server','{port}','--bind',"
            "'127.0.0.1','--directory','" +
                scratch.path("site").toUtf8() + "']\nready='tcp://127.0.0.1:{port}'\n");
        Running run({"run", file, "--trust", "--format", "jsonl"});
        QVERIFY(run.prints("\"state\":\"running\""));
        const auto servers = [&] {
            return program("pgrep", {"-f", "http.server.*" + scratch.path("site")}).out;
        };
        QVERIFY(!servers().isEmpty());
        run.signal(SIGKILL);
        static_cast<void>(run.finish());
        QTRY_VERIFY_WITH_TIMEOUT(servers().isEmpty(), 60'000);
    }
};

MUSTER_TEST_CASE(LinkCheckTest);
#include "link_check_test.moc"
