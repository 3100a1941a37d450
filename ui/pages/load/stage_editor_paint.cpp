// SPDX-License-Identifier: GPL-3.0-or-later
// How a StageEditor draws itself.
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "models/format.h"
#include "pages/load/stage_editor.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr double kPoint = 4.5;
constexpr int kTimeLabels = 6;

/// "2:12" into the profile.
std::vector<std::chrono::seconds> timeSteps(Duration span)
{
    constexpr int kSteps[] = {1,   2,   5,    10,   15,   30,    60,   120,
                              300, 600, 1800, 3600, 7200, 21600, 86400};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    int step = kSteps[std::size(kSteps) - 1];
    for (const int one : kSteps) {
        if (seconds / one <= kTimeLabels) {
            step = one;
            break;
        }
    }
    std::vector<std::chrono::seconds> at;
    for (std::int64_t i = 0; i <= seconds; i += step) {
        at.emplace_back(i);
    }
    return at;
}

}  // namespace

QPolygonF StageEditor::line(const std::vector<LoadStage>& stages) const
{
    QPolygonF points;
    Duration at{};
    points << QPointF(xOf(at), yOf(m_draft.startTarget()));
    for (const LoadStage& stage : stages) {
        at += stage.length;
        points << QPointF(xOf(at), yOf(stage.target));
    }
    return points;
}

void StageEditor::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintAxes(painter);
    painter.save();
    painter.setClipRect(plotRect().adjusted(-8, -20, 8, 8));
    paintProfile(painter);
    paintNow(painter);
    paintPoints(painter);
    painter.restore();
    if (m_focusShown) {
        painter.setPen(currentPalette()[Role::accent]);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void StageEditor::paintAxes(QPainter& painter) const
{
    const Palette& colours = currentPalette();
    const QRect plot = plotRect();
    painter.setFont(fontFor(FontRole::tiny));
    for (const AxisTick& tick : m_axis.ticks) {
        const int y = static_cast<int>(yOf(tick.at));
        painter.fillRect(plot.left(), y, plot.width(), 1, colours[Role::line]);
        painter.setPen(colours[Role::faint]);
        painter.drawText(QRect(0, y - 8, plot.left() - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
                         tick.label);
    }
    for (const std::chrono::seconds at : timeSteps(m_span)) {
        const int x = static_cast<int>(xOf(at));
        painter.drawText(QRect(x - 40, plot.bottom() + 4, 80, 16), Qt::AlignHCenter | Qt::AlignTop,
                         at.count() == 0 ? tr("start") : exactSpanText(at));
    }
}

void StageEditor::paintProfile(QPainter& painter) const
{
    const Palette& colours = currentPalette();
    const QPolygonF draft = line(m_draft.stages());
    QPolygonF area = draft;
    area << QPointF(draft.last().x(), yOf(0)) << QPointF(draft.first().x(), yOf(0));
    QColor soft = colours[Role::accent];
    soft.setAlphaF(0.13F);
    QPainterPath path;
    path.addPolygon(area);
    painter.fillPath(path, soft);
    if (m_changed) {
        QPen running(colours[Role::faint], 1.4);
        running.setDashPattern({4, 3});
        painter.setPen(running);
        painter.drawPolyline(line(m_load.stages));
    }
    painter.setPen(QPen(colours[Role::accent], 2, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter.drawPolyline(draft);
}

void StageEditor::paintNow(QPainter& painter) const
{
    const Palette& colours = currentPalette();
    const QRect plot = plotRect();
    const double x = std::min<double>(xOf(m_load.elapsed), plot.right());
    QColor past = colours[Role::bg];
    past.setAlphaF(0.45F);
    painter.fillRect(QRectF(plot.left(), plot.top(), x - plot.left(), plot.height()), past);
    painter.setPen(QPen(colours[Role::text], 1));
    painter.drawLine(QPointF(x, plot.top() - 4), QPointF(x, plot.bottom()));
    painter.setFont(fontFor(FontRole::tiny));
    const QString label =
        m_load.paused ? tr("paused after %1").arg(exactSpanText(m_load.elapsed)) : tr("now");
    const int width = QFontMetrics(painter.font()).horizontalAdvance(label) + 4;
    const double left = std::clamp<double>(x - width / 2.0, plot.left(), plot.right() - width);
    painter.drawText(QRectF(left, plot.top() - 19, width, 14), Qt::AlignCenter, label);
}

void StageEditor::paintPoints(QPainter& painter) const
{
    const Palette& colours = currentPalette();
    for (std::size_t i = 0; i < m_draft.size(); ++i) {
        const QPointF at(pointOf(i));
        const bool selected = i == m_selected;
        const bool lit = selected || m_hovered == i;
        painter.setPen(QPen(colours[m_readOnly ? Role::faint : Role::accent], 1.6));
        painter.setBrush(colours[selected && !m_readOnly ? Role::accent : Role::panel]);
        painter.drawEllipse(at, lit ? kPoint + 1 : kPoint, lit ? kPoint + 1 : kPoint);
        if (!lit) {
            continue;
        }
        const QString label = tr("%1 after %2")
                                  .arg(targetText(m_draft.stages()[i].target, m_load.model),
                                       exactSpanText(m_draft.endOf(i)));
        painter.setFont(fontFor(FontRole::smallStrong));
        const int width = QFontMetrics(painter.font()).horizontalAdvance(label) + 14;
        const QRect plot = plotRect();
        QRectF bubble(at.x() - width / 2.0, at.y() - 32, width, 20);
        bubble.moveLeft(std::clamp<double>(bubble.left(), plot.left(), plot.right() - width + 6));
        if (bubble.top() < 2) {
            bubble.moveTop(at.y() + 12);
        }
        painter.setPen(colours[Role::line]);
        painter.setBrush(colours[Role::raise]);
        painter.drawRoundedRect(bubble, 5, 5);
        painter.setPen(colours[Role::text]);
        painter.drawText(bubble, Qt::AlignCenter, label);
    }
}

}  // namespace muster::ui
