// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/limits_page.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <algorithm>

#include "pages/limits/service_pane.h"
#include "pages/limits/trial_card.h"
#include "pages/limits/what_if_card.h"
#include "pages/limits/what_if_chart.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/chip.h"
#include "widgets/empty_state.h"
#include "widgets/key_values.h"
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
    void aChangeOnTrialCountsDownAndIsKeptOrReverted();
    void aSettingIsTriedWhenThatIsChosen();
    void howFullTheLimitsAreStandsBesideTheSettings();
    void otherSettingsAreShownBesideWhatWasRecorded();
    void theWhatIfChartGivesItsFiguresAsATable();
    void picturesAreTaken();

private:
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QTableWidgetItem* setting(const QString& key) const;
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
    filter()->setText("nothing");
    QVERIFY(m_page->findChild<EmptyState*>()->isVisible());
    filter()->setText("state:half-open");
    QVERIFY(!m_page->findChild<EmptyState*>()->isVisible());
    QCOMPARE(list()->model()->rowCount(), 1);
}

namespace {

TrialStatus onTrial()
{
    TrialStatus trial;
    trial.key = "services.site.limiter.rate";
    trial.before = "500/s";
    trial.after = "200/s";
    trial.author = "operator";
    trial.version = 4;
    trial.length = std::chrono::seconds(30);
    trial.left = std::chrono::milliseconds(11'400);
    trial.guards = {{"error rate", "15 %", "13.2 %", 0.88, true},
                    {"p99", "62 ms", "6.1 ms", 0.1, true},
                    {"pressure", "below severe", "normal", 0, true}};
    return trial;
}

/// A breaker that would have opened sooner.
WhatIf sooner()
{
    WhatIf answer;
    answer.service = "site";
    answer.begin = SampleRun::kStart;
    answer.range = {SampleRun::kStart, SampleRun::kStart + std::chrono::seconds(60)};
    answer.span = std::chrono::seconds(1);
    WhatIfStage limiter;
    limiter.stage = "limiter";
    limiter.reproduced = true;
    WhatIfStage stage;
    stage.stage = "breaker";
    stage.calls = 18'000;
    stage.reproduced = true;
    stage.unknown = 12;
    for (int i = 0; i < 60; ++i) {
        const bool late = i >= 30 && i < 42;
        const bool early = i >= 24 && i < 36;
        stage.spans.push_back({answer.begin + std::chrono::seconds(i), 300,
                               late ? std::uint64_t{260} : 0, early ? std::uint64_t{240} : 0});
    }
    stage.recorded.rejected = 12 * 260;
    stage.proposed.rejected = 12 * 240;
    const auto move = [&answer](int second, const char* to) {
        const auto after = std::chrono::seconds(second);
        return WhatIfMove{answer.begin + after, after, to, "failure_rate"};
    };
    stage.recorded.moves = {move(30, "open"), move(42, "half_open"), move(43, "closed")};
    stage.proposed.moves = {move(24, "open"), move(36, "half_open"), move(38, "closed")};
    limiter.spans = stage.spans;
    answer.stages = {limiter, stage};
    return answer;
}

}  // namespace

void LimitsPageTest::aChangeOnTrialCountsDownAndIsKeptOrReverted()
{
    auto* card = m_page->findChild<TrialCard*>();
    QVERIFY(card->isHidden());
    auto snapshot = SampleRun::at(SampleRun::kSteps);
    snapshot->trial = onTrial();
    m_stage->give(*m_page, snapshot);
    QVERIFY(!card->isHidden());
    QCOMPARE(card->value(), QStringLiteral("reverts in 0:12"));
    QCOMPARE(card->findChild<KeyValues*>()->texts().first(),
             QStringLiteral("error rate: 13.2 %, at most 15 %"));
    QSignalSpy asked(m_page.get(), &Page::commandRequested);
    button("Keep")->click();
    QCOMPARE(asked.takeLast().first().toString(), QStringLiteral("limits.keep"));
    button("Revert")->click();
    QCOMPARE(asked.takeLast().first().toString(), QStringLiteral("limits.revert"));
    m_page->setReadOnly(true);
    QVERIFY(!button("Keep")->isEnabled() && !button("Revert")->isEnabled());
    m_stage->give(*m_page, SampleRun::at(SampleRun::kSteps));
    QVERIFY(card->isHidden());
}

void LimitsPageTest::aSettingIsTriedWhenThatIsChosen()
{
    QSignalSpy asked(m_page.get(), &Page::commandRequested);
    auto* how = m_page->findChild<ServicePane*>()->findChild<QComboBox*>();
    how->setCurrentIndex(how->findData(QStringLiteral("30s")));
    setting("limiter.rate")->setText("200/s");
    QCOMPARE(asked.last().first().toString(),
             QStringLiteral("limits.try services.site.limiter.rate \"200/s\" for=30s"));
}

void LimitsPageTest::howFullTheLimitsAreStandsBesideTheSettings()
{
    const auto* details = m_page->findChild<ServicePane*>()->findChild<KeyValues*>();
    QCOMPARE(details->texts(),
             (QStringList{"Limiter: token bucket, 500 /s", "Left now: 22 of 100",
                          "At once: 12 of 50", "Waiting: 0 of 200", "Retry budget: 2 of 20 used",
                          "Retries: 14 made, 0 refused"}));
    auto snapshot = SampleRun::at(SampleRun::kSteps);
    snapshot->services[5].limiter = LimiterUse{.kind = "keyed",
                                               .ratePerSecond = 5,
                                               .burst = 3,
                                               .keyed = true,
                                               .forgotten = 9,
                                               .noRoom = 2};
    m_stage->give(*m_page, snapshot);
    QCOMPARE(details->texts().mid(0, 3),
             (QStringList{"Limiter: each caller, 5 /s", "At once: 3 each",
                          "Callers forgotten: 9, 2 without room"}));
}

void LimitsPageTest::otherSettingsAreShownBesideWhatWasRecorded()
{
    auto* card = m_page->findChild<WhatIfCard*>();
    QVERIFY(card->isHidden());
    button(QStringLiteral("What if …"))->click();
    QVERIFY(!card->isHidden());
    QCOMPARE(card->title(), QStringLiteral("What if: site"));
    card->findChild<QLineEdit*>()->setText("breaker.failure_rate=30%");
    card->show(sooner());
    const auto* chart = card->findChild<WhatIfChart*>();
    QCOMPARE(chart->summary(),
             QStringLiteral("As it was: 3,120 rejected, 3 moves. What if (counterfactual): 2,880 "
                            "rejected, 3 moves."));
    const auto says = [card](const QString& text) {
        for (const auto* label : card->findChildren<QLabel*>()) {
            if (label->text().contains(text)) {
                return true;
            }
        }
        return false;
    };
    QVERIFY(says("what if, counterfactual: 2,880 rejected"));
    QVERIFY(says("gives what was recorded, exactly"));
    QVERIFY(says("12 would have passed that were rejected"));
    WhatIf torn = sooner();
    torn.stages[1].reproduced = false;
    torn.stages[1].note = "calls came faster than they could be recorded";
    card->show(torn);
    QVERIFY(says("does NOT give what was recorded"));
    QVERIFY(says("The log does not tell all: calls came faster than they could be recorded."));
    card->show(Error{ErrorCode::unavailable, "the run is not recorded", {}, {}});
    QVERIFY(says("the run is not recorded"));
    QVERIFY(chart->summary().isEmpty());
}

void LimitsPageTest::theWhatIfChartGivesItsFiguresAsATable()
{
    m_page->show();
    button(QStringLiteral("What if …"))->click();
    auto* card = m_page->findChild<WhatIfCard*>();
    auto* chart = card->findChild<WhatIfChart*>();
    const auto table = [chart]() -> QTableView* {
        auto* window = chart->findChild<QWidget*>(QStringLiteral("figures"));
        return window != nullptr ? window->findChild<QTableView*>() : nullptr;
    };
    QTest::keyClick(chart, Qt::Key_Return);
    QVERIFY(table() == nullptr);  // nothing was asked yet
    card->findChild<QLineEdit*>()->setText("breaker.failure_rate=30%");
    card->show(sooner());
    QTest::keyClick(chart, Qt::Key_Return);
    QVERIFY(table() != nullptr);
    const auto* model = table()->model();
    QCOMPARE(model->rowCount(), 60);
    QCOMPARE(model->columnCount(), 6);
    const auto row = [model](int at) {
        QStringList cells;
        for (int column = 1; column < model->columnCount(); ++column) {
            cells << model->index(at, column).data().toString();
        }
        return cells.join(QLatin1Char('|'));
    };
    QCOMPARE(row(20), QStringLiteral("300|0|0|● Closed|● Closed"));
    QCOMPARE(row(25), QStringLiteral("300|0|240|● Closed|○ Open"));
    QCOMPARE(row(36), QStringLiteral("300|260|0|○ Open|◐ Half-open"));
    QCOMPARE(model->headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(),
             QStringLiteral("What if (counterfactual)"));
    QTest::keyClick(table(), Qt::Key_C, Qt::ControlModifier);
    auto* copy = table()->window()->findChild<QPushButton*>();
    QTest::mouseClick(copy, Qt::LeftButton);
    const QStringList lines =
        QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 61);
    QCOMPARE(lines[0], QStringLiteral("time,calls,rejected,what_if_rejected,state,what_if_state"));
    QVERIFY(lines[26].endsWith(QStringLiteral("Z,300,0,240,closed,open")));
    QTest::keyClick(table(), Qt::Key_Escape);
    QTRY_VERIFY(table() == nullptr);
}

void LimitsPageTest::picturesAreTaken()
{
    m_page.reset();
    m_stage = std::make_unique<PageStage>();
    LimitsPage page(m_stage->context());
    m_stage->play(page, SampleRun::kSteps);
    PageStage::takePictures(page, page.name());
    auto snapshot = SampleRun::at(SampleRun::kSteps);
    snapshot->trial = onTrial();
    m_stage->give(page, snapshot);
    page.restoreState({{QStringLiteral("what_if"), true}});
    page.findChild<WhatIfCard*>()->findChild<QLineEdit*>()->setText("breaker.failure_rate=30%");
    page.findChild<WhatIfCard*>()->show(sooner());
    PageStage::takePictures(page, page.name() + QStringLiteral("_trial"));
}

MUSTER_TEST_CASE(LimitsPageTest);
#include "limits_page_test.moc"
