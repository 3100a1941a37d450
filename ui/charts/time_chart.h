// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QPixmap>
#include <QString>
#include <QWidget>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "api/series.h"
#include "charts/axis_ticks.h"
#include "models/format.h"
#include "style/palette.h"

class QAbstractTableModel;

namespace muster::ui {

class ChartGroup;
class PlotSurface;
class TimeRangeModel;
class TimeSeriesModel;

struct ChartLine {
    Series series{};
    QString title;  ///< in the legend: "p99"
    Role colour = Role::accent;
    bool filled = false;
    bool dashed = false;
};

struct ChartSpec {
    QString title;  ///< "Action latency"
    Unit unit = Unit::count;
    std::vector<ChartLine> lines;
    std::optional<double> top;  ///< of the value axis; else it follows the values
    QString empty;              ///< why there may be nothing to see, and what to do
};

/// Lines over the window's time range, in a card: the title and the current figures (at the
/// crosshair: the figures of that moment) above, marks as dashed lines. Drag selects a range,
/// wheel zooms, Shift and wheel shift, double click zooms out; with the keyboard the arrows move
/// the crosshair, + and − zoom, T shows the figures as a table. Repaints when the model has
/// changed and the chart is visible, always queued.
/// Thread safety: the GUI thread's.
class TimeChart : public QWidget {
    Q_OBJECT

public:
    TimeChart(ChartSpec spec, TimeSeriesModel& series, TimeRangeModel& range, ChartGroup& group,
              QWidget* parent = nullptr);
    ~TimeChart() override;

    [[nodiscard]] const QString& title() const { return m_spec.title; }
    [[nodiscard]] const std::vector<ChartLine>& lines() const { return m_spec.lines; }
    /// Why a line has no values: shown instead of them.
    void setMissing(Series series, const QString& reason);
    /// Without border and header, to stand in a card that says what it shows.
    void setPlain();

    /// The header's figures as they read: "ready 98.1 k · busy 2.1 k".
    [[nodiscard]] QString legendText() const;
    /// The text over an empty chart; empty while there is something to see.
    [[nodiscard]] QString emptyText() const;
    [[nodiscard]] double top() const { return m_axis.top; }

    /// The figures in view, a row a moment; the caller owns it.
    [[nodiscard]] std::unique_ptr<QAbstractTableModel> figures() const;
    /// Shows them in a window of their own.
    void showFigures();
    /// As CSV with times in UTC, for the clipboard.
    [[nodiscard]] QString figuresCsv() const;
    /// The chart as it is shown, `scale` pixels a device-independent pixel.
    [[nodiscard]] QPixmap picture(double scale = 1);

    /// The same as SVG, of lines and texts, not of pixels.
    [[nodiscard]] QByteArray drawing();

    /// Brings the picture up to date at once instead of with the next paint.
    void refreshNow();

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    void connectSurface();
    void refresh();  ///< when visible
    void restyle();
    void updateLegend();
    void updateCrosshair();
    void updateMarks();
    void layoutSurface();
    [[nodiscard]] bool isTooShort() const;
    void moveCrosshair(int pixels);
    void paintCard(class QPainter& painter, bool focused);
    void paintLegend(class QPainter& painter, const QRect& line);
    [[nodiscard]] QRect headerRect() const;
    [[nodiscard]] QString markTip(const QPoint& position) const;
    [[nodiscard]] AxisUnits axisUnits() const;
    [[nodiscard]] QString titleText() const;
    [[nodiscard]] QString shownFigure(double value) const;

    ChartSpec m_spec;
    TimeSeriesModel& m_series;
    TimeRangeModel& m_range;
    ChartGroup& m_group;
    PlotSurface* m_surface;
    ValueAxis m_axis;
    std::vector<QString> m_figures;   ///< of the legend, by line, with units
    std::vector<QString> m_shown;     ///< the same, as the header has room for
    std::vector<QString> m_missing;   ///< reasons, by line
    std::vector<int> m_figureWidths;  ///< only grow, so that nothing jumps
    bool m_hasValues = false;
    bool m_plain = false;
    bool m_focusShown = false;
};

}  // namespace muster::ui
