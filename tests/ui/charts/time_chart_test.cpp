// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/time_chart.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTableView>
#include <QToolTip>
#include <QWheelEvent>

#include "style/theme.h"
#include "support/test_case.h"
#include "ui/charts/chart_stage.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;
using namespace std::chrono_literals;

namespace {

/// The drawing inside a chart, where the mouse acts.
QWidget* surfaceOf(TimeChart& chart)
{
    return chart.findChild<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
}

void drag(QWidget* widget, QPoint from, QPoint to)
{
    QTest::mousePress(widget, Qt::LeftButton, {}, from);
    QTest::mouseMove(widget, (from + to) / 2);
    QTest::mouseMove(widget, to);
    QTest::mouseRelease(widget, Qt::LeftButton, {}, to);
}

void turnWheel(QWidget* widget, QPoint at, int notches, Qt::KeyboardModifiers modifiers = {})
{
    QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QGuiApplication::sendEvent(widget, &event);
}

int pixelsOf(const QImage& image, const QColor& colour)
{
    int found = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            const int away = std::abs(pixel.red() - colour.red()) +
                             std::abs(pixel.green() - colour.green()) +
                             std::abs(pixel.blue() - colour.blue());
            found += away < 24 ? 1 : 0;
        }
    }
    return found;
}

}  // namespace

class TimeChartTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void legendShowsTheNewestFigures();
    void crosshairIsSharedAndShowsTheFiguresOfItsMoment();
    void draggingSelectsARange();
    void aClickSelectsNothing();
    void wheelZoomsAndShiftWheelShifts();
    void doubleClickZoomsOut();
    void arrowsMoveTheCrosshairAndEscapeTakesItAway();
    void plusAndMinusZoom();
    void unknownFiguresSayWhy();
    void withoutDataItSaysWhatToDo();
    void aRangeWithoutRecordsSaysSo();
    void linesAreDrawnInTheirColoursInBothThemes();
    void figuresAppearInAWindowOnReturn();
    void csvHasTimesInUtcAndUnitsInItsKeys();
    void theAxisStandsStillWhileValuesStayNear();
    void pictureHasTheAskedScale();
    void theDrawingIsOfLinesAndTexts();
    void itIsSavedByTheKeyboardAndTheMenu();
    void theMenuOffersTheFigures();
    void aMarkSaysWhatItIs();

private:
    std::unique_ptr<ChartStage> m_stage;
    std::unique_ptr<TimeChart> m_chart;
};

void TimeChartTest::init()
{
    m_stage = std::make_unique<ChartStage>();
    m_chart = m_stage->latency();
    m_chart->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
}

void TimeChartTest::cleanup()
{
    m_chart.reset();
    m_stage.reset();
}

void TimeChartTest::legendShowsTheNewestFigures()
{
    m_stage->feed();
    QCOMPARE(m_chart->legendText(), QStringLiteral("p50 120 ms · p99 1.20 s"));
    QCOMPARE(m_chart->accessibleDescription(), m_chart->legendText());
}

void TimeChartTest::crosshairIsSharedAndShowsTheFiguresOfItsMoment()
{
    m_stage->feed();
    const auto other = m_stage->latency();
    other->show();
    QVERIFY(QTest::qWaitForWindowExposed(other.get()));
    QWidget* surface = surfaceOf(*m_chart);
    QTest::mouseMove(surface, surface->rect().center());
    QVERIFY(m_stage->group.crosshair());
    const double second =
        static_cast<double>((*m_stage->group.crosshair() - ChartStage::kStart).count()) / 1e9;
    QVERIFY2(second > 50 && second < 85, qPrintable(QString::number(second)));
    const QString expected =
        QStringLiteral("p50 %1").arg(figureText(std::round(second) * 1e6, Unit::nanoseconds));
    QVERIFY2(other->legendText().startsWith(expected), qPrintable(other->legendText()));
}

void TimeChartTest::draggingSelectsARange()
{
    m_stage->feed();
    QWidget* surface = surfaceOf(*m_chart);
    const int y = surface->height() / 2;
    const int plot = surface->width() - 62;  // the axis is 52 at the left and 10 at the right
    drag(surface, {52 + plot / 4, y}, {52 + plot / 2, y});
    QVERIFY(!m_stage->range.live());
    const TimeRange range = m_stage->range.range();
    QVERIFY(std::abs(std::chrono::duration<double>(range.from - ChartStage::kStart).count() - 30) <
            1.5);
    QVERIFY(std::abs(std::chrono::duration<double>(range.to - ChartStage::kStart).count() - 60) <
            1.5);
}

void TimeChartTest::aClickSelectsNothing()
{
    m_stage->feed();
    QSignalSpy changed(&m_stage->range, &TimeRangeModel::changed);
    QTest::mouseClick(surfaceOf(*m_chart), Qt::LeftButton);
    QCOMPARE(changed.count(), 0);
}

