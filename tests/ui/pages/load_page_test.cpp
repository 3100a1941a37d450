// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_page.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>

#include "pages/load/stage_editor.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/card.h"
#include "widgets/empty_state.h"
#include "widgets/status_pill.h"
#include "widgets/tile.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;
using namespace std::chrono_literals;

class LoadPageTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void offeredAchievedAndDroppedStandSideBySide();
    void draggingAStageWithTheMouseShapesTheLoad();
    void asIDragAppliesWhenTheMouseIsLetGo();
    void stagesAreMovedByKeys();
    void stagesAreAddedAndRemovedByKeysAndByDoubleClick();
    void theChosenStageIsSetInFigures();
    void revertTakesTheChangesBack();
    void aDraftSurvivesSnapshotsAndEndsWhenApplied();
    void buttonsSendTheirCommands();
    void theLoadIsSteeredByTheKeyboardAlone();
    void aWrongRateCannotBeSent();
    void closedLoadIsBadgedAndExplained();
    void readOnlyLocksEveryCommand();
    void withoutALoadItSaysWhatToDo();
    void anEndedRunCannotBeSteered();
    void picturesAreTaken();

private:
    void give(const std::shared_ptr<Snapshot>& snapshot) { m_stage->give(*m_page, snapshot); }
    [[nodiscard]] std::shared_ptr<Snapshot> next();
    [[nodiscard]] StageEditor* editor() const { return m_page->findChild<StageEditor*>(); }
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QPushButton* named(const char* name) const;
    [[nodiscard]] QLineEdit* field(const char* name) const;
    [[nodiscard]] QString sent(int which = 0) const;
    void dragPoint(std::size_t stage, QPoint by);

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<LoadPage> m_page;
    std::unique_ptr<QSignalSpy> m_commands;
    int m_step = 600;
};

void LoadPageTest::init()
{
    m_commands.reset();
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_page = std::make_unique<LoadPage>(m_stage->context());
    m_commands = std::make_unique<QSignalSpy>(m_page.get(), &Page::commandRequested);
    m_step = 600;
    m_page->resize(1092, 730);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    give(next());
    QCoreApplication::processEvents();
}

std::shared_ptr<Snapshot> LoadPageTest::next()
{
    auto snapshot = SampleRun::at(m_step++);
    snapshot->load.stages = {{30s, 200}, {60s, 200}, {30s, 400}};
    snapshot->load.elapsed = 10s;
    snapshot->load.stage = 0;
    return snapshot;
}

QPushButton* LoadPageTest::button(const QString& text) const
{
    for (auto* one : m_page->findChildren<QPushButton*>()) {
        if (one->text() == text) {
            return one;
        }
    }
    return nullptr;
}

QPushButton* LoadPageTest::named(const char* name) const
{
    return m_page->findChild<QPushButton*>(QStringLiteral("load.") + QLatin1String(name));
}

QLineEdit* LoadPageTest::field(const char* name) const
{
    return m_page->findChild<QLineEdit*>(QStringLiteral("load.") + QLatin1String(name));
}

QString LoadPageTest::sent(int which) const
{
    return which < m_commands->count() ? m_commands->at(which)[0].toString() : QString();
}

void LoadPageTest::dragPoint(std::size_t stage, QPoint by)
{
    const QPoint from = editor()->pointOf(stage);
    QTest::mousePress(editor(), Qt::LeftButton, {}, from);
    QTest::mouseMove(editor(), from + by / 2);
    QTest::mouseMove(editor(), from + by);
    QTest::mouseRelease(editor(), Qt::LeftButton, {}, from + by);
}

void LoadPageTest::offeredAchievedAndDroppedStandSideBySide()
{
    auto snapshot = next();
    snapshot->load.offeredPerSecond = 447'000;
    snapshot->load.achievedPerSecond = 397'000;
    snapshot->load.droppedPerSecond = 50'000;
    give(snapshot);
    const auto tile = [this](const char* name) {
        return m_page->findChild<Tile*>(QStringLiteral("tile.") + QLatin1String(name));
    };
    QCOMPARE(tile("offered")->valueText(), QStringLiteral("447 k/s"));
    QCOMPARE(tile("achieved")->valueText(), QStringLiteral("397 k/s"));
    QCOMPARE(tile("achieved")->deltaText(), QStringLiteral("89 % of offered"));
    QCOMPARE(tile("dropped")->valueText(), QStringLiteral("50.0 k/s"));
    QVERIFY(tile("offered")->x() < tile("achieved")->x());
    QVERIFY(tile("achieved")->x() < tile("dropped")->x());
    QCOMPARE(tile("offered")->y(), tile("dropped")->y());
}

