// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

#include "bridge/engine_bridge.h"
#include "models/event_table_model.h"
#include "pages/events/events_page.h"
#include "pages/events/replay_bar.h"
#include "pages/load/load_page.h"
#include "pages/load/save_load_dialog.h"
#include "support/page_stage.h"
#include "support/recorded_session.h"
#include "support/test_case.h"
#include "widgets/empty_state.h"
#include "widgets/flat_table.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

/// What pages Events and Load do with a session that was really recorded: play it again, and make a
/// load of what arrived.
class ReplayPageTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void whatWasRecordedIsPlayedAgainAndSaysSo();
    void itIsSteppedAndPlayedByKeys();
    void itIsEndedAndTheRecordedEventsAreBack();
    void whatArrivedIsSavedAsALoad();
    void whatCannotBeSavedIsExplained();
    void picturesAreTaken();

private:
    static constexpr int kPatienceMs = 60000;

    void makeEvents();
    void makeLoad();
    [[nodiscard]] static QPushButton* button(const QWidget& in, const QString& text)
    {
        for (auto* each : in.findChildren<QPushButton*>()) {
            if (each->text().contains(text) && each->isVisibleTo(&in)) {
                return each;
            }
        }
        return nullptr;
    }
    [[nodiscard]] ReplayBar* bar() const { return m_events->findChild<ReplayBar*>(); }
    [[nodiscard]] QAbstractItemModel* rows() const
    {
        return m_events->findChild<FlatTable*>()->model();
    }
    [[nodiscard]] QString type(int row) const
    {
        return rows()->index(row, EventTableModel::typeColumn).data().toString();
    }
    void choose(const QString& speed)
    {
        auto* box = bar()->findChild<QComboBox*>();
        box->setCurrentIndex(box->findText(speed));
    }
    void filter(const QString& pattern)
    {
        auto* line = m_events->findChildren<QLineEdit*>().first();
        line->setText(pattern);
        QTest::keyClick(line, Qt::Key_Return);
    }

    QTemporaryDir m_folder;
    QString m_session;
    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<EngineBridge> m_bridge;
    std::unique_ptr<EventsPage> m_events;
    std::unique_ptr<LoadPage> m_load;
};

void ReplayPageTest::initTestCase()
{
    m_session = m_folder.filePath(QStringLiteral("lively.db"));
    QVERIFY(record(m_session, {.seed = 1, .runFor = std::chrono::seconds(40)}));
}

void ReplayPageTest::init()
{
    m_events.reset();
    m_load.reset();
    m_stage = std::make_unique<PageStage>();
    m_bridge = std::make_unique<EngineBridge>(engineSources());
    m_bridge->openSession(m_session.toStdString());
    QTRY_VERIFY_WITH_TIMEOUT(m_bridge->recorded(), kPatienceMs);
}

void ReplayPageTest::makeEvents()
{
    auto context = m_stage->context();
    context.bridge = m_bridge.get();
    m_events = std::make_unique<EventsPage>(context);
    m_events->resize(1092, 730);
    m_events->show();
    m_events->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_events.get()));
    filter(QStringLiteral("breaker.*"));
    QTRY_VERIFY_WITH_TIMEOUT(rows()->rowCount() >= 4 && type(0).startsWith("breaker."),
                             kPatienceMs);
}

void ReplayPageTest::makeLoad()
{
    auto context = m_stage->context();
    context.bridge = m_bridge.get();
    m_load = std::make_unique<LoadPage>(context);
    m_load->resize(1092, 730);
    m_load->show();
    m_load->setSnapshot(m_bridge->snapshot());
}

void ReplayPageTest::whatWasRecordedIsPlayedAgainAndSaysSo()
{
    makeEvents();
    const int recorded = rows()->rowCount();
    QVERIFY(!bar()->isVisible());
    choose(QStringLiteral("as fast as it goes"));
    button(*m_events, QStringLiteral("Replay"))->click();
    QVERIFY(bar()->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(QStringLiteral("✓ Played")), kPatienceMs);
    QTRY_COMPARE(rows()->rowCount(), recorded);
    for (int row = 0; row < recorded; ++row) {
        QVERIFY2(type(row).startsWith(QStringLiteral("↻ breaker.")), qPrintable(type(row)));
    }
    QVERIFY(bar()->text().contains(QStringLiteral("in a sandbox")));
    QVERIFY(bar()->text().contains(QStringLiteral("hash ")));
}

