// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/time_range_bar.h"

#include <QDateTimeEdit>
#include <QDialog>
#include <QDialogButtonBox>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "models/time_range_model.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1'795'183'200'000'000'000};  // 2026-11-20 14:00:00 UTC

}  // namespace

class TimeRangeBarTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void theMenuChoosesAPreset();
    void liveIsLeftAndEnteredByItsButton();
    void earlierAndLaterShiftByHalf();
    void anExactRangeCanBeTyped();
    void utcIsChosenFromTheMenu();

private:
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QToolButton* tool(const QString& name) const;
    [[nodiscard]] QAction* action(const QString& text) const;

    std::unique_ptr<TimeRangeModel> m_range;
    std::unique_ptr<TimeRangeBar> m_bar;
};

void TimeRangeBarTest::init()
{
    m_bar.reset();
    m_range = std::make_unique<TimeRangeModel>();
    m_range->setNow(kNow);
    m_bar = std::make_unique<TimeRangeBar>(*m_range);
    m_bar->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_bar.get()));
}

QPushButton* TimeRangeBarTest::button(const QString& text) const
{
    for (auto* one : m_bar->findChildren<QPushButton*>()) {
        if (one->text().contains(text)) {
            return one;
        }
    }
    return nullptr;
}

QToolButton* TimeRangeBarTest::tool(const QString& name) const
{
    for (auto* one : m_bar->findChildren<QToolButton*>()) {
        if (one->accessibleName() == name) {
            return one;
        }
    }
    return nullptr;
}

QAction* TimeRangeBarTest::action(const QString& text) const
{
    for (auto* one : m_bar->findChild<QMenu*>()->actions()) {
        if (one->text() == text) {
            return one;
        }
    }
    return nullptr;
}

void TimeRangeBarTest::theMenuChoosesAPreset()
{
    action(QStringLiteral("Last 5 min"))->trigger();
    QVERIFY(m_range->span() == 5min);
    QVERIFY(button(QStringLiteral("Last 5 min")) != nullptr);
    action(QStringLiteral("Last 30 d"))->trigger();
    QVERIFY(m_range->span() == 720h);
}

void TimeRangeBarTest::liveIsLeftAndEnteredByItsButton()
{
    QTest::mouseClick(button(QStringLiteral("Live")), Qt::LeftButton);
    QVERIFY(!m_range->live());
    QCOMPARE(button(QStringLiteral("Live"))->text(), QStringLiteral("○ Live"));
    QTest::keyClick(button(QStringLiteral("Live")), Qt::Key_Space);
    QVERIFY(m_range->live());
}

void TimeRangeBarTest::earlierAndLaterShiftByHalf()
{
    m_range->setSpan(10min);
    QVERIFY(!tool(QStringLiteral("Later"))->isEnabled());
    QTest::mouseClick(tool(QStringLiteral("Earlier")), Qt::LeftButton);
    QVERIFY(m_range->range().to == kNow - 5min);
    QTest::mouseClick(tool(QStringLiteral("Later")), Qt::LeftButton);
    QVERIFY(m_range->range().to == kNow);
}

void TimeRangeBarTest::anExactRangeCanBeTyped()
{
    m_range->setUtc(true);
    m_bar->askAbsolute();
    auto* dialog = m_bar->findChild<QDialog*>(QStringLiteral("absoluteRange"));
    QVERIFY(dialog != nullptr);
    const auto edits = dialog->findChildren<QDateTimeEdit*>();
    QCOMPARE(edits.size(), 2);
    edits[0]->setDateTime(QDateTime({2026, 11, 20}, {13, 0, 0}, Qt::UTC));
    edits[1]->setDateTime(QDateTime({2026, 11, 20}, {13, 30, 0}, Qt::UTC));
    QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok),
                      Qt::LeftButton);
    QVERIFY(!m_range->live());
    QVERIFY(m_range->range().from == kNow - 60min);
    QVERIFY(m_range->range().to == kNow - 30min);
    QVERIFY(button(QStringLiteral("13:00:00 – 13:30:00 UTC")) != nullptr);
}

void TimeRangeBarTest::utcIsChosenFromTheMenu()
{
    action(QStringLiteral("Times in UTC"))->trigger();
    QVERIFY(m_range->utc());
    action(QStringLiteral("Times in UTC"))->trigger();
    QVERIFY(!m_range->utc());
}

MUSTER_TEST_CASE(TimeRangeBarTest);
#include "time_range_bar_test.moc"