void TimeChartTest::wheelZoomsAndShiftWheelShifts()
{
    m_stage->feed();
    QWidget* surface = surfaceOf(*m_chart);
    turnWheel(surface, surface->rect().center(), 1);
    QVERIFY(m_stage->range.live());
    QVERIFY(m_stage->range.span() == 96s);
    turnWheel(surface, surface->rect().center(), -1);
    QVERIFY(m_stage->range.span() == 120s);
    turnWheel(surface, surface->rect().center(), 1, Qt::ShiftModifier);
    QVERIFY(!m_stage->range.live());
    QVERIFY(m_stage->range.range().to == m_stage->range.now() - 18s);
}

void TimeChartTest::doubleClickZoomsOut()
{
    m_stage->feed();
    m_stage->range.setAbsolute({ChartStage::kStart, ChartStage::kStart + 30s});
    QTest::mouseDClick(surfaceOf(*m_chart), Qt::LeftButton);
    QVERIFY(m_stage->range.live());
    QVERIFY(m_stage->range.span() == 2min);
}

void TimeChartTest::arrowsMoveTheCrosshairAndEscapeTakesItAway()
{
    m_stage->feed();
    QTest::keyClick(m_chart.get(), Qt::Key_Home);
    QVERIFY(m_stage->group.crosshair() == ChartStage::kStart);
    QTest::keyClick(m_chart.get(), Qt::Key_Right, Qt::ControlModifier);
    QVERIFY(*m_stage->group.crosshair() > ChartStage::kStart + 5s);
    QTest::keyClick(m_chart.get(), Qt::Key_End);
    QCOMPARE(m_chart->legendText(), QStringLiteral("p50 120 ms · p99 1.20 s"));
    QTest::keyClick(m_chart.get(), Qt::Key_Escape);
    QVERIFY(!m_stage->group.crosshair());
}

void TimeChartTest::plusAndMinusZoom()
{
    m_stage->feed();
    QTest::keyClick(m_chart.get(), Qt::Key_Plus);
    QVERIFY(m_stage->range.span() == 60s);
    QTest::keyClick(m_chart.get(), Qt::Key_Minus);
    QVERIFY(m_stage->range.span() == 120s);
}

void TimeChartTest::unknownFiguresSayWhy()
{
    TimeChart chart({QStringLiteral("Tail"),
                     Unit::nanoseconds,
                     {{Series::actionP999, QStringLiteral("p99.9"), Role::bad, false, false}},
                     {},
                     {}},
                    m_stage->series, m_stage->range, m_stage->group);
    chart.setMissing(Series::actionP999, QStringLiteral("fewer than 1,000 samples"));
    chart.show();
    m_stage->feed();
    QCOMPARE(chart.legendText(), QStringLiteral("p99.9 –"));
    QCOMPARE(chart.emptyText(), QStringLiteral("not available: fewer than 1,000 samples"));
}

void TimeChartTest::withoutDataItSaysWhatToDo()
{
    QCOMPARE(m_chart->emptyText(), QStringLiteral("Open a workload"));
    m_stage->feed();
    QCOMPARE(m_chart->emptyText(), QString());
}

void TimeChartTest::aRangeWithoutRecordsSaysSo()
{
    m_stage->feed();
    m_stage->range.setAbsolute({ChartStage::kStart - 20h, ChartStage::kStart - 19h});
    QCOMPARE(m_chart->emptyText(), QStringLiteral("Nothing was recorded in this range"));
}

