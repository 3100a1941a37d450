// SPDX-License-Identifier: GPL-3.0-or-later
#include "style/palette.h"

#include <array>

#include "support/test_case.h"

using namespace muster::ui;

namespace {

constexpr double kReadable = 4.5;
constexpr std::array kText = {Role::text, Role::dim, Role::faint, Role::accent, Role::ok,
                              Role::warn, Role::hot, Role::bad,   Role::violet, Role::teal};
constexpr std::array kStates = {Role::accent, Role::ok,  Role::warn,   Role::hot,
                                Role::bad,    Role::dim, Role::violet, Role::teal};

const Palette& palette(bool dark)
{
    return dark ? darkPalette() : lightPalette();
}

QByteArray say(Role role, double ratio)
{
    return QStringLiteral("role %1: %2").arg(static_cast<int>(role)).arg(ratio).toUtf8();
}

}  // namespace

class PaletteTest : public QObject {
    Q_OBJECT

private slots:
    void everyTextColourIsReadableOnEveryBackground_data() { themes(); }
    void everyTextColourIsReadableOnEveryBackground();
    void stateWordsAreReadableOnTheirOwnTint_data() { themes(); }
    void stateWordsAreReadableOnTheirOwnTint();
    void textIsReadableOnASelectedRowAndOnTheAccent_data() { themes(); }
    void textIsReadableOnASelectedRowAndOnTheAccent();
    void contrastOfBlackOnWhiteIs21();

private:
    static void themes();
};

void PaletteTest::themes()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("dark") << true;
    QTest::newRow("light") << false;
}

void PaletteTest::everyTextColourIsReadableOnEveryBackground()
{
    QFETCH(bool, dark);
    const Palette& colours = palette(dark);
    for (const Role text : kText) {
        for (const Role ground : {Role::bg, Role::panel, Role::raise}) {
            const double ratio = contrast(colours[text], colours[ground]);
            QVERIFY2(ratio >= kReadable, say(text, ratio));
        }
    }
}

void PaletteTest::stateWordsAreReadableOnTheirOwnTint()
{
    QFETCH(bool, dark);
    const Palette& colours = palette(dark);
    for (const Role state : kStates) {
        for (const Role ground : {Role::panel, Role::raise}) {
            const QColor pill = colours.tint(state, ground, space::kTintPill);
            const double ratio = contrast(colours[state], pill);
            QVERIFY2(ratio >= kReadable, say(state, ratio));
        }
    }
}

void PaletteTest::textIsReadableOnASelectedRowAndOnTheAccent()
{
    QFETCH(bool, dark);
    const Palette& colours = palette(dark);
    const QColor selected = colours.tint(Role::accent, Role::panel, space::kTintSelected);
    for (const Role text : kText) {
        const double ratio = contrast(colours[text], selected);
        QVERIFY2(ratio >= kReadable, say(text, ratio));
    }
    QVERIFY(contrast(colours[Role::onAccent], colours[Role::accent]) >= kReadable);
}

void PaletteTest::contrastOfBlackOnWhiteIs21()
{
    QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21.0) < 1e-6);
    QCOMPARE(contrast(Qt::white, Qt::white), 1.0);
}

MUSTER_TEST_CASE(PaletteTest);
#include "palette_test.moc"
