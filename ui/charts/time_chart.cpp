// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/time_chart.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "charts/chart_group.h"
#include "charts/internal/plot_surface.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "style/paint.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

constexpr int kHeaderHeight = 18;
/// A bucket draws up to two points; narrower than the line is wide would only cost.
constexpr double kPixelsPerBucket = 1.6;
constexpr int kAroundPlot = 66;
constexpr int kPixelsPerTimeLabel = 56;
constexpr Duration kShortestCurve = std::chrono::milliseconds(500);
/// The axis stays as it is until the values need less than this much of it: no jumping.
constexpr double kShrinkBelow = 0.42;

double seconds(WallTime at)
{
    return static_cast<double>(at.nanoseconds) / 1e9;
}

WallTime wallTime(double seconds)
{
    return {static_cast<std::int64_t>(seconds * 1e9)};
}

double largestOf(const DrawnSeries& drawn)
{
    double largest = 0;
    for (const double value : drawn.values) {
        if (value > largest) {  // false for NaN
            largest = value;
        }
    }
    return largest;
}

/// A figure within the range, not only beyond its edges.
bool hasFigures(const DrawnSeries& drawn, double from, double to)
{
    for (std::size_t i = 0; i < drawn.values.size(); ++i) {
        if (std::isfinite(drawn.values[i]) && drawn.times[i] >= from && drawn.times[i] <= to) {
            return true;
        }
    }
    return false;
}

}  // namespace

TimeChart::TimeChart(ChartSpec spec, TimeSeriesModel& series, TimeRangeModel& range,
                     ChartGroup& group, QWidget* parent)
    : QWidget(parent),
      m_spec(std::move(spec)),
      m_series(series),
      m_range(range),
      m_group(group),
      m_surface(new PlotSurface(this)),
      m_axis(m_spec.top ? fixedAxis(*m_spec.top, m_spec.unit, axisUnits())
                        : valueAxis(0, m_spec.unit, axisUnits())),
      m_figures(m_spec.lines.size()),
      m_shown(m_spec.lines.size()),
      m_missing(m_spec.lines.size()),
      m_figureWidths(m_spec.lines.size(), 0)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("%1, chart").arg(m_spec.title));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    restyle();
    connectSurface();
    connect(&series, &TimeSeriesModel::appended, this, &TimeChart::refresh);
    connect(&series, &TimeSeriesModel::rebuilt, this, &TimeChart::refresh);
    connect(&range, &TimeRangeModel::changed, this, &TimeChart::refresh);
    connect(&group, &ChartGroup::crosshairChanged, this, &TimeChart::updateCrosshair);
}

TimeChart::~TimeChart() = default;

void TimeChart::connectSurface()
{
    connect(m_surface, &PlotSurface::pointed, this, [this](std::optional<double> time) {
        m_group.setCrosshair(time ? std::optional(wallTime(*time)) : std::nullopt);
    });
    connect(m_surface, &PlotSurface::selected, this, [this](double from, double to) {
        m_range.setAbsolute({wallTime(from), wallTime(to)});
    });
    connect(m_surface, &PlotSurface::zoomed, this,
            [this](double factor, double at) { m_range.zoom(factor, wallTime(at)); });
    connect(m_surface, &PlotSurface::shifted, this, [this](double share) { m_range.shift(share); });
    connect(m_surface, &PlotSurface::zoomedOut, this, [this] { m_range.zoomOut(); });
}

void TimeChart::setMissing(Series series, const QString& reason)
{
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        if (m_spec.lines[i].series == series && m_missing[i] != reason) {
            m_missing[i] = reason;
            updateLegend();
        }
    }
}

void TimeChart::setPlain()
{
    m_plain = true;
    layoutSurface();
}

void TimeChart::refresh()
{
    if (isVisible()) {
        refreshNow();
    }
}

