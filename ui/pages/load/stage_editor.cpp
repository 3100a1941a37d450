// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/stage_editor.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "models/format.h"
#include "style/paint.h"

namespace muster::ui {

namespace {

constexpr double kReach = 12;       ///< pixels to a point that still mean it
constexpr double kSpareTime = 1.1;  ///< of the profile's length is shown, to draw into
constexpr double kSpareTarget = 1.15;
constexpr int kLeft = 48;
constexpr int kRight = 12;
constexpr int kTop = 22;
constexpr int kBottom = 20;

double secondsOf(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

Duration durationOf(double seconds)
{
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

StageEditor::StageEditor(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Load profile"));
    setToolTip(
        tr("Drag the end of a stage; double-click adds one. Keys: Page Up and Page Down "
           "choose, arrows move, + adds, Delete removes, Return applies"));
    m_axis = valueAxis(1, Unit::perSecond, AxisUnits::onLabels);
    connect(this, &StageEditor::edited, this, &StageEditor::describe);
}

void StageEditor::setLoad(const LoadStatus& load)
{
    const bool sameShape = m_draft.sameAs(load.stages) && m_load.model == load.model &&
                           m_load.startTarget == load.startTarget;
    const bool moved = m_load.elapsed != load.elapsed;
    m_load = load;
    if (m_changed && m_draft.sameAs(load.stages)) {
        m_changed = false;  // it was applied
        emit edited();
    } else if (!m_changed && !m_dragging && !sameShape) {
        m_draft = LoadDraft(load);
        m_selected = std::min(load.stage, m_draft.size() == 0 ? 0 : m_draft.size() - 1);
        updateScale();
        emit edited();
    }
    if (moved || !sameShape) {
        update();
    }
}

void StageEditor::setReadOnly(bool readOnly)
{
    m_readOnly = readOnly;
    update();
}

void StageEditor::select(std::size_t stage)
{
    if (stage < m_draft.size() && stage != m_selected) {
        m_selected = stage;
        emit edited();
        update();
    }
}

void StageEditor::setLength(Duration length)
{
    m_draft.setLength(m_selected, length);
    afterEdit();
}

void StageEditor::setTarget(double target)
{
    m_draft.setTarget(m_selected, target);
    afterEdit();
}

void StageEditor::addStage()
{
    m_selected = m_draft.addAfter(m_selected);
    afterEdit();
    emit settled();
}

void StageEditor::removeStage()
{
    if (m_draft.remove(m_selected)) {
        m_selected = std::min(m_selected, m_draft.size() - 1);
        afterEdit();
        emit settled();
    }
}

void StageEditor::revert()
{
    m_draft = LoadDraft(m_load);
    m_selected = std::min(m_selected, m_draft.size() == 0 ? 0 : m_draft.size() - 1);
    m_dragging = false;
    afterEdit();
}

void StageEditor::afterEdit()
{
    m_changed = !m_draft.sameAs(m_load.stages);
    if (!m_dragging) {
        updateScale();
    }
    emit edited();
    update();
}

void StageEditor::describe()
{
    QStringList stages;
    for (std::size_t i = 0; i < m_draft.size(); ++i) {
        const LoadStage& stage = m_draft.stages()[i];
        stages << tr("%1 %2: %3 to %4")
                      .arg(i == m_selected ? tr("chosen stage") : tr("stage"))
                      .arg(i + 1)
                      .arg(exactSpanText(stage.length), targetText(stage.target, m_load.model));
    }
    setAccessibleDescription(stages.join(QStringLiteral("; ")));
}

void StageEditor::updateScale()
{
    m_span = std::max<Duration>(durationOf(secondsOf(m_draft.total()) * kSpareTime),
                                std::chrono::seconds(10));
    const Unit unit = m_load.model == LoadModel::closed ? Unit::count : Unit::perSecond;
    m_axis = valueAxis(std::max(1.0, m_draft.highest()) * kSpareTarget, unit, AxisUnits::onLabels);
}

QRect StageEditor::plotRect() const
{
    return rect().adjusted(kLeft, kTop, -kRight, -kBottom);
}

double StageEditor::xOf(Duration at) const
{
    const QRect plot = plotRect();
    return plot.left() + plot.width() * (secondsOf(at) / secondsOf(m_span));
}

double StageEditor::yOf(double target) const
{
    const QRect plot = plotRect();
    return plot.bottom() - plot.height() * (target / m_axis.top);
}

Duration StageEditor::timeAt(double x) const
{
    const QRect plot = plotRect();
    return durationOf((x - plot.left()) / plot.width() * secondsOf(m_span));
}

double StageEditor::targetAt(double y) const
{
    const QRect plot = plotRect();
    return (plot.bottom() - y) / plot.height() * m_axis.top;
}

QPoint StageEditor::pointOf(std::size_t stage) const
{
    return {static_cast<int>(std::lround(xOf(m_draft.endOf(stage)))),
            static_cast<int>(std::lround(yOf(m_draft.stages().at(stage).target)))};
}

std::optional<std::size_t> StageEditor::pointAt(const QPointF& position) const
{
    std::optional<std::size_t> nearest;
    double best = kReach;
    for (std::size_t i = 0; i < m_draft.size(); ++i) {
        const QPointF away = position - QPointF(pointOf(i));
        const double distance = std::hypot(away.x(), away.y());
        if (distance < best) {
            best = distance;
            nearest = i;
        }
    }
    return nearest;
}

void StageEditor::mousePressEvent(QMouseEvent* event)
{
    const auto point = pointAt(event->position());
    if (event->button() != Qt::LeftButton || !point) {
        return;
    }
    m_selected = *point;
    m_dragging = !m_readOnly;
    emit edited();
    update();
}

void StageEditor::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragging) {
        m_draft.movePoint(m_selected, timeAt(event->position().x()),
                          std::clamp(targetAt(event->position().y()), 0.0, m_axis.top));
        afterEdit();
        return;
    }
    const auto point = pointAt(event->position());
    if (point != m_hovered) {
        m_hovered = point;
        setCursor(point && !m_readOnly ? Qt::SizeAllCursor : Qt::ArrowCursor);
        update();
    }
}

void StageEditor::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && m_dragging) {
        m_dragging = false;
        afterEdit();
        emit settled();
    }
}

