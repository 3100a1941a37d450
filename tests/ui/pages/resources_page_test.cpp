// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/resources_page.h"

#include <QLabel>
#include <algorithm>

#include "pages/resources/cleanup_list.h"
#include "pages/resources/pressure_card.h"
#include "pages/resources/relief_card.h"
#include "pages/resources/resource_card.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/key_values.h"
#include "widgets/level_bar.h"
#include "widgets/mark_list.h"
#include "widgets/status_pill.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class ResourcesPageTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void eachResourceSaysWhatIsUsedOfWhichLimit();
    void theForecastSaysWhenOrWhyNot();
    void anUnlimitedResourceSaysSo();
    void pressureSaysItsCauseItsMeaningAndWhatItDid();
    void whatRunsOutFirstIsSaid();
    void cleanUpsSayWhoGaveBackHowMuchOrWhyNot();
    void whatPressureHeldBackIsCounted();
    void noCellOfTheGridIsEmpty();
    void aRunThatIsNotRecordedSaysSo();
    void aStoreWithAProblemShowsIt();
    void cardsStayWhereTheyAre();
    void picturesAreTaken();

private:
    [[nodiscard]] ResourceCard* card(const char* name) const;

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<ResourcesPage> m_page;
};

void ResourcesPageTest::init()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_page = std::make_unique<ResourcesPage>(m_stage->context());
    m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps));
}

ResourceCard* ResourcesPageTest::card(const char* name) const
{
    return m_page->findChild<ResourceCard*>(QStringLiteral("resource.") + QLatin1String(name));
}

void ResourcesPageTest::eachResourceSaysWhatIsUsedOfWhichLimit()
{
    QCOMPARE(m_page->findChildren<ResourceCard*>().size(), 7);
    QCOMPARE(card("memory")->usedText(), QStringLiteral("829 MiB"));
    QCOMPARE(card("memory")->findChild<KeyValues*>()->value(0), QStringLiteral("1.00 GiB"));
    QCOMPARE(card("memory")->findChild<KeyValues*>()->value(1),
             QStringLiteral("workload limits.memory"));
    QVERIFY(card("cpu")->usedText().endsWith(QStringLiteral(" cores")));
    QCOMPARE(card("threads")->usedText(), QStringLiteral("14"));
    QVERIFY(std::abs(*card("memory")->findChild<LevelBar*>()->share() - 0.81) < 0.01);
    QCOMPARE(card("memory")->findChild<StatusPill*>()->text(), QStringLiteral("◐ Elevated"));
}

void ResourcesPageTest::theForecastSaysWhenOrWhyNot()
{
    QCOMPARE(card("memory")->forecastText(), QStringLiteral("in about 9 min"));
    QCOMPARE(card("disk")->forecastText(), QStringLiteral("it does not grow"));
    // A minute's slope is no ground for a word on next week.
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    for (auto& use : snapshot->resources) {
        use.secondsToLimit = {7 * 24 * 3600.0, {}};
    }
    m_stage->give(*m_page, snapshot);
    QCOMPARE(card("memory")->forecastText(), QStringLiteral("not within 60 min"));
}

void ResourcesPageTest::anUnlimitedResourceSaysSo()
{
    m_page = std::make_unique<ResourcesPage>(m_stage->context());
    m_page->setSnapshot(SampleRun::idle());
    QCOMPARE(card("memory")->usedText(), QStringLiteral("not available"));
    QCOMPARE(card("memory")->findChild<KeyValues*>()->value(0), QStringLiteral("no limit is set"));
    QCOMPARE(card("memory")->findChild<StatusPill*>()->text(), QStringLiteral("○ No limit"));
    QVERIFY(!card("memory")->findChild<LevelBar*>()->share());
}

void ResourcesPageTest::pressureSaysItsCauseItsMeaningAndWhatItDid()
{
    auto* pressure = m_page->findChild<PressureCard*>();
    QCOMPARE(pressure->findChild<StatusPill*>()->text(), QStringLiteral("◐ Elevated"));
    QVERIFY(pressure->meaning().contains(QStringLiteral("critical from 95 %")));
    QCOMPARE(pressure->findChild<MarkList*>()->texts().first(),
             QStringLiteral("Pressure normal → elevated: memory 80 %"));
    bool cause = false;
    for (const auto* label : pressure->findChildren<QLabel*>()) {
        cause = cause || label->text() == QStringLiteral("Memory 81 % of limit");
    }
    QVERIFY(cause);
}

void ResourcesPageTest::whatRunsOutFirstIsSaid()
{
    const auto says = [this](const QString& text) {
        const auto labels = m_page->findChild<PressureCard*>()->findChildren<QLabel*>();
        return std::ranges::any_of(labels,
                                   [&](const QLabel* each) { return each->text() == text; });
    };
    QVERIFY(says(QStringLiteral("Runs out first: Memory, in about 9 min")));
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->resources[2].secondsToLimit = {120, {}};
    m_stage->give(*m_page, snapshot);
    QVERIFY(says(QStringLiteral("Runs out first: Disk, in about 2 min")));
    for (auto& use : snapshot->resources) {
        use.secondsToLimit = {0, "it does not grow"};
    }
    m_stage->give(*m_page, snapshot);
    QVERIFY(says(QStringLiteral("As things go nothing runs out within an hour")));
}