void TimeChart::refreshNow()
{
    const TimeRange range = m_range.range();
    const int pixels = std::max(50, m_surface->plotRect().width());
    const auto buckets = static_cast<std::size_t>(pixels / kPixelsPerBucket);
    const bool tooShort = isTooShort();
    double largest = 0;
    m_hasValues = false;
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const DrawnSeries drawn = m_series.series(m_spec.lines[i].series).range(range, buckets);
        largest = std::max(largest, largestOf(drawn));
        m_hasValues = m_hasValues || hasFigures(drawn, seconds(range.from), seconds(range.to));
        m_surface->setLine(static_cast<int>(i), tooShort ? DrawnSeries{} : drawn);
    }
    m_hasValues = m_hasValues && !tooShort;
    if (!m_spec.top && (largest > m_axis.top || largest < m_axis.top * kShrinkBelow)) {
        m_axis = valueAxis(largest, m_spec.unit, axisUnits());
    }
    // By the card's width, not the plot's: charts of one width have their times at one place.
    const int labels = std::max(1, (width() - kAroundPlot) / kPixelsPerTimeLabel);
    m_surface->setAxes(seconds(range.from), seconds(range.to),
                       timeTicks(range, labels, m_range.utc()), m_axis);
    m_surface->setEmptyText(emptyText());
    updateMarks();
    updateCrosshair();
    m_surface->replot(QCustomPlot::rpQueuedReplot);
}

/// Two or three measurements and all is over: a dash at the edge would look like a fault.
bool TimeChart::isTooShort() const
{
    const auto oldest = m_series.oldest();
    const auto newest = m_series.newest();
    return !m_range.live() && oldest && newest && *newest - *oldest < kShortestCurve;
}

QString TimeChart::emptyText() const
{
    if (m_hasValues) {
        return {};
    }
    for (const QString& reason : m_missing) {
        if (!reason.isEmpty()) {
            return notAvailable() + QStringLiteral(": ") + reason;
        }
    }
    if (isTooShort()) {
        return tr("The run was over before a curve could form");
    }
    return m_series.empty() ? m_spec.empty : tr("Nothing was recorded in this range");
}

void TimeChart::updateMarks()
{
    const Palette& colours = currentPalette();
    const TimeRange range = m_range.range();
    std::vector<DrawnMark> drawn;
    for (const Mark& mark : m_series.marks()) {
        if (mark.at >= range.from && mark.at <= range.to) {
            drawn.push_back({seconds(mark.at), colours[lookOfMark(mark.kind).colour]});
        }
    }
    m_surface->setMarks(std::move(drawn));
}

void TimeChart::updateCrosshair()
{
    if (!isVisible()) {
        return;
    }
    const auto at = m_group.crosshair();
    m_surface->setCrosshair(at ? std::optional(seconds(*at)) : std::nullopt,
                            at ? timeText(*at, m_range.utc(), true) : QString());
    updateLegend();
}

void TimeChart::updateLegend()
{
    const auto at = m_group.crosshair();
    const QFontMetrics metrics(fontFor(FontRole::smallStrong));
    bool changed = false;
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const SeriesBuffer& buffer = m_series.series(m_spec.lines[i].series);
        // A range that goes on after the end of a run shows the last figures of it.
        const bool toEnd = m_range.live() || m_series.newest() <= m_range.range().to;
        const std::optional<double> value = at      ? buffer.valueAt(*at)
                                            : toEnd ? buffer.last()
                                                    : buffer.valueAt(m_range.range().to);
        const QString text = value ? figureText(*value, m_spec.unit) : QStringLiteral("–");
        changed = changed || text != m_figures[i];
        m_figures[i] = text;
        m_shown[i] = value ? shownFigure(*value) : text;
        m_figureWidths[i] = std::max(m_figureWidths[i], metrics.horizontalAdvance(m_shown[i]));
    }
    if (changed) {
        setAccessibleDescription(legendText());
        update(headerRect());
    }
}

/// Several lines in one unit name it once, in the title. Counts keep their own prefixes.
AxisUnits TimeChart::axisUnits() const
{
    const bool named = m_spec.unit == Unit::nanoseconds || m_spec.unit == Unit::share ||
                       m_spec.unit == Unit::bytes;
    return named && m_spec.lines.size() > 1 ? AxisUnits::inTitle : AxisUnits::onLabels;
}

QString TimeChart::shownFigure(double value) const
{
    if (axisUnits() == AxisUnits::onLabels) {
        return figureText(value, m_spec.unit);
    }
    return m_spec.unit == Unit::share ? figure(value, Unit::share).number
                                      : numberIn(value, m_axis.scale);
}

