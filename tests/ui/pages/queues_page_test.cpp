// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/queues_page.h"

#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>

#include "bridge/engine_bridge.h"
#include "models/letter_table_model.h"
#include "models/queue_table_model.h"
#include "pages/queues/edit_dialog.h"
#include "pages/queues/letter_pane.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "ui/support/fake_source.h"
#include "widgets/flat_table.h"
#include "widgets/key_values.h"
#include "widgets/tile.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class QueuesPageTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void everyQueueSaysWhatWaitsAndHowItGoes();
    void tilesAddUpTheQueues();
    void lettersAreGroupedByCause();
    void aCauseChosenShowsOnlyItsLetters();
    void aLetterShowsItsPayloadItsErrorAndEveryAttempt();
    void aRetryMeansTheFilterOrTheTicks();
    void ticksAreSetByTheKeyboard();
    void aDiscardNeedsAReason();
    void aDryRunSaysWhichParameterIsWrong();
    void anEditShowsItsDiffAndItsDryRunBeforeItIsSaved();
    void aPayloadOfSeveralLinesComesThroughAsItIs();
    void aQueueIsPausedAndLetGoOn();
    void jobsOfTheChosenQueueAreListed();
    void newLettersKeepTicksSelectionAndPlace();
    void aRecordedSessionIsLookedAtAndNothingElse();
    void theReadOnlyLockLeavesTheDryRun();
    void withoutAQueueThePageSaysHowToHaveOne();
    void everythingIsReachedByTheKeyboard();
    void picturesAreTaken();

private:
    [[nodiscard]] QTableView* table(const char* name) const;
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QLineEdit* field(const char* name) const;
    void show();
    void give(const std::shared_ptr<Snapshot>& snapshot) { m_stage->give(*m_page, snapshot); }
    void chooseLetter(int row);
    EditDialog* edit(int row);
    [[nodiscard]] QStringList labels() const;
    [[nodiscard]] QStringList commands() const;

    std::unique_ptr<PageStage> m_stage;
    std::shared_ptr<FakeSource> m_source;
    std::unique_ptr<EngineBridge> m_bridge;
    std::unique_ptr<QueuesPage> m_page;
    std::unique_ptr<QSignalSpy> m_commands;
};

void QueuesPageTest::init()
{
    m_stage = std::make_unique<PageStage>();
    m_source = std::make_shared<FakeSource>();
    m_source->deadLetters = letterRows(23);
    m_bridge = std::make_unique<EngineBridge>(sourcesOf(m_source));
    m_bridge->start({});
    QTRY_COMPARE(m_bridge->mode(), EngineBridge::Mode::live);
    auto context = m_stage->context();
    context.bridge = m_bridge.get();
    m_page = std::make_unique<QueuesPage>(context);
    m_commands = std::make_unique<QSignalSpy>(m_page.get(), &Page::commandRequested);
}

void QueuesPageTest::cleanup()
{
    m_page.reset();
    m_bridge.reset();
}

void QueuesPageTest::show()
{
    m_page->resize(1092, 730);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    give(SampleRun::at(SampleRun::kSteps));
    QTRY_COMPARE(table("Dead letters, the newest first")->model()->rowCount(),
                 static_cast<int>(m_source->deadLetters.size()));
}

QTableView* QueuesPageTest::table(const char* name) const
{
    for (auto* each : m_page->findChildren<QTableView*>()) {
        if (each->accessibleName() == QLatin1String(name)) {
            return each;
        }
    }
    return nullptr;
}

QPushButton* QueuesPageTest::button(const QString& text) const
{
    for (auto* each : m_page->findChildren<QPushButton*>()) {
        if (each->text().remove(QLatin1Char('&')).startsWith(text)) {
            return each;
        }
    }
    return nullptr;
}

QLineEdit* QueuesPageTest::field(const char* name) const
{
    for (auto* each : m_page->findChildren<QLineEdit*>()) {
        if (each->accessibleName() == QLatin1String(name)) {
            return each;
        }
    }
    return nullptr;
}

void QueuesPageTest::chooseLetter(int row)
{
    table("Dead letters, the newest first")->selectRow(row);
}

EditDialog* QueuesPageTest::edit(int row)
{
    chooseLetter(row);
    QTest::mouseClick(button("Edit payload"), Qt::LeftButton);
    return m_page->findChild<EditDialog*>();
}

QStringList QueuesPageTest::labels() const
{
    QStringList texts;
    for (const auto* label : m_page->findChildren<QLabel*>()) {
        if (label->isVisible()) {
            texts << label->text();
        }
    }
    return texts;
}

