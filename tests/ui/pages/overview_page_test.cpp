// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/overview_page.h"

#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>

#include "charts/time_chart.h"
#include "models/action_table_model.h"
#include "pages/overview/run_card.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/attention_list.h"
#include "widgets/tile.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class OverviewPageTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void tilesReadAsTheSnapshotSays();
    void anIdleRunSaysWhyFiguresAreMissing();
    void failuresAreSetApart();
    void tilesLeadToTheirPages();
    void attentionLeadsToPagesAndCommands();
    void everyItemOfAttentionIsWithinReachOfTheKeyboard();
    void readOnlyLocksTheCommands();
    void actionsAreListedWithTheirFigures();
    void theRunSaysHowFarItIsAndWhetherItHoldsWhatIsExpected();
    void anEndedRunShowsItsMeansNotItsLastMoment();
    void aRunTooShortForCurvesSaysSo();
    void theLowerCardsAreAsHighAsTheyNeed();
    void chartsShareOneCrosshair();
    void nothingMovesWhileFiguresChange();
    void fitsTheSmallWindowWithoutScrolling();
    void everyPartHasAnAccessibleName();
    void exportHoldsWhatIsShown();
    void picturesAreTaken();

private:
    [[nodiscard]] Tile* tile(const char* name) const;
    void show(QSize size = {1092, 730});

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<OverviewPage> m_page;
};

void OverviewPageTest::init()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_page = std::make_unique<OverviewPage>(m_stage->context());
}

Tile* OverviewPageTest::tile(const char* name) const
{
    return m_page->findChild<Tile*>(QStringLiteral("tile.") + QLatin1String(name));
}

void OverviewPageTest::show(QSize size)
{
    m_page->resize(size);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
}

void OverviewPageTest::tilesReadAsTheSnapshotSays()
{
    auto snapshot = SampleRun::at(600);
    snapshot->agents.live = 100'240;
    snapshot->agents.liveChangeOneMinute = 240;
    snapshot->events.publishedPerSecond = 1.94e6;
    snapshot->events.storedPerSecond = 41'200;
    snapshot->actions.perSecond = 312'000;
    snapshot->actions.okShare = {0.9998, {}};
    snapshot->actions.latency.p50 = {0.21e6, {}};
    snapshot->actions.latency.p99 = {4.8e6, {}};
    snapshot->waiting = {8'112, {1.4e9, {}}};
    snapshot->pressure = PressureLevel::elevated;
    snapshot->pressureCause = "memory 81 % of limit";
    m_stage->give(*m_page, snapshot);
    QCOMPARE(tile("agents")->valueText(), QStringLiteral("100,240"));
    QCOMPARE(tile("agents")->deltaText(), QStringLiteral("+240 in 1 min"));
    QCOMPARE(tile("events")->valueText(), QStringLiteral("1.94 M/s"));
    QCOMPARE(tile("events")->deltaText(), QStringLiteral("41.2 k/s stored"));
    QCOMPARE(tile("actions")->valueText(), QStringLiteral("312 k/s"));
    QCOMPARE(tile("actions")->deltaText(), QStringLiteral("99.98 % ok"));
    QCOMPARE(tile("latency")->valueText(), QStringLiteral("0.21 · 4.80 ms"));
    QCOMPARE(tile("waiting")->valueText(), QStringLiteral("8,112"));
    QCOMPARE(tile("waiting")->deltaText(), QStringLiteral("oldest 1.40 s"));
    QCOMPARE(tile("pressure")->valueText(), QStringLiteral("Elevated"));
    QCOMPARE(tile("pressure")->deltaText(), QStringLiteral("memory 81 % of limit"));
}

void OverviewPageTest::anIdleRunSaysWhyFiguresAreMissing()
{
    show();
    m_stage->give(*m_page, SampleRun::idle());
    QCOMPARE(tile("latency")->valueText(), QStringLiteral("not available"));
    QCOMPARE(tile("latency")->deltaText(), QStringLiteral("no action has ended yet"));
    QCOMPARE(tile("events")->deltaText(), QStringLiteral("not recorded"));
    QCOMPARE(tile("waiting")->deltaText(), QStringLiteral("no message waits"));
    QCOMPARE(m_page->charts()[2]->emptyText(),
             QStringLiteral("not available: no action has ended yet"));
}

void OverviewPageTest::failuresAreSetApart()
{
    auto snapshot = SampleRun::at(600);
    snapshot->actions.failuresPerSecond = 61;
    snapshot->actions.failed = 26'631;
    m_stage->give(*m_page, snapshot);
    QCOMPARE(tile("failures")->valueText(), QStringLiteral("61 /s"));
    QCOMPARE(tile("failures")->deltaText(), QStringLiteral("26,631 in all"));
}

void OverviewPageTest::tilesLeadToTheirPages()
{
    show();
    QSignalSpy page(m_page.get(), &Page::pageRequested);
    QTest::mouseClick(tile("agents"), Qt::LeftButton);
    QTest::keyClick(tile("pressure"), Qt::Key_Return);
    QCOMPARE(page.count(), 2);
    QCOMPARE(page[0][0].toString(), QStringLiteral("agents"));
    QCOMPARE(page[1][0].toString(), QStringLiteral("resources"));
}

void OverviewPageTest::attentionLeadsToPagesAndCommands()
{
    show();
    m_stage->give(*m_page, SampleRun::at(600));
    QSignalSpy page(m_page.get(), &Page::pageRequested);
    QSignalSpy command(m_page.get(), &Page::commandRequested);
    const auto buttons = m_page->findChild<AttentionList*>()->findChildren<QPushButton*>();
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QTest::mouseClick(buttons[2], Qt::LeftButton);
    QCOMPARE(page.count(), 1);
    QCOMPARE(page[0][0].toString(), QStringLiteral("resources"));
    QCOMPARE(command.count(), 1);
    QCOMPARE(command[0][0].toString(), QStringLiteral("load.step -10%"));
}

void OverviewPageTest::everyItemOfAttentionIsWithinReachOfTheKeyboard()
{
    show({1280 - 188, 800 - 70});
    auto snapshot = SampleRun::at(600);
    snapshot->attention.clear();
    for (int i = 0; i < 9; ++i) {
        const auto number = std::to_string(i);
        snapshot->attention.push_back(
            {Severity::warning, "Item " + number, "Do " + number, "load.rate " + number + "/s"});
    }
    m_stage->give(*m_page, snapshot);
    QCoreApplication::processEvents();
    QSignalSpy command(m_page.get(), &Page::commandRequested);
    const auto buttons = m_page->findChild<AttentionList*>()->findChildren<QPushButton*>();
    QCOMPARE(buttons.size(), 9);
    buttons[0]->setFocus(Qt::TabFocusReason);
    for (int i = 0; i < 8; ++i) {
        QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab);
    }
    QCOMPARE(m_page->focusWidget(), buttons[8]);
    QTRY_VERIFY(!buttons[8]->visibleRegion().isEmpty());  // scrolled into sight
    QTest::keyClick(m_page->focusWidget(), Qt::Key_Space);
    QCOMPARE(command[0][0].toString(), QStringLiteral("load.rate 8/s"));
}

