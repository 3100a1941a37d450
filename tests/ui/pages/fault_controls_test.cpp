// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>

#include "api/command.h"
#include "pages/load/fault_form.h"
#include "pages/load/fault_kinds.h"
#include "pages/load/fault_list.h"
#include "pages/load/load_page.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;
using namespace std::chrono_literals;

class FaultControlsTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void everyFaultThatTheCommandsKnowHasAForm();
    void eachKindComesToItsCommand_data();
    void eachKindComesToItsCommand();
    void aFaultIsInjectedByTheKeyboardAlone();
    void withoutAValueItSaysWhatIsMissing();
    void faultsInForceSayHowLongStillAndWhomTheyHit();
    void endEndsTheFaultItStandsBeside();
    void manyFaultsAreAllWithinReach();
    void lockedReadOnlyNothingIsBroken();
    void anEndedRunCannotBeBroken();
    void withoutALoadItCanBeBrokenAllTheSame();
    void aTypedValueSurvivesSnapshots();

private:
    void give(const std::shared_ptr<Snapshot>& snapshot) { m_stage->give(*m_page, snapshot); }
    [[nodiscard]] std::shared_ptr<Snapshot> next() { return SampleRun::at(m_step++); }
    template <class T>
    [[nodiscard]] T* part(const char* name) const
    {
        return m_page->findChild<T*>(QStringLiteral("fault.") + QLatin1String(name));
    }
    void choose(const QString& title)
    {
        auto* box = part<QComboBox>("kind");
        box->setCurrentIndex(box->findText(title));
    }
    [[nodiscard]] FaultList* list() const { return m_page->findChild<FaultList*>(); }
    [[nodiscard]] QPushButton* end(int which) const
    {
        return list()->findChildren<QPushButton*>().at(which);
    }
    [[nodiscard]] QString sent() const
    {
        return m_commands->isEmpty() ? QString() : m_commands->last()[0].toString();
    }

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<LoadPage> m_page;
    std::unique_ptr<QSignalSpy> m_commands;
    int m_step = 600;
};

void FaultControlsTest::init()
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

void FaultControlsTest::everyFaultThatTheCommandsKnowHasAForm()
{
    QStringList names;
    for (const FaultKind& kind : faultKinds()) {
        names << kind.name;
        QVERIFY2(kind.title != kind.name, qPrintable(kind.name + " has no words of its own"));
        QVERIFY2(!kind.help.isEmpty(), qPrintable(kind.name + " does not say what it does"));
    }
    for (const char* each :
         {"delay", "error", "hang", "kill", "stall", "memory", "disk_full", "clock"}) {
        QVERIFY2(names.contains(QLatin1String(each)), each);
    }
}

void FaultControlsTest::eachKindComesToItsCommand_data()
{
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("command");
    const auto row = [](const char* title, const char* value, const char* command) {
        QTest::newRow(title) << QString(title) << QString(value) << QString(command);
    };
    row("Delay an action", "150ms",
        "fault.start action=digest fault=delay value=150ms share=100% for=10s");
    row("Fail an action", "",
        "fault.start action=digest fault=error value=network share=100% "
        "for=10s");
    row("Hang an action", "", "fault.start action=digest fault=hang share=100% for=10s");
    row("Kill agents", "name:index*", "fault.inject fault=kill value=name:index* share=100%");
    row("Stall workers", "2", "fault.inject fault=stall value=2 for=10s");
    row("Take memory", "64MiB", "fault.inject fault=memory value=64MiB for=10s");
    row("Fill the disk", "", "fault.inject fault=disk_full for=10s");
    row("Move the clock", "-1h", "fault.inject fault=clock value=-1h");
}

void FaultControlsTest::eachKindComesToItsCommand()
{
    QFETCH(QString, title);
    QFETCH(QString, value);
    QFETCH(QString, command);
    choose(title);
    if (!value.isEmpty()) {
        part<QLineEdit>("value")->setText(value);
    }
    QTest::mouseClick(part<QPushButton>("inject"), Qt::LeftButton);
    QCOMPARE(sent(), command);
    // The palette would read it back as the same.
    const auto read = parseCommand(sent().toStdString());
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().text().c_str());
    QVERIFY(findCommand(read->name) != nullptr);
}

void FaultControlsTest::aFaultIsInjectedByTheKeyboardAlone()
{
    part<QComboBox>("kind")->setFocus();
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(part<QComboBox>("kind"), Qt::Key_Down);
    }
    QCOMPARE(part<QComboBox>("kind")->currentText(), QStringLiteral("Take memory"));
    QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab);
    QCOMPARE(m_page->focusWidget(), part<QLineEdit>("value"));
    part<QLineEdit>("value")->selectAll();
    QTest::keyClicks(part<QLineEdit>("value"), QStringLiteral("1GiB"));
    QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab);
    QCOMPARE(m_page->focusWidget(), part<QLineEdit>("for"));
    QTest::keyClick(m_page->focusWidget(), Qt::Key_Tab);
    QCOMPARE(m_page->focusWidget(), part<QPushButton>("inject"));
    QTest::keyClick(m_page->focusWidget(), Qt::Key_Space);
    QCOMPARE(sent(), QStringLiteral("fault.inject fault=memory value=1GiB for=10s"));
}

