// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/limits_page.h"

#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>

#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/chip.h"
#include "widgets/empty_state.h"
#include "widgets/mark_list.h"
#include "widgets/status_pill.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class LimitsPageTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void theServiceInTroubleIsShownFirst();
    void aSettingIsChangedInPlaceByACommand();
    void theBreakerIsMovedByHand();
    void lockedReadOnlyNothingCanBeChanged();
    void theSelectionStaysWithItsService();
    void changesOfOneServiceStandWithIt();
    void withoutServicesThePageSaysHowToHaveThem();
    void aFilterThatMatchesNothingSaysSo();
    void twoHundredServicesAreAGridThatScrolls();
    void picturesAreTaken();

private:
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QTableWidgetItem* setting(const QString& key) const;
    [[nodiscard]] QListView* list() const { return m_page->findChild<QListView*>(); }

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<LimitsPage> m_page;
};

void LimitsPageTest::init()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_page = std::make_unique<LimitsPage>(m_stage->context());
    m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps));
}

QPushButton* LimitsPageTest::button(const QString& text) const
{
    for (auto* each : m_page->findChildren<QPushButton*>()) {
        if (each->text() == text) {
            return each;
        }
    }
    return nullptr;
}

QTableWidgetItem* LimitsPageTest::setting(const QString& key) const
{
    auto* table = m_page->findChild<QTableWidget*>();
    const auto found = table->findItems(key, Qt::MatchExactly);
    return found.isEmpty() ? nullptr : table->item(found.first()->row(), 1);
}

void LimitsPageTest::theServiceInTroubleIsShownFirst()
{
    QCOMPARE(list()->model()->index(0, 0).data().toString(), QStringLiteral("site"));
    QCOMPARE(m_page->findChild<Chip*>()->plainText(),
             QStringLiteral("6 services · 1 open · 1 half-open · 1 forced"));
    QCOMPARE(m_page->findChild<StatusPill*>()->text(), QStringLiteral("○ Open"));
    QCOMPARE(setting("limiter.rate")->text(), QStringLiteral("500/s"));
    QVERIFY(list()
                ->model()
                ->index(0, 0)
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("retry in 11")));
}

void LimitsPageTest::aSettingIsChangedInPlaceByACommand()
{
    QSignalSpy asked(m_page.get(), &Page::commandRequested);
    setting("limiter.rate")->setText(" 200/s ");
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.last().first().toString(),
             QStringLiteral("limits.set services.site.limiter.rate \"200/s\""));
    // Until the engine has it, the old one stands; the same value asks nothing.
    QCOMPARE(setting("limiter.rate")->text(), QStringLiteral("500/s"));
    setting("limiter.rate")->setText("500/s");
    QCOMPARE(asked.count(), 1);
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    auto changed = *snapshot->services[5].settings;
    changed[2].value = "200/s";
    snapshot->services[5].settings =
        std::make_shared<const std::vector<ServiceSetting>>(std::move(changed));
    m_stage->give(*m_page, snapshot);
    QCOMPARE(setting("limiter.rate")->text(), QStringLiteral("200/s"));
}

void LimitsPageTest::theBreakerIsMovedByHand()
{
    QSignalSpy asked(m_page.get(), &Page::commandRequested);
    button("Force open")->click();
    QCOMPARE(asked.takeLast().first().toString(), QStringLiteral("breaker.set site forced_open"));
    button("Close")->click();
    QCOMPARE(asked.takeLast().first().toString(), QStringLiteral("breaker.set site closed"));
    button("Reset")->click();
    QCOMPARE(asked.takeLast().first().toString(), QStringLiteral("breaker.reset site"));
    // What it is already cannot be asked for.
    list()->setCurrentIndex(list()->model()->index(1, 0));
    QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("mail"));
    QVERIFY(!button("Force open")->isEnabled());
    QVERIFY(button("Close")->isEnabled());
}

