// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/time_slider.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <chrono>
#include <limits>

#include "models/format.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kEdge = 8;  ///< so that the handle is whole at both ends
constexpr int kSecond = 1000;
constexpr int kTick = 9;
constexpr int kNear = 5;  ///< pixels from a mark that still mean it

Role colourOf(const std::string& kind)
{
    return kind == "breaker" || kind == "alert"    ? Role::bad
           : kind == "fault" || kind == "pressure" ? Role::warn
           : kind == "limit"                       ? Role::violet
           : kind == "load"                        ? Role::accent
                                                   : Role::dim;
}

}  // namespace

TimeSlider::TimeSlider(QWidget* parent) : QAbstractSlider(parent)
{
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Moment of the run"));
    setSingleStep(kSecond);
    setRange(0, 0);
    setMouseTracking(true);
}

void TimeSlider::setRun(WallTime start, WallTime end)
{
    m_start = start;
    const auto length = std::chrono::ceil<std::chrono::milliseconds>(end - start).count();
    const auto most = std::int64_t{std::numeric_limits<int>::max()};
    setMaximum(static_cast<int>(std::clamp<std::int64_t>(length, 0, most)));
    setPageStep(10 * kSecond);
    setMarks(std::move(m_marks));
}

void TimeSlider::setMarks(std::vector<Mark> marks)
{
    m_marks = std::move(marks);
    m_stops.clear();
    for (const Mark& mark : m_marks) {
        m_stops.push_back(valueAt(mark.at));
    }
    std::ranges::sort(m_stops);
    update();
}

void TimeSlider::setLookingBack(bool on)
{
    m_lookingBack = on;
    update();
}

WallTime TimeSlider::at(int value) const
{
    return m_start + std::chrono::milliseconds(value);
}

int TimeSlider::valueAt(WallTime at) const
{
    // Rounded up, so that what happened then has happened there.
    const auto after = std::chrono::ceil<std::chrono::milliseconds>(at - m_start).count();
    return static_cast<int>(std::clamp<std::int64_t>(after, minimum(), maximum()));
}

int TimeSlider::before(int value, bool marksOnly) const
{
    const auto mark = std::ranges::lower_bound(m_stops, value);
    const int stop = mark == m_stops.begin() ? minimum() : *std::prev(mark);
    const int second = value > 0 ? (value - 1) / kSecond * kSecond : minimum();
    return marksOnly ? stop : std::max(stop, second);
}

int TimeSlider::after(int value, bool marksOnly) const
{
    const auto mark = std::ranges::upper_bound(m_stops, value);
    const int stop = mark == m_stops.end() ? maximum() : *mark;
    const int second = std::min(maximum(), (value / kSecond + 1) * kSecond);
    return marksOnly ? stop : std::min(stop, second);
}

int TimeSlider::xOf(int value) const
{
    const int room = std::max(1, width() - 2 * kEdge);
    const double share = maximum() > 0 ? static_cast<double>(value) / maximum() : 1;
    return kEdge + static_cast<int>(share * room);
}

int TimeSlider::valueOf(int x) const
{
    const double share = static_cast<double>(x - kEdge) / std::max(1, width() - 2 * kEdge);
    return static_cast<int>(std::clamp(share, 0.0, 1.0) * maximum());
}

void TimeSlider::go(int value)
{
    setValue(value);
    emit moved(this->value());
}

void TimeSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        QAbstractSlider::mousePressEvent(event);
        return;
    }
    const int x = static_cast<int>(event->position().x());
    setSliderDown(true);
    const auto near = std::ranges::find_if(
        m_stops, [&](int stop) { return std::abs(xOf(stop) - x) <= kNear - 2; });
    go(near != m_stops.end() ? *near : valueOf(x));
}

void TimeSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (isSliderDown()) {
        go(valueOf(static_cast<int>(event->position().x())));
    }
}

void TimeSlider::mouseReleaseEvent(QMouseEvent*)
{
    setSliderDown(false);
}

void TimeSlider::wheelEvent(QWheelEvent* event)
{
    go(event->angleDelta().y() > 0 ? before(value()) : after(value()));
    event->accept();
}

void TimeSlider::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Down:
            return go(before(value()));
        case Qt::Key_Right:
        case Qt::Key_Up:
            return go(after(value()));
        case Qt::Key_PageUp:
            return go(before(value(), true));
        case Qt::Key_PageDown:
            return go(after(value(), true));
        case Qt::Key_Home:
            return go(minimum());
        case Qt::Key_End:
            return go(maximum());
        default:
            QAbstractSlider::keyPressEvent(event);
    }
}

QString TimeSlider::tipAt(int x) const
{
    QStringList lines{clockText(at(valueOf(x)) - m_start)};
    for (const Mark& mark : m_marks) {
        if (std::abs(xOf(valueAt(mark.at)) - x) <= kNear) {
            lines << QStringLiteral("%1  %2").arg(clockText(mark.at - m_start),
                                                  QString::fromStdString(mark.text));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

bool TimeSlider::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tipAt(help->pos().x()), this);
        return true;
    }
    return QAbstractSlider::event(event);
}

void TimeSlider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Palette& colours = currentPalette();
    const Role way = m_lookingBack ? Role::warn : Role::accent;
    const int middle = height() / 2;
    const int here = xOf(value());
    const QRectF track(kEdge, middle - 1.5, width() - 2.0 * kEdge, 3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours[Role::line]);
    painter.drawRoundedRect(track, 1.5, 1.5);
    painter.setBrush(colours.tint(way, Role::panel, 0.55));
    painter.drawRoundedRect(QRectF(track.left(), track.top(), here - kEdge, 3), 1.5, 1.5);
    for (const Mark& mark : m_marks) {
        painter.setBrush(colours[colourOf(mark.kind)]);
        painter.drawRect(QRectF(xOf(valueAt(mark.at)) - 0.5, middle - kTick / 2.0, 1.5, kTick));
    }
    painter.setBrush(colours[way]);
    painter.setPen(QPen(colours[Role::panel], 2));
    painter.drawEllipse(QPointF(here, middle), 6.5, 6.5);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours[Role::accent], 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), space::kRadiusSmall,
                                space::kRadiusSmall);
    }
}

}  // namespace muster::ui