void FaultControlsTest::withoutAValueItSaysWhatIsMissing()
{
    choose(QStringLiteral("Take memory"));
    part<QLineEdit>("value")->clear();
    QVERIFY(!part<QPushButton>("inject")->isEnabled());
    QCOMPARE(part<QPushButton>("inject")->toolTip(),
             QStringLiteral("Take memory: say how much, such as 512MiB"));
    QTest::keyClick(part<QLineEdit>("value"), Qt::Key_Return);
    QCOMPARE(m_commands->count(), 0);
    // All agents can be killed without naming any.
    choose(QStringLiteral("Kill agents"));
    QVERIFY(part<QPushButton>("inject")->isEnabled());
    QCOMPARE(m_page->findChild<FaultForm*>()->command(),
             QStringLiteral("fault.inject fault=kill share=100%"));
}

void FaultControlsTest::faultsInForceSayHowLongStillAndWhomTheyHit()
{
    QCOMPARE(list()->texts(), QStringList());
    auto snapshot = next();
    snapshot->faults = {{.fault = "memory", .value = "512MiB", .left = 8'200ms, .end = "x"},
                        {.fault = "delay",
                         .value = "200ms",
                         .left = std::nullopt,
                         .action = "digest",
                         .share = 0.5,
                         .hits = 1'231,
                         .end = "y"}};
    give(snapshot);
    QCOMPARE(list()->texts(),
             (QStringList{"memory 512MiB · 9 s left",
                          "delay 200ms of digest · until ended · 1,231 hit at 50 %"}));
    QCOMPARE(list()->value(), QStringLiteral("2"));
    give(next());
    QCOMPARE(list()->texts(), QStringList());
}

void FaultControlsTest::endEndsTheFaultItStandsBeside()
{
    auto snapshot = next();
    snapshot->faults = {{.fault = "stall", .value = "1", .left = 5s, .end = "fault.end stall"},
                        {.fault = "hang",
                         .value = "",
                         .left = std::nullopt,
                         .action = "digest",
                         .end = "fault.stop action=digest"}};
    give(snapshot);
    QCoreApplication::processEvents();
    QTest::mouseClick(end(1), Qt::LeftButton);
    QCOMPARE(sent(), QStringLiteral("fault.stop action=digest"));
    end(0)->setFocus();
    QTest::keyClick(end(0), Qt::Key_Space);
    QCOMPARE(sent(), QStringLiteral("fault.end stall"));
}

void FaultControlsTest::manyFaultsAreAllWithinReach()
{
    auto snapshot = next();
    for (int i = 0; i < 12; ++i) {
        snapshot->faults.push_back({.fault = "error",
                                    .value = "network",
                                    .left = 5s,
                                    .action = "a" + std::to_string(i),
                                    .end = "fault.stop a" + std::to_string(i)});
    }
    give(snapshot);
    QTRY_COMPARE(list()->findChildren<QPushButton*>().size(), 12);
    end(11)->setFocus(Qt::TabFocusReason);
    QTest::keyClick(end(11), Qt::Key_Space);
    QCOMPARE(sent(), QStringLiteral("fault.stop a11"));
}

void FaultControlsTest::lockedReadOnlyNothingIsBroken()
{
    auto snapshot = next();
    snapshot->faults = {{.fault = "stall", .value = "1", .left = 5s, .end = "fault.end stall"}};
    give(snapshot);
    m_page->setReadOnly(true);
    QVERIFY(!part<QPushButton>("inject")->isEnabled());
    QVERIFY(part<QPushButton>("inject")->toolTip().contains(QStringLiteral("read-only")));
    QVERIFY(!part<QComboBox>("kind")->isEnabled());
    QVERIFY(!end(0)->isEnabled());
    m_page->setReadOnly(false);
    QVERIFY(part<QPushButton>("inject")->isEnabled());
    QVERIFY(end(0)->isEnabled());
}

void FaultControlsTest::anEndedRunCannotBeBroken()
{
    auto snapshot = next();
    snapshot->state = RunState::finished;
    give(snapshot);
    QVERIFY(!part<QPushButton>("inject")->isEnabled());
    QCOMPARE(part<QPushButton>("inject")->toolTip(), QStringLiteral("Nothing runs"));
}

void FaultControlsTest::withoutALoadItCanBeBrokenAllTheSame()
{
    auto snapshot = next();
    snapshot->load = {};
    give(snapshot);
    QVERIFY(part<QPushButton>("inject")->isVisible());
    QTest::mouseClick(part<QPushButton>("inject"), Qt::LeftButton);
    QVERIFY(sent().startsWith(QStringLiteral("fault.start ")));
    give(SampleRun::idle());
    QVERIFY(!part<QPushButton>("inject")->isVisible());
}

void FaultControlsTest::aTypedValueSurvivesSnapshots()
{
    choose(QStringLiteral("Delay an action"));
    auto* action = part<QComboBox>("action");
    action->setCurrentIndex(1);
    const QString chosen = action->currentText();
    part<QLineEdit>("value")->setText(QStringLiteral("1s"));
    part<QLineEdit>("share")->setText(QStringLiteral("5%"));
    part<QLineEdit>("for")->clear();
    give(next());
    QCOMPARE(m_page->findChild<FaultForm*>()->command(),
             QStringLiteral("fault.start action=%1 fault=delay value=1s share=5%").arg(chosen));
}

MUSTER_TEST_CASE(FaultControlsTest);
#include "fault_controls_test.moc"
