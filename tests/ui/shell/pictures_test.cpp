// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QTableView>

#include "models/time_range_model.h"
#include "shell/page_host.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "ui/shell/window_stage.h"

namespace muster::tests {

/// Saves a picture of the window with every page, light and dark, at both sizes, to be looked
/// at, and holds that each of them shows something.
class PicturesTest : public QObject {
    Q_OBJECT

    static void fillEvents(FakeSource& source)
    {
        static constexpr const char* kTypes[] = {
            "action.completed", "agent.ready",      "action.completed", "load.stage_started",
            "action.failed",    "action.completed", "agent.restarted",  "pressure.changed"};
        std::vector<EventRow> rows;
        for (std::uint64_t number = 400; number > 0; --number) {
            rows.push_back(eventRow(number, kTypes[number % std::size(kTypes)]));
            rows.back().at = SampleRun::at(SampleRun::kSteps)->at -
                             std::chrono::milliseconds(17 * (400 - number));
        }
        source.setEvents(rows);
    }

    static void select(QWidget* page)
    {
        for (auto* table : page->findChildren<QTableView*>()) {
            if (table->isVisible() && table->model()->rowCount() > 3) {
                table->selectRow(2);
                return;
            }
        }
    }

    /// A page whose rows are fetched behind it has come once two looks at it are the same.
    bool looksAsBefore(QWidget& window)
    {
        const QImage now = window.grab().toImage();
        return std::exchange(m_before, now) == now;
    }

    QImage m_before;

private slots:
    void every_page_is_pictured_in_both_themes_and_sizes()
    {
        const QDir folder(QStringLiteral(MUSTER_BINARY_DIR "/pictures"));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        WindowStage stage;
        stage.workloadFile();
        fillEvents(stage.source());
        stage.source().deadLetters = letterRows(23);
        QVERIFY(QDir().mkpath(stage.path(QStringLiteral("examples"))));
        QVERIFY(QDir().mkpath(stage.path(QStringLiteral("sessions"))));
        stage.workloadFile(QStringLiteral("examples/corpus.toml"));
        stage.workloadFile(QStringLiteral("examples/swarm.toml"));
        stage.workloadFile(QStringLiteral("sessions/corpus-2026-11-20-140203.db"));
        stage.show();
        stage.run();
        for (int step = 0; step < SampleRun::kSteps; step += 10) {
            stage.give(SampleRun::at(step));
        }
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            for (const bool dark : {true, false}) {
                stage.theme().show(dark);
                stage.window().resize(size);
                for (const auto& entry : stage.window().pages()->entries()) {
                    stage.window().showPage(entry.name);
                    QTRY_VERIFY(looksAsBefore(stage.window()));
                    select(stage.window().pages()->current());
                    QTRY_VERIFY(looksAsBefore(stage.window()));
                    const auto picture = stage.window().grab();
                    QCOMPARE(picture.size() / picture.devicePixelRatio(), size);
                    QVERIFY(picture.save(
                        folder.filePath(QStringLiteral("window-%1-%2-%3x%4.png")
                                            .arg(entry.name, dark ? QStringLiteral("dark")
                                                                  : QStringLiteral("light"))
                                            .arg(size.width())
                                            .arg(size.height()))));
                }
            }
        }
    }
};

MUSTER_TEST_CASE(PicturesTest);

}  // namespace muster::tests

#include "pictures_test.moc"
