// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QImage>
#include <csignal>

#include "api/session.h"
#include "app/muster/console_process.h"
#include "support/test_case.h"

namespace muster::tests {

/// The console's program, from its command line to what it leaves behind.
class MusterTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<ConsoleProcess> m_console;

    QString write(const QString& name, const QByteArray& text)
    {
        const auto path = m_home->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly)) {
            file.write(text);
        }
        return path;
    }

    /// Twenty agents under a load that does not end by itself.
    QString endless()
    {
        return write(QStringLiteral("endless.toml"),
                     "[workload]\nname = \"endless\"\n"
                     "[[agents]]\nname = \"bee\"\ncount = 20\naction = \"buzz\"\n"
                     "[actions.buzz]\nkind = \"synthetic\"\n"
                     "[[load]]\nmodel = \"open\"\nstart = \"200/s\"\n"
                     "stages = [{ for = \"1h\", to = \"200/s\" }]\n");
    }

    QString corpus()
    {
        return QStringLiteral(MUSTER_SOURCE_DIR "/resources/workloads/corpus.toml");
    }

    QStringList sessions()
    {
        const QDir folder(m_home->filePath(QStringLiteral("muster/sessions")));
        QStringList files;
        for (const auto& name : folder.entryList({QStringLiteral("*.db")})) {
            files << folder.filePath(name);
        }
        return files;
    }

