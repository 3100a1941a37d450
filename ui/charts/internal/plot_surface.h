// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <optional>
#include <vector>

#include "charts/axis_ticks.h"
#include "models/series_buffer.h"
#include "style/palette.h"

namespace muster::ui {

/// A mark as it is drawn.
struct DrawnMark {
    double at = 0;  ///< seconds since 1970
    QColor colour;
};

/// The drawing under a TimeChart. Lines and axes are in QCustomPlot's buffer, repainted by
/// queued replots only; crosshair, marks and the band being dragged are painted over it, so that
/// pointing costs no replot.
/// Thread safety: the GUI thread's.
class PlotSurface : public QCustomPlot {
    Q_OBJECT

public:
    explicit PlotSurface(QWidget* parent = nullptr);

    struct LineStyle {
        QColor colour;
        bool filled = false;
        bool dashed = false;
    };

    void setLines(const std::vector<LineStyle>& lines);
    void setColours(const Palette& palette, Role ground);
    void setLine(int line, const DrawnSeries& points);
    void setAxes(double from, double to, const std::vector<AxisTick>& time,
                 const ValueAxis& values);
    void setMarks(std::vector<DrawnMark> marks);
    void setCrosshair(std::optional<double> at, const QString& label);
    void setEmptyText(const QString& text);

    /// What is on it, but for the crosshair, by a painter of any device.
    void drawOn(QCPPainter& painter);

    [[nodiscard]] QRect plotRect() const;
    [[nodiscard]] double timeAt(int x) const;
    [[nodiscard]] int xOf(double time) const;
    /// The marks within a few pixels of x, by index.
    [[nodiscard]] std::vector<std::size_t> marksNear(int x) const;
    [[nodiscard]] const QString& emptyText() const { return m_empty; }

    static constexpr int kLeft = 52;
    static constexpr int kRight = 10;
    static constexpr int kTop = 8;
    static constexpr int kBottom = 20;

signals:
    void pointed(std::optional<double> time);
    void selected(double from, double to);
    void zoomed(double factor, double at);
    void shifted(double share);
    void zoomedOut();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void paintEmpty(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;
    void paintBand(QPainter& painter) const;

    Palette m_palette;
    Role m_ground = Role::panel;
    std::vector<DrawnMark> m_marks;
    std::optional<double> m_crosshair;
    QString m_crosshairLabel;
    QString m_empty;
    std::optional<int> m_pressed;
    int m_dragged = 0;
    QSharedPointer<QCPAxisTickerText> m_timeTicker;
    QSharedPointer<QCPAxisTickerText> m_valueTicker;
};

}  // namespace muster::ui
