// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history/overlay_chart.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "models/compare_table_model.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kLeft = 72;
constexpr int kAxis = 20;
constexpr int kKey = 20;
constexpr int kLines = 4;

double highest(const std::vector<CurvePoint>& points)
{
    double most = 0;
    for (const auto& point : points) {
        most = std::max(most, point.value);
    }
    return most;
}

QPen penOf(bool first)
{
    const Palette& colours = currentPalette();
    return first ? QPen(colours[Role::accent], 1.8)
                 : QPen(colours[Role::warn], 1.8, Qt::CustomDashLine);
}

QPen dashed(QPen pen)
{
    if (pen.style() == Qt::CustomDashLine) {
        pen.setDashPattern({5, 3});
    }
    return pen;
}

}  // namespace

OverlayChart::OverlayChart(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("One figure of both runs over time"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void OverlayChart::show(const RunCurves& curves, const std::string& unit)
{
    m_curves = curves;
    m_unit = unit;
    m_why = curves.a.empty() && curves.b.empty()
                ? tr("Nothing was sampled of this figure over time; choose another row")
                : QString();
    setAccessibleDescription(summary());
    update();
}

void OverlayChart::clear(const QString& why)
{
    m_curves = {};
    m_why = why;
    setAccessibleDescription(summary());
    update();
}

QString OverlayChart::title() const
{
    const auto metric = QString::fromStdString(m_curves.metric);
    return m_curves.labels.empty()
               ? metric
               : QStringLiteral("%1 (%2)").arg(metric, QString::fromStdString(m_curves.labels));
}

QString OverlayChart::summary() const
{
    if (!m_why.isEmpty()) {
        return m_why;
    }
    return tr("%1: A up to %2, B up to %3")
        .arg(title(), CompareTableModel::figureIn(highest(m_curves.a), m_unit),
             CompareTableModel::figureIn(highest(m_curves.b), m_unit));
}

QRect OverlayChart::plotRect() const
{
    return rect().adjusted(kLeft, kKey, -space::kPage, -kAxis);
}

void OverlayChart::paintAxes(QPainter& painter, double top, Duration longest) const
{
    const Palette& colours = currentPalette();
    const QRect plot = plotRect();
    painter.setFont(fontFor(FontRole::tiny));
    for (int i = 0; i <= kLines; ++i) {
        const int y = plot.bottom() - plot.height() * i / kLines;
        painter.setPen(colours.tint(Role::line, Role::panel, 0.7));
        painter.drawLine(plot.left(), y, plot.right(), y);
        painter.setPen(colours[Role::faint]);
        painter.drawText(QRect(0, y - 8, kLeft - space::kSmall, 16),
                         Qt::AlignRight | Qt::AlignVCenter,
                         CompareTableModel::figureIn(top * i / kLines, m_unit));
        const int x = plot.left() + plot.width() * i / kLines;
        const auto align = i == 0 ? Qt::AlignLeft : i == kLines ? Qt::AlignRight : Qt::AlignHCenter;
        const int left = i == 0 ? x : i == kLines ? x - 80 : x - 40;
        painter.drawText(QRect(left, plot.bottom() + 3, 80, kAxis - 3), align | Qt::AlignTop,
                         clockText(longest * i / kLines));
    }
}

void OverlayChart::paintCurve(QPainter& painter, const Points& points, double top,
                              Duration longest) const
{
    const QRect plot = plotRect();
    QPainterPath path;
    for (const auto& point : points) {
        const double part = static_cast<double>(point.after.count()) /
                            static_cast<double>(std::max<std::int64_t>(1, longest.count()));
        const QPointF at(plot.left() + plot.width() * part,
                         plot.bottom() - plot.height() * point.value / top);
        path.elementCount() == 0 ? path.moveTo(at) : path.lineTo(at);
    }
    painter.drawPath(path);
}

void OverlayChart::paintKey(QPainter& painter) const
{
    painter.setFont(fontFor(FontRole::small));
    int x = kLeft;
    for (const bool first : {true, false}) {
        painter.setPen(dashed(penOf(first)));
        painter.drawLine(x, kKey / 2 - 1, x + 22, kKey / 2 - 1);
        painter.setPen(currentPalette()[Role::dim]);
        painter.drawText(QRect(x + 27, 0, 40, kKey - 2), Qt::AlignLeft | Qt::AlignVCenter,
                         first ? QStringLiteral("A") : QStringLiteral("B"));
        x += 60;
    }
    painter.drawText(QRect(x, 0, width() - x - space::kPage, kKey - 2),
                     Qt::AlignRight | Qt::AlignVCenter, title());
}

void OverlayChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_why.isEmpty()) {
        painter.setFont(fontFor(FontRole::body));
        painter.setPen(currentPalette()[Role::dim]);
        painter.drawText(rect().adjusted(space::kPage, 0, -space::kPage, 0),
                         Qt::AlignCenter | Qt::TextWordWrap, m_why);
        return;
    }
    const double most = std::max(highest(m_curves.a), highest(m_curves.b));
    const double top = most > 0 ? most * 1.08 : 1;
    const Duration longest = m_curves.length;
    paintKey(painter);
    paintAxes(painter, top, longest);
    painter.setClipRect(plotRect().adjusted(0, -2, 2, 2));
    for (const bool first : {true, false}) {
        painter.setPen(dashed(penOf(first)));
        paintCurve(painter, first ? m_curves.a : m_curves.b, top, longest);
    }
}

}  // namespace muster::ui