private slots:
    void init()
    {
        m_home = std::make_unique<QTemporaryDir>();
        m_console = std::make_unique<ConsoleProcess>(*m_home);
    }

    void cleanup()
    {
        m_console.reset();
        m_home.reset();
    }

    void a_reader_that_leaves_early_does_not_end_the_run()
    {
        QProcess shell;
        auto environment = QProcessEnvironment::systemEnvironment();
        for (const auto* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "HOME"}) {
            environment.insert(QLatin1String(name), m_home->path());
        }
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        shell.setProcessEnvironment(environment);
        const auto report = m_home->filePath(QStringLiteral("report"));
        // Each line of the table meets a pipe that nobody reads any more.
        shell.start(QStringLiteral("bash"),
                    {QStringLiteral("-c"),
                     QStringLiteral("\"$0\" \"$1\" --for 1s --report \"$2\" | true; "
                                    "exit ${PIPESTATUS[0]}"),
                     QStringLiteral(MUSTER_BINARY_DIR "/bin/muster"), endless(), report});
        QVERIFY(shell.waitForFinished(ConsoleProcess::kPatienceMs));
        QCOMPARE(shell.exitCode(), 0);
        QVERIFY(QFile::exists(report + QStringLiteral("/report.html")));
    }

    void help_has_an_example()
    {
        QCOMPARE(m_console->run({QStringLiteral("--help")}), 0);
        QVERIFY(m_console->output().contains("muster resources/workloads/corpus.toml"));
        QVERIFY(m_console->output().contains("--startup-report"));
    }

    void what_is_wrong_on_the_command_line_is_told_and_exits_2_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("option") << QStringList{QStringLiteral("--fro")} << QByteArray("fro");
        QTest::newRow("time") << QStringList{QStringLiteral("--for"), QStringLiteral("20 parsecs")}
                              << QByteArray("--for:");
        QTest::newRow("set") << QStringList{QStringLiteral("--set"), QStringLiteral("input.path")}
                             << QByteArray("KEY=VALUE");
        QTest::newRow("workers") << QStringList{QStringLiteral("--workers"), QStringLiteral("none")}
                                 << QByteArray("--workers");
        QTest::newRow("theme") << QStringList{QStringLiteral("--theme"), QStringLiteral("pink")}
                               << QByteArray("light, dark or system");
        QTest::newRow("two files")
            << QStringList{QStringLiteral("a.toml"), QStringLiteral("b.toml")}
            << QByteArray("one workload or session");
    }

    void what_is_wrong_on_the_command_line_is_told_and_exits_2()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, told);
        QCOMPARE(m_console->run(arguments), 2);
        QVERIFY2(m_console->errors().contains(told), m_console->errors().constData());
    }

    void without_a_display_it_says_how_to_go_on()
    {
        m_console->removeVariable(QStringLiteral("QT_QPA_PLATFORM"));
        QCOMPARE(m_console->run({corpus()}), 2);
        QVERIFY(m_console->errors().contains("there is no display"));
        QVERIFY(m_console->errors().contains("QT_QPA_PLATFORM=offscreen"));
    }

    void the_startup_report_says_what_took_how_long()
    {
        QCOMPARE(m_console->run({QStringLiteral("--startup-report")}), 0);
        QVERIFY(m_console->output().contains("First frame after"));
        for (const char* step : {"Qt application", "theme", "main window", "first paint"}) {
            QVERIFY2(m_console->output().contains(step), step);
        }
    }

    void the_startup_report_of_a_run_names_the_engines_services()
    {
        QCOMPARE(m_console->run({endless(), QStringLiteral("--startup-report")}), 0);
        QVERIFY(m_console->output().contains("Engine, started behind the first frame"));
    }

    void a_run_without_a_screen_is_told_live_and_leaves_a_report()
    {
        QCOMPARE(m_console->run({endless(), QStringLiteral("--for"), QStringLiteral("3s"),
                                 QStringLiteral("--workers"), QStringLiteral("1")}),
                 0);
        const auto output = m_console->output();
        for (const char* told : {"actions/s", "running", "finished", "agents        20\n", "frames",
                                 "session", "muster-report/report.html"}) {
            QVERIFY2(output.contains(told), output.constData());
        }
        QFile report(m_home->filePath(QStringLiteral("muster-report/report.html")));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const auto html = report.readAll();
        QVERIFY(html.contains("data:image/png;base64,"));
        QVERIFY(html.contains("endless"));
        const QDir pictures(m_home->filePath(QStringLiteral("muster-report/pictures")));
        for (const char* page :
             {"start", "overview", "agents", "events", "load", "resources", "queues", "history"}) {
            for (const char* theme : {"dark", "light"}) {
                for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
                    const auto name = QStringLiteral("%1-%2-%3x%4.png")
                                          .arg(QLatin1String(page), QLatin1String(theme))
                                          .arg(size.width())
                                          .arg(size.height());
                    QVERIFY2(QImage(pictures.filePath(name)).size() == size, qPrintable(name));
                }
            }
        }
        QCOMPARE(sessions().size(), 1);
    }

    void a_wrong_workload_names_its_line_and_starts_nothing()
    {
        const auto file = write(QStringLiteral("wrong.toml"),
                                "[workload]\nname = \"x\"\n[[agents]]\nname = \"a\"\ncuont = 3\n");
        QCOMPARE(m_console->run({file, QStringLiteral("--for"), QStringLiteral("1s")}), 2);
        QVERIFY2(m_console->errors().contains("wrong.toml:5"), m_console->errors().constData());
        QVERIFY(m_console->errors().contains("count"));
        QVERIFY(sessions().isEmpty());
    }

    void a_file_that_starts_processes_needs_trust_where_nobody_can_be_asked()
    {
        const auto file = write(QStringLiteral("helped.toml"),
                                "[workload]\nname = \"helped\"\n"
                                "[[agents]]\nname = \"a\"\naction = \"b\"\n"
                                "[actions.b]\nkind = \"synthetic\"\n"
                                "[[helpers]]\ncommand = [\"sleep\", \"60\"]\n");
        QCOMPARE(m_console->run({file, QStringLiteral("--for"), QStringLiteral("1s")}), 2);
        QVERIFY2(m_console->errors().contains("--trust"), m_console->errors().constData());
    }

    void a_session_that_is_none_is_told()
    {
        const auto file = write(QStringLiteral("none.db"), "this is no database");
        QCOMPARE(m_console->run({file, QStringLiteral("--for"), QStringLiteral("1s")}), 2);
        QVERIFY(m_console->errors().contains("none.db"));
    }

    void a_signal_drains_and_sums_up()
    {
        m_console->start({endless()});
        QTRY_VERIFY_WITH_TIMEOUT(m_console->output().contains("running"),
                                 ConsoleProcess::kPatienceMs);
        m_console->signal(SIGTERM);
        QCOMPARE(m_console->finish(), 0);
        QVERIFY2(m_console->output().contains("20"), m_console->output().constData());
        QVERIFY(m_console->output().contains("actions"));
        auto session = Session::open(sessions().value(0).toStdString());
        QVERIFY(session.ok());
        QVERIFY(session.value()->info()->runs.back().endedAt.has_value());
    }

    void a_second_signal_stops_at_once()
    {
        m_console->start({endless()});
        QTRY_VERIFY_WITH_TIMEOUT(m_console->output().contains("running"),
                                 ConsoleProcess::kPatienceMs);
        m_console->signal(SIGINT);
        m_console->signal(SIGTERM);
        // Either the first has ended it in order by then, or the second one ends it hard.
        const int code = m_console->finish();
        QVERIFY2(code == 0 || code == 128 + SIGTERM || code == 128 + SIGINT,
                 QByteArray::number(code).constData());
    }

    void a_killed_run_is_offered_and_can_be_looked_at()
    {
        m_console->start({endless()});
        QTRY_VERIFY_WITH_TIMEOUT(m_console->output().count("running") >= 2,
                                 ConsoleProcess::kPatienceMs);
        m_console->signal(SIGKILL);
        QCOMPARE(m_console->finish(), -1);
        qputenv("XDG_DATA_HOME", m_home->path().toUtf8());
        const auto unclosed = unclosedSessions();
        qunsetenv("XDG_DATA_HOME");
        QCOMPARE(unclosed.size(), std::size_t{1});

        ConsoleProcess again(*m_home);
        const auto shots = m_home->filePath(QStringLiteral("shots"));
        QCOMPARE(again.run({QString::fromStdString(unclosed[0].string()),
                            QStringLiteral("--pictures"), shots}),
                 0);
        QVERIFY(!QImage(shots + QStringLiteral("/events-dark-1280x800.png")).isNull());
    }

    void pictures_alone_are_taken_as_it_runs_and_end_it()
    {
        const auto shots = m_home->filePath(QStringLiteral("shots"));
        QCOMPARE(m_console->run({endless(), QStringLiteral("--pictures"), shots}), 0);
        QCOMPARE(QDir(shots).entryList({QStringLiteral("*.png")}).size(), 36);
    }

    void pictures_are_taken_of_a_run_that_is_over_at_once_too()
    {
        const auto shots = m_home->filePath(QStringLiteral("shots"));
        const auto file =
            write(QStringLiteral("short.toml"),
                  "[workload]\nname = \"short\"\n"
                  "[[agents]]\nname = \"bee\"\ncount = 2\naction = \"buzz\"\n"
                  "[actions.buzz]\nkind = \"synthetic\"\n"
                  "[[load]]\nmodel = \"open\"\nstart = \"200/s\"\n"
                  "stages = [{ for = \"20ms\", to = \"200/s\" }]\nafter = \"stop\"\n");
        QCOMPARE(m_console->run({file, QStringLiteral("--pictures"), shots}), 0);
        QCOMPARE(QDir(shots).entryList({QStringLiteral("*.png")}).size(), 36);
    }
};

MUSTER_TEST_CASE(MusterTest);

}  // namespace muster::tests

#include "muster_test.moc"
