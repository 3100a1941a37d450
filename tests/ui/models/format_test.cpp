// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/format.h"

#include <limits>

#include "support/test_case.h"

using namespace muster;
using namespace muster::ui;
using namespace std::chrono_literals;

class FormatTest : public QObject {
    Q_OBJECT

private slots:
    void figuresHaveThreeDigitsAPrefixAndAUnit_data();
    void figuresHaveThreeDigitsAPrefixAndAUnit();
    void whatIsNotKnownSaysWhy();
    void sharesNeverRoundAwayTheLastFailure();
    void everyDigitIsGroupedInThrees();
    void spansReadAsAPersonSaysThem();
    void numbersInOneScaleShareAUnit();
};

void FormatTest::figuresHaveThreeDigitsAPrefixAndAUnit_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("unit");
    QTest::addColumn<QString>("text");
    const auto row = [](double value, Unit unit, const char* text) {
        QTest::newRow(text) << value << static_cast<int>(unit) << QString::fromUtf8(text);
    };
    row(0, Unit::count, "0");
    row(61, Unit::count, "61");
    row(8112, Unit::count, "8,112");
    row(98'100, Unit::count, "98.1 k");
    row(999'960, Unit::count, "1.00 M");
    row(1'940'000, Unit::perSecond, "1.94 M/s");
    row(312'400, Unit::perSecond, "312 k/s");
    row(61.3, Unit::perSecond, "61 /s");
    row(6.25, Unit::perSecond, "6.3 /s");
    row(0.25, Unit::perSecond, "0.25 /s");
    row(850, Unit::nanoseconds, "850 ns");
    row(210'000, Unit::nanoseconds, "210 µs");
    row(4'812'345, Unit::nanoseconds, "4.81 ms");
    row(1.4e9, Unit::nanoseconds, "1.40 s");
    row(90e9, Unit::nanoseconds, "90.0 s");
    row(600e9, Unit::nanoseconds, "10.0 min");
    row(512, Unit::bytes, "512 B");
    row(193'000'000, Unit::bytes, "184 MiB");
    row(0.81, Unit::share, "81 %");
    row(0.004, Unit::share, "0.4 %");
    row(std::numeric_limits<double>::quiet_NaN(), Unit::count, "–");
}

void FormatTest::figuresHaveThreeDigitsAPrefixAndAUnit()
{
    QFETCH(double, value);
    QFETCH(int, unit);
    QFETCH(QString, text);
    QCOMPARE(figureText(value, static_cast<Unit>(unit)), text);
}

void FormatTest::whatIsNotKnownSaysWhy()
{
    const Known unknown{0, "no action ended yet"};
    QCOMPARE(figureText(unknown, Unit::nanoseconds),
             QStringLiteral("not available: no action ended yet"));
    QCOMPARE(figure(unknown, Unit::nanoseconds).text(), QStringLiteral("not available"));
    QCOMPARE(figureText(Known{2e6, {}}, Unit::nanoseconds), QStringLiteral("2.00 ms"));
}

void FormatTest::sharesNeverRoundAwayTheLastFailure()
{
    QCOMPARE(shareText(1.0), QStringLiteral("100 %"));
    QCOMPARE(shareText(0.99998), QStringLiteral("> 99.99 %"));
    QCOMPARE(shareText(0.9998), QStringLiteral("99.98 %"));
    QCOMPARE(shareText(0.0), QStringLiteral("0 %"));
    QCOMPARE(shareText(0.00001), QStringLiteral("< 0.01 %"));
    QCOMPARE(shareText(0.0005), QStringLiteral("0.05 %"));
}

void FormatTest::everyDigitIsGroupedInThrees()
{
    QCOMPARE(exactText(999), QStringLiteral("999"));
    QCOMPARE(exactText(100'240), QStringLiteral("100,240"));
    QCOMPARE(exactText(1'234'567'890), QStringLiteral("1,234,567,890"));
    QCOMPARE(changeText(240), QStringLiteral("+240"));
    QCOMPARE(changeText(-1200), QStringLiteral("−1,200"));
    QCOMPARE(changeText(0), QStringLiteral("±0"));
}

void FormatTest::spansReadAsAPersonSaysThem()
{
    QCOMPARE(spanText(12s), QStringLiteral("12 s"));
    QCOMPARE(spanText(9min), QStringLiteral("9 min"));
    QCOMPARE(spanText(2h + 5min), QStringLiteral("2 h 05 min"));
    QCOMPARE(spanText(76h), QStringLiteral("3 d 4 h"));
    QCOMPARE(spanText(63ms), QStringLiteral("63 ms"));
    QCOMPARE(spanText(0s), QStringLiteral("0 s"));
    QCOMPARE(tookText(63'400us), QStringLiteral("63.4 ms"));
    QCOMPARE(tookText(12min + 41s), QStringLiteral("12:41"));
    QCOMPARE(clockText(12min + 41s), QStringLiteral("12:41"));
    QCOMPARE(clockText(1h + 2min + 3s), QStringLiteral("1:02:03"));
}

void FormatTest::numbersInOneScaleShareAUnit()
{
    const Scale scale = scaleFor(4.8e6, Unit::nanoseconds);
    QCOMPARE(scale.unit, QStringLiteral("ms"));
    QCOMPARE(numberIn(0.21e6, scale), QStringLiteral("0.21"));
    QCOMPARE(numberIn(4.8e6, scale), QStringLiteral("4.80"));
}

MUSTER_TEST_CASE(FormatTest);
#include "format_test.moc"
