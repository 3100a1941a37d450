// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/theme.h"

#include <QApplication>
#include <QSignalSpy>

#include "style/palette.h"
#include "support/test_case.h"

using namespace muster::ui;

class ThemeTest : public QObject {
    Q_OBJECT

private slots:
    void cleanup();

    void choosingAppliesPaletteAndSheetAtOnce();
    void systemFollowsThePortalAndItsChanges();
    void withoutAPortalThePlatformDecides();
    void aChoiceIsNotOverruledByTheSystem();
    void showingForAPictureKeepsTheChoice();
    void theSheetNamesNoUnknownColour_data();
    void theSheetNamesNoUnknownColour();
};

void ThemeTest::cleanup()
{
    Theme theme;
    theme.show(true);
}

void ThemeTest::choosingAppliesPaletteAndSheetAtOnce()
{
    Theme theme;
    QSignalSpy changed(&theme, &Theme::changed);
    theme.setChoice(ThemeChoice::light);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!currentPalette().dark);
    QCOMPARE(QApplication::palette().color(QPalette::Window), lightPalette()[Role::bg]);
    QVERIFY(qApp->styleSheet().contains(lightPalette()[Role::panel].name()));
    theme.setChoice(ThemeChoice::dark);
    QVERIFY(currentPalette().dark);
    QVERIFY(qApp->styleSheet().contains(darkPalette()[Role::panel].name()));
}

void ThemeTest::systemFollowsThePortalAndItsChanges()
{
    Theme theme;
    theme.setChoice(ThemeChoice::system);
    theme.setSystemScheme(1);
    QVERIFY(theme.dark());
    theme.setSystemScheme(2);
    QVERIFY(!theme.dark());
    QVERIFY(!currentPalette().dark);
}

void ThemeTest::withoutAPortalThePlatformDecides()
{
    QPalette dark;
    dark.setColor(QPalette::Window, QColor(20, 20, 20));
    QApplication::setPalette(dark);
    Theme theme;
    theme.setChoice(ThemeChoice::system);
    QVERIFY(theme.dark());
}

void ThemeTest::aChoiceIsNotOverruledByTheSystem()
{
    Theme theme;
    theme.setChoice(ThemeChoice::light);
    theme.setSystemScheme(1);
    QVERIFY(!theme.dark());
}

void ThemeTest::showingForAPictureKeepsTheChoice()
{
    Theme theme;
    theme.setChoice(ThemeChoice::light);
    theme.show(true);
    QVERIFY(currentPalette().dark);
    QVERIFY(theme.choice() == ThemeChoice::light);
}

void ThemeTest::theSheetNamesNoUnknownColour_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("dark") << true;
    QTest::newRow("light") << false;
}

void ThemeTest::theSheetNamesNoUnknownColour()
{
    QFETCH(bool, dark);
    const QString sheet = styleSheet(dark ? darkPalette() : lightPalette());
    QVERIFY(!sheet.contains(QLatin1Char('@')));
    QVERIFY(sheet.contains(QStringLiteral("QPushButton")));
}

MUSTER_TEST_CASE(ThemeTest);
#include "theme_test.moc"