void LoadPageTest::draggingAStageWithTheMouseShapesTheLoad()
{
    dragPoint(1, {0, -40});
    QVERIFY(editor()->changed());
    QVERIFY(editor()->draft().stages()[1].target > 250);
    QVERIFY(editor()->draft().endOf(1) == 90s);
    QCOMPARE(m_commands->count(), 0);
    QTest::mouseClick(button(QStringLiteral("Apply")), Qt::LeftButton);
    QCOMPARE(m_commands->count(), 1);
    QCOMPARE(sent(), editor()->draft().command());
    QVERIFY(sent().startsWith(QStringLiteral("load.stages 30s:200/s,60s:")));
}

void LoadPageTest::asIDragAppliesWhenTheMouseIsLetGo()
{
    m_page->findChild<QCheckBox*>()->setChecked(true);
    dragPoint(0, {30, 0});
    QCOMPARE(m_commands->count(), 1);
    QVERIFY(sent().startsWith(QStringLiteral("load.stages ")));
    QVERIFY(editor()->draft().stages()[0].length > 30s);
}

void LoadPageTest::stagesAreMovedByKeys()
{
    StageEditor* editor = this->editor();
    editor->setFocus();
    QCOMPARE(editor->selected(), std::size_t{0});
    QTest::keyClick(editor, Qt::Key_PageDown);
    QCOMPARE(editor->selected(), std::size_t{1});
    QTest::keyClick(editor, Qt::Key_Right);
    QVERIFY(editor->draft().endOf(1) == 91s);
    QTest::keyClick(editor, Qt::Key_Left, Qt::ControlModifier);
    QVERIFY(editor->draft().endOf(1) == 81s);
    QTest::keyClick(editor, Qt::Key_Up);
    QVERIFY(editor->draft().stages()[1].target > 200);
    QVERIFY2(editor->accessibleDescription().startsWith(
                 QStringLiteral("stage 1: 30 s to 200 /s; chosen stage 2: 51 s to 2")),
             qPrintable(editor->accessibleDescription()));
    QTest::keyClick(editor, Qt::Key_Return);
    QCOMPARE(sent(), editor->draft().command());
    QTest::keyClick(editor, Qt::Key_Escape);
    QVERIFY(!editor->changed());
}

void LoadPageTest::stagesAreAddedAndRemovedByKeysAndByDoubleClick()
{
    StageEditor* editor = this->editor();
    QTest::keyClick(editor, Qt::Key_Plus);
    QCOMPARE(editor->draft().size(), std::size_t{4});
    QTest::keyClick(editor, Qt::Key_Delete);
    QCOMPARE(editor->draft().size(), std::size_t{3});
    const QPoint between = (editor->pointOf(0) + editor->pointOf(1)) / 2 - QPoint(0, 50);
    QTest::mouseDClick(editor, Qt::LeftButton, {}, between);
    QCOMPARE(editor->draft().size(), std::size_t{4});
    QCOMPARE(editor->selected(), std::size_t{1});
    QVERIFY((editor->pointOf(1) - between).manhattanLength() < 8);
}

void LoadPageTest::theChosenStageIsSetInFigures()
{
    editor()->select(2);
    auto* length = m_page->findChild<QSpinBox*>();
    auto* target = m_page->findChild<QDoubleSpinBox*>();
    QCOMPARE(length->value(), 30);
    QCOMPARE(target->value(), 400.0);
    QCOMPARE(target->text(), QStringLiteral("400 /s"));
    length->setValue(45);
    target->setValue(650);
    QVERIFY(editor()->draft().stages()[2].length == 45s);
    QTest::mouseClick(button(QStringLiteral("Apply")), Qt::LeftButton);
    QCOMPARE(sent(), QStringLiteral("load.stages 30s:200/s,60s:200/s,45s:650/s"));
}

