// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

#include "bridge/engine_bridge.h"
#include "models/cause_table_model.h"
#include "models/compare_table_model.h"
#include "models/run_table_model.h"
#include "pages/history/overlay_chart.h"
#include "pages/history/runs_page.h"
#include "support/page_stage.h"
#include "support/recorded_session.h"
#include "support/test_case.h"
#include "widgets/flat_table.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

/// The page History over sessions that were really recorded.
class HistoryPageTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void runsAreListedWithTheirFacts();
    void whatIsNoSessionSaysSoAndCannotBeChosen();
    void anEmptyFolderSaysWhatToDo();
    void twoRunsAreChosenAndComparedByKeys();
    void theSameRunTwiceComparesTwoRanges();
    void aTimeThatIsNoneIsExplained();
    void aComparisonIsCancelled();
    void changesAreShownWithTheirEffects();
    void aReportIsWrittenInEachFormat();
    void aSessionIsNotWrittenOver();
    void returnOpensTheSession();
    void picturesAreTaken();

private:
    static constexpr int kPatienceMs = 60'000;
    static constexpr Duration kLength = std::chrono::seconds(140);

    [[nodiscard]] QString path(const char* name) const
    {
        return m_folder.filePath(QLatin1String(name));
    }
    [[nodiscard]] FlatTable* table(const char* name) const
    {
        for (auto* each : m_page->findChildren<FlatTable*>()) {
            if (each->accessibleName() == QLatin1String(name)) {
                return each;
            }
        }
        return nullptr;
    }
    [[nodiscard]] FlatTable* runs() const { return table("Recorded runs"); }
    [[nodiscard]] FlatTable* rows() const { return table("Comparison of two runs"); }
    [[nodiscard]] QLineEdit* edit(const char* name) const
    {
        for (auto* each : m_page->findChildren<QLineEdit*>()) {
            if (each->accessibleName() == QLatin1String(name)) {
                return each;
            }
        }
        return nullptr;
    }
    void type(const char* name, const QString& text)
    {
        edit(name)->setFocus();
        edit(name)->clear();
        QTest::keyClicks(edit(name), text);
    }
    void commit(const char* name)
    {
        edit(name)->setFocus();
        QTest::keyClick(edit(name), Qt::Key_Return);
    }
    [[nodiscard]] QString cell(const FlatTable* table, int row, int column) const
    {
        return table->model()->index(row, column).data().toString();
    }
    [[nodiscard]] int rowOf(const char* file) const
    {
        for (int row = 0; row < runs()->model()->rowCount(); ++row) {
            if (cell(runs(), row, RunTableModel::File) == QLatin1String(file)) {
                return row;
            }
        }
        return -1;
    }
    /// As a user does: to the row, then the key.
    void press(const char* file, Qt::Key key)
    {
        runs()->setFocus();
        runs()->selectRow(rowOf(file));
        QTest::keyClick(runs(), key);
    }
    void compare()
    {
        press("before.db", Qt::Key_A);
        press("slower.db", Qt::Key_B);
        QTest::keyClick(runs(), Qt::Key_C);
        QTRY_VERIFY_WITH_TIMEOUT(rows()->model()->rowCount() > 0, kPatienceMs);
    }
    void makePage(const QString& folder);

    QTemporaryDir m_folder;
    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<EngineBridge> m_bridge;
    std::unique_ptr<RunsPage> m_page;
};

void HistoryPageTest::initTestCase()
{
    QVERIFY(record(path("before.db"), {.seed = 1, .runFor = kLength}));
    QVERIFY(record(path("slower.db"), {.seed = 2, .runFor = kLength, .slower = true}));
    QVERIFY(record(path("degrades.db"), {.seed = 3, .runFor = kLength, .slowEnd = true}));
    QVERIFY(record(path("faulty.db"),
                   {.seed = 5,
                    .runFor = kLength,
                    .more = "[[faults]]\nat = \"50s\"\nfor = \"40s\"\naction = \"work\"\n"
                            "fault = \"delay\"\nvalue = \"10ms\"\n"}));
    QFile notes(path("notes.db"));
    QVERIFY(notes.open(QIODevice::WriteOnly));
    notes.write(QByteArray("SQLite format 3\0", 16) + QByteArray(2000, 'x'));
}

