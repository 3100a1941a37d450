// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/internal/plot_surface.h"

#include <cmath>

namespace muster::ui {

namespace {

constexpr double kLineWidth = 1.6;
constexpr float kFillAlpha = 0.13F;
constexpr int kDragStarts = 4;      ///< pixels before a press becomes a selection
constexpr int kMarkReach = 5;       ///< pixels to a mark's line that still mean it
constexpr double kWheelStep = 0.8;  ///< of the span, one notch
constexpr double kShiftStep = 0.15;

}  // namespace

PlotSurface::PlotSurface(QWidget* parent)
    : QCustomPlot(parent), m_timeTicker(new QCPAxisTickerText), m_valueTicker(new QCPAxisTickerText)
{
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    setInteractions({});
    setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    axisRect()->setAutoMargins(QCP::msNone);
    axisRect()->setMargins({kLeft, kTop, kRight, kBottom});
    axisRect()->setMinimumSize(10, 10);
    plotLayout()->setMargins({});
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(0);
        axis->setSubTicks(false);
        axis->setTickPen(Qt::NoPen);
        axis->setTickLabelFont(fontFor(FontRole::tiny));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    xAxis->setTicker(m_timeTicker);
    yAxis->setTicker(m_valueTicker);
    xAxis->grid()->setVisible(false);
    xAxis->setTickLabelPadding(5);
    yAxis->setTickLabelPadding(6);
    yAxis->setBasePen(Qt::NoPen);
}

void PlotSurface::setLines(const std::vector<LineStyle>& lines)
{
    while (graphCount() < static_cast<int>(lines.size())) {
        addGraph();
    }
    for (int i = 0; i < graphCount(); ++i) {
        const LineStyle& style = lines[static_cast<std::size_t>(i)];
        QPen pen(style.colour, kLineWidth);
        if (style.dashed) {
            pen.setDashPattern({4, 3});
        }
        graph(i)->setPen(pen);
        QColor fill = style.colour;
        fill.setAlphaF(kFillAlpha);
        graph(i)->setBrush(style.filled ? QBrush(fill) : QBrush(Qt::NoBrush));
        graph(i)->setAdaptiveSampling(true);
        graph(i)->setAntialiasedFill(false);  // its edge is under the line
    }
}

void PlotSurface::setColours(const Palette& palette, Role ground)
{
    m_palette = palette;
    m_ground = ground;
    setBackground(QBrush(palette[ground]));
    const QPen line(palette[Role::line], 1);
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setTickLabelColor(palette[Role::faint]);
        axis->grid()->setPen(line);
    }
    xAxis->setBasePen(line);
}

void PlotSurface::setLine(int line, const DrawnSeries& points)
{
    QVector<QCPGraphData> drawn;
    drawn.reserve(static_cast<qsizetype>(points.times.size()));
    for (std::size_t i = 0; i < points.times.size(); ++i) {
        drawn.append({points.times[i], points.values[i]});
    }
    graph(line)->data()->set(drawn, true);
}

void PlotSurface::setAxes(double from, double to, const std::vector<AxisTick>& time,
                          const ValueAxis& values)
{
    xAxis->setRange(from, to);
    yAxis->setRange(0, values.top);
    m_timeTicker->clear();
    for (const AxisTick& tick : time) {
        // A label that would be cut off at the edge is left out.
        if (xOf(tick.at) > kLeft + 12 && xOf(tick.at) < width() - 14) {
            m_timeTicker->addTick(tick.at, tick.label);
        }
    }
    m_valueTicker->clear();
    for (const AxisTick& tick : values.ticks) {
        m_valueTicker->addTick(tick.at, tick.label);
    }
}

void PlotSurface::setMarks(std::vector<DrawnMark> marks)
{
    m_marks = std::move(marks);
    update();
}

void PlotSurface::setCrosshair(std::optional<double> at, const QString& label)
{
    m_crosshair = at;
    m_crosshairLabel = label;
    update();
}

void PlotSurface::setEmptyText(const QString& text)
{
    if (text != m_empty) {
        m_empty = text;
        update();
    }
}

QRect PlotSurface::plotRect() const
{
    return rect().adjusted(kLeft, kTop, -kRight, -kBottom);
}

double PlotSurface::timeAt(int x) const
{
    const QRect plot = plotRect();
    const QCPRange range = xAxis->range();
    return range.lower + range.size() * (x - plot.left()) / std::max(1, plot.width());
}

int PlotSurface::xOf(double time) const
{
    const QRect plot = plotRect();
    const QCPRange range = xAxis->range();
    return plot.left() +
           static_cast<int>(std::lround((time - range.lower) / range.size() * plot.width()));
}

std::vector<std::size_t> PlotSurface::marksNear(int x) const
{
    std::vector<std::size_t> near;
    for (std::size_t i = 0; i < m_marks.size(); ++i) {
        if (std::abs(xOf(m_marks[i].at) - x) <= kMarkReach) {
            near.push_back(i);
        }
    }
    return near;
}

void PlotSurface::paintEvent(QPaintEvent* event)
{
    QCustomPlot::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintMarks(painter);
    paintCrosshair(painter);
    paintBand(painter);
    paintEmpty(painter);
}

