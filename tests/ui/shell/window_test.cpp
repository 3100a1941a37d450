// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>

#include "charts/time_chart.h"
#include "models/time_range_model.h"
#include "pages/agents/agent_filter.h"
#include "pages/page.h"
#include "shell/banner.h"
#include "shell/command_palette.h"
#include "shell/help_overlay.h"
#include "shell/toasts.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"
#include "widgets/confirm_dialog.h"

namespace muster::tests {

using ui::EngineBridge;

/// The window as its reader uses it: keys, clicks, what stands on the screen.
class WindowTest : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowStage> m_stage;

    QString page() const { return m_stage->window().pages()->current()->name(); }

    template <class T>
    T* find(const QString& text) const
    {
        for (auto* each : m_stage->window().findChildren<T*>()) {
            if (each->text() == text && each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }

    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier)
    {
        auto* focus = QApplication::focusWidget();
        QTest::keyClick(focus != nullptr ? focus : &m_stage->window(), key, with);
    }

private slots:
    void init()
    {
        m_stage = std::make_unique<WindowStage>();
        m_stage->show();
    }

    void cleanup() { m_stage.reset(); }

    void one_click_runs_an_example()
    {
        QVERIFY(QDir().mkpath(m_stage->path(QStringLiteral("examples"))));
        const auto file = m_stage->workloadFile(QStringLiteral("examples/corpus.toml"));
        m_stage->restart();
        m_stage->show();
        QTRY_VERIFY(find<QPushButton>(QStringLiteral("Run")) != nullptr);
        QTest::mouseClick(find<QPushButton>(QStringLiteral("Run")), Qt::LeftButton);
        QTRY_COMPARE(m_stage->bridge().mode(), EngineBridge::Mode::live);
        QCOMPARE(page(), "overview");
        QCOMPARE(QString::fromStdString(m_stage->started().workloadFile->string()), file);
        QCOMPARE(m_stage->settings().recentFiles(), QStringList{file});
    }

    void a_wrong_workload_is_told_in_full_and_the_console_stays()
    {
        m_stage->setWorkload(Error{ErrorCode::invalidArgument, "unknown key 'cuont'",
                                   "a.toml:7: agents[0]", "Did you mean 'count'?"});
        m_stage->window().open(m_stage->workloadFile());
        QTRY_COMPARE(m_stage->window().banner()->text(),
                     "a.toml:7: agents[0]: unknown key 'cuont'. Did you mean 'count'?");
        QCOMPARE(m_stage->bridge().mode(), EngineBridge::Mode::empty);
        QVERIFY(m_stage->window().isVisible());
    }

    void a_missing_file_is_told_and_the_next_good_one_clears_it()
    {
        m_stage->window().open(QStringLiteral("/no/such.toml"));
        QVERIFY(m_stage->window().banner()->text().contains(QLatin1String("/no/such.toml")));
        m_stage->window().open(m_stage->workloadFile());
        QTRY_VERIFY(m_stage->bridge().live());
        QCOMPARE(m_stage->window().banner()->text(), QString());
    }

    void a_file_that_starts_processes_is_asked_about_once()
    {
        WorkloadInfo info;
        info.startsProcesses = {"python3 -m http.server"};
        m_stage->setWorkload(info);
        const auto file = m_stage->workloadFile();
        m_stage->window().open(file);
        QTRY_VERIFY(m_stage->window().findChild<ui::ConfirmDialog*>() != nullptr);
        auto* question = m_stage->window().findChild<ui::ConfirmDialog*>();
        QVERIFY(!m_stage->bridge().live());
        QTest::keyClick(question, Qt::Key_Escape);
        QTRY_VERIFY(m_stage->window().findChild<ui::ConfirmDialog*>() == nullptr);
        QCOMPARE(m_stage->bridge().mode(), EngineBridge::Mode::empty);

        m_stage->window().open(file);
        QTRY_VERIFY(m_stage->window().findChild<ui::ConfirmDialog*>() != nullptr);
        QTest::mouseClick(m_stage->window().findChild<QPushButton*>(QStringLiteral("confirm")),
                          Qt::LeftButton);
        QTRY_VERIFY(m_stage->bridge().live());
        QVERIFY(m_stage->started().trusted);
        QTRY_VERIFY(m_stage->window().findChild<ui::ConfirmDialog*>() == nullptr);

        m_stage->window().open(file);
        QTRY_COMPARE(m_stage->starts(), 2);
        QVERIFY(m_stage->window().findChild<ui::ConfirmDialog*>() == nullptr);
    }

    void a_file_dropped_on_the_window_is_opened()
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(m_stage->workloadFile())});
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_stage->window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_stage->window(), &drop);
        QTRY_VERIFY(m_stage->bridge().live());
    }

    void control_and_a_number_shows_a_page()
    {
        press(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(page(), "agents");
        press(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(page(), "start");
        QVERIFY(m_stage->window().pages()->made(QStringLiteral("events")) == nullptr);
    }

    void space_stands_still_and_goes_on_but_is_a_space_where_one_types()
    {
        m_stage->run();
        m_stage->window().showPage(QStringLiteral("overview"));
        m_stage->window().setFocus();
        press(Qt::Key_Space);
        QVERIFY(!m_stage->window().range()->live());
        press(Qt::Key_Space);
        QVERIFY(m_stage->window().range()->live());
        m_stage->window().showPage(QStringLiteral("agents"));
        press(Qt::Key_Slash);
        auto* line = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(line != nullptr);
        QTest::keyClicks(line, QStringLiteral("a b"));
        QCOMPARE(line->text(), "a b");
        QVERIFY(m_stage->window().range()->live());
    }

    void t_and_a_key_moves_the_time_range()
    {
        m_stage->run();
        auto* range = m_stage->window().range();
        range->setSpan(std::chrono::minutes(15));
        range->setSpan(std::chrono::minutes(5));
        m_stage->window().setFocus();
        press(Qt::Key_T);
        press(Qt::Key_Z);
        QCOMPARE(range->span(), Duration(std::chrono::minutes(15)));
        const auto before = range->range().from;
        press(Qt::Key_T);
        press(Qt::Key_Left);
        QVERIFY(range->range().from < before);
        QVERIFY(!range->live());
    }

    void return_on_a_chart_shows_its_figures()
    {
        m_stage->run();
        m_stage->window().showPage(QStringLiteral("overview"));
        auto* chart = m_stage->window().pages()->current()->charts().front();
        chart->setFocus(Qt::TabFocusReason);
        press(Qt::Key_Return);
        auto* figures = chart->findChild<QWidget*>(QStringLiteral("figures"));
        QVERIFY(figures != nullptr && figures->isVisible());
    }

    void a_filter_of_agents_ends_with_their_workload()
    {
        auto first = busySnapshot(1);
        first->workload = "corpus";
        m_stage->run();
        m_stage->window().showPage(QStringLiteral("agents"));
        m_stage->give(first);
        auto* page = m_stage->window().pages()->current();
        auto* filter = page->findChild<ui::AgentFilter*>();
        filter->setText(QStringLiteral("name:index*"));
        auto same = busySnapshot(2);
        same->workload = "corpus";
        m_stage->give(same);
        QCOMPARE(filter->text(), QStringLiteral("name:index*"));
        auto other = busySnapshot(3);
        other->workload = "swarm";
        m_stage->give(other);
        QTRY_COMPARE(filter->text(), QString());
        filter->setText(QStringLiteral("name:agent-1*"));
        const QVariantMap kept = page->state();
        page->restoreState(kept);
        m_stage->give(other);
        QCOMPARE(filter->text(), QStringLiteral("name:agent-1*"));
    }

    void the_question_mark_lists_every_key_until_escape()
    {
        press(Qt::Key_Question, Qt::ShiftModifier);
        auto* help = m_stage->window().help();
        QVERIFY(help->isVisible());
        for (const char* key : {"Ctrl+K", "Ctrl+1", "T, Z", "F11", "Space", "Ctrl+Z"}) {
            QVERIFY2(help->text().contains(QLatin1String(key)), key);
        }
        press(Qt::Key_Escape);
        QVERIFY(!help->isVisible());
    }

    void the_lock_refuses_commands_and_can_be_taken_off_again()
    {
        m_stage->run();
        press(Qt::Key_L, Qt::ControlModifier);
        QVERIFY(m_stage->bridge().readOnly());
        auto* stop = find<QPushButton>(QStringLiteral("Stop"));
        QVERIFY(stop != nullptr && !stop->isEnabled());
        emit m_stage->window().pages()->commandRequested(QStringLiteral("load.pause"));
        QTRY_VERIFY(m_stage->lastToast().contains(QLatin1String("locked")));
        QVERIFY(m_stage->source().commands().empty());
        QTest::mouseClick(find<QPushButton>(QStringLiteral("Read-only")), Qt::LeftButton);
        QVERIFY(!m_stage->bridge().readOnly());
        emit m_stage->window().pages()->commandRequested(QStringLiteral("load.pause"));
        QTRY_COMPARE(m_stage->source().commands().size(), std::size_t{1});
    }

    void stop_asks_the_run_to_end_and_leaves_it_open()
    {
        m_stage->run();
        QTest::mouseClick(find<QPushButton>(QStringLiteral("Stop")), Qt::LeftButton);
        QCOMPARE(m_stage->source().stopsRequested(), 1);
        QVERIFY(m_stage->bridge().live());
    }

    void a_store_in_trouble_is_told_until_it_is_well()
    {
        m_stage->run();
        auto full = busySnapshot(2);
        full->store.problem = "The disk is full: free some space, 12 records wait";
        m_stage->give(full);
        QVERIFY(m_stage->window().banner()->text().contains(QLatin1String("The disk is full")));
        m_stage->give(busySnapshot(3));
        QCOMPARE(m_stage->window().banner()->text(), QString());
    }

    void closing_waits_for_what_is_under_way()
    {
        m_stage->run();
        QSignalSpy ended(&m_stage->window(), &ui::MainWindow::ended);
        m_stage->window().close();
        QVERIFY(m_stage->window().isVisible());
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(!m_stage->window().isVisible());
    }

    void what_was_chosen_is_there_at_the_next_start()
    {
        m_stage->run();
        m_stage->window().resize(1400, 900);
        m_stage->window().range()->setSpan(std::chrono::hours(1));
        m_stage->window().showPage(QStringLiteral("events"));
        auto* text = find<QLineEdit>(QString());
        QVERIFY(text != nullptr);
        QTest::keyClicks(text, QStringLiteral("load.*"));
        m_stage->restart();
        m_stage->window().show();
        QCOMPARE(m_stage->window().size(), QSize(1400, 900));
        QCOMPARE(m_stage->window().range()->span(), Duration(std::chrono::hours(1)));
        m_stage->window().showPage(QStringLiteral("events"));
        QVERIFY(find<QLineEdit>(QStringLiteral("load.*")) != nullptr);
    }

    void a_recorded_session_says_what_it_does_not_keep()
    {
        SessionInfo info;
        RunInfo run;
        run.startedAt = {1'767'225'600'000'000'000};
        run.endedAt = WallTime{1'767'225'660'000'000'000};
        run.workload = "corpus";
        info.runs = {run};
        m_stage->source().isLive = false;
        m_stage->source().info = info;
        m_stage->bridge().openSession("/tmp/some.db");
        QTRY_VERIFY(m_stage->bridge().recorded());
        QVERIFY(!m_stage->window().range()->live());
        QCOMPARE(m_stage->window().range()->span(), Duration(std::chrono::minutes(1)));
        QVERIFY(find<QPushButton>(QStringLiteral("Run…")) != nullptr);
    }

    void f11_fills_the_screen_and_gives_it_back()
    {
        press(Qt::Key_F11);
        QVERIFY(m_stage->window().isFullScreen());
        press(Qt::Key_F11);
        QVERIFY(!m_stage->window().isFullScreen());
    }
};

MUSTER_TEST_CASE(WindowTest);

}  // namespace muster::tests

#include "window_test.moc"