void OverviewPageTest::readOnlyLocksTheCommands()
{
    show();
    m_stage->give(*m_page, SampleRun::at(600));
    m_page->setReadOnly(true);
    const auto buttons = m_page->findChild<AttentionList*>()->findChildren<QPushButton*>();
    QVERIFY(buttons[1]->isEnabled());
    QVERIFY(!buttons[2]->isEnabled());
}

void OverviewPageTest::actionsAreListedWithTheirFigures()
{
    m_stage->give(*m_page, SampleRun::at(600));
    const auto* model = m_page->findChild<QTableView*>()->model();
    QCOMPARE(model->rowCount(), 5);
    QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("digest"));
    QCOMPARE(model->index(0, 4).data().toString(), QStringLiteral("220 µs"));
    QCOMPARE(model->index(4, 5).data().toString(), QStringLiteral("not available"));
}

void OverviewPageTest::theRunSaysHowFarItIsAndWhetherItHoldsWhatIsExpected()
{
    auto snapshot = SampleRun::at(600);
    snapshot->load.inputTotal = 807;
    snapshot->load.inputTaken = 500;
    snapshot->load.stages = {{std::chrono::seconds(10), 100}, {std::chrono::seconds(10), 0}};
    snapshot->load.stage = 1;
    snapshot->expectations = {{"serve.p99", "< 150ms", {76e6, {}}, "ns", true},
                              {"failed_share", "< 1%", {0.05, {}}, "%", false},
                              {"throughput", "> 100/s", {0, "too early"}, "1/s", {}}};
    m_stage->give(*m_page, snapshot);
    const auto* run = m_page->findChild<RunCard*>();
    const auto texts = run->texts();
    QCOMPARE(texts.at(1), QStringLiteral("Input: 500 of 807"));
    QCOMPARE(texts.at(2), QStringLiteral("Stages: 2 of 2"));
    QCOMPARE(texts.at(3), QStringLiteral("serve.p99 < 150ms: ● held  76.0 ms"));
    QCOMPARE(texts.at(4), QStringLiteral("failed_share < 1%: ✕ not held  5.0 %"));
    QCOMPARE(texts.at(5), QStringLiteral("throughput > 100/s: ○ not known yet"));
    QCOMPARE(run->value(), QStringLiteral("✕ 1 of 3 not held"));
}

