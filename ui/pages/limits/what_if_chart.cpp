// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/what_if_chart.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>

#include "charts/figures_window.h"
#include "models/format.h"
#include "pages/limits/what_if_figures.h"
#include "style/paint.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

constexpr int kLane = 16;
constexpr int kAxis = 16;
constexpr int kLeft = 44;

double perSecond(std::uint64_t calls, Duration span)
{
    return span.count() > 0 ? static_cast<double>(calls) * 1e9 / static_cast<double>(span.count())
                            : 0;
}

}  // namespace

WhatIfChart::WhatIfChart(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Rejections as they were, and with other settings"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
}

void WhatIfChart::show(const WhatIf& answer, const QString& stage, bool utc)
{
    const WhatIfStage* found = answer.stage(stage.toStdString());
    m_stage = found != nullptr ? std::optional(*found) : std::nullopt;
    m_range = answer.range;
    m_span = answer.span;
    m_utc = utc;
    setAccessibleDescription(summary());
    update();
}

void WhatIfChart::clear()
{
    m_stage.reset();
    update();
}

QString WhatIfChart::summary() const
{
    if (!m_stage) {
        return {};
    }
    const auto side = [](const WhatIfSide& it) {
        return tr("%1 rejected, %2 moves").arg(exactText(it.rejected)).arg(it.moves.size());
    };
    return tr("As it was: %1. What if (counterfactual): %2.")
        .arg(side(m_stage->recorded), side(m_stage->proposed));
}

QRect WhatIfChart::plotRect() const
{
    const int lanes = m_stage && m_stage->stage == "breaker" ? 2 * (kLane + space::kTight) : 0;
    return rect().adjusted(kLeft, space::kTight + lanes, -space::kSmall, -kAxis);
}

double WhatIfChart::xOf(WallTime at) const
{
    const QRect plot = plotRect();
    const auto whole = static_cast<double>(m_range.to.nanoseconds - m_range.from.nanoseconds);
    const auto part = static_cast<double>(at.nanoseconds - m_range.from.nanoseconds);
    return plot.left() + plot.width() * (whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0);
}

double WhatIfChart::highest() const
{
    std::uint64_t most = 0;
    for (const WhatIfSpan& span : m_stage->spans) {
        most = std::max({most, span.recorded, span.proposed});
    }
    return std::max(1.0, perSecond(most, m_span));
}

void WhatIfChart::paintAxes(QPainter& painter, double top) const
{
    const Palette& colours = currentPalette();
    const QRect plot = plotRect();
    painter.setFont(fontFor(FontRole::tiny));
    painter.setPen(colours[Role::faint]);
    painter.drawText(QRect(0, plot.top() - 2, kLeft - space::kTight, 14),
                     Qt::AlignRight | Qt::AlignTop, figureText(top, Unit::perSecond));
    painter.drawText(QRect(0, plot.bottom() - 12, kLeft - space::kTight, 14),
                     Qt::AlignRight | Qt::AlignBottom, QStringLiteral("0"));
    painter.drawText(QRect(plot.left(), plot.bottom() + 2, 120, kAxis - 2), Qt::AlignLeft,
                     timeText(m_range.from, m_utc));
    painter.drawText(QRect(plot.right() - 120, plot.bottom() + 2, 120, kAxis - 2), Qt::AlignRight,
                     timeText(m_range.to, m_utc));
    painter.setPen(colours.tint(Role::line, Role::panel, 0.7));
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    painter.drawLine(plot.topLeft(), plot.topRight());
}

void WhatIfChart::paintRejections(QPainter& painter, double top) const
{
    const Palette& colours = currentPalette();
    const QRect plot = plotRect();
    const auto path = [&](std::uint64_t WhatIfSpan::*of) {
        QPainterPath steps(QPointF(plot.left(), plot.bottom()));
        for (const WhatIfSpan& span : m_stage->spans) {
            const double y = plot.bottom() - plot.height() * perSecond(span.*of, m_span) / top;
            steps.lineTo(xOf(span.at), y);
            steps.lineTo(xOf(span.at + m_span), y);
        }
        steps.lineTo(plot.right(), plot.bottom());
        return steps;
    };
    const QPainterPath recorded = path(&WhatIfSpan::recorded);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.tint(Role::dim, Role::panel, 0.45));
    painter.drawPath(recorded);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colours[Role::accent], 1.6, Qt::DashLine));
    painter.drawPath(path(&WhatIfSpan::proposed));
}