void HistoryPageTest::makePage(const QString& folder)
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_bridge = std::make_unique<EngineBridge>(engineSources());
    auto context = m_stage->context();
    context.bridge = m_bridge.get();
    m_page = std::make_unique<RunsPage>(context, folder.toStdString());
    m_page->resize(1092, 730);
    m_page->show();
    m_page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
}

void HistoryPageTest::init()
{
    makePage(m_folder.path());
    QTRY_COMPARE_WITH_TIMEOUT(runs()->model()->rowCount(), 5, kPatienceMs);
}

void HistoryPageTest::runsAreListedWithTheirFacts()
{
    const int row = rowOf("before.db");
    QCOMPARE(cell(runs(), row, RunTableModel::Workload), QStringLiteral("lively"));
    QCOMPARE(cell(runs(), row, RunTableModel::Took), QStringLiteral("2:20"));
    QCOMPARE(cell(runs(), row, RunTableModel::StateColumn), QStringLiteral("✓ closed"));
    const auto actions = cell(runs(), row, RunTableModel::Actions).remove(QLatin1Char(','));
    QVERIFY2(actions.toInt() > 9'000, qPrintable(actions));
    const auto failed = cell(runs(), row, RunTableModel::Failed).remove(QLatin1Char(','));
    QVERIFY2(failed.toInt() > 20, qPrintable(failed));
}

void HistoryPageTest::whatIsNoSessionSaysSoAndCannotBeChosen()
{
    const int row = rowOf("notes.db");
    QCOMPARE(cell(runs(), row, RunTableModel::StateColumn), QStringLiteral("✕ cannot be read"));
    QVERIFY(!runs()->model()->index(row, 0).data(Qt::ToolTipRole).toString().isEmpty());
    press("notes.db", Qt::Key_A);
    QCOMPARE(cell(runs(), row, RunTableModel::Chosen), QString());
}

void HistoryPageTest::anEmptyFolderSaysWhatToDo()
{
    const QTemporaryDir empty;
    makePage(empty.path());
    QTRY_VERIFY(runs()->emptyText().contains(empty.path()));
    QVERIFY(runs()->emptyText().contains(QStringLiteral("Run a workload")));
    QVERIFY(rows()->emptyText().contains(QStringLiteral("press A")));
}

void HistoryPageTest::twoRunsAreChosenAndComparedByKeys()
{
    compare();
    QCOMPARE(cell(runs(), rowOf("before.db"), RunTableModel::Chosen), QStringLiteral("A"));
    QCOMPARE(cell(runs(), rowOf("slower.db"), RunTableModel::Chosen), QStringLiteral("B"));
    // What is worse comes first, with glyph, word, effect and interval.
    QCOMPARE(cell(rows(), 0, CompareTableModel::VerdictColumn), QStringLiteral("✕ worse"));
    const auto effect = cell(rows(), 0, CompareTableModel::Effect);
    QVERIFY2(effect.startsWith(u'+') && effect.endsWith(QStringLiteral(" %")), qPrintable(effect));
    QVERIFY(cell(rows(), 0, CompareTableModel::Interval).contains(QStringLiteral(" to ")));
    bool latency = false;
    for (int row = 0; row < rows()->model()->rowCount(); ++row) {
        latency = latency || cell(rows(), row, CompareTableModel::Figure)
                                 .startsWith(QStringLiteral("actions.latency.p9"));
    }
    QVERIFY(latency);
    auto* chart = m_page->findChild<OverlayChart*>();
    QTRY_VERIFY2(chart->summary().contains(QStringLiteral(": A up to ")),
                 qPrintable(chart->summary()));
    const int notable = rows()->model()->rowCount();
    for (auto* button : m_page->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Show all")) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QVERIFY(rows()->model()->rowCount() > notable);
}

void HistoryPageTest::theSameRunTwiceComparesTwoRanges()
{
    press("degrades.db", Qt::Key_A);
    press("degrades.db", Qt::Key_B);
    QCOMPARE(cell(runs(), rowOf("degrades.db"), RunTableModel::Chosen), QStringLiteral("A B"));
    type("A from", QStringLiteral("22"));
    type("A to", QStringLiteral("1:18"));
    type("B from", QStringLiteral("80 s"));
    type("B to", QStringLiteral("2:19"));
    commit("B to");
    QTRY_VERIFY_WITH_TIMEOUT(rows()->model()->rowCount() > 0, kPatienceMs);
    QCOMPARE(cell(rows(), 0, CompareTableModel::VerdictColumn), QStringLiteral("✕ worse"));
}

void HistoryPageTest::aTimeThatIsNoneIsExplained()
{
    press("before.db", Qt::Key_A);
    press("slower.db", Qt::Key_B);
    type("A from", QStringLiteral("soon"));
    commit("A from");
    QVERIFY2(m_page->note().contains(QStringLiteral("no time")), qPrintable(m_page->note()));
    type("A from", QStringLiteral("20"));
    type("A to", QStringLiteral("10"));
    commit("A to");
    QVERIFY2(m_page->note().contains(QStringLiteral("ends before it begins")),
             qPrintable(m_page->note()));
    QCOMPARE(rows()->model()->rowCount(), 0);
}

void HistoryPageTest::aComparisonIsCancelled()
{
    press("before.db", Qt::Key_A);
    press("slower.db", Qt::Key_B);
    QTest::keyClick(runs(), Qt::Key_C);
    QVERIFY(m_page->note().startsWith(QStringLiteral("Comparing")));
    QPushButton* cancel = nullptr;
    for (auto* each : m_page->findChildren<QPushButton*>()) {
        cancel = each->text() == QLatin1String("Cancel") ? each : cancel;
    }
    QVERIFY(cancel != nullptr && cancel->isEnabled());
    QCOMPARE(cancel->shortcut(), QKeySequence(Qt::Key_Escape));
    cancel->click();  // at once: where comparing is quick, a key may come too late
    QTRY_COMPARE_WITH_TIMEOUT(m_page->note(), QStringLiteral("The comparison was cancelled"),
                              kPatienceMs);
    QCOMPARE(rows()->model()->rowCount(), 0);
}

void HistoryPageTest::changesAreShownWithTheirEffects()
{
    press("faulty.db", Qt::Key_E);
    auto* changes = table("Changes of a run and their effects");
    QTRY_VERIFY_WITH_TIMEOUT(changes->model()->rowCount() > 2, kPatienceMs);
    QVERIFY(changes->isVisible());
    QStringList told;
    for (int row = 0; row < changes->model()->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < CauseTableModel::ColumnCount; ++column) {
            cells << cell(changes, row, column);
        }
        told << cells.join(u'|');
    }
    const QString all = told.join(u'\n');
    QVERIFY2(all.contains(QStringLiteral("0:50|fault|")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("✓ better|actions.latency.p50|")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("– unclear|")), qPrintable(all));
    PageStage::takePictures(*m_page, QStringLiteral("history-changes"));
}

void HistoryPageTest::aReportIsWrittenInEachFormat()
{
    press("before.db", Qt::Key_A);
    press("slower.db", Qt::Key_B);
    const auto written = [this](const char* name) {
        m_page->setChooseFile([this, name](const auto&, const auto& done) { done(path(name)); });
        QTest::keyClick(runs(), Qt::Key_R);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(m_page->note().contains(path(name)), kPatienceMs); }();
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    const auto html = written("r.html");
    QVERIFY(html.startsWith("<!doctype html>") && html.contains("<svg"));
    QVERIFY(html.contains("worse"));
    QVERIFY(written("r.md").startsWith("# "));
    QVERIFY(written("r.json").startsWith("{"));
    QVERIFY(!QFile::exists(path("r.html.part")));
}

void HistoryPageTest::aSessionIsNotWrittenOver()
{
    press("before.db", Qt::Key_A);
    m_page->setChooseFile([this](const auto&, const auto& done) { done(path("before.db")); });
    QTest::keyClick(runs(), Qt::Key_R);
    QTRY_VERIFY2(m_page->note().contains(QStringLiteral("would be lost")),
                 qPrintable(m_page->note()));
}

void HistoryPageTest::returnOpensTheSession()
{
    QString opened;
    connect(m_page.get(), &RunsPage::openRequested, this,
            [&opened](const QString& file) { opened = file; });
    press("slower.db", Qt::Key_Return);
    QCOMPARE(opened, path("slower.db"));
}

void HistoryPageTest::picturesAreTaken()
{
    PageStage::takePictures(*m_page, QStringLiteral("history-choose"));
    compare();
    QTRY_VERIFY(m_page->findChild<OverlayChart*>()->summary().contains(QStringLiteral("A up")));
    PageStage::takePictures(*m_page, QStringLiteral("history"));
}

MUSTER_TEST_CASE(HistoryPageTest);

#include "history_page_test.moc"
