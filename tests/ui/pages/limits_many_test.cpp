// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <algorithm>

#include "pages/limits/limits_page.h"
#include "style/palette.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

/// Page Limits with two hundred services: what is wrong is found, and nothing jumps.
class LimitsOfManyTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void twoHundredServicesAreAGridThatScrolls();
    void amongTwoHundredWhatIsInTroubleIsFoundAndPinned();
    void scrollAndSelectionSurviveARefreshAmongTwoHundred();
    void theServicesOfTheNextWorkloadAreSelectedAnew();
    void fewServicesNeedNoScrollBar();
    void picturesAreTaken();

private:
    [[nodiscard]] QLineEdit* filter() const
    {
        const auto all = m_page->findChildren<QLineEdit*>();
        const auto found = std::ranges::find_if(all, [](const QLineEdit* each) {
            return each->accessibleName() == QStringLiteral("Filter services");
        });
        return found == all.end() ? nullptr : *found;
    }
    [[nodiscard]] QListView* list() const { return m_page->findChild<QListView*>(); }

    std::unique_ptr<PageStage> m_stage;
    std::unique_ptr<LimitsPage> m_page;
};

void LimitsOfManyTest::init()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    m_page = std::make_unique<LimitsPage>(m_stage->context());
    m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps));
}

namespace {

/// A hundred and ninety-seven that are well, and three that are not: the last by name is open,
/// one probes, one fails.
std::shared_ptr<Snapshot> twoHundred(int step = SampleRun::kSteps + 1)
{
    auto snapshot = SampleRun::at(step);
    const auto six = snapshot->services;
    const auto like = [&six](const char* name) {
        return *std::ranges::find(six, name, &ServiceStatus::name);
    };
    snapshot->services.clear();
    for (int i = 0; i < 200; ++i) {
        auto service = like(i == 199 ? "site" : i == 120 ? "disk" : "cache");
        service.name = "service-" + std::to_string(1'000 + i);
        if (i < 199 && i != 120) {
            service.perSecond = 100 + 40 * ((i * 37) % 50);
        }
        if (i == 77) {
            service.failuresPerSecond = service.perSecond / 4;
        }
        snapshot->services.push_back(std::move(service));
    }
    return snapshot;
}

}  // namespace

void LimitsOfManyTest::amongTwoHundredWhatIsInTroubleIsFoundAndPinned()
{
    m_page->resize(1092, 730);
    m_page->show();
    m_page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    m_stage->give(*m_page, twoHundred());
    const auto nameAt = [this](int row) {
        return list()->model()->index(row, 0).data().toString();
    };
    QCOMPARE(nameAt(0), QStringLiteral("service-1199"));  // open
    QCOMPARE(nameAt(1), QStringLiteral("service-1120"));  // half-open
    QCOMPARE(nameAt(2), QStringLiteral("service-1077"));  // failing
    QCOMPARE(nameAt(3), QStringLiteral("service-1000"));
    m_page->focusFilter();
    QTest::keyClicks(filter(), QStringLiteral("1150"));
    QCOMPARE(list()->model()->rowCount(), 1);
    QTest::keyClick(filter(), Qt::Key_Tab);
    list()->setFocus();
    QTest::keyClick(list(), Qt::Key_Home);
    QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("service-1150"));
    QTest::keyClick(list(), Qt::Key_P);
    filter()->clear();
    QCOMPARE(nameAt(0), QStringLiteral("service-1150"));
    QCOMPARE(nameAt(1), QStringLiteral("service-1199"));
    filter()->setText(QStringLiteral("trouble:yes"));
    QCOMPARE(list()->model()->rowCount(), 3);
}

void LimitsOfManyTest::scrollAndSelectionSurviveARefreshAmongTwoHundred()
{
    m_page->resize(1092, 730);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    m_stage->give(*m_page, twoHundred());
    QCoreApplication::processEvents();
    auto* bar = list()->verticalScrollBar();
    QVERIFY(bar->maximum() > 2'000);
    list()->setCurrentIndex(list()->model()->index(100, 0));
    const QString name = list()->currentIndex().data().toString();
    QCoreApplication::processEvents();
    bar->setValue(1'234);
    for (int i = 0; i < 12; ++i) {
        auto snapshot = twoHundred(SampleRun::kSteps + 2 + i);
        snapshot->services[static_cast<std::size_t>(20 + i)].breaker->state = "open";
        m_stage->give(*m_page, snapshot);
        QCoreApplication::processEvents();
        QCOMPARE(bar->value(), 1'234);
        QCOMPARE(list()->currentIndex().data().toString(), name);
    }
}

void LimitsOfManyTest::fewServicesNeedNoScrollBar()
{
    for (const QSize size : {QSize(1092, 730), QSize(1732, 1010), QSize(1500, 900)}) {
        m_page->resize(size);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        auto snapshot = SampleRun::at(SampleRun::kSteps + 1);
        snapshot->services.resize(2);
        m_stage->give(*m_page, snapshot);
        QCoreApplication::processEvents();
        QCOMPARE(list()->verticalScrollBar()->maximum(), 0);
        m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps + 2));
        QCoreApplication::processEvents();
        const int columns = list()->viewport()->width() / list()->gridSize().width();
        const int rows = (6 + columns - 1) / columns;
        const int over = rows * list()->gridSize().height() - list()->viewport()->height();
        QCOMPARE(list()->verticalScrollBar()->isVisible(), over > space::kGap);
        m_stage->give(*m_page, snapshot);
    }
}

void LimitsOfManyTest::twoHundredServicesAreAGridThatScrolls()
{
    auto snapshot = twoHundred();
    m_page->resize(1092, 730);
    m_page->show();
    m_stage->give(*m_page, snapshot);
    QCOMPARE(list()->model()->rowCount(), 200);
    QVERIFY(list()->indexAt(QPoint(20, 20)).isValid());
    const int columns = list()->viewport()->width() / list()->gridSize().width();
    QVERIFY(columns >= 2 && columns <= 4);
    QVERIFY(list()->gridSize().height() * (200 / columns) > list()->viewport()->height() * 5);
}

void LimitsOfManyTest::theServicesOfTheNextWorkloadAreSelectedAnew()
{
    QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("site"));
    m_stage->give(*m_page, twoHundred());
    QCOMPARE(list()->currentIndex().data().toString(), QStringLiteral("service-1199"));
}

void LimitsOfManyTest::picturesAreTaken()
{
    m_stage->give(*m_page, twoHundred());
    PageStage::takePictures(*m_page, m_page->name() + QStringLiteral("_many"));
}

MUSTER_TEST_CASE(LimitsOfManyTest);
#include "limits_many_test.moc"
