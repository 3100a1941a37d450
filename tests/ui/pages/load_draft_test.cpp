// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_draft.h"

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

LoadDraft draftOf(LoadModel model = LoadModel::open)
{
    LoadStatus load;
    load.model = model;
    load.stages = {{30s, 200}, {60s, 200}, {30s, 0}};
    return LoadDraft(load);
}

}  // namespace

class LoadDraftTest : public QObject {
    Q_OBJECT

private slots:
    void itsCommandReadsAsTheCommandLineDoes();
    void movingAPointLeavesTheLaterOnesWhereTheyAre();
    void aPointStaysBetweenItsNeighbours();
    void theLastPointMovesFreely();
    void targetsAreRoundedToThreeDigits();
    void addingSplitsTheStageThatFollows();
    void addingAtTheEndRepeatsTheLast();
    void theLastStageCannotBeRemoved();
    void thereIsABoundToTheStages();
    void targetsAreReadAsPeopleWriteThem();
};

void LoadDraftTest::itsCommandReadsAsTheCommandLineDoes()
{
    QCOMPARE(draftOf().command(), QStringLiteral("load.stages 30s:200/s,60s:200/s,30s:0/s"));
    QCOMPARE(draftOf(LoadModel::closed).command(),
             QStringLiteral("load.stages 30s:200,60s:200,30s:0"));
    QCOMPARE(durationArgument(1500ms), QStringLiteral("1500ms"));
    QCOMPARE(targetArgument(0.5, LoadModel::open), QStringLiteral("0.5/s"));
    QCOMPARE(targetArgument(312'000, LoadModel::open), QStringLiteral("312000/s"));
}

void LoadDraftTest::movingAPointLeavesTheLaterOnesWhereTheyAre()
{
    LoadDraft draft = draftOf();
    draft.movePoint(0, 45s, 350);
    QVERIFY(draft.stages()[0].length == 45s);
    QVERIFY(draft.stages()[1].length == 45s);
    QVERIFY(draft.endOf(1) == 90s);
    QVERIFY(draft.total() == 120s);
    QCOMPARE(draft.stages()[0].target, 350.0);
}

void LoadDraftTest::aPointStaysBetweenItsNeighbours()
{
    LoadDraft draft = draftOf();
    draft.movePoint(1, 5s, 100);
    QVERIFY(draft.endOf(1) == 31s);
    draft.movePoint(1, 500s, 100);
    QVERIFY(draft.endOf(1) == 119s);
    QVERIFY(draft.total() == 120s);
}

void LoadDraftTest::theLastPointMovesFreely()
{
    LoadDraft draft = draftOf();
    draft.movePoint(2, 300s, 10);
    QVERIFY(draft.total() == 300s);
}

void LoadDraftTest::targetsAreRoundedToThreeDigits()
{
    LoadDraft draft = draftOf();
    draft.movePoint(0, 30s, 312'437);
    QCOMPARE(draft.stages()[0].target, 312'000.0);
    draft.movePoint(0, 30s, 43.7);
    QCOMPARE(draft.stages()[0].target, 44.0);
    draft.movePoint(0, 30s, -12);
    QCOMPARE(draft.stages()[0].target, 0.0);
}

void LoadDraftTest::addingSplitsTheStageThatFollows()
{
    LoadDraft draft = draftOf();
    QCOMPARE(draft.addAfter(1), std::size_t{2});
    QCOMPARE(draft.size(), std::size_t{4});
    QVERIFY(draft.total() == 120s);
    QVERIFY(draft.stages()[2].length == 15s);
    QCOMPARE(draft.stages()[2].target, 100.0);
}

void LoadDraftTest::addingAtTheEndRepeatsTheLast()
{
    LoadDraft draft = draftOf();
    QCOMPARE(draft.addAfter(2), std::size_t{3});
    QVERIFY(draft.total() == 150s);
    QCOMPARE(draft.stages()[3].target, 0.0);
}

void LoadDraftTest::theLastStageCannotBeRemoved()
{
    LoadDraft draft = draftOf();
    QVERIFY(draft.remove(2));
    QVERIFY(draft.remove(0));
    QVERIFY(!draft.remove(0));
    QCOMPARE(draft.size(), std::size_t{1});
}

void LoadDraftTest::thereIsABoundToTheStages()
{
    LoadDraft draft = draftOf();
    for (int i = 0; i < 200; ++i) {
        draft.addAfter(draft.size() - 1);
    }
    QCOMPARE(draft.size(), LoadDraft::kMostStages);
}

void LoadDraftTest::targetsAreReadAsPeopleWriteThem()
{
    QCOMPARE(parseTarget(QStringLiteral("500")), std::optional(500.0));
    QCOMPARE(parseTarget(QStringLiteral(" 1.5k/s ")), std::optional(1500.0));
    QCOMPARE(parseTarget(QStringLiteral("2 M/s")), std::optional(2e6));
    QCOMPARE(parseTarget(QStringLiteral("100,000")), std::optional(100'000.0));
    QCOMPARE(parseTarget(QStringLiteral("200 users")), std::optional(200.0));
    QVERIFY(!parseTarget(QStringLiteral("fast")));
    QVERIFY(!parseTarget(QStringLiteral("-5")));
    QVERIFY(!parseTarget({}));
}

MUSTER_TEST_CASE(LoadDraftTest);
#include "load_draft_test.moc"
