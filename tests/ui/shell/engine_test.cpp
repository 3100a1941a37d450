// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QLineEdit>

#include "bridge/exporter.h"
#include "models/agent_table_model.h"
#include "models/event_table_model.h"
#include "models/time_range_model.h"
#include "shell/banner.h"
#include "shell/command_runner.h"
#include "shell/main_window.h"
#include "shell/page_export.h"
#include "shell/run_opener.h"
#include "shell/settings.h"
#include "shell/toasts.h"
#include "style/theme.h"
#include "support/test_case.h"
#include "widgets/chip.h"
#include "widgets/flat_table.h"
#include "widgets/json_view.h"

namespace muster::tests {

using ui::AgentTableModel;

/// The window over a real engine: what it shows is what the engine does.
class EngineTest : public QObject {
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
            options.database = (folder + QStringLiteral("/run.db")).toStdString();
            window.opener()->setOptions(options);
        }

        ui::Theme theme;
        ui::Settings settings;
        ui::EngineBridge bridge;
        ui::Library library;
        ui::Exporter exporter;
        ui::MainWindow window;
    };

    static constexpr int kPatienceMs = 60'000;  // sanitizers and busy machines are slow

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Console> m_console;

    ui::MainWindow& window() { return m_console->window; }

    template <class T>
    T* on(const char* page)
    {
        window().showPage(QLatin1String(page));
        return window().pages()->current()->findChild<T*>();
    }

    QString chip() { return window().pages()->current()->findChild<ui::Chip*>()->plainText(); }

    QString lastToast()
    {
        const auto texts = window().toasts()->texts();
        return texts.isEmpty() ? QString() : texts.last();
    }

    QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QFile file(path("bees.toml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "[workload]\nname = \"bees\"\n"
            "[[agents]]\nname = \"bee\"\ncount = 20\naction = \"buzz\"\n"
            "[actions.buzz]\nkind = \"synthetic\"\n"
            "[[load]]\nmodel = \"open\"\nstart = \"100/s\"\n"
            "stages = [{ for = \"1h\", to = \"100/s\" }]\n");
        file.close();
        m_console = std::make_unique<Console>(m_folder->path());
        window().show();
        window().open(path("bees.toml"));
        QTRY_VERIFY_WITH_TIMEOUT(m_console->bridge.snapshot() != nullptr &&
                                     m_console->bridge.snapshot()->actions.ok > 20,
                                 kPatienceMs);
    }

    void cleanup()
    {
        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), kPatienceMs);
        m_console.reset();
        m_folder.reset();
    }

    void the_agents_are_counted_filtered_and_shown_in_full()
    {
        auto* line = on<QLineEdit>("agents");
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        line->setText(QStringLiteral("name:bee-1*"));
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "11 of 20", kPatienceMs);
        auto* table = window().pages()->current()->findChild<ui::FlatTable*>();
        table->selectRow(0);
        auto* json = window().pages()->current()->findChild<ui::JsonView*>();
        QTRY_VERIFY_WITH_TIMEOUT(json->toPlainText().contains(QLatin1Char('{')), kPatienceMs);
    }

    void a_second_console_on_the_session_opens_it_to_read_and_says_so()
    {
        Console second(m_folder->path());
        second.window.show();
        second.window.open(path("bees.toml"));  // into the same session
        QTRY_VERIFY_WITH_TIMEOUT(second.bridge.snapshot() != nullptr, kPatienceMs);
        QVERIFY(second.bridge.recorded());
        const auto& attention = second.bridge.snapshot()->attention;
        QVERIFY(!attention.empty());
        QVERIFY(QString::fromStdString(attention.front().text)
                    .startsWith(QStringLiteral("Another process records into this session")));
        QVERIFY(second.window.findChild<ui::Banner*>()->isVisible());
        // The first goes on, alone in steering it.
        const auto before = m_console->bridge.snapshot()->actions.ok;
        QTRY_VERIFY_WITH_TIMEOUT(m_console->bridge.snapshot()->actions.ok > before, kPatienceMs);
        second.window.commands()->run(QStringLiteral("load.pause"));
        QTRY_VERIFY_WITH_TIMEOUT(
            second.window.toasts()->texts().join(QLatin1Char(' ')).contains("recorded"),
            kPatienceMs);
        QVERIFY(m_console->bridge.snapshot()->state == RunState::running);
        second.window.close();
        QTRY_VERIFY_WITH_TIMEOUT(!second.window.isVisible(), kPatienceMs);
    }

    void a_filter_the_engine_does_not_know_is_explained()
    {
        auto* line = on<QLineEdit>("agents");
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        line->setText(QStringLiteral("tpye:task"));
        QTRY_VERIFY_WITH_TIMEOUT(line->accessibleDescription().contains(QLatin1String("type")),
                                 kPatienceMs);
        QCOMPARE(chip(), "20 of 20");
    }

    void suspending_is_seen_in_the_table_and_undone_by_its_key()
    {
        auto* table = on<ui::FlatTable>("agents");
        QTRY_COMPARE_WITH_TIMEOUT(chip(), "20 of 20", kPatienceMs);
        const auto state = [table] {
            return table->model()->index(0, AgentTableModel::stateColumn).data().toString();
        };
        window().commands()->run(QStringLiteral("agents.suspend name:bee-1"));
        QTRY_COMPARE_WITH_TIMEOUT(state(), "suspended", kPatienceMs);
        QTRY_VERIFY(window().commands()->canUndo());
        QTest::keyClick(&window(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(state() != "suspended", kPatienceMs);
    }

    void what_happens_runs_by_and_is_found_again_as_it_was_recorded()
    {
        auto* table = on<ui::FlatTable>("events");
        QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 0, kPatienceMs);
        window().commands()->run(QStringLiteral("mark.add \"tea time\""));
        QTRY_VERIFY_WITH_TIMEOUT(
            [table] {
                for (int row = 0; row < table->model()->rowCount(); ++row) {
                    const auto data =
                        table->model()->index(row, ui::EventTableModel::dataColumn).data();
                    if (data.toString().contains(QLatin1String("tea time"))) {
                        return true;
                    }
                }
                return false;
            }(),
            kPatienceMs);
    }

    void the_visible_range_is_exported_while_it_runs()
    {
        window().exports()->setChooseFile(
            [this](const auto&, const auto&, const auto& done) { done(path("out.csv")); });
        window().showPage(QStringLiteral("overview"));
        QTRY_VERIFY_WITH_TIMEOUT(m_console->bridge.snapshot()->uptime > std::chrono::seconds(4),
                                 kPatienceMs);
        window().exports()->save(window().pages()->current(), ui::PageExport::Kind::csv);
        QTRY_VERIFY_WITH_TIMEOUT(lastToast().contains(QLatin1String("rows written")), kPatienceMs);
        QFile file(path("out.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto text = file.readAll();
        QVERIFY2(text.contains("agents.ready"), text.left(400).constData());
        QVERIFY(text.count('\n') > 3);
    }

    void a_run_that_was_stopped_stays_and_its_session_opens_again()
    {
        m_console->bridge.requestStop();
        QTRY_VERIFY_WITH_TIMEOUT(m_console->bridge.snapshot()->state == RunState::finished,
                                 kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!window().range()->live(), kPatienceMs);
        QVERIFY(m_console->bridge.live());
        window().open(path("run.db"));
        QTRY_VERIFY_WITH_TIMEOUT(m_console->bridge.recorded(), kPatienceMs);
        auto* table = on<ui::FlatTable>("events");
        QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 5, kPatienceMs);
    }
};

MUSTER_TEST_CASE(EngineTest);

}  // namespace muster::tests

#include "engine_test.moc"
