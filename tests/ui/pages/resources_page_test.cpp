// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/resources_page.h"

#include <QLabel>

#include "pages/resources/pressure_card.h"
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
    QCOMPARE(card("memory")->forecastText(), QStringLiteral("reaches its limit in about 9 min"));
    QCOMPARE(card("disk")->forecastText(), QStringLiteral("not available: it does not grow"));
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
    QCOMPARE(card("memory")->findChild<KeyValues*>()->value(0),
             QStringLiteral("not available: no limit is set"));
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