QStringList QueuesPageTest::commands() const
{
    QStringList lines;
    for (const auto& call : *m_commands) {
        lines << call.front().toString();
    }
    return lines;
}

void QueuesPageTest::everyQueueSaysWhatWaitsAndHowItGoes()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps);
    QueueRow& orders = snapshot->queues[0];
    orders.ready = 1'204;
    orders.oldest = {0, "no job waits"};
    show();
    give(snapshot);
    const auto* model = table("Durable queues")->model();
    QCOMPARE(model->rowCount(), 2);
    const auto cell = [&](int row, int column) {
        return model->index(row, column).data().toString();
    };
    QCOMPARE(cell(0, QueueTableModel::Name), QStringLiteral("orders"));
    QCOMPARE(cell(0, QueueTableModel::State), QStringLiteral("● goes on"));
    QCOMPARE(cell(0, QueueTableModel::Ready), QStringLiteral("1,204"));
    QCOMPARE(cell(0, QueueTableModel::Delayed), QStringLiteral("12"));
    QCOMPARE(cell(0, QueueTableModel::Held), QStringLiteral("20"));
    QCOMPARE(cell(0, QueueTableModel::Oldest), QStringLiteral("–"));
    QCOMPARE(model->index(0, QueueTableModel::Oldest).data(Qt::ToolTipRole).toString(),
             QStringLiteral("no job waits"));
    QVERIFY(cell(0, QueueTableModel::In).endsWith(QStringLiteral("/s")));
    QVERIFY(cell(0, QueueTableModel::Out).endsWith(QStringLiteral("/s")));
    QCOMPARE(cell(1, QueueTableModel::State), QStringLiteral("‖ paused"));
    orders.lettersFull = true;
    orders.standstill = "10000 dead letters wait, as many as may";
    give(snapshot);
    QCOMPARE(cell(0, QueueTableModel::State), QStringLiteral("▲ stands still"));
    QVERIFY(labels().contains(QStringLiteral("orders: 10000 dead letters wait, as many as may")));
}

void QueuesPageTest::tilesAddUpTheQueues()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps);
    snapshot->queues[0].ready = 100;
    snapshot->queues[0].delayed = 12;
    snapshot->queues[1].ready = 41;
    show();
    give(snapshot);
    const auto tiles = m_page->findChildren<Tile*>();
    QCOMPARE(tiles[0]->valueText(), QStringLiteral("153"));
    QCOMPARE(tiles[0]->deltaText(), QStringLiteral("12 delayed"));
    QCOMPARE(tiles[1]->valueText(), QStringLiteral("20"));
    QCOMPARE(tiles[2]->valueText(), QStringLiteral("10.2 min"));
    QCOMPARE(tiles[4]->deltaText(), QStringLiteral("+6 in the last minute"));
}

void QueuesPageTest::lettersAreGroupedByCause()
{
    show();
    const auto* causes = m_page->findChild<QListWidget*>();
    QCOMPARE(causes->count(), 2);
    QCOMPARE(causes->item(0)->text(),
             QStringLiteral("18 × application · unavailable in orders — the shop knows no such "
                            "item"));
    QCOMPARE(causes->item(1)->text(),
             QStringLiteral("5 × timeout · timed_out in orders — the shop did not answer within "
                            "1 s"));
    QVERIFY(m_page->findChild<QTabBar*>()->tabText(0).endsWith(QStringLiteral("· 23")));
}

void QueuesPageTest::aCauseChosenShowsOnlyItsLetters()
{
    show();
    auto* causes = m_page->findChild<QListWidget*>();
    causes->setCurrentRow(1);
    QTest::keyClick(causes, Qt::Key_Return);
    QCOMPARE(field("Filter of dead letters")->text(),
             QStringLiteral("queue:orders class:timeout code:timed_out"));
    QTRY_COMPARE(table("Dead letters, the newest first")->model()->rowCount(), 5);
    QTRY_VERIFY(button("Retry 5 matching") != nullptr);
    field("Filter of dead letters")->setText(QStringLiteral("class:nothing"));
    QTRY_COMPARE(table("Dead letters, the newest first")->model()->rowCount(), 0);
    QVERIFY(static_cast<FlatTable*>(table("Dead letters, the newest first"))
                ->emptyText()
                .startsWith(QStringLiteral("No dead letter matches")));
}