QString TimeChart::titleText() const
{
    return axisUnits() == AxisUnits::inTitle
               ? m_spec.title + QStringLiteral(", ") + m_axis.scale.unit
               : m_spec.title;
}

QString TimeChart::legendText() const
{
    QStringList parts;
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        const QString& name = m_spec.lines[i].title;
        parts << (name.isEmpty() ? m_figures[i] : name + QLatin1Char(' ') + m_figures[i]);
    }
    return parts.join(QStringLiteral(" · "));
}

QRect TimeChart::headerRect() const
{
    return m_plain
               ? QRect()
               : QRect(space::kPage, space::kCardTop, width() - 2 * space::kPage, kHeaderHeight);
}

void TimeChart::paintLegend(QPainter& painter, const QRect& line)
{
    constexpr int kSwatch = 7;
    constexpr int kSwatchGap = 3;
    const Palette& colours = currentPalette();
    const QFontMetrics metrics(painter.font());
    const QString title = titleText();
    int needed = metrics.horizontalAdvance(title);
    for (std::size_t i = 0; i < m_spec.lines.size(); ++i) {
        needed += m_figureWidths[i] + metrics.horizontalAdvance(m_spec.lines[i].title) +
                  space::kTight + space::kGap + kSwatch + kSwatchGap;
    }
    // Where room is short, the name itself wears the line's colour.
    const bool swatches = needed <= line.width();
    int right = line.right() + 1;
    for (std::size_t i = m_spec.lines.size(); i-- > 0;) {
        const ChartLine& one = m_spec.lines[i];
        right -= m_figureWidths[i];
        painter.setPen(colours[Role::text]);
        painter.drawText(QRect(right, line.top(), m_figureWidths[i], line.height()),
                         Qt::AlignRight | Qt::AlignVCenter, m_shown[i]);
        if (!one.title.isEmpty()) {
            right -= metrics.horizontalAdvance(one.title) + space::kTight;
            painter.setPen(colours[swatches ? Role::dim : one.colour]);
            painter.drawText(QRect(right, line.top(), line.width(), line.height()),
                             Qt::AlignLeft | Qt::AlignVCenter, one.title);
        }
        if (!one.title.isEmpty() && swatches) {
            right -= kSwatch + kSwatchGap;
            painter.fillRect(QRect(right, line.center().y(), kSwatch, 2), colours[one.colour]);
        }
        right -= space::kGap;
    }
    painter.setPen(colours[Role::dim]);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(title, Qt::ElideRight, right - line.left()));
}

void TimeChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintCard(painter, m_focusShown);
}

void TimeChart::paintCard(QPainter& painter, bool focused)
{
    if (m_plain) {
        return;
    }
    paintPanel(painter, rect(), Role::panel, focused ? Role::accent : Role::line);
    painter.setFont(fontFor(FontRole::smallStrong));
    paintLegend(painter, headerRect());
}

void TimeChart::layoutSurface()
{
    constexpr int kBorder = 4;
    if (m_plain) {
        m_surface->setGeometry(rect());
        return;
    }
    const int top = headerRect().bottom() + 2;
    m_surface->setGeometry(kBorder, top, width() - 2 * kBorder, height() - top - kBorder);
}

void TimeChart::restyle()
{
    const Palette& colours = currentPalette();
    std::vector<PlotSurface::LineStyle> styles;
    for (const ChartLine& line : m_spec.lines) {
        styles.push_back({colours[line.colour], line.filled, line.dashed});
    }
    m_surface->setLines(styles);
    m_surface->setColours(colours, Role::panel);
    m_surface->replot(QCustomPlot::rpQueuedReplot);
}

QString TimeChart::markTip(const QPoint& position) const
{
    const TimeRange range = m_range.range();
    std::vector<const Mark*> shown;
    for (const Mark& mark : m_series.marks()) {
        if (mark.at >= range.from && mark.at <= range.to) {
            shown.push_back(&mark);
        }
    }
    QStringList lines;
    for (const std::size_t i : m_surface->marksNear(position.x())) {
        if (i < shown.size()) {
            lines << timeText(shown[i]->at, m_range.utc()) + QStringLiteral("  ") +
                         QString::fromStdString(shown[i]->text);
        }
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace muster::ui
