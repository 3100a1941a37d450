// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tile.h"

#include <QSignalSpy>

#include "support/test_case.h"

using namespace muster::ui;

class TileTest : public QObject {
    Q_OBJECT

private slots:
    void sizeDoesNotDependOnWhatItShows();
    void unknownSaysWhy();
    void leadsByClickAndByKey();
};

void TileTest::sizeDoesNotDependOnWhatItShows()
{
    Tile tile(QStringLiteral("Events"));
    tile.setValue(QStringLiteral("1"));
    const QSize before = tile.sizeHint();
    tile.setValue(QStringLiteral("100,000,240"), QStringLiteral("M/s"));
    QCOMPARE(tile.sizeHint(), before);
    QCOMPARE(tile.valueText(), QStringLiteral("100,000,240 M/s"));
}

void TileTest::unknownSaysWhy()
{
    Tile tile(QStringLiteral("Latency"));
    tile.setMissing(QStringLiteral("no action ended yet"));
    QCOMPARE(tile.valueText(), QStringLiteral("not available"));
    QCOMPARE(tile.deltaText(), QStringLiteral("no action ended yet"));
    QCOMPARE(tile.accessibleDescription(), QStringLiteral("not available, no action ended yet"));
    tile.setValue(QStringLiteral("3"), QStringLiteral("ms"));
    QCOMPARE(tile.valueText(), QStringLiteral("3 ms"));
}

void TileTest::leadsByClickAndByKey()
{
    Tile tile(QStringLiteral("Waiting"));
    QSignalSpy clicked(&tile, &Tile::clicked);
    QTest::mouseClick(&tile, Qt::LeftButton);
    QCOMPARE(clicked.count(), 0);
    tile.setLeadsTo(QStringLiteral("Show agents"));
    QTest::mouseClick(&tile, Qt::LeftButton);
    QTest::keyClick(&tile, Qt::Key_Return);
    QCOMPARE(clicked.count(), 2);
}

MUSTER_TEST_CASE(TileTest);
#include "tile_test.moc"
