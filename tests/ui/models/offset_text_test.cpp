// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/offset_text.h"

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

/// Times since a run's start as people type them.
class OffsetTextTest : public QObject {
    Q_OBJECT

private slots:
    void timesAreReadAsTheyAreTyped_data();
    void timesAreReadAsTheyAreTyped();
    void whatIsNoTimeIsNone_data();
    void whatIsNoTimeIsNone();
    void whatIsWrittenReadsBack();
};

void OffsetTextTest::timesAreReadAsTheyAreTyped_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("milliseconds");
    QTest::newRow("seconds") << "45" << qint64{45'000};
    QTest::newRow("a part of a second") << "0.25" << qint64{250};
    QTest::newRow("with unit") << " 45 s " << qint64{45'000};
    QTest::newRow("milliseconds") << "250ms" << qint64{250};
    QTest::newRow("minutes") << "1.5 min" << qint64{90'000};
    QTest::newRow("hours") << "2h" << qint64{7'200'000};
    QTest::newRow("a clock") << "1:30" << qint64{90'000};
    QTest::newRow("a long clock") << "1:02:03.5" << qint64{3'723'500};
    QTest::newRow("many minutes") << "90:00" << qint64{5'400'000};
}

void OffsetTextTest::timesAreReadAsTheyAreTyped()
{
    QFETCH(QString, text);
    QFETCH(qint64, milliseconds);
    const auto read = offsetFrom(text);
    QVERIFY(read);
    QCOMPARE(std::chrono::round<std::chrono::milliseconds>(*read).count(), milliseconds);
}

void OffsetTextTest::whatIsNoTimeIsNone_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "soon", "-3", "1:75", "1:60:00", "s", "nan", "1e99", "5 parsec"}) {
        QTest::newRow(text) << QString::fromLatin1(text);
    }
}

void OffsetTextTest::whatIsNoTimeIsNone()
{
    QFETCH(QString, text);
    QVERIFY(!offsetFrom(text));
}

void OffsetTextTest::whatIsWrittenReadsBack()
{
    for (const Duration each : std::initializer_list<Duration>{0s, 45s, 90s, 3'723'500ms, 12h}) {
        QCOMPARE(offsetFrom(offsetText(each)), std::optional(each));
    }
    QCOMPARE(offsetText(90'250ms), QStringLiteral("1:30.250"));
}

MUSTER_TEST_CASE(OffsetTextTest);

#include "offset_text_test.moc"
