// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/time_scrubber.h"

#include <QDir>
#include <QFile>
#include <QPushButton>

#include "bridge/exporter.h"
#include "charts/chart_group.h"
#include "models/agent_table_model.h"
#include "models/event_table_model.h"
#include "models/time_range_model.h"
#include "shell/command_runner.h"
#include "shell/main_window.h"
#include "shell/run_opener.h"
#include "shell/settings.h"
#include "shell/time_slider.h"
#include "shell/toasts.h"
#include "style/theme.h"
#include "support/recorded_session.h"
#include "support/test_case.h"
#include "widgets/chip.h"
#include "widgets/flat_table.h"
#include "widgets/status_pill.h"

using namespace std::chrono_literals;

namespace muster::tests {

/// Every page at a moment of a run: of a recorded session, and of one that goes on.
class TimeScrubberTest : public QObject {
    Q_OBJECT

    struct Console {
        explicit Console(const QString& folder)
            : settings(folder + QStringLiteral("/console.ini")),
              bridge(ui::engineSources()),
              library(ui::engineSources()),
              exporter(ui::engineSources()),
              window({&bridge,
                      &library,
                      &exporter,
                      &settings,
                      &theme,
                      {folder.toStdString(), folder.toStdString(), {}}})
        {
            EngineOptions options;
            options.workers = 1;
            options.database = (folder + QStringLiteral("/live.db")).toStdString();
            window.opener()->setOptions(options);
        }

        ui::Theme theme;
        ui::Settings settings;
        ui::EngineBridge bridge;
        ui::Library library;
        ui::Exporter exporter;
        ui::MainWindow window;
    };

    static constexpr int kPatienceMs = 60'000;

    QTemporaryDir m_folder;
    std::unique_ptr<Console> m_console;

    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    ui::MainWindow& window() { return m_console->window; }
    ui::EngineBridge& bridge() { return m_console->bridge; }
    ui::TimeScrubber& scrubber() { return *window().scrubber(); }
    ui::TimeSlider& slider() { return *scrubber().slider(); }

