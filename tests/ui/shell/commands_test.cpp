// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLineEdit>
#include <QPushButton>

#include "shell/command_palette.h"
#include "shell/command_runner.h"
#include "shell/palette_entries.h"
#include "shell/toasts.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"
#include "widgets/confirm_dialog.h"

namespace muster::tests {

/// Commands from the palette to the engine, the questions before them and the way back.
class CommandsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowStage> m_stage;

    ui::CommandPalette& palette() { return *m_stage->window().palette(); }

    void type(const QString& text) { QTest::keyClicks(palette().input(), text); }
    void enter() { QTest::keyClick(palette().input(), Qt::Key_Return); }

    std::string lastCommand() const
    {
        const auto all = m_stage->source().commands();
        return all.empty() ? std::string() : all.back().text();
    }

    ui::ConfirmDialog* question() { return m_stage->window().findChild<ui::ConfirmDialog*>(); }

private slots:
    void init()
    {
        m_stage = std::make_unique<WindowStage>();
        m_stage->show();
        m_stage->run();
        QTest::keyClick(&m_stage->window(), Qt::Key_K, Qt::ControlModifier);
        QVERIFY(palette().isVisible());
    }

    void cleanup() { m_stage.reset(); }

    void the_palette_has_every_command_of_the_engine_and_every_page()
    {
        const auto shown = palette().shown();
        for (const auto& command : allCommands()) {
            const auto title =
                QString::fromUtf8(command.title.data(), static_cast<int>(command.title.size()));
            QVERIFY2(shown.contains(title), qPrintable(title));
        }
        for (const auto& entry : m_stage->window().pages()->entries()) {
            QVERIFY2(shown.contains(entry.title), qPrintable(entry.title));
        }
    }

    void a_command_without_parameters_runs_at_once_and_tells_its_outcome()
    {
        type(QStringLiteral("pause load"));
        QCOMPARE(palette().shown().first(), "Pause load");
        enter();
        QVERIFY(!palette().isVisible());
        QTRY_COMPARE(lastCommand(), std::string("load.pause"));
        QTRY_COMPARE(m_stage->lastToast(), "Did load.pause");
    }

    void parameters_are_asked_for_in_the_same_line()
    {
        type(QStringLiteral("set load rate"));
        enter();
        QVERIFY(palette().isVisible());
        QCOMPARE(palette().input()->text(), "load.rate ");
        QVERIFY(palette().shown().contains(QStringLiteral("rate")));
        enter();
        QVERIFY(palette().isVisible());  // it is still missing
        type(QStringLiteral("500/s"));
        enter();
        QTRY_COMPARE(lastCommand(), std::string("load.rate rate=500/s"));
    }

    void choices_are_offered_and_completed()
    {
        type(QStringLiteral("limits.set lim"));
        QVERIFY(palette().shown().contains(QStringLiteral("limits.memory")));
        QTest::keyClick(palette().input(), Qt::Key_Down);
        QTest::keyClick(palette().input(), Qt::Key_Down);
        enter();
        QCOMPARE(palette().input()->text(), "limits.set limits.memory ");
        type(QStringLiteral("2GiB"));
        enter();
        QTRY_VERIFY(lastCommand().find("value=2GiB") != std::string::npos);
    }

    void escape_leaves_without_doing_anything()
    {
        type(QStringLiteral("pause"));
        QTest::keyClick(palette().input(), Qt::Key_Escape);
        QVERIFY(!palette().isVisible());
        QVERIFY(m_stage->source().commands().empty());
    }

    void a_page_is_found_by_its_name()
    {
        type(QStringLiteral("events"));
        enter();
        QCOMPARE(m_stage->window().pages()->current()->name(), "events");
    }

    void letters_in_order_find_what_words_do_not()
    {
        using ui::PaletteEntries;
        QVERIFY(PaletteEntries::fit(QStringLiteral("Pause load"), QStringLiteral("pl")) > 0);
        QCOMPARE(PaletteEntries::fit(QStringLiteral("Pause load"), QStringLiteral("xyz")), 0);
        QVERIFY(PaletteEntries::fit(QStringLiteral("Pause load"), QStringLiteral("pau")) >
                PaletteEntries::fit(QStringLiteral("Set load rate"), QStringLiteral("load")));
    }