void ReplayPageTest::itIsSteppedAndPlayedByKeys()
{
    makeEvents();
    button(*m_events, QStringLiteral("Replay"))->click();
    QVERIFY(m_events->togglePause());  // Space, as the window hands it on
    QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(QStringLiteral("‖ Paused")), kPatienceMs);
    auto* step = button(*m_events, QStringLiteral("Step"));
    for (int come = 1; come <= 3; ++come) {
        step->setFocus();
        QTest::keyClick(step, Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(rows()->rowCount(), come, kPatienceMs);
    }
    QVERIFY(bar()->text().contains(QStringLiteral("· 3 events of run 1")));
    choose(QStringLiteral("as fast as it goes"));
    QVERIFY(m_events->togglePause());
    QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(QStringLiteral("✓ Played")), kPatienceMs);
}

void ReplayPageTest::itIsEndedAndTheRecordedEventsAreBack()
{
    makeEvents();
    const int recorded = rows()->rowCount();
    button(*m_events, QStringLiteral("Replay"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(button(*m_events, QStringLiteral("End")), kPatienceMs);
    button(*m_events, QStringLiteral("End"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(QStringLiteral("■ Ended")), kPatienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(button(*m_events, QStringLiteral("Back to recorded")), kPatienceMs);
    button(*m_events, QStringLiteral("Back to recorded"))->click();
    QVERIFY(!bar()->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(rows()->rowCount(), recorded, kPatienceMs);
    QVERIFY(type(0).startsWith(QStringLiteral("breaker.")));
}

void ReplayPageTest::whatArrivedIsSavedAsALoad()
{
    makeLoad();
    button(*m_load, QStringLiteral("Save as load"))->click();
    auto* dialog = m_load->findChild<SaveLoadDialog*>();
    QVERIFY(dialog != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->text().contains(QStringLiteral("arrivals in")), kPatienceMs);
    const QString once = dialog->text();
    QVERIFY2(once.contains(QStringLiteral("As they were due")), qPrintable(once));
    dialog->findChild<QDoubleSpinBox*>()->setValue(2);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->text() != once, kPatienceMs);
    const QString file = m_folder.filePath(QStringLiteral("incident.load"));
    QString suggested;
    dialog->setChooseFile(
        [&](const QString& name, const std::function<void(const QString&)>& done) {
            suggested = name;
            done(file);
        });
    button(*dialog, QStringLiteral("Save as…"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(dialog->text().contains(QStringLiteral("Saved.")), kPatienceMs);
    QCOMPARE(suggested, QStringLiteral("lively-x2.load"));
    QFile saved(file);
    QVERIFY(saved.open(QIODevice::ReadOnly));
    QVERIFY(saved.readAll().contains("factor 2\n"));
}

void ReplayPageTest::whatCannotBeSavedIsExplained()
{
    makeLoad();
    m_stage->range().setAbsolute({WallTime{0}, WallTime{1000000000}});
    m_load->saveLoad();
    auto* dialog = m_load->findChild<SaveLoadDialog*>();
    QVERIFY(dialog != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->text().contains(QStringLiteral("Name")) ||
                                 dialog->text().contains(QStringLiteral("nothing arrived")) ||
                                 dialog->text().contains(QStringLiteral("no run")),
                             kPatienceMs);
    QVERIFY(!button(*dialog, QStringLiteral("Save as…"))->isEnabled());
}

void ReplayPageTest::picturesAreTaken()
{
    makeEvents();
    filter({});
    button(*m_events, QStringLiteral("Replay"))->click();
    choose(QStringLiteral("×100"));
    QTRY_VERIFY_WITH_TIMEOUT(rows()->rowCount() > 30, kPatienceMs);
    m_events->togglePause();
    PageStage::takePictures(*m_events, QStringLiteral("events-replay"));
    makeLoad();
    PageStage::takePictures(*m_load, QStringLiteral("load-recorded"));
    m_load->saveLoad();
    auto* dialog = m_load->findChild<SaveLoadDialog*>();
    QTRY_VERIFY_WITH_TIMEOUT(dialog->text().contains(QStringLiteral("arrivals in")), kPatienceMs);
    QVERIFY(dialog->grab().save(QStringLiteral(MUSTER_BINARY_DIR "/pictures/save-load.png")));
}

MUSTER_TEST_CASE(ReplayPageTest);
#include "replay_page_test.moc"