void QueuesPageTest::aLetterShowsItsPayloadItsErrorAndEveryAttempt()
{
    show();
    chooseLetter(0);
    auto* pane = m_page->findChild<LetterPane*>();
    QCOMPARE(pane->title(), QStringLiteral("Dead letter 123 in orders"));
    QVERIFY(pane->historyText().startsWith(QStringLiteral("Attempt 4")));
    QCOMPARE(pane->historyText().count(QStringLiteral("the shop knows no such item")), 4);
    QVERIFY(labels().contains(QStringLiteral("the shop knows no such item")));
    bool payload = false;
    for (const auto* text : pane->findChildren<QPlainTextEdit*>()) {
        payload = payload || text->toPlainText().contains(QStringLiteral("\"order\": 1023"));
    }
    QVERIFY(payload);
    QVERIFY(pane->findChild<KeyValues*>()->texts().contains(QStringLiteral("Dry run: not tried")));
}

void QueuesPageTest::aRetryMeansTheFilterOrTheTicks()
{
    show();
    QTest::mouseClick(button("Retry all 23"), Qt::LeftButton);
    field("At most so many retries a second")->clear();
    auto* letters = table("Dead letters, the newest first");
    for (const int row : {2, 0}) {
        const QRect box = letters->visualRect(letters->model()->index(row, 0));
        QTest::mouseClick(letters->viewport(), Qt::LeftButton, {}, box.center());
    }
    QTest::mouseClick(button("Retry 2 ticked"), Qt::LeftButton);
    QCOMPARE(commands(),
             (QStringList{"dead.retry letters=* rate=10/s", "dead.retry letters=id:121,123"}));
}

void QueuesPageTest::ticksAreSetByTheKeyboard()
{
    show();
    auto* letters = table("Dead letters, the newest first");
    letters->setFocus();
    chooseLetter(1);
    QTest::keyClick(letters, Qt::Key_X);
    QTest::keyClick(letters, Qt::Key_Down);
    QTest::keyClick(letters, Qt::Key_X);
    QVERIFY(button("Retry 2 ticked") != nullptr);
    QTest::keyClick(letters, Qt::Key_X);
    QVERIFY(button("Retry 1 ticked") != nullptr);
    QTest::keyClick(letters, Qt::Key_X, Qt::ShiftModifier);
    QVERIFY(button("Retry all 23") != nullptr);
}

void QueuesPageTest::aDiscardNeedsAReason()
{
    show();
    QVERIFY(!button("Discard all 23")->isEnabled());
    field("Reason to discard")->setText(QStringLiteral("test data"));
    QVERIFY(button("Discard all 23")->isEnabled());
    QTest::mouseClick(button("Discard all 23"), Qt::LeftButton);
    QCOMPARE(commands(), QStringList{"dead.discard letters=* reason=\"test data\""});
}

void QueuesPageTest::aDryRunSaysWhichParameterIsWrong()
{
    m_source->onPreviewRetry = [](const LetterQuery& query, const auto&) {
        std::vector<RetryPreview> previews;
        for (std::uint64_t id = 101; id <= 123; ++id) {
            const bool bad = id >= 120;
            previews.push_back({id, !bad,
                                bad ? std::vector<std::string>{"action ship, url: the item has no "
                                                               "field order"}
                                    : std::vector<std::string>{}});
        }
        return query.limit >= 23 ? Result<std::vector<RetryPreview>>(previews)
                                 : Error{ErrorCode::internal, "not all were asked for", {}, {}};
    };
    show();
    chooseLetter(0);
    QTest::mouseClick(button("Dry run all 23"), Qt::LeftButton);
    QTRY_VERIFY(labels().contains(
        QStringLiteral("▲ Dry run: 19 of 23 would be tried again.\n4 × action ship, url: the item "
                       "has no field order")));
    const auto* facts = m_page->findChild<LetterPane*>()->findChild<KeyValues*>();
    QVERIFY(facts->texts().contains(
        QStringLiteral("Dry run: ▲ action ship, url: the item has no field order")));
    chooseLetter(10);
    QVERIFY(facts->texts().contains(QStringLiteral("Dry run: ✓ would be tried again")));
    QVERIFY(m_commands->isEmpty());  // nothing was done
}