void LimitsPageTest::lockedReadOnlyNothingCanBeChanged()
{
    m_page->setReadOnly(true);
    QVERIFY(!button("Force open")->isEnabled());
    QVERIFY(button("Force open")->toolTip().contains(QStringLiteral("read-only")));
    QCOMPARE(m_page->findChild<QTableWidget*>()->editTriggers(),
             QAbstractItemView::EditTriggers(QAbstractItemView::NoEditTriggers));
}

void LimitsPageTest::theSelectionStaysWithItsService()
{
    auto* model = list()->model();
    list()->setCurrentIndex(model->index(model->rowCount() - 1, 0));
    const QString name = list()->currentIndex().data().toString();
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    for (auto& service : snapshot->services) {
        if (QString::fromStdString(service.name) == name) {
            service.breaker->state = "open";
        }
    }
    m_stage->give(*m_page, snapshot);
    QCOMPARE(list()->currentIndex().data().toString(), name);
    QVERIFY(list()->currentIndex().row() < 2);
    QCOMPARE(m_page->findChild<StatusPill*>()->text(), QStringLiteral("○ Open"));
}

void LimitsPageTest::changesOfOneServiceStandWithIt()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    const auto add = [&](const char* kind, const char* text) {
        snapshot->marks.push_back({snapshot->at, kind, text, snapshot->marks.back().sequence + 1});
    };
    add("breaker", "Breaker of site open: 52 % failed");
    add("limit", "services.site.limiter.rate 400/s to 500/s");
    add("limit", "services.sites.limiter.rate 1/s to 2/s");
    add("breaker", "Breaker of mail forced_open: operator");
    m_stage->give(*m_page, snapshot);
    QCOMPARE(m_page->findChild<MarkList*>()->texts(),
             QStringList({"limiter.rate 400/s to 500/s", "open: 52 % failed"}));
}

void LimitsPageTest::withoutServicesThePageSaysHowToHaveThem()
{
    LimitsPage page(m_stage->context());
    page.setSnapshot(SampleRun::idle());
    page.show();
    QVERIFY(page.findChild<EmptyState*>()->isVisible());
    QVERIFY(!page.findChild<QListView*>()->isVisible());
    QVERIFY(!page.findChild<QTableWidget*>()->isVisible());
}

void LimitsPageTest::aFilterThatMatchesNothingSaysSo()
{
    m_page->show();
    m_page->findChild<QLineEdit*>()->setText("nothing");
    QVERIFY(m_page->findChild<EmptyState*>()->isVisible());
    m_page->findChild<QLineEdit*>()->setText("state:half-open");
    QVERIFY(!m_page->findChild<EmptyState*>()->isVisible());
    QCOMPARE(list()->model()->rowCount(), 1);
}

void LimitsPageTest::twoHundredServicesAreAGridThatScrolls()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    const auto six = snapshot->services;
    snapshot->services.clear();
    for (int i = 0; i < 200; ++i) {
        snapshot->services.push_back(six[static_cast<std::size_t>(i) % six.size()]);
        snapshot->services.back().name += std::to_string(i);
    }
    m_page->resize(1092, 730);
    m_page->show();
    m_stage->give(*m_page, snapshot);
    QCOMPARE(list()->model()->rowCount(), 200);
    QVERIFY(list()->indexAt(QPoint(20, 20)).isValid());
    const int columns = list()->viewport()->width() / list()->gridSize().width();
    QVERIFY(columns >= 2 && columns <= 4);
    QVERIFY(list()->gridSize().height() * (200 / columns) > list()->viewport()->height() * 5);
}

void LimitsPageTest::picturesAreTaken()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    LimitsPage page(m_stage->context());
    m_stage->play(page, SampleRun::kSteps);
    PageStage::takePictures(page, page.name());
}

MUSTER_TEST_CASE(LimitsPageTest);
#include "limits_page_test.moc"
