// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>

#include "support/test_case.h"

namespace muster {
namespace {

/// One #include of one source file.
struct Include {
    QString file;  ///< relative to the checkout
    int line = 0;
    QString header;  ///< as written, without its brackets
};

struct Rules {
    QMap<QString, int> levels;
    QList<QPair<QString, QStringList>> alone;
    QList<QPair<QString, QString>> forbidden;
};

bool matches(const QString& pattern, const QString& header)
{
    return pattern.endsWith('*') ? header.startsWith(pattern.chopped(1)) : header == pattern;
}

QString readText(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

Rules readRules()
{
    Rules rules;
    for (const auto& raw : readText(MUSTER_SOURCE_DIR "/tests/structure/rooms.txt").split('\n')) {
        const auto words = raw.section('#', 0, 0).simplified().split(' ', Qt::SkipEmptyParts);
        if (words.size() == 3 && words[0] == "room") {
            rules.levels[words[1]] = words[2].toInt();
        } else if (words.size() >= 3 && words[0] == "alone") {
            rules.alone.append({words[1], words.mid(2)});
        } else if (words.size() == 3 && words[0] == "forbid") {
            rules.forbidden.append({words[1], words[2]});
        }
    }
    return rules;
}

QStringList sourceFiles(const QStringList& trees)
{
    QStringList files;
    for (const auto& tree : trees) {
        QDirIterator all(QStringLiteral(MUSTER_SOURCE_DIR "/") + tree, {"*.h", "*.cpp"},
                         QDir::Files, QDirIterator::Subdirectories);
        while (all.hasNext()) {
            files << QDir(MUSTER_SOURCE_DIR).relativeFilePath(all.next());
        }
    }
    files.sort();
    return files;
}

QString sourceText(const QString& file)
{
    return readText(QStringLiteral(MUSTER_SOURCE_DIR "/") + file);
}

QList<Include> includesOf(const QString& file)
{
    static const QRegularExpression directive("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
    QList<Include> found;
    int line = 0;
    for (const auto& text : sourceText(file).split('\n')) {
        ++line;
        if (const auto match = directive.match(text); match.hasMatch()) {
            found.append({file, line, match.captured(1)});
        }
    }
    return found;
}

/// engine/runtime/x.h → runtime; app/… → app; tests/… → tests.
QString roomOf(const QString& file)
{
    const auto tree = file.section('/', 0, 0);
    return tree == "engine" || tree == "ui" ? file.section('/', 1, 1) : tree;
}

/// Empty, or why this include is against the levels.
QString againstLevels(const Rules& rules, const Include& include)
{
    const auto from = roomOf(include.file);
    const auto to = include.header.section('/', 0, 0);
    if (!include.header.contains('/') || !rules.levels.contains(to) || from == to) {
        return {};
    }
    if (include.header.contains("/internal/")) {
        // What is explored step by step has no public face.
        return include.file.startsWith("tests/" + to + "/model/")
                   ? QString()
                   : "reaches into another room's internal/";
    }
    if (!rules.levels.contains(from)) {
        return include.file.startsWith("tests/") || include.file.startsWith("bench/")
                   ? QString()
                   : "stands in no room of rooms.txt";
    }
    const bool console = rules.levels[from] >= 20;
    const bool engineBelow = rules.levels[to] < 20;
    if (console && engineBelow && to != "api" && to != "base") {
        return "the console and the programs include no engine room but api";
    }
    return rules.levels[to] < rules.levels[from] ? QString() : "goes up or sideways";
}

QString againstHeaders(const Rules& rules, const Include& include)
{
    const auto room = roomOf(include.file);
    for (const auto& [header, rooms] : rules.alone) {
        if (matches(header, include.header) && !rooms.contains(room)) {
            return "only " + rooms.join(", ") + " may include it";
        }
    }
    for (const auto& [header, tree] : rules.forbidden) {
        if (matches(header, include.header) && include.file.startsWith(tree + '/')) {
            return "nothing in " + tree + "/ may include it";
        }
    }
    return {};
}

void report(const QStringList& problems)
{
    for (const auto& problem : problems) {
        qWarning().noquote() << problem;
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join('\n')));
}

}  // namespace

class StructureTest : public QObject {
    Q_OBJECT
private slots:
    void everyIncludeKeepsToTheLevels()
    {
        const auto rules = readRules();
        QVERIFY(rules.levels.size() > 20);
        QStringList problems;
        int seen = 0;
        for (const auto& file : sourceFiles({"engine", "ui", "app", "bench", "tests"})) {
            for (const auto& include : includesOf(file)) {
                ++seen;
                for (const auto& why :
                     {againstLevels(rules, include), againstHeaders(rules, include)}) {
                    if (!why.isEmpty()) {
                        problems << QString("%1:%2: includes %3: %4")
                                        .arg(include.file)
                                        .arg(include.line)
                                        .arg(include.header, why);
                    }
                }
            }
        }
        QVERIFY(seen > 50);
        report(problems);
    }