void TimeChartTest::linesAreDrawnInTheirColoursInBothThemes()
{
    m_stage->feed();
    Theme theme;
    for (const bool dark : {false, true}) {
        theme.show(dark);
        const Palette& colours = currentPalette();
        QCOMPARE(colours.dark, dark);
        const QImage image = m_chart->picture().toImage();
        QVERIFY(pixelsOf(image, colours[Role::ok]) > 60);
        QVERIFY(pixelsOf(image, colours[Role::warn]) > 60);
        QVERIFY(pixelsOf(image, colours[Role::panel]) > 10'000);
        QVERIFY(pixelsOf(image, colours[Role::bad]) < 5);
    }
}

void TimeChartTest::figuresAppearInAWindowOnReturn()
{
    m_stage->feed();
    QTest::keyClick(m_chart.get(), Qt::Key_Return);
    auto* window = m_chart->findChild<QWidget*>(QStringLiteral("figures"));
    QVERIFY(window != nullptr);
    const auto* table = window->findChild<QTableView*>();
    QCOMPARE(table->model()->columnCount(), 3);
    QCOMPARE(table->model()->rowCount(), 120);
    QCOMPARE(table->model()->index(59, 0).data().toString(), QStringLiteral("14:01:00"));
    QCOMPARE(table->model()->index(59, 1).data().toString(), QStringLiteral("60.0 ms"));
}

void TimeChartTest::csvHasTimesInUtcAndUnitsInItsKeys()
{
    m_stage->feed(3);
    const QStringList lines = m_chart->figuresCsv().split(QLatin1Char('\n'));
    QCOMPARE(lines[0], QStringLiteral("time,actions_latency_p50_ns,actions_latency_p99_ns"));
    QCOMPARE(lines[1], QStringLiteral("2026-11-20T14:00:00.000000000Z,0,0"));
    QCOMPARE(lines[2], QStringLiteral("2026-11-20T14:00:01.000000000Z,1000000,10000000"));
}

void TimeChartTest::theAxisStandsStillWhileValuesStayNear()
{
    m_stage->feed();
    m_chart->refreshNow();
    const double top = m_chart->top();
    QVERIFY(top >= 1.2e9);
    m_stage->range.setAbsolute({ChartStage::kStart, ChartStage::kStart + 80s});  // up to 0.8 s
    QCOMPARE(m_chart->top(), top);
    m_stage->range.setAbsolute({ChartStage::kStart, ChartStage::kStart + 10s});  // up to 0.1 s
    QVERIFY(m_chart->top() < 0.2e9);
}

void TimeChartTest::pictureHasTheAskedScale()
{
    m_stage->feed();
    const QPixmap picture = m_chart->picture(2);
    QCOMPARE(picture.size(), m_chart->size() * 2);
    QCOMPARE(picture.devicePixelRatio(), 2.0);
}

void TimeChartTest::theDrawingIsOfLinesAndTexts()
{
    m_stage->feed();
    for (const bool dark : {false, true}) {
        Theme theme;
        theme.show(dark);
        const QByteArray svg = m_chart->drawing();
        QVERIFY(!svg.contains("<image"));  // no pixels in it
        QVERIFY(svg.count("<polyline") + svg.count("<path") >= 4);
        QVERIFY(svg.contains(">p99</text>") && svg.contains("</text>"));
        QVERIFY(svg.contains("font-family=\"Inter, sans-serif\""));  // not one of the console's own
        QSvgRenderer renderer(svg);
        QVERIFY(renderer.isValid());
        QCOMPARE(renderer.viewBox().size(), m_chart->size());
        QImage image(m_chart->size() * 2, QImage::Format_ARGB32);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        renderer.render(&painter);
        painter.end();
        QVERIFY(pixelsOf(image, currentPalette()[Role::ok]) > 60);
        QVERIFY(pixelsOf(image, currentPalette()[Role::warn]) > 60);
        QVERIFY(pixelsOf(image, currentPalette()[Role::panel]) > 10'000);
        QDir().mkpath(QStringLiteral(MUSTER_BINARY_DIR "/pictures"));
        QFile file(QStringLiteral(MUSTER_BINARY_DIR "/pictures/drawing.svg"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(svg) == svg.size());
        QVERIFY(image.save(QStringLiteral(MUSTER_BINARY_DIR "/pictures/drawing-%1.png")
                               .arg(dark ? "dark" : "light")));
    }
}

void TimeChartTest::itIsSavedByTheKeyboardAndTheMenu()
{
    QSignalSpy saves(&m_stage->group, &ChartGroup::saveRequested);
    QTest::keyClick(m_chart.get(), Qt::Key_S);
    QCOMPARE(saves.size(), 0);
    QTest::keyClick(m_chart.get(), Qt::Key_S, Qt::ControlModifier);
    QTest::keyClick(m_chart.get(), Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(saves.size(), 2);
    QVERIFY(saves[0][1].value<ChartFile>() == ChartFile::svg);
    QVERIFY(saves[1][1].value<ChartFile>() == ChartFile::png);
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {20, 20},
                            m_chart->mapToGlobal(QPoint(20, 20)));
    QGuiApplication::sendEvent(m_chart.get(), &event);
    auto* menu = m_chart->findChild<QMenu*>();
    QVERIFY(menu != nullptr);
    for (QAction* action : menu->actions()) {
        if (action->text().contains(QStringLiteral("SVG"))) {
            action->trigger();
        }
    }
    QCOMPARE(saves.size(), 3);
    menu->close();
}

void TimeChartTest::theMenuOffersTheFigures()
{
    m_stage->feed();
    QContextMenuEvent event(QContextMenuEvent::Keyboard, {20, 20},
                            m_chart->mapToGlobal(QPoint(20, 20)));
    QGuiApplication::sendEvent(m_chart.get(), &event);
    auto* menu = m_chart->findChild<QMenu*>();
    QVERIFY(menu != nullptr);
    menu->actions().at(1)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("time,actions_")));
    menu->close();
}

void TimeChartTest::aMarkSaysWhatItIs()
{
    m_stage->feed();
    QWidget* surface = surfaceOf(*m_chart);
    const int middle = 52 + (surface->width() - 62) / 2;  // the mark is at half of the range
    const auto point = [surface](int x) {
        const QPoint at(x, surface->height() / 2);
        QHelpEvent event(QEvent::ToolTip, at, surface->mapToGlobal(at));
        QGuiApplication::sendEvent(surface, &event);
        return QToolTip::text();
    };
    QCOMPARE(point(middle), QStringLiteral("14:01:00  Stage 2 of 3"));
    QToolTip::hideText();
    QTRY_VERIFY(!QToolTip::isVisible());
}

MUSTER_TEST_CASE(TimeChartTest);
#include "time_chart_test.moc"
