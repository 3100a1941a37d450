// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QLabel>

#include "models/startup_model.h"
#include "shell/actions.h"
#include "shell/startup_dialog.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"
#include "widgets/flat_table.h"

namespace muster::tests {

using namespace std::chrono_literals;

class StartupTest : public QObject {
    Q_OBJECT

    static EngineStartup startup()
    {
        EngineStartup startup;
        startup.ready = 3'412us;
        const auto started = ServiceState::started;
        startup.services = {
            {"log", {}, 0, started, 9us, 31us},
            {"workload", {}, 0, started, 41us, 402us},
            {"telemetry", {}, 0, started, 444us, 2us},
            {"events", {"log"}, 1, started, 447us, 28us},
            {"storage", {"log", "workload", "telemetry", "events"}, 2, started, 538us, 2'610us},
            {"runtime", {"log", "workload", "events"}, 2, started, 571us, 246us},
            {"control", {"telemetry", "storage", "runtime"}, 3, started, 3'166us, 188us},
        };
        return startup;
    }

    /// The window after an engine whose session could not be opened.
    static void fail(WindowStage& stage)
    {
        EngineStartup failed = startup();
        failed.ready = {};
        for (auto& service : failed.services) {
            service.state = ServiceState::stopped;
        }
        failed.services[4].state = ServiceState::failed;
        failed.services[6].state = ServiceState::waiting;
        failed.services[6].began = failed.services[6].took = {};
        stage.failStart(
            {ErrorCode::notFound, "storage: the directory does not exist", "x/run.db", "Create it"},
            failed);
        QSignalSpy told(&stage.bridge(), &ui::EngineBridge::openFailed);
        stage.bridge().start({});
        QTRY_COMPARE(told.size(), 1);
    }

    static ui::StartupDialog* opened(WindowStage& stage)
    {
        stage.window().actionsOfWindow()->find(QStringLiteral("startup"))->trigger();
        auto* dialog = stage.window().findChild<ui::StartupDialog*>();
        return dialog != nullptr && QTest::qWaitForWindowExposed(dialog) ? dialog : nullptr;
    }

private slots:
    void theWindowShowsHowItsEngineStarted()
    {
        WindowStage stage;
        stage.source().engineStartup = startup();
        stage.show();
        stage.run();
        auto* dialog = opened(stage);
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->findChild<ui::FlatTable*>()->model()->rowCount(), 7);
        QCOMPARE(dialog->summary(), QStringLiteral("7 services in 4 groups, ready after 3.41 ms."));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(stage.window().findChild<ui::StartupDialog*>() == nullptr);
    }

    void aStartThatFailedIsShownWithWhatFailed()
    {
        WindowStage stage;
        stage.show();
        fail(stage);
        auto* dialog = opened(stage);
        QVERIFY(dialog != nullptr);
        QVERIFY2(dialog->summary().contains(QStringLiteral("storage failed")),
                 qPrintable(dialog->summary()));
        const auto* model = dialog->findChild<ui::FlatTable*>()->model();
        QCOMPARE(model->index(4, ui::StartupModel::State).data().toString(),
                 QStringLiteral("✕ Failed"));
        QCOMPARE(model->index(6, ui::StartupModel::Takes).data().toString(),
                 QStringLiteral("not available"));
    }

    void withoutAnEngineItSaysWhyThereIsNothing()
    {
        WindowStage stage;
        stage.show();
        auto* dialog = opened(stage);
        QVERIFY(dialog != nullptr);
        const auto* table = dialog->findChild<ui::FlatTable*>();
        QCOMPARE(table->model()->rowCount(), 0);
        QVERIFY(table->emptyText().contains(QStringLiteral("Run a workload")));
    }

    void picturesAreTaken()
    {
        const QDir folder(QStringLiteral(MUSTER_BINARY_DIR "/pictures"));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        const std::pair<const char*, void (*)(WindowStage&)> kinds[] = {
            {"run",
             [](WindowStage& stage) {
                 stage.source().engineStartup = startup();
                 stage.run();
             }},
            {"failed", fail},
            {"empty", [](WindowStage&) {}},
        };
        for (const auto& [kind, prepare] : kinds) {
            for (const bool dark : {true, false}) {
                WindowStage stage;
                stage.theme().show(dark);
                stage.show();
                prepare(stage);
                auto* dialog = opened(stage);
                QVERIFY(dialog != nullptr);
                QCoreApplication::processEvents();
                const auto name = QStringLiteral("startup-%1-%2.png")
                                      .arg(QString::fromLatin1(kind),
                                           dark ? QStringLiteral("dark") : QStringLiteral("light"));
                QVERIFY(dialog->grab().save(folder.filePath(name)));
            }
        }
    }
};

MUSTER_TEST_CASE(StartupTest);

}  // namespace muster::tests

#include "startup_test.moc"
