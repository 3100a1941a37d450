// SPDX-License-Identifier: Apache-2.0
#include "workload/input.h"

#include <sys/stat.h>
#include <unistd.h>

#include <QtTest/QtTest>
#include <deque>

#include "base/rng.h"
#include "support/test_case.h"

namespace muster {

namespace {

/// Runs what would block when the test says so.
class StepScheduler final : public Scheduler {
public:
    explicit StepScheduler(bool simulated = false) : m_simulated(simulated) {}

    [[nodiscard]] const Clock& clock() const noexcept override { return *m_clock; }
    [[nodiscard]] std::shared_ptr<Clock> sharedClock() const noexcept override { return m_clock; }
    TimerId every(std::string, Duration, std::function<void()>) override { return {}; }
    TimerId after(Duration, std::function<void()>) override { return {}; }
    void cancel(TimerId) override {}
    Result<void> blocking(std::function<void()> fn) override
    {
        if (full) {
            return Error{ErrorCode::overloaded, "full", "", ""};
        }
        m_waiting.push_back(std::move(fn));
        return {};
    }
    [[nodiscard]] bool simulated() const noexcept override { return m_simulated; }

    [[nodiscard]] std::size_t waiting() const { return m_waiting.size(); }
    void runOne()
    {
        const auto fn = std::move(m_waiting.front());
        m_waiting.pop_front();
        fn();
    }

    bool full = false;

private:
    std::shared_ptr<Clock> m_clock = std::make_shared<ManualClock>();
    std::deque<std::function<void()>> m_waiting;
    bool m_simulated;
};

class ErrorList final : public ResultSink {
public:
    void result(const ResultRow&) override {}
    void error(const ErrorRow& row) override
    {
        lines << QString::fromStdString(std::string(row.item).substr(row.item.rfind('/') + 1)) +
                     " " + QString::fromStdString(row.error->message);
    }
    QStringList lines;
};

}  // namespace

class InputTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    StepScheduler m_scheduler;
    ErrorList m_errors;

    QString write(const char* name, const QByteArray& content)
    {
        QFile file(m_directory.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) {
            qFatal("cannot write %s", name);
        }
        return file.fileName();
    }

    InputSpec spec(InputKind kind, const QString& path)
    {
        InputSpec made;
        made.kind = kind;
        made.path = path.toStdString();
        return made;
    }