void ResourcesPageTest::cleanUpsSayWhoGaveBackHowMuchOrWhyNot()
{
    const auto* relief = m_page->findChild<ReliefCard*>();
    QCOMPARE(
        relief->findChild<CleanupList*>()->texts(),
        (QStringList{"session pages, failed: the session's file is busy: it is tried again in 5 s",
                     "recent series: 410 KiB", "free heap: 48.2 MiB"}));
    QCOMPARE(relief->value(), QStringLiteral("3 clean-ups, 1 failed"));
    QCOMPARE(relief->findChild<KeyValues*>()->value(1), QStringLiteral("48.0 MiB"));
    // Of what is counted the unit is the thing itself; what cannot be measured says so.
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    CleanupStatus agents;
    agents.at = snapshot->at;
    agents.resource = "agents";
    agents.hook = "low-priority agents";
    agents.freed = {1'900, {}};
    CleanupStatus unknown = agents;
    unknown.hook = "own cache";
    unknown.freed = {0, "it does not say"};
    snapshot->cleanups = {agents, unknown};
    m_stage->give(*m_page, snapshot);
    QCOMPARE(relief->findChild<CleanupList*>()->texts(),
             (QStringList{"own cache: not measured", "low-priority agents: 1,900 agents"}));
}

void ResourcesPageTest::whatPressureHeldBackIsCounted()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->pressureTotals.highest = PressureLevel::critical;
    snapshot->pressureTotals.agentsRefused = 12;
    snapshot->pressureTotals.eventsThinned = 184'210;
    snapshot->load.shed = 5'001;
    m_stage->give(*m_page, snapshot);
    const auto* totals = m_page->findChild<ReliefCard*>()->findChild<KeyValues*>();
    QCOMPARE(totals->texts(),
             (QStringList{"Highest level: ◆ Critical", "Given back: 48.0 MiB", "Agents refused: 12",
                          "Events thinned: 184,210", "Load shed: 5,001"}));
}

void ResourcesPageTest::noCellOfTheGridIsEmpty()
{
    m_page->resize(1092, 730);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    QCoreApplication::processEvents();
    const auto* relief = m_page->findChild<ReliefCard*>();
    // Seven cards in rows of four: it ends where the row above does.
    const QPoint end = relief->mapTo(m_page.get(), relief->rect().topRight());
    const QPoint above = card("files")->mapTo(m_page.get(), card("files")->rect().topRight());
    QCOMPARE(end.x(), above.x());
    QVERIFY(end.y() > above.y());
    // With two it takes what is left of their row.
    ResourcesPage page(m_stage->context());
    page.resize(1092, 730);
    page.show();
    page.setSnapshot(SampleRun::idle());
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    QCoreApplication::processEvents();
    QCOMPARE(page.findChild<ReliefCard*>()->geometry().right(), page.width() - space::kPage - 1);
    QCOMPARE(page.findChild<ReliefCard*>()->y(), page.findChild<ResourceCard*>()->y());
}

void ResourcesPageTest::aRunThatIsNotRecordedSaysSo()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->store = {};
    m_stage->give(*m_page, snapshot);
    const auto* store = m_page->findChildren<KeyValues*>().first();
    QCOMPARE(store->value(0), QStringLiteral("this run is not recorded"));
    QCOMPARE(store->value(1), QStringLiteral("not available"));
    // Its file is closed once it has ended, and still there.
    snapshot = SampleRun::at(SampleRun::kSteps + 2);
    snapshot->store.recording = false;
    snapshot->store.file = "/tmp/run.db";
    m_stage->give(*m_page, snapshot);
    QCOMPARE(store->value(0), QStringLiteral("run.db"));
}

void ResourcesPageTest::aStoreWithAProblemShowsIt()
{
    auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
    snapshot->store.failedWrites = 3;
    snapshot->store.problem = "The disk is full: free some room or choose another file";
    m_stage->give(*m_page, snapshot);
    const auto* store = m_page->findChildren<KeyValues*>().first();
    QCOMPARE(store->value(3), QStringLiteral("3"));
    bool shown = false;
    for (const auto* label : m_page->findChildren<QLabel*>()) {
        shown = shown || label->text().contains(QStringLiteral("disk is full"));
    }
    QVERIFY(shown);
}

void ResourcesPageTest::cardsStayWhereTheyAre()
{
    m_page->resize(1092, 730);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    ResourceCard* before = card("disk");
    const QRect place = before->geometry();
    m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps + 1));
    QCoreApplication::processEvents();
    QCOMPARE(card("disk"), before);
    QCOMPARE(before->geometry(), place);
}

void ResourcesPageTest::picturesAreTaken()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    ResourcesPage page(m_stage->context());
    m_stage->range().setSpan(std::chrono::minutes(15));
    m_stage->play(page, SampleRun::kSteps);
    page.setTimeRange();
    PageStage::takePictures(page, page.name());
}

MUSTER_TEST_CASE(ResourcesPageTest);
#include "resources_page_test.moc"
