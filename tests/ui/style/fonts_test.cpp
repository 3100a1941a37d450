// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/fonts.h"

#include <QFontDatabase>
#include <QFontMetricsF>

#include "style/palette.h"
#include "support/test_case.h"

using namespace muster::ui;

class FontsTest : public QObject {
    Q_OBJECT

private slots:
    void figuresAreTabularInEveryRole();
    void weightsOfTheTextFontDiffer();
    void tabularInterIsStillInter();
};

void FontsTest::figuresAreTabularInEveryRole()
{
    for (const FontRole role :
         {FontRole::body, FontRole::small, FontRole::strong, FontRole::smallStrong,
          FontRole::number, FontRole::heading, FontRole::tiny, FontRole::mono}) {
        const QFontMetricsF metrics(fontFor(role));
        const double ones = metrics.horizontalAdvance(QStringLiteral("11111"));
        const double eights = metrics.horizontalAdvance(QStringLiteral("88888"));
        QVERIFY2(std::abs(ones - eights) < 0.6, qPrintable(fontFor(role).family()));
    }
}

void FontsTest::weightsOfTheTextFontDiffer()
{
    const auto width = [](QFont::Weight weight) {
        QFont probe(textFamily());
        probe.setPixelSize(100);
        probe.setWeight(weight);
        return QFontMetricsF(probe).horizontalAdvance(QStringLiteral("Overview"));
    };
    QVERIFY(width(QFont::Medium) > width(QFont::Normal));
    QVERIFY(width(QFont::DemiBold) > width(QFont::Medium));
}

void FontsTest::tabularInterIsStillInter()
{
    if (!QFontDatabase::hasFamily(QStringLiteral("Inter"))) {
        QSKIP("Inter is not installed: fonts-inter");
    }
    QVERIFY(!hasTabularFigures(QStringLiteral("Inter")));
    QVERIFY(hasTabularFigures(textFamily()));
    QFont inter(QStringLiteral("Inter"));
    QFont tabular(textFamily());
    inter.setPixelSize(100);
    tabular.setPixelSize(100);
    const QString word = QStringLiteral("Needs attention");
    QCOMPARE(QFontMetricsF(tabular).horizontalAdvance(word),
             QFontMetricsF(inter).horizontalAdvance(word));
}

MUSTER_TEST_CASE(FontsTest);
#include "fonts_test.moc"