    QStringList itemsOf(const InputSpec& spec, InputFigures* figures = nullptr)
    {
        m_errors.lines.clear();
        const auto input = makeInput(spec, m_scheduler, &m_errors, 1);
        const auto opened = input->open([] {});
        if (!opened.ok()) {
            return {"!" + QString::fromStdString(opened.error().text())};
        }
        QStringList items;
        for (;;) {
            std::unique_ptr<const std::string> item;
            const auto next = input->take(item);
            if (next == InputSource::Next::over) {
                break;
            }
            if (next == InputSource::Next::later) {
                m_scheduler.runOne();
            } else {
                items << QString::fromStdString(*item);
            }
        }
        if (figures != nullptr) {
            *figures = input->figures();
        }
        return items;
    }

private slots:
    void linesComeInOrderWithoutEmptyOnes()
    {
        InputFigures figures;
        const auto path = write("lines", "one\r\ntwo\n\n three \nlast");
        QCOMPARE(itemsOf(spec(InputKind::lines, path), &figures),
                 QStringList({"one", "two", " three ", "last"}));
        QCOMPARE(figures.taken, std::uint64_t{4});
        QCOMPARE(figures.skipped, std::uint64_t{1});
        QCOMPARE(figures.bytes, std::uint64_t{22});
        QCOMPARE(figures.total, std::optional<std::uint64_t>(4));
    }
    void csvGivesAColumnAndNamesBadRows()
    {
        auto input = spec(InputKind::csv, write("a.csv",
                                                "id,path\n1,/a\n2\n3,\"/b \"\"c\"\"\"\n"
                                                "4,\"over\ntwo lines\"\n5,a\"b\n6,/z\n"));
        input.field = "path";
        QCOMPARE(itemsOf(input), QStringList({"/a", "/b \"c\"", "over\ntwo lines"}));
        // The stray quote opens what the end of the file does not close.
        QCOMPARE(m_errors.lines,
                 QStringList({"a.csv:3 1 fields, expected 2 as in the header",
                              "a.csv:7 a quote is not closed by the end of the file"}));
    }
    void csvWithoutAFieldGivesTheRowAsJson()
    {
        auto input = spec(InputKind::csv, write("b.csv", "x,y\n1,\"a,b\"\n"));
        QCOMPARE(itemsOf(input), QStringList({R"({"x":"1","y":"a,b"})"}));
        input.header = false;
        QCOMPARE(itemsOf(input).at(0), QString(R"({"1":"x","2":"y"})"));
        input.field = "2";
        QCOMPARE(itemsOf(input), QStringList({"y", "a,b"}));
        input.field = "3";
        QVERIFY(itemsOf(input).isEmpty());
        QCOMPARE(m_errors.lines.size(), 2);
        input.field = "y";
        QVERIFY(itemsOf(input).at(0).startsWith("!"));
    }
    void aMissingColumnNamesTheNearest()
    {
        auto input = spec(InputKind::csv, write("c.csv", "id,path\n1,/a\n"));
        input.field = "pth";
        QVERIFY(itemsOf(input).isEmpty());
        QCOMPARE(m_errors.lines, QStringList({"c.csv:1 there is no column \"pth\", expected one "
                                              "of id, path; did you mean \"path\"?"}));
    }
    void jsonLinesGiveAKeyAndNameBadRows()
    {
        auto input =
            spec(InputKind::jsonl,
                 write("a.jsonl", "{\"p\":\"/a\"}\n{oops}\n{\"q\":1}\n{\"p\":{\"x\":2}}\n"));
        input.field = "p";
        QCOMPARE(itemsOf(input), QStringList({"/a", R"({"x":2})"}));
        QCOMPARE(m_errors.lines.size(), 2);
        QVERIFY(m_errors.lines.at(0).startsWith("a.jsonl:2 not valid JSON"));
        QCOMPARE(m_errors.lines.at(1), QString("a.jsonl:3 there is no key \"p\""));
    }
    void whatIsNotThereIsAnErrorAtOnce()
    {
        QVERIFY(itemsOf(spec(InputKind::lines, "/no/such"))
                    .at(0)
                    .startsWith("!/no/such: there is no such file or directory. Set input.path"));
        QVERIFY(itemsOf(spec(InputKind::csv, m_directory.path())).at(0).contains("not a regular"));
        QVERIFY(itemsOf(spec(InputKind::tree, "/no/such")).at(0).startsWith("!/no/such"));
    }
    void aTreeGivesItsFilesOnceAndCountsItsLinks()
    {
        QDir root(m_directory.path());
        QVERIFY(root.mkpath("tree/sub/deep"));
        QVERIFY(root.mkpath("tree/build"));
        write("tree/1", "");
        write("tree/sub/2", "");
        write("tree/sub/deep/3", "");
        write("tree/build/4", "");
        QVERIFY(::symlink("..", qPrintable(root.filePath("tree/sub/up"))) == 0);
        QVERIFY(::symlink("1", qPrintable(root.filePath("tree/one"))) == 0);
        QVERIFY(::mkfifo(qPrintable(root.filePath("tree/pipe")), 0600) == 0);
        auto input = spec(InputKind::tree, root.filePath("tree"));
        input.exclude = {"build"};
        InputFigures figures;
        auto items = itemsOf(input, &figures);
        items.sort();
        const QString top = root.filePath("tree/");
        QCOMPARE(items, QStringList({top + "1", top + "pipe", top + "sub/2", top + "sub/deep/3"}));
        QCOMPARE(figures.skipped, std::uint64_t{3});  // two links, one of them in a circle
        QCOMPARE(m_errors.lines.size(), 1);
        QVERIFY(m_errors.lines.at(0).startsWith("up a symbolic link back to"));
        input.directories = true;
        items = itemsOf(input);
        items.sort();
        QCOMPARE(items, QStringList({top + "sub", top + "sub/deep"}));
    }
    void noMoreIsReadAheadThanTheBound()
    {
        StepScheduler scheduler;
        QByteArray content;
        for (int i = 0; i < 50'000; ++i) {
            content += QByteArray::number(i) + '\n';
        }
        const auto input =
            makeInput(spec(InputKind::lines, write("long", content)), scheduler, nullptr, 1);
        int ready = 0;
        QVERIFY(input->open([&ready] { ++ready; }).ok());
        QCOMPARE(scheduler.waiting(), std::size_t{1});
        std::unique_ptr<const std::string> item;
        QVERIFY(input->take(item) == InputSource::Next::later);
        scheduler.runOne();
        QCOMPARE(ready, 1);
        QCOMPARE(scheduler.waiting(), std::size_t{0});
        for (int i = 0; i < 50'000; ++i) {
            auto next = input->take(item);
            if (next == InputSource::Next::later) {
                scheduler.runOne();
                next = input->take(item);
            }
            QVERIFY(next == InputSource::Next::item);
            QCOMPARE(QByteArray::fromStdString(*item), QByteArray::number(i));
            QVERIFY(scheduler.waiting() <= 1);
        }
    }
    void mutatedRowsNeverCrashAndAreItemsOrProblems()
    {
        Rng rng(9);
        for (int round = 0; round < 100; ++round) {
            QByteArray content = "id,path\n1,\"/a\"\"b\"\n2,/c\r\n{\"p\": 1}\n";
            for (int edit = 0; edit < 5; ++edit) {
                const auto at =
                    static_cast<int>(rng.below(static_cast<std::uint64_t>(content.size())));
                content.insert(at, "\",\n\r{}x\xff"[rng.below(8)]);
            }
            const auto lines = content.count('\n') + 1;
            for (auto kind : {InputKind::lines, InputKind::csv, InputKind::jsonl}) {
                auto input = spec(kind, write("fuzz", content));
                InputFigures figures;
                itemsOf(input, &figures);
                QVERIFY(figures.taken + figures.skipped <= static_cast<std::uint64_t>(lines));
                QCOMPARE(figures.bytes, static_cast<std::uint64_t>(content.size()));
            }
        }
    }
    void aFullPoolIsAskedAgain()
    {
        StepScheduler scheduler;
        const auto input =
            makeInput(spec(InputKind::lines, write("few", "a\n")), scheduler, nullptr, 1);
        scheduler.full = true;
        QVERIFY(input->open([] {}).ok());
        std::unique_ptr<const std::string> item;
        QVERIFY(input->take(item) == InputSource::Next::later);
        scheduler.full = false;
        QVERIFY(input->take(item) == InputSource::Next::later);
        scheduler.runOne();
        QVERIFY(input->take(item) == InputSource::Next::item);
    }
    void aSimulationHasAModelInsteadOfAFile()
    {
        StepScheduler simulated(true);
        const auto count = [&simulated, this](std::uint64_t seed) {
            const auto input =
                makeInput(spec(InputKind::tree, "/no/such"), simulated, nullptr, seed);
            if (!input->open([] {}).ok()) {
                return std::uint64_t{0};
            }
            std::unique_ptr<const std::string> item;
            while (input->take(item) == InputSource::Next::item) {
            }
            return *item == "item-000001" ? 0 : input->figures().taken;
        };
        QVERIFY(count(1) >= 1000);
        QCOMPARE(count(1), count(1));
        QVERIFY(count(1) != count(2));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::InputTest);
#include "input_test.moc"