void QueuesPageTest::anEditShowsItsDiffAndItsDryRunBeforeItIsSaved()
{
    m_source->onPreviewRetry = [](const LetterQuery& query,
                                  const std::optional<std::string>& payload) {
        const bool passes = payload && payload->find("\"count\":3") != std::string::npos;
        RetryPreview preview{query.ids.front(), passes, {}};
        if (!passes) {
            preview.findings.push_back("action ship, body: the item has no field total");
        }
        return Result<std::vector<RetryPreview>>(std::vector{preview});
    };
    show();
    auto* dialog = edit(0);
    QVERIFY(dialog != nullptr);
    auto* editor = dialog->findChildren<QPlainTextEdit*>().first();
    auto* save = dialog->findChildren<QPushButton*>().last();
    const auto says = [&](const QString& text) {
        const auto all = dialog->findChildren<QLabel*>();
        return std::ranges::any_of(all, [&](const auto* each) { return each->text() == text; });
    };
    QTRY_VERIFY(says(QStringLiteral("▲ Dry run: action ship, body: the item has no field total")));
    for (auto* each : dialog->findChildren<QPushButton*>()) {
        save = each->text().contains(QStringLiteral("Save")) ? each : save;
    }
    QVERIFY(!save->isEnabled());  // nothing changed yet
    editor->setPlainText(QStringLiteral("{\"order\": 1023, \"item\": "));
    QVERIFY(says(QStringLiteral("✕ It begins as JSON and is none")));
    QVERIFY(!save->isEnabled());
    editor->setPlainText(
        QStringLiteral("{\n\"order\": 1023,\n\"item\": \"lamp\",\n\"count\": 3\n}"));
    QVERIFY(dialog->diffText().contains(QStringLiteral("-   \"count\": 2\n+   \"count\": 3")));
    QTRY_VERIFY(says(QStringLiteral("✓ Dry run: it would be tried again")));
    QTest::mouseClick(save, Qt::LeftButton);
    const auto command = parseCommand(commands().value(0).toStdString());
    QVERIFY(command.ok());
    QCOMPARE(command->name, std::string("dead.edit"));
    QCOMPARE(command->arguments.at("letter"), std::string("123"));
    QCOMPARE(QString::fromStdString(command->arguments.at("payload")),
             QStringLiteral("{\"order\":1023,\"item\":\"lamp\",\"count\":3}"));
}

void QueuesPageTest::aPayloadOfSeveralLinesComesThroughAsItIs()
{
    m_source->deadLetters[0].payload = "first \"line\"\nsecond \\ line\n";
    show();
    auto* dialog = edit(0);
    auto* editor = dialog->findChildren<QPlainTextEdit*>().first();
    editor->setPlainText(QStringLiteral("first \"line\"\nsecond \\ line\nthird\n"));
    dialog->accept();
    const auto command = parseCommand(commands().value(0).toStdString());
    QVERIFY(command.ok());
    QCOMPARE(command->arguments.at("payload"),
             std::string("first \"line\"\nsecond \\ line\nthird\n"));
}

void QueuesPageTest::aQueueIsPausedAndLetGoOn()
{
    show();
    QTest::mouseClick(button("‖ Pause orders"), Qt::LeftButton);
    table("Durable queues")->selectRow(1);
    QTest::mouseClick(button("▶ Let mails go on"), Qt::LeftButton);
    QCOMPARE(commands(), (QStringList{"queue.pause queue=orders", "queue.resume queue=mails"}));
}

void QueuesPageTest::jobsOfTheChosenQueueAreListed()
{
    for (std::uint64_t id = 1; id <= 250; ++id) {
        m_source->jobRows.push_back(jobRow(id));
    }
    show();
    m_page->findChild<QTabBar*>()->setCurrentIndex(1);
    auto* jobs = table("Jobs that are not done");
    QTRY_COMPARE(jobs->model()->rowCount(), 200);
    QCOMPARE(jobs->model()->index(0, 1).data().toString(), QStringLiteral("held"));
    jobs->scrollToBottom();
    QTRY_COMPARE(jobs->model()->rowCount(), 250);
    QCOMPARE(jobs->model()->index(249, 0).data().toString(), QStringLiteral("250"));
}

void QueuesPageTest::newLettersKeepTicksSelectionAndPlace()
{
    m_source->deadLetters = letterRows(150);
    show();
    auto* letters = table("Dead letters, the newest first");
    letters->setFocus();
    chooseLetter(60);
    letters->scrollTo(letters->model()->index(60, 0), QAbstractItemView::PositionAtTop);
    const QString top = letters->model()->index(letters->rowAt(0), 1).data().toString();
    QTest::keyClick(letters, Qt::Key_X);
    m_source->deadLetters = letterRows(153);
    m_source->deadLetters.erase(m_source->deadLetters.begin() + 10,
                                m_source->deadLetters.begin() + 12);
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->queues[0].died += 3;
    give(snapshot);
    QTRY_COMPARE(letters->model()->rowCount(), 151);
    QCOMPARE(letters->model()->index(letters->rowAt(0), 1).data().toString(), top);
    QCOMPARE(letters->model()->index(letters->currentIndex().row(), 1).data().toString(),
             QStringLiteral("190"));
    QVERIFY(button("Retry 1 ticked") != nullptr);
    // The letter that was ticked is dealt with: so is its tick.
    m_source->deadLetters = letterRows(20);
    snapshot = SampleRun::at(SampleRun::kSteps + 2);
    snapshot->queues[0].letters = 20;
    give(snapshot);
    QTRY_VERIFY(button("Retry all 20") != nullptr);
    QTRY_VERIFY(!m_page->findChild<LetterPane*>()->letter());
}