    void stopping_one_agent_is_done_and_many_are_asked_about()
    {
        m_stage->window().commands()->run(
            QStringLiteral("agents.stop id:%1")
                .arg(QString::fromStdString(toString(agentRow(4).id))));
        QTRY_COMPARE(m_stage->source().commands().size(), std::size_t{1});
        m_stage->window().commands()->run(QStringLiteral("agents.stop indexer"));
        QTRY_VERIFY(question() != nullptr);
        QCOMPARE(m_stage->source().commands().size(), std::size_t{1});
        QTest::mouseClick(question()->findChild<QPushButton*>(QStringLiteral("confirm")),
                          Qt::LeftButton);
        QTRY_COMPARE(m_stage->source().commands().size(), std::size_t{2});
    }

    void very_many_agents_need_their_number_typed()
    {
        m_stage = std::make_unique<WindowStage>(5'000);
        m_stage->show();
        m_stage->run();
        m_stage->window().commands()->run(QStringLiteral("agents.suspend er-"));
        QTRY_VERIFY(question() != nullptr);
        auto* yes = question()->findChild<QPushButton*>(QStringLiteral("confirm"));
        QVERIFY(!yes->isEnabled());
        auto* line = question()->findChild<QLineEdit*>();
        QTest::keyClicks(line, QStringLiteral("3749"));
        QVERIFY(!yes->isEnabled());
        line->clear();
        QTest::keyClicks(line, QStringLiteral("3750"));
        QVERIFY(yes->isEnabled());
        QTest::mouseClick(yes, Qt::LeftButton);
        QTRY_COMPARE(m_stage->source().commands().size(), std::size_t{1});
    }

    void a_drain_is_always_asked_about()
    {
        m_stage->window().commands()->run(QStringLiteral("run.drain"));
        QTRY_VERIFY(question() != nullptr);
        QTest::keyClick(question(), Qt::Key_Escape);
        QTRY_VERIFY(question() == nullptr);
        QVERIFY(m_stage->source().commands().empty());
    }

    void what_can_be_undone_is_undone_by_its_key()
    {
        m_stage->source().onCommand = [](const Command& command) -> Result<CommandOutcome> {
            CommandOutcome outcome{"Did " + command.name, 1, {}};
            if (command.name == "load.pause") {
                outcome.undo = Command{"load.resume", {}, "operator"};
            }
            return outcome;
        };
        palette().close();
        m_stage->window().commands()->run(QStringLiteral("load.pause"));
        QTRY_VERIFY(m_stage->window().commands()->canUndo());
        QTest::keyClick(&m_stage->window(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(lastCommand(), std::string("load.resume"));
        QTRY_COMPARE(m_stage->lastToast(), "Undone: Did load.resume");
        QVERIFY(!m_stage->window().commands()->canUndo());
    }

    void a_command_that_failed_says_why()
    {
        m_stage->source().onCommand = [](const Command&) -> Result<CommandOutcome> {
            return Error{ErrorCode::conflict, "there is no load to pause", {}, "Start one first"};
        };
        m_stage->window().commands()->run(QStringLiteral("load.pause"));
        QTRY_COMPARE(m_stage->lastToast(), "there is no load to pause. Start one first");
        m_stage->window().commands()->run(QStringLiteral("laod.pause"));
        QTRY_VERIFY(m_stage->lastToast().contains(QLatin1String("load.pause")));
    }

    void at_most_three_outcomes_stand_there()
    {
        for (int at = 0; at < 7; ++at) {
            m_stage->window().toasts()->tell(QString::number(at));
        }
        QCOMPARE(m_stage->window().toasts()->texts(),
                 (QStringList{QStringLiteral("4"), QStringLiteral("5"), QStringLiteral("6")}));
    }
};

MUSTER_TEST_CASE(CommandsTest);

}  // namespace muster::tests

#include "commands_test.moc"