    void openRecorded(const char* name = "lively.db")
    {
        window().open(path(name));
        QTRY_VERIFY_WITH_TIMEOUT(bridge().recorded(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(bridge().snapshot() != nullptr, kPatienceMs);
        QTRY_VERIFY(scrubber().isVisible());
        QTRY_COMPARE(slider().maximum(), 40'000);
        QTRY_VERIFY(slider().after(0, true) < slider().maximum());  // its marks have come
    }
    void openLive()
    {
        QFile file(path("bees.toml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "[workload]\nname = \"bees\"\n"
            "[[agents]]\nname = \"bee\"\ncount = 20\naction = \"buzz\"\n"
            "[actions.buzz]\nkind = \"synthetic\"\n"
            "[[load]]\nmodel = \"open\"\nstart = \"100/s\"\n"
            "stages = [{ for = \"1h\", to = \"100/s\" }]\n");
        file.close();
        window().open(path("bees.toml"));
        QTRY_VERIFY_WITH_TIMEOUT(
            bridge().snapshot() != nullptr && bridge().snapshot()->uptime > std::chrono::seconds(5),
            kPatienceMs);
    }
    int xOf(int value)
    {
        return 8 + static_cast<int>(static_cast<double>(value) / slider().maximum() *
                                    (slider().width() - 16));
    }
    /// Drags the handle from where it is to a moment, on the way as a hand does.
    void dragTo(int value)
    {
        const int y = slider().height() / 2;
        const int from = xOf(slider().value());
        const int to = xOf(value);
        QTest::mousePress(&slider(), Qt::LeftButton, {}, {from, y});
        for (int step = 1; step <= 8; ++step) {
            QTest::mouseMove(&slider(), {from + (to - from) * step / 8, y});
        }
        QTest::mouseRelease(&slider(), Qt::LeftButton, {}, {to, y});
        waitForMoment();
    }
    void waitForMoment()
    {
        QTRY_VERIFY_WITH_TIMEOUT(
            bridge().moment() && bridge().moment()->state.at == *bridge().lookedAt(), kPatienceMs);
    }
    void press(Qt::Key key)
    {
        slider().setFocus();
        QTest::keyClick(&slider(), key);
    }
    /// To a whole second, without the mouse's grain.
    void goTo(int value)
    {
        press(Qt::Key_Home);
        for (int at = 0; at < value; at = slider().value()) {
            press(Qt::Key_Right);
        }
        waitForMoment();
    }
    QString chip() { return window().pages()->current()->findChild<ui::Chip*>()->plainText(); }
    QStringList pills()
    {
        QStringList texts;
        for (auto* pill : window().pages()->current()->findChildren<ui::StatusPill*>()) {
            texts << pill->text();
        }
        return texts;
    }

private slots:
    void initTestCase()
    {
        QVERIFY(record(path("lively.db"),
                       {.seed = 4,
                        .runFor = 40s,
                        .more = "[[faults]]\nat = \"25s\"\nfor = \"5s\"\naction = \"work\"\n"
                                "fault = \"delay\"\nvalue = \"5ms\"\n"}));
    }

    void init()
    {
        m_console = std::make_unique<Console>(m_folder.path());
        window().show();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }

    void cleanup()
    {
        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), kPatienceMs);
        m_console.reset();
    }

    void nothing_open_has_no_slider() { QVERIFY(!scrubber().isVisible()); }

    void dragging_puts_the_agents_of_then_on_their_page()
    {
        openRecorded();
        window().showPage(QStringLiteral("agents"));
        auto* table = window().pages()->current()->findChild<ui::FlatTable*>();
        QVERIFY(table->emptyText().contains(QStringLiteral("Move the slider")));
        dragTo(20'000);
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        QTRY_COMPARE(table->model()->rowCount(), 20);
        QCOMPARE(table->model()->index(0, ui::AgentTableModel::stateColumn).data().toString(),
                 QStringLiteral("ready"));
        QVERIFY2(scrubber().text().startsWith(QStringLiteral("As of ")),
                 qPrintable(scrubber().text()));
        QVERIFY2(scrubber().text().contains(QStringLiteral("✓ figures of ")),
                 qPrintable(scrubber().text()));
    }

    void the_breaker_is_what_it_was()
    {
        openRecorded();
        window().showPage(QStringLiteral("limits"));
        goTo(12'000);
        QTRY_VERIFY2(pills().join(u' ').contains(QStringLiteral("Closed")),
                     qPrintable(pills().join(u' ')));
        goTo(18'000);
        QTRY_VERIFY2(pills().join(u' ').contains(QStringLiteral("Open")),
                     qPrintable(pills().join(u' ')));
    }

    void keys_go_by_seconds_and_marks_to_the_ends_and_back()
    {
        openRecorded();
        press(Qt::Key_Home);
        QCOMPARE(slider().value(), 0);
        press(Qt::Key_PageDown);
        const int mark = slider().value();
        QVERIFY(mark > 0 && mark < 20'000);
        press(Qt::Key_PageUp);
        QVERIFY(slider().value() < mark);
        goTo(30'000);
        QVERIFY2(scrubber().text().contains(QStringLiteral("(30.0 s in)")),
                 qPrintable(scrubber().text()));
        press(Qt::Key_Left);
        QCOMPARE(slider().value(), slider().before(30'000));
        press(Qt::Key_End);
        QCOMPARE(slider().value(), 40'000);
        QTest::keyClick(&window(), Qt::Key_Escape);
        QVERIFY(!bridge().lookingBack());
        QVERIFY2(scrubber().text().startsWith(QStringLiteral("End of the run")),
                 qPrintable(scrubber().text()));
    }

    void what_is_not_as_it_was_recorded_is_said()
    {
        QVERIFY(QFile::copy(path("lively.db"), path("lossy.db")));
        QVERIFY(forgetFirst(path("lossy.db"), "breaker.opened"));
        openRecorded("lossy.db");
        goTo(12'000);
        QVERIFY2(scrubber().text().contains(QStringLiteral("✓ figures of ")),
                 qPrintable(scrubber().text()));
        goTo(35'000);
        QVERIFY2(scrubber().text().contains(QStringLiteral("✕ not as it was recorded")),
                 qPrintable(scrubber().text()));
    }

    void events_are_those_until_then()
    {
        openRecorded();
        window().showPage(QStringLiteral("events"));
        goTo(10'000);
        auto* table = window().pages()->current()->findChild<ui::FlatTable*>();
        const auto* model = qobject_cast<ui::EventTableModel*>(table->model());
        QTRY_VERIFY_WITH_TIMEOUT(
            model->rowCount() > 5 && model->eventAt(0)->at <= *bridge().lookedAt(), kPatienceMs);
        QVERIFY(model->eventAt(0)->at > *bridge().lookedAt() - std::chrono::seconds(5));
    }

    void nothing_can_be_changed_meanwhile_and_the_reason_is_said()
    {
        openLive();
        slider().setFocus();
        press(Qt::Key_Left);
        press(Qt::Key_Left);
        waitForMoment();
        window().commands()->run(QStringLiteral("load.pause"));
        QTRY_VERIFY(!window().toasts()->texts().isEmpty());
        QVERIFY2(window().toasts()->texts().last().contains(QStringLiteral("looking back")),
                 qPrintable(window().toasts()->texts().last()));
        QVERIFY(bridge().snapshot()->state == RunState::running);
        const auto stops = [this] {
            for (auto* button : window().findChildren<QPushButton*>()) {
                if (button->text() == QStringLiteral("Stop")) {
                    return button->isEnabled();
                }
            }
            return false;
        };
        QVERIFY(!stops());
        window().showPage(QStringLiteral("load"));
        bool said = false;
        for (auto* button : window().pages()->current()->findChildren<QPushButton*>()) {
            said = said || (!button->isEnabled() &&
                            button->toolTip().contains(QStringLiteral("looking back")));
        }
        QVERIFY(said);
        QTest::keyClick(&window(), Qt::Key_Escape);
        QVERIFY(stops());
    }

    void a_run_that_goes_on_is_looked_back_at_and_joined_again()
    {
        openLive();
        window().showPage(QStringLiteral("agents"));
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        QVERIFY(window().range()->live());
        goTo(3'000);
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        QVERIFY(!window().range()->live());
        const auto then = bridge().moment()->snapshot->actions.ok;
        const auto uptime = bridge().snapshot()->uptime;
        QTRY_VERIFY(bridge().snapshot()->uptime > uptime + std::chrono::seconds(1));
        QCOMPARE(bridge().moment()->snapshot->actions.ok, then);
        QVERIFY(bridge().snapshot()->actions.ok > then);
        QTest::keyClick(&window(), Qt::Key_Escape);
        QVERIFY(!bridge().lookingBack());
        QVERIFY(window().range()->live());
        QVERIFY(scrubber().text().startsWith(QStringLiteral("Live")));
    }

    void pictures_are_taken()
    {
        openRecorded();
        const QDir folder(QStringLiteral(MUSTER_BINARY_DIR "/pictures"));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        window().resize(1280, 800);
        goTo(18'000);
        for (const char* page : {"overview", "agents", "events", "limits", "load", "resources"}) {
            window().showPage(QLatin1String(page));
            for (const bool dark : {true, false}) {
                m_console->theme.show(dark);
                QCoreApplication::processEvents();
                const auto name = QStringLiteral("past-%1-%2-1280x800.png")
                                      .arg(QLatin1String(page),
                                           dark ? QStringLiteral("dark") : QStringLiteral("light"));
                QVERIFY(window().grab().save(folder.filePath(name)));
            }
        }
    }
};

MUSTER_TEST_CASE(TimeScrubberTest);

}  // namespace muster::tests

#include "time_scrubber_test.moc"
