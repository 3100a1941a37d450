// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "style/status_look.h"
#include "support/test_case.h"
#include "widgets/card.h"
#include "widgets/key_values.h"
#include "widgets/level_bar.h"
#include "widgets/mark_list.h"
#include "widgets/status_pill.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

class StatusTest : public QObject {
    Q_OBJECT

private slots:
    void statesDifferInWordAndGlyphNotByColourAlone();
    void aPillNeverShrinks();
    void aPillInAHeaderHasRoomForALongerWord();
    void aBarSaysItsShareInWords();
    void aBarFillsAsMuchAsItsShare();
    void marksAreListedNewestFirst();
    void valuesChangeWithoutChangingTheSize();
};

void StatusTest::statesDifferInWordAndGlyphNotByColourAlone()
{
    std::set<QString> words;
    std::set<QString> glyphs;
    for (const auto level : {PressureLevel::normal, PressureLevel::elevated, PressureLevel::severe,
                             PressureLevel::critical}) {
        words.insert(lookOf(level).word);
        glyphs.insert(lookOf(level).glyph);
    }
    QCOMPARE(words.size(), std::size_t{4});
    QCOMPARE(glyphs.size(), std::size_t{4});
}

void StatusTest::aPillNeverShrinks()
{
    StatusPill pill;
    pill.setLook(lookOf(PressureLevel::elevated));
    const int wide = pill.sizeHint().width();
    pill.setLook(lookOf(PressureLevel::normal));
    QCOMPARE(pill.sizeHint().width(), wide);
    QCOMPARE(pill.text(), QStringLiteral("● Normal"));
}

void StatusTest::aPillInAHeaderHasRoomForALongerWord()
{
    Card card(QStringLiteral("shop"));
    auto* pill = new StatusPill(&card);
    pill->setLook(lookOfBreaker("open"));
    card.setHeaderWidget(pill);
    card.resize(300, 100);
    card.show();
    QVERIFY(QTest::qWaitForWindowExposed(&card));
    const int right = pill->geometry().right();
    const int narrow = pill->width();
    pill->setLook(lookOfBreaker("half_open"));
    QTRY_COMPARE(pill->width(), pillWidth(lookOfBreaker("half_open")));
    QVERIFY(pill->width() > narrow);
    QCOMPARE(pill->geometry().right(), right);
}

void StatusTest::aBarSaysItsShareInWords()
{
    LevelBar bar;
    bar.setShare(0.81);
    QCOMPARE(bar.accessibleDescription(), QStringLiteral("81 %"));
    bar.setShare(std::nullopt);
    QCOMPARE(bar.accessibleDescription(), QStringLiteral("not available"));
}

void StatusTest::aBarFillsAsMuchAsItsShare()
{
    LevelBar bar;
    bar.setTicks(false);
    bar.resize(200, 10);
    const auto filled = [&bar] {
        const QImage image = bar.grab().toImage();
        int count = 0;
        for (int x = 0; x < image.width(); ++x) {
            count += image.pixelColor(x, 5) == currentPalette()[Role::accent] ? 1 : 0;
        }
        return count;
    };
    bar.setShare(0.5);
    QVERIFY(std::abs(filled() - 100) <= 3);
    bar.setShare(1.7);
    QVERIFY(filled() >= 194);
    bar.setShare(0);
    QCOMPARE(filled(), 0);
}

void StatusTest::marksAreListedNewestFirst()
{
    MarkList list;
    list.setMarks({{WallTime{1}, "load", "Stage 1", 1}, {WallTime{2}, "limit", "Raised", 2}});
    QCOMPARE(list.texts(), (QStringList{"Raised", "Stage 1"}));
}

void StatusTest::valuesChangeWithoutChangingTheSize()
{
    KeyValues values({QStringLiteral("Limit"), QStringLiteral("Forecast")});
    const QSize before = values.sizeHint();
    values.setValue(1, QStringLiteral("reaches its limit in about 9 min"));
    QCOMPARE(values.sizeHint(), before);
    QVERIFY(values.accessibleDescription().contains(QStringLiteral("Forecast: reaches")));
}

MUSTER_TEST_CASE(StatusTest);
#include "status_test.moc"