void OverviewPageTest::anEndedRunShowsItsMeansNotItsLastMoment()
{
    auto snapshot = SampleRun::at(600);
    snapshot->state = RunState::finished;
    snapshot->uptime = std::chrono::milliseconds(200);
    snapshot->actionRows.resize(1);
    auto& totals = snapshot->actionRows.front().totals;
    totals.ok = 790;
    totals.failed = 10;
    totals.perSecond = 0;
    totals.okShare = {0, "no action ended in the last second"};
    m_stage->give(*m_page, snapshot);
    const auto* model = m_page->findChild<QTableView*>()->model();
    QCOMPARE(model->index(0, ActionTableModel::Rate).data().toString(), QStringLiteral("4.00 k/s"));
    QCOMPARE(model->index(0, ActionTableModel::Failed).data().toString(), QStringLiteral("1.3 %"));
    QCOMPARE(model->headerData(ActionTableModel::Rate, Qt::Horizontal).toString(),
             QStringLiteral("Mean rate"));
    QCOMPARE(m_page->findChild<RunCard*>()->texts().first(), QStringLiteral("Time: 200 ms"));
}

void OverviewPageTest::aRunTooShortForCurvesSaysSo()
{
    show();
    for (const int step : {600, 601}) {
        m_stage->series().append(*SampleRun::at(step));
    }
    const auto at = SampleRun::at(601)->at;
    m_stage->range().setAbsolute({at - std::chrono::milliseconds(500), at});
    for (TimeChart* chart : m_page->charts()) {
        chart->refreshNow();
        QCOMPARE(chart->emptyText(), QStringLiteral("The run was over before a curve could form"));
    }
}

void OverviewPageTest::theLowerCardsAreAsHighAsTheyNeed()
{
    auto snapshot = SampleRun::at(600);
    snapshot->actionRows.resize(1);
    snapshot->expectations.clear();
    show({1730, 1000});
    m_stage->give(*m_page, snapshot);
    const auto* run = m_page->findChild<RunCard*>();
    QTRY_VERIFY2(run->height() < 170, qPrintable(QString::number(run->height())));
    snapshot->actionRows.resize(8, snapshot->actionRows.front());
    m_stage->give(*m_page, snapshot);
    QTRY_VERIFY(run->height() > 280);
}

void OverviewPageTest::chartsShareOneCrosshair()
{
    show();
    m_stage->play(*m_page, 1200);
    m_stage->crosshair().setCrosshair(SampleRun::kStart + std::chrono::seconds(60));
    const QString then = m_page->charts()[0]->legendText();
    QVERIFY(m_page->charts()[5]->legendText().contains(QStringLiteral("memory 35 %")));
    m_stage->crosshair().setCrosshair(std::nullopt);
    QVERIFY(m_page->charts()[0]->legendText() != then);
}

void OverviewPageTest::nothingMovesWhileFiguresChange()
{
    show();
    m_stage->play(*m_page, 100);
    QCoreApplication::processEvents();
    const auto places = [this] {
        QVector<QRect> all;
        for (const auto* part : m_page->findChildren<QWidget*>()) {
            all << part->geometry();
        }
        return all;
    };
    const auto before = places();
    auto busy = SampleRun::at(5000);
    busy->attention = SampleRun::at(100)->attention;
    m_stage->give(*m_page, busy);
    QCoreApplication::processEvents();
    QCOMPARE(places(), before);
}

void OverviewPageTest::fitsTheSmallWindowWithoutScrolling()
{
    const QSize room(1280 - 188, 800 - 70);
    QVERIFY(m_page->minimumSizeHint().width() <= room.width());
    QVERIFY(m_page->minimumSizeHint().height() <= room.height());
    show(room);
    m_stage->give(*m_page, SampleRun::at(600));
    QCoreApplication::processEvents();
    QVERIFY(!m_page->findChild<QTableView*>()->horizontalScrollBar()->isVisible());
    for (const TimeChart* chart : m_page->charts()) {
        QVERIFY(chart->height() >= 150);
    }
}

void OverviewPageTest::everyPartHasAnAccessibleName()
{
    for (const TimeChart* chart : m_page->charts()) {
        QVERIFY(!chart->accessibleName().isEmpty());
    }
    for (const Tile* one : m_page->findChildren<Tile*>()) {
        QVERIFY(!one->accessibleName().isEmpty());
    }
    QVERIFY(!m_page->findChild<QTableView*>()->accessibleName().isEmpty());
    QVERIFY(!m_page->accessibleName().isEmpty());
}

void OverviewPageTest::exportHoldsWhatIsShown()
{
    const auto series = m_page->exportSeries();
    QVERIFY(std::find(series.begin(), series.end(), Series::actionP999) != series.end());
    QCOMPARE(m_page->charts().size(), std::size_t{6});
}

void OverviewPageTest::picturesAreTaken()
{
    m_stage->range().setSpan(std::chrono::minutes(15));
    m_stage->play(*m_page, SampleRun::kSteps);
    PageStage::takePictures(*m_page, m_page->name());
}

MUSTER_TEST_CASE(OverviewPageTest);
#include "overview_page_test.moc"