    void theCheckSeesWhatItForbids()
    {
        const auto rules = readRules();
        const auto level = [&](const char* file, const char* header) {
            return !againstLevels(rules, {file, 1, header}).isEmpty();
        };
        const auto library = [&](const char* file, const char* header) {
            return !againstHeaders(rules, {file, 1, header}).isEmpty();
        };
        QVERIFY(level("engine/runtime/a.cpp", "api/engine.h"));
        QVERIFY(level("engine/events/a.cpp", "telemetry/catalogue.h"));
        QVERIFY(level("engine/api/a.cpp", "runtime/internal/cell.h"));
        QVERIFY(level("tests/runtime/a.cpp", "runtime/internal/cell.h"));
        QVERIFY(level("tests/messaging/model/a.cpp", "runtime/internal/cell.h"));
        QVERIFY(!level("tests/runtime/model/a.cpp", "runtime/internal/cell.h"));
        QVERIFY(level("ui/pages/a.cpp", "runtime/runtime.h"));
        QVERIFY(level("ui/models/a.cpp", "pages/page.h"));
        QVERIFY(!level("engine/runtime/a.cpp", "events/event.h"));
        QVERIFY(!level("ui/pages/a.cpp", "api/snapshot.h"));
        QVERIFY(library("engine/api/a.cpp", "sqlite3.h"));
        QVERIFY(library("engine/base/a.cpp", "QString"));
        QVERIFY(library("ui/pages/a.cpp", "qcustomplot.h"));
        QVERIFY(library("ui/pages/a.cpp", "api/engine.h"));
        QVERIFY(!library("engine/storage/a.cpp", "sqlite3.h"));
    }

    void pagesNeverIncludeEachOther()
    {
        static const QRegularExpression page(R"(^pages/(\w+)_page(?:_\w+)?\.h$)");
        QStringList problems;
        for (const auto& file : sourceFiles({"ui/pages"})) {
            for (const auto& include : includesOf(file)) {
                const auto match = page.match(include.header);
                const auto own = file.section('/', -1);
                if (match.hasMatch() && !own.startsWith(match.captured(1))) {
                    problems << file + ": includes " + include.header;
                }
            }
        }
        report(problems);
    }

    void timeAndChanceAreReadInBaseOnly()
    {
        static const QRegularExpression direct(
            R"((steady_clock|system_clock|high_resolution_clock)::now|random_device|\brand\(\)|clock_gettime)");
        QStringList problems;
        for (const auto& file : sourceFiles({"engine"})) {
            if (roomOf(file) != "base" && sourceText(file).contains(direct)) {
                problems << file + ": reads time or chance directly";
            }
        }
        report(problems);
    }

    void testsDoNotSleep()
    {
        static const QRegularExpression sleeps(
            R"(sleep_for|sleep_until|msleep|qSleep\(|qWait\(|\busleep\()");
        QStringList problems;
        for (const auto& file : sourceFiles({"tests"})) {
            if (!file.startsWith("tests/structure/") && sourceText(file).contains(sleeps)) {
                problems << file + ": sleeps; wait for a condition instead";
            }
        }
        report(problems);
    }

    void everySourceIsOfReadableSizeAndLicensed()
    {
        QStringList problems;
        for (const auto& file : sourceFiles({"engine", "ui", "app", "bench", "tests"})) {
            const auto text = sourceText(file);
            const bool gpl = file.startsWith("ui/") || file.startsWith("app/muster/") ||
                             file.startsWith("tests/ui/");
            if (!text.startsWith(gpl ? "// SPDX-License-Identifier: GPL-3.0-or-later\n"
                                     : "// SPDX-License-Identifier: Apache-2.0\n") &&
                !(file.startsWith("tests/") && text.startsWith("// SPDX-License-Identifier: "))) {
                problems << file + ": wrong or no licence line";
            }
            if (text.count('\n') > 700) {
                problems << file + ": over 700 lines";
            }
            if (file.endsWith(".h") && !text.contains("#pragma once")) {
                problems << file + ": no #pragma once";
            }
        }
        report(problems);
    }

    void everySourceIsFormatted()
    {
        const auto program = QStandardPaths::findExecutable("clang-format");
        QVERIFY2(!program.isEmpty(), "clang-format is missing: run installer/setup");
        QStringList arguments{"--dry-run", "-Werror"};
        for (const auto& file : sourceFiles({"engine", "ui", "app", "bench", "tests"})) {
            arguments << QStringLiteral(MUSTER_SOURCE_DIR "/") + file;
        }
        QProcess format;
        format.setProcessChannelMode(QProcess::MergedChannels);
        format.start(program, arguments);
        QVERIFY(format.waitForFinished(300'000));
        QVERIFY2(format.exitCode() == 0, format.readAll().left(4000).constData());
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::StructureTest);
#include "structure_test.moc"
