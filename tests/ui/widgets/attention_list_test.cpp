// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention_list.h"

#include <QPushButton>
#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;

namespace {

std::vector<AttentionItem> items(int count)
{
    std::vector<AttentionItem> made;
    for (int i = 0; i < count; ++i) {
        made.push_back({Severity::warning, "Trouble " + std::to_string(i), "Act",
                        i % 2 == 0 ? "load.step -10%" : "page:agents"});
    }
    return made;
}

QList<QPushButton*> visibleButtons(const AttentionList& list)
{
    QList<QPushButton*> shown;
    for (auto* button : list.findChildren<QPushButton*>()) {
        if (button->isVisible()) {
            shown << button;
        }
    }
    return shown;
}

}  // namespace

class AttentionListTest : public QObject {
    Q_OBJECT

private slots:
    void init();

    void eachItemHasItsNextAction();
    void theSameItemsLeaveTheButtonsWhereTheyAre();
    void whatDoesNotFitIsCounted();
    void lockedItDisablesWhatChangesTheRunButNotWhatLeads();
    void itemsThatAreOverGo();

private:
    std::unique_ptr<AttentionList> m_list;
};

void AttentionListTest::init()
{
    m_list = std::make_unique<AttentionList>();
    m_list->resize(400, 125);
    m_list->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_list.get()));
}

void AttentionListTest::eachItemHasItsNextAction()
{
    QSignalSpy activated(m_list.get(), &AttentionList::activated);
    m_list->setItems(items(2));
    QCOMPARE(m_list->texts(), (QStringList{"Trouble 0", "Trouble 1"}));
    const auto buttons = visibleButtons(*m_list);
    QCOMPARE(buttons.size(), 2);
    QTest::mouseClick(buttons[0], Qt::LeftButton);
    buttons[1]->setFocus();
    QTest::keyClick(buttons[1], Qt::Key_Space);
    QCOMPARE(activated.count(), 2);
    QCOMPARE(activated[0][0].toString(), QStringLiteral("load.step -10%"));
    QCOMPARE(activated[1][0].toString(), QStringLiteral("page:agents"));
}

void AttentionListTest::theSameItemsLeaveTheButtonsWhereTheyAre()
{
    m_list->setItems(items(2));
    const auto before = visibleButtons(*m_list);
    const QRect place = before[0]->geometry();
    auto changed = items(3);
    changed[0].text = "Trouble 0, worse";
    m_list->setItems(changed);
    QCOMPARE(visibleButtons(*m_list).first(), before.first());
    QCOMPARE(before[0]->geometry(), place);
}

void AttentionListTest::whatDoesNotFitIsCounted()
{
    m_list->setItems(items(9));  // room for four rows: three items and a line that counts
    QCOMPARE(visibleButtons(*m_list).size(), 3);
    m_list->resize(400, 300);
    QCOMPARE(visibleButtons(*m_list).size(), 9);
}

void AttentionListTest::lockedItDisablesWhatChangesTheRunButNotWhatLeads()
{
    m_list->setItems(items(2));
    m_list->setReadOnly(true);
    const auto buttons = visibleButtons(*m_list);
    QVERIFY(!buttons[0]->isEnabled());
    QVERIFY(buttons[0]->toolTip().contains(QStringLiteral("nothing can be changed")));
    QVERIFY(buttons[1]->isEnabled());
}

void AttentionListTest::itemsThatAreOverGo()
{
    m_list->setItems(items(3));
    m_list->setItems({});
    QCOMPARE(visibleButtons(*m_list).size(), 0);
    QCOMPARE(m_list->accessibleDescription(), QString());
}

MUSTER_TEST_CASE(AttentionListTest);
#include "attention_list_test.moc"