void WhatIfChart::paintLane(QPainter& painter, const QRect& lane, const QString& title,
                            const std::vector<WhatIfMove>& moves) const
{
    const Palette& colours = currentPalette();
    painter.setFont(fontFor(FontRole::tiny));
    std::string state = "closed";
    WallTime since = m_range.from;
    const auto band = [&](WallTime until) {
        const StatusLook look = lookOfBreaker(state);
        const QRectF box(xOf(since), lane.top(), xOf(until) - xOf(since), lane.height());
        painter.fillRect(box,
                         colours.tint(look.colour, Role::panel, state == "closed" ? 0.18 : 0.5));
        // Never by colour alone: what has no room for its word has its glyph.
        const QFontMetricsF metrics(painter.font());
        const bool wide = metrics.horizontalAdvance(look.text()) + space::kSmall < box.width();
        const QString word = wide ? look.text() : look.glyph;
        if (wide || metrics.horizontalAdvance(word) < box.width()) {
            painter.setPen(colours[Role::text]);
            painter.drawText(box.adjusted(wide ? space::kTight : 1, 0, 0, 0),
                             Qt::AlignLeft | Qt::AlignVCenter, word);
        }
    };
    for (const WhatIfMove& move : moves) {
        band(move.at);
        state = move.to;
        since = move.at;
    }
    band(m_range.to);
    painter.setPen(colours[Role::dim]);
    painter.drawText(QRect(0, lane.top(), kLeft - space::kTight, lane.height()),
                     Qt::AlignRight | Qt::AlignVCenter, title);
}

void WhatIfChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!m_stage) {
        painter.setFont(fontFor(FontRole::small));
        painter.setPen(currentPalette()[Role::dim]);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("Ask what the recorded calls of the time shown would have met with "
                            "other settings."));
        return;
    }
    const double top = highest();
    if (m_stage->stage == "breaker") {
        QRect lane(plotRect().left(), space::kTight, plotRect().width(), kLane);
        paintLane(painter, lane, tr("was"), m_stage->recorded.moves);
        lane.translate(0, kLane + space::kTight);
        paintLane(painter, lane, tr("what if"), m_stage->proposed.moves);
    }
    paintAxes(painter, top);
    paintRejections(painter, top);
    if (m_focusShown) {
        painter.setPen(currentPalette()[Role::accent]);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void WhatIfChart::openTable()
{
    if (!m_stage) {
        return;
    }
    auto figures = std::make_unique<WhatIfFigures>(*m_stage, m_span, m_utc);
    const QString csv = figures->csv();
    openFigures(this,
                tr("What if, %1 (counterfactual)").arg(QString::fromStdString(m_stage->stage)),
                std::move(figures), csv);
}

void WhatIfChart::keyPressEvent(QKeyEvent* event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_stage) {
        openTable();
        return;
    }
    QWidget::keyPressEvent(event);
}

void WhatIfChart::contextMenuEvent(QContextMenuEvent* event)
{
    if (!m_stage) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Show the figures as a table"), this, &WhatIfChart::openTable);
    menu->addAction(tr("Copy the figures as CSV"), this, [this] {
        QGuiApplication::clipboard()->setText(WhatIfFigures(*m_stage, m_span, true).csv());
    });
    menu->popup(event->globalPos());
}

void WhatIfChart::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_focusShown = showsFocus(event->reason());
    update();
}

void WhatIfChart::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_focusShown = false;
    update();
}

bool WhatIfChart::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_stage) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRect plot = plotRect();
    const auto count = static_cast<int>(m_stage->spans.size());
    const int at = (help->pos().x() - plot.left()) * count / std::max(1, plot.width());
    if (at < 0 || at >= count) {
        QToolTip::hideText();
        return true;
    }
    const WhatIfSpan& span = m_stage->spans[static_cast<std::size_t>(at)];
    QToolTip::showText(help->globalPos(),
                       tr("%1\n%2 calls asked\n%3 rejected, as it was\n%4 rejected, what if "
                          "(counterfactual)")
                           .arg(timeText(span.at, m_utc, true), exactText(span.calls),
                                exactText(span.recorded), exactText(span.proposed)),
                       this);
    return true;
}

}  // namespace muster::ui