void StageEditor::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (m_readOnly || pointAt(event->position())) {
        return;
    }
    const Duration at = timeAt(event->position().x());
    std::size_t before = 0;
    while (before + 1 < m_draft.size() && m_draft.endOf(before) < at) {
        ++before;
    }
    const bool beyond = m_draft.size() > 0 && at > m_draft.total();
    const bool first = before == 0 && !beyond;
    m_selected = m_draft.addAfter(beyond ? m_draft.size() - 1 : first ? 0 : before - 1);
    m_draft.movePoint(m_selected, at, targetAt(event->position().y()));
    afterEdit();
    emit settled();
}

void StageEditor::leaveEvent(QEvent*)
{
    m_hovered.reset();
    update();
}

bool StageEditor::movePoint(int key, bool far)
{
    const double step = m_axis.top / (far ? 10 : 100);
    const Duration by = std::chrono::seconds(far ? 10 : 1);
    Duration end = m_draft.endOf(m_selected);
    double target = m_draft.stages()[m_selected].target;
    switch (key) {
        case Qt::Key_Left:
            end -= by;
            break;
        case Qt::Key_Right:
            end += by;
            break;
        case Qt::Key_Up:
            target += step;
            break;
        case Qt::Key_Down:
            target -= step;
            break;
        default:
            return false;
    }
    m_draft.movePoint(m_selected, end, target);
    afterEdit();
    emit settled();
    return true;
}

void StageEditor::keyPressEvent(QKeyEvent* event)
{
    const int key = event->key();
    if (m_draft.size() == 0) {
        QWidget::keyPressEvent(event);
    } else if (key == Qt::Key_PageDown) {
        select(std::min(m_selected + 1, m_draft.size() - 1));
    } else if (key == Qt::Key_PageUp) {
        select(m_selected == 0 ? 0 : m_selected - 1);
    } else if (m_readOnly) {
        QWidget::keyPressEvent(event);
    } else if (key == Qt::Key_Plus || key == Qt::Key_Insert) {
        addStage();
    } else if (key == Qt::Key_Delete || key == Qt::Key_Backspace) {
        removeStage();
    } else if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        emit applyRequested();
    } else if (key == Qt::Key_Escape && m_changed) {
        revert();
    } else if (!movePoint(key, event->modifiers().testFlag(Qt::ControlModifier))) {
        QWidget::keyPressEvent(event);
    }
}

void StageEditor::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    m_focusShown = showsFocus(event->reason());
    update();
}

void StageEditor::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    m_focusShown = false;
    update();
}

}  // namespace muster::ui