void LoadPageTest::revertTakesTheChangesBack()
{
    QVERIFY(!button(QStringLiteral("Revert"))->isEnabled());
    dragPoint(0, {0, -30});
    QVERIFY(button(QStringLiteral("Revert"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Revert")), Qt::LeftButton);
    QCOMPARE(editor()->draft().stages()[0].target, 200.0);
    QVERIFY(!button(QStringLiteral("Apply"))->isEnabled());
}

void LoadPageTest::aDraftSurvivesSnapshotsAndEndsWhenApplied()
{
    dragPoint(2, {0, -30});
    const auto wanted = editor()->draft().stages();
    give(next());
    QVERIFY(editor()->draft().sameAs(wanted));
    QVERIFY(editor()->changed());
    auto applied = next();
    applied->load.stages = wanted;
    give(applied);
    QVERIFY(!editor()->changed());
}

void LoadPageTest::buttonsSendTheirCommands()
{
    QTest::mouseClick(named("pause"), Qt::LeftButton);
    auto paused = next();
    paused->load.paused = true;
    give(paused);
    QCOMPARE(named("pause")->text(), QStringLiteral("Resume"));
    QTest::mouseClick(named("pause"), Qt::LeftButton);
    QTest::mouseClick(named("more"), Qt::LeftButton);
    QTest::mouseClick(named("less"), Qt::LeftButton);
    QTest::keyClicks(field("rate"), QStringLiteral("1.5k"));
    QTest::keyClick(field("rate"), Qt::Key_Return);
    field("count")->setText(QStringLiteral("2500"));
    QTest::mouseClick(named("burst"), Qt::LeftButton);
    auto held = next();
    held->load.overridden = true;
    give(held);
    QTest::mouseClick(named("auto"), Qt::LeftButton);
    QStringList all;
    for (int i = 0; i < m_commands->count(); ++i) {
        all << sent(i);
    }
    QCOMPARE(all, (QStringList{"load.pause", "load.resume", "load.step +10%", "load.step -10%",
                               "load.rate 1500/s", "load.burst 2500", "load.auto"}));
}

void LoadPageTest::theLoadIsSteeredByTheKeyboardAlone()
{
    auto held = next();
    held->load.overridden = true;
    give(held);
    // In the order they stand in, each by Tab; what is pressed is the one with the focus.
    named("pause")->setFocus(Qt::TabFocusReason);
    const auto tab = [this] { QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab); };
    const auto space = [this] { QTest::keyClick(m_page->focusWidget(), Qt::Key_Space); };
    space();
    tab();
    space();
    tab();
    space();
    tab();
    QCOMPARE(m_page->focusWidget(), field("rate"));
    QTest::keyClicks(m_page->focusWidget(), QStringLiteral("250"));
    tab();
    space();
    tab();
    space();
    tab();
    QCOMPARE(m_page->focusWidget(), field("count"));
    tab();
    space();
    QStringList all;
    for (int i = 0; i < m_commands->count(); ++i) {
        all << sent(i);
    }
    QCOMPARE(all, (QStringList{"load.pause", "load.step -10%", "load.step +10%", "load.rate 250/s",
                               "load.auto", "load.burst 1000"}));
}

void LoadPageTest::aWrongRateCannotBeSent()
{
    QTest::keyClicks(field("rate"), QStringLiteral("fast"));
    QVERIFY(!named("hold")->isEnabled());
    QTest::keyClick(field("rate"), Qt::Key_Return);
    QCOMPARE(m_commands->count(), 0);
}

void LoadPageTest::closedLoadIsBadgedAndExplained()
{
    auto closed = next();
    closed->load.model = LoadModel::closed;
    give(closed);
    const auto* pill = m_page->findChild<StatusPill*>();
    QCOMPARE(pill->text(), QStringLiteral("◐ Closed load"));
    QVERIFY(pill->toolTip().contains(QStringLiteral("hides queueing")));
    bool explained = false;
    for (const auto* card : m_page->findChildren<Card*>()) {
        explained = explained || card->value().contains(QStringLiteral("waits for its answer"));
    }
    QVERIFY(explained);
    dragPoint(0, {0, -20});
    QTest::mouseClick(button(QStringLiteral("Apply")), Qt::LeftButton);
    QVERIFY(!sent().contains(QStringLiteral("/s")));
    QCOMPARE(m_page->findChild<Tile*>(QStringLiteral("tile.dropped"))->deltaText(),
             QStringLiteral("a closed load waits"));
}

void LoadPageTest::readOnlyLocksEveryCommand()
{
    m_page->setReadOnly(true);
    for (const char* name : {"pause", "less", "more", "hold", "auto", "burst"}) {
        QVERIFY2(!named(name)->isEnabled(), name);
    }
    dragPoint(1, {0, -40});
    QTest::keyClick(editor(), Qt::Key_Up);
    QTest::keyClick(editor(), Qt::Key_Plus);
    QVERIFY(!editor()->changed());
    QTest::keyClick(editor(), Qt::Key_PageDown);
    QCOMPARE(editor()->selected(), std::size_t{2});
    m_page->setReadOnly(false);
    QVERIFY(named("pause")->isEnabled());
}

void LoadPageTest::withoutALoadItSaysWhatToDo()
{
    auto none = next();
    none->load = {};
    give(none);
    auto* empty = m_page->findChild<EmptyState*>();
    QVERIFY(empty->isVisible());
    QSignalSpy page(m_page.get(), &Page::pageRequested);
    QTest::mouseClick(empty->findChild<QPushButton*>(), Qt::LeftButton);
    QCOMPARE(page.count(), 1);
    QCOMPARE(page[0][0].toString(), QStringLiteral("start"));
}

void LoadPageTest::anEndedRunCannotBeSteered()
{
    auto ended = next();
    ended->state = RunState::finished;
    give(ended);
    QVERIFY(!named("pause")->isEnabled());
    QVERIFY(!named("burst")->isEnabled());
}

void LoadPageTest::picturesAreTaken()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    LoadPage page(m_stage->context());
    m_stage->range().setSpan(std::chrono::minutes(15));
    m_stage->play(page, SampleRun::kSteps);
    page.setTimeRange();
    PageStage::takePictures(page, page.name());
}

MUSTER_TEST_CASE(LoadPageTest);
#include "load_page_test.moc"
