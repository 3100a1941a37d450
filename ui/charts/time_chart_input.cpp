// SPDX-License-Identifier: GPL-3.0-or-later
// What a TimeChart does with events and how it hands out its figures.
#include <QBuffer>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QSvgGenerator>
#include <QToolTip>
#include <cmath>

#include "charts/chart_group.h"
#include "charts/figures_model.h"
#include "charts/figures_window.h"
#include "charts/internal/plot_surface.h"
#include "charts/time_chart.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "style/fonts.h"
#include "style/paint.h"

namespace muster::ui {

QSize TimeChart::sizeHint() const
{
    return {360, 200};
}

QSize TimeChart::minimumSizeHint() const
{
    return m_plain ? QSize(160, 60) : QSize(220, 110);
}

void TimeChart::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layoutSurface();
    refresh();
}

void TimeChart::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    layoutSurface();
    refreshNow();
}

void TimeChart::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        restyle();
        updateMarks();
    }
}

void TimeChart::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_focusShown = showsFocus(event->reason());
    m_group.setChosen(this);
    update();
}

void TimeChart::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_focusShown = false;
    update();
}

bool TimeChart::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString tip = markTip(m_surface->mapFrom(this, help->pos()));
        if (tip.isEmpty()) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), tip, this);
        }
        return true;
    }
    return QWidget::event(event);
}

void TimeChart::moveCrosshair(int pixels)
{
    const QRect plot = m_surface->plotRect();
    const auto at = m_group.crosshair();
    int x = plot.right();
    if (at) {
        const int from = m_surface->xOf(static_cast<double>(at->nanoseconds) / 1e9);
        x = std::clamp(from + pixels, plot.left(), plot.right());
    }
    m_group.setCrosshair(WallTime{static_cast<std::int64_t>(m_surface->timeAt(x) * 1e9)});
}

void TimeChart::keyPressEvent(QKeyEvent* event)
{
    constexpr double kZoom = 0.5;
    const TimeRange range = m_range.range();
    const WallTime middle = m_group.crosshair().value_or(range.from + m_range.span() / 2);
    const int step = event->modifiers().testFlag(Qt::ControlModifier) ? 40 : 4;
    switch (event->key()) {
        case Qt::Key_Left:
            moveCrosshair(-step);
            break;
        case Qt::Key_Right:
            moveCrosshair(step);
            break;
        case Qt::Key_Home:
            m_group.setCrosshair(range.from);
            break;
        case Qt::Key_End:
            m_group.setCrosshair(range.to);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            m_range.zoom(kZoom, middle);
            break;
        case Qt::Key_Minus:
            m_range.zoomOut();
            break;
        case Qt::Key_Return:  // T begins the window's keys of time
        case Qt::Key_Enter:
            showFigures();
            break;
        case Qt::Key_S:
            if (!event->modifiers().testFlag(Qt::ControlModifier)) {
                QWidget::keyPressEvent(event);
                break;
            }
            m_group.save(this, event->modifiers().testFlag(Qt::ShiftModifier) ? ChartFile::png
                                                                              : ChartFile::svg);
            break;
        case Qt::Key_Escape:
            if (m_group.crosshair()) {
                m_group.setCrosshair(std::nullopt);
                break;
            }
            [[fallthrough]];
        default:
            QWidget::keyPressEvent(event);
    }
}

void TimeChart::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Show the figures as a table"), this, &TimeChart::showFigures);
    menu->addAction(tr("Copy the figures as CSV"), this,
                    [this] { QGuiApplication::clipboard()->setText(figuresCsv()); });
    menu->addAction(tr("Copy the picture"), this,
                    [this] { QGuiApplication::clipboard()->setPixmap(picture(2)); });
    menu->addAction(tr("Save as a drawing (SVG)…\tCtrl+S"), this,
                    [this] { m_group.save(this, ChartFile::svg); });
    menu->addAction(tr("Save as a picture (PNG)…\tCtrl+Shift+S"), this,
                    [this] { m_group.save(this, ChartFile::png); });
    menu->addSeparator();
    menu->addAction(tr("Zoom out"), &m_range, &TimeRangeModel::zoomOut);
    menu->addAction(m_range.live() ? tr("Stand still") : tr("Go live"), &m_range,
                    [this] { m_range.live() ? m_range.freeze() : m_range.goLive(); });
    menu->popup(event->globalPos());
}

std::unique_ptr<QAbstractTableModel> TimeChart::figures() const
{
    return std::make_unique<FiguresModel>(m_spec, m_series, m_range.range(), m_range.utc());
}

void TimeChart::showFigures()
{
    openFigures(this, tr("%1, %2").arg(m_spec.title, m_range.text()), figures(), figuresCsv());
}

QString TimeChart::figuresCsv() const
{
    const FiguresModel model(m_spec, m_series, m_range.range(), true);
    return model.csv();
}

QByteArray TimeChart::drawing()
{
    refreshNow();
    QByteArray svg;
    QBuffer file(&svg);
    QSvgGenerator device;
    device.setOutputDevice(&file);
    constexpr int kPixelsPerInch = 96;  // as CSS has it
    device.setResolution(kPixelsPerInch);
    device.setSize(size());
    device.setViewBox(rect());
    device.setTitle(m_spec.title);
    device.setDescription(QStringLiteral("%1. %2").arg(m_range.text(), legendText()));
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setRenderHint(QPainter::Antialiasing);
    paintCard(painter, false);
    painter.translate(m_surface->geometry().topLeft());
    m_surface->drawOn(painter);
    painter.end();
    // The family is the console's own; who reads the file has Inter, or something without serifs.
    const QByteArray own = "font-family=\"" + textFamily().toUtf8() + '"';
    return svg.replace(own, "font-family=\"Inter, sans-serif\"");
}

QPixmap TimeChart::picture(double scale)
{
    refreshNow();
    const double before = m_surface->bufferDevicePixelRatio();
    m_surface->setBufferDevicePixelRatio(scale);
    m_surface->replot(QCustomPlot::rpImmediateRefresh);
    QPixmap picture(size() * scale);
    picture.setDevicePixelRatio(scale);
    picture.fill(currentPalette()[Role::bg]);
    render(&picture);
    m_surface->setBufferDevicePixelRatio(before);
    m_surface->replot(QCustomPlot::rpQueuedReplot);
    return picture;
}

}  // namespace muster::ui