void PlotSurface::drawOn(QCPPainter& painter)
{
    // A tick of no length and without a pen becomes a black dot in a drawing.
    const auto setTicks = [this](const QPen& pen) {
        xAxis->setTickPen(pen);
        yAxis->setTickPen(pen);
    };
    setTicks(QPen(Qt::transparent));
    toPainter(&painter, width(), height());
    setTicks(Qt::NoPen);
    paintMarks(painter);
    paintEmpty(painter);
}

void PlotSurface::paintEmpty(QPainter& painter) const
{
    if (!m_empty.isEmpty()) {
        painter.setFont(fontFor(FontRole::small));
        painter.setPen(m_palette[Role::dim]);
        painter.drawText(plotRect().adjusted(space::kGap, 0, -space::kGap, 0),
                         Qt::AlignCenter | Qt::TextWordWrap, m_empty);
    }
}

void PlotSurface::paintMarks(QPainter& painter) const
{
    const QRect plot = plotRect();
    for (const DrawnMark& mark : m_marks) {
        const int x = xOf(mark.at);
        if (x < plot.left() || x > plot.right()) {
            continue;
        }
        QPen pen(mark.colour, 1);
        pen.setDashPattern({3, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(x + 0.5, plot.top()), QPointF(x + 0.5, plot.bottom() + 1));
        painter.setPen(Qt::NoPen);
        painter.setBrush(mark.colour);
        const double top = plot.top() - 3;
        const QPointF triangle[] = {{x - 3.5, top}, {x + 4.5, top}, {x + 0.5, top + 6}};
        painter.drawPolygon(triangle, 3);
    }
}

void PlotSurface::paintCrosshair(QPainter& painter) const
{
    if (!m_crosshair) {
        return;
    }
    const QRect plot = plotRect();
    const int x = xOf(*m_crosshair);
    if (x < plot.left() || x > plot.right()) {
        return;
    }
    QColor line = m_palette[Role::dim];
    line.setAlphaF(0.7F);
    painter.setPen(QPen(line, 1));
    painter.drawLine(QPointF(x + 0.5, plot.top()), QPointF(x + 0.5, plot.bottom() + 1));

    painter.setFont(fontFor(FontRole::tiny));
    const int half = QFontMetrics(painter.font()).horizontalAdvance(m_crosshairLabel) / 2 + 5;
    const int middle = std::clamp(x, plot.left() + half - 20, plot.right() - half + kRight);
    const QRect label(middle - half, plot.bottom() + 3, 2 * half, kBottom - 4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_palette[Role::line]);
    painter.drawRoundedRect(label, 3, 3);
    painter.setPen(m_palette[Role::text]);
    painter.drawText(label, Qt::AlignCenter, m_crosshairLabel);
}

void PlotSurface::paintBand(QPainter& painter) const
{
    if (!m_pressed || std::abs(m_dragged - *m_pressed) < kDragStarts) {
        return;
    }
    const QRect plot = plotRect();
    QColor fill = m_palette[Role::accent];
    fill.setAlphaF(0.16F);
    const QRect band(QPoint(std::min(*m_pressed, m_dragged), plot.top()),
                     QPoint(std::max(*m_pressed, m_dragged), plot.bottom()));
    painter.fillRect(band.intersected(plot), fill);
    painter.setPen(m_palette[Role::accent]);
    painter.drawLine(band.topLeft(), band.bottomLeft());
    painter.drawLine(band.topRight(), band.bottomRight());
}

void PlotSurface::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && plotRect().contains(event->pos())) {
        m_pressed = event->pos().x();
        m_dragged = *m_pressed;
    }
    event->ignore();  // the chart takes the focus
}

void PlotSurface::mouseMoveEvent(QMouseEvent* event)
{
    const QRect plot = plotRect();
    const int x = std::clamp(event->pos().x(), plot.left(), plot.right());
    if (m_pressed) {
        m_dragged = x;
        update();
    }
    const bool inside = m_pressed || plot.contains(event->pos());
    emit pointed(inside ? std::optional(timeAt(x)) : std::nullopt);
}

void PlotSurface::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_pressed) {
        return;
    }
    const int from = std::min(*m_pressed, m_dragged);
    const int to = std::max(*m_pressed, m_dragged);
    m_pressed.reset();
    update();
    if (to - from >= kDragStarts) {
        emit selected(timeAt(from), timeAt(to));
    }
}

void PlotSurface::mouseDoubleClickEvent(QMouseEvent*)
{
    m_pressed.reset();
    emit zoomedOut();
}

void PlotSurface::wheelEvent(QWheelEvent* event)
{
    const QPoint turned = event->angleDelta();
    const double notches = (turned.y() != 0 ? turned.y() : turned.x()) / 120.0;
    if (event->modifiers().testFlag(Qt::ShiftModifier) || turned.y() == 0) {
        emit shifted(-notches * kShiftStep);
    } else {
        emit zoomed(std::pow(kWheelStep, notches), timeAt(static_cast<int>(event->position().x())));
    }
    event->accept();
}

void PlotSurface::leaveEvent(QEvent* event)
{
    QCustomPlot::leaveEvent(event);
    if (!m_pressed) {
        emit pointed(std::nullopt);
    }
}

}  // namespace muster::ui