void QueuesPageTest::aRecordedSessionIsLookedAtAndNothingElse()
{
    m_source->isLive = false;
    m_source->file = "/tmp/orders.db";
    m_bridge->openSession("orders.db");
    QTRY_COMPARE(m_bridge->mode(), EngineBridge::Mode::recorded);
    show();
    chooseLetter(0);
    for (const char* each : {"Dry run", "Retry", "Discard", "Edit payload", "‖ Pause"}) {
        QVERIFY2(!button(QString::fromUtf8(each))->isEnabled(), each);
    }
    const auto texts = labels();
    QVERIFY(std::ranges::any_of(texts, [](const QString& text) {
        return text.contains(QStringLiteral("open to read")) &&
               text.contains(QStringLiteral("musterctl queue")) &&
               text.contains(QStringLiteral("--db orders.db"));
    }));
    QVERIFY(m_page->findChild<LetterPane*>()->letter().has_value());
}

void QueuesPageTest::theReadOnlyLockLeavesTheDryRun()
{
    show();
    m_page->setReadOnly(true);
    QVERIFY(!button("Retry")->isEnabled());
    QVERIFY(button("Dry run")->isEnabled());
    QVERIFY(
        labels().contains(QStringLiteral("The console is locked read-only: Ctrl+L unlocks it.")));
    m_page->setReadOnly(false);
    QVERIFY(button("Retry")->isEnabled());
}

void QueuesPageTest::withoutAQueueThePageSaysHowToHaveOne()
{
    m_source->deadLetters.clear();
    show();
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->queues.clear();
    give(snapshot);
    QCOMPARE(m_page->findChildren<Tile*>().first()->deltaText(),
             QStringLiteral("there is no durable queue"));
    QVERIFY(static_cast<FlatTable*>(table("Durable queues"))
                ->emptyText()
                .contains(QStringLiteral("[queues.NAME]")));
    QVERIFY(static_cast<FlatTable*>(table("Dead letters, the newest first"))
                ->emptyText()
                .startsWith(QStringLiteral("No dead letters")));
    QVERIFY(!button("Dry run")->isEnabled());
}

void QueuesPageTest::everythingIsReachedByTheKeyboard()
{
    show();
    chooseLetter(0);
    m_page->focusFilter();
    QSet<QWidget*> reached;
    for (int step = 0; step < 60; ++step) {
        reached.insert(QApplication::focusWidget());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    QVERIFY(reached.contains(table("Durable queues")));
    QVERIFY(reached.contains(table("Dead letters, the newest first")));
    QVERIFY(reached.contains(m_page->findChild<QTabBar*>()));
    QVERIFY(reached.contains(m_page->findChild<QListWidget*>()));
    for (const char* each : {"Dry run", "Retry", "Edit payload", "‖ Pause"}) {
        QVERIFY2(reached.contains(button(QString::fromUtf8(each))), each);
    }
    auto* letters = table("Dead letters, the newest first");
    letters->setFocus();
    QTest::keyClick(letters, Qt::Key_Return);
    QVERIFY(m_page->findChild<EditDialog*>() != nullptr);
}

void QueuesPageTest::picturesAreTaken()
{
    m_source->deadLetters = letterRows(41);
    m_stage->range().setSpan(std::chrono::minutes(15));
    m_page->show();
    m_stage->play(*m_page, SampleRun::kSteps);
    QTRY_COMPARE(table("Dead letters, the newest first")->model()->rowCount(), 41);
    chooseLetter(3);
    PageStage::takePictures(*m_page, m_page->name());
    auto* dialog = edit(3);
    auto* editor = dialog->findChildren<QPlainTextEdit*>().first();
    editor->setPlainText(
        editor->toPlainText().replace(QStringLiteral("lamp"), QStringLiteral("desk lamp")));
    QTRY_VERIFY(!dialog->diffText().isEmpty());
    dialog->grab().save(QStringLiteral(MUSTER_BINARY_DIR "/pictures/queues-edit.png"));
}

MUSTER_TEST_CASE(QueuesPageTest);
#include "queues_page_test.moc"
