// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/time_scrubber.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <chrono>

#include "charts/chart_group.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "shell/time_slider.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kTitleWidth = 232;  ///< so that the slider stays while the text changes
constexpr int kNoteWidth = 210;

QString secondsText(Duration span)
{
    return QString::number(std::chrono::duration<double>(span).count(), 'f', 1);
}

}  // namespace

TimeScrubber::TimeScrubber(EngineBridge* bridge, TimeRangeModel* range, TimeSeriesModel* series,
                           ChartGroup* group, QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_range(range),
      m_series(series),
      m_group(group),
      m_title(new QLabel),
      m_note(new QLabel),
      m_slider(new TimeSlider),
      m_back(new QPushButton(tr("Back to live  Esc")))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::kPage, 3, space::kPage, 4);
    row->setSpacing(space::kGap);
    m_title->setFont(fontFor(FontRole::smallStrong));
    m_title->setFixedWidth(kTitleWidth);
    m_note->setFont(fontFor(FontRole::small));
    m_note->setFixedWidth(kNoteWidth);
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_title);
    row->addWidget(m_slider, 1);
    row->addWidget(m_note);
    row->addWidget(m_back);
    connect(m_slider, &TimeSlider::moved, this, &TimeScrubber::moved);
    connect(m_back, &QPushButton::clicked, m_bridge, &EngineBridge::backToLive);
    connect(m_bridge, &EngineBridge::modeChanged, this, &TimeScrubber::modeChanged);
    connect(m_bridge, &EngineBridge::lookingBackChanged, this, &TimeScrubber::lookingBackChanged);
    connect(m_bridge, &EngineBridge::momentArrived, this, &TimeScrubber::showMoment);
    connect(m_bridge, &EngineBridge::lookFailed, this, [this](const Error& error) {
        m_failure = QString::fromStdString(error.text());
        showText();
    });
    connect(m_series, &TimeSeriesModel::rebuilt, this, &TimeScrubber::setMarks);
    modeChanged();
}

void TimeScrubber::modeChanged()
{
    const bool there = (m_bridge->live() || m_bridge->recorded()) && m_bridge->database();
    setVisible(there);
    m_slider->setRun({}, {});
    setMarks();
    showText();
}

void TimeScrubber::setNow(const Snapshot& snapshot)
{
    if (!m_bridge->live()) {
        return;
    }
    const WallTime start = snapshot.at - snapshot.uptime;
    const auto looked = m_bridge->lookedAt();
    // A clock that runs beside another drifts by less than what matters here.
    m_slider->setRun(m_slider->maximum() > 0 ? m_slider->start() : start, snapshot.at);
    m_slider->setValue(looked ? m_slider->valueAt(*looked) : m_slider->maximum());
    setMarks();
}

void TimeScrubber::setMarks()
{
    const auto session = m_bridge->session();
    if (m_bridge->recorded() && session && !session->runs.empty()) {
        const RunInfo& run = session->runs.back();
        // Of one that was not closed the last sample is the end.
        const WallTime end = run.endedAt.value_or(m_series->newest().value_or(run.startedAt));
        m_slider->setRun(run.startedAt, end);
        const auto looked = m_bridge->lookedAt();
        m_slider->setValue(looked ? m_slider->valueAt(*looked) : m_slider->maximum());
    }
    m_slider->setMarks(m_series->marks());
}

void TimeScrubber::takeFocus()
{
    m_slider->setFocus(Qt::ShortcutFocusReason);
}

void TimeScrubber::moved(int value)
{
    if (value == m_slider->maximum() && m_bridge->live()) {
        m_bridge->backToLive();
        return;
    }
    m_failure.clear();
    m_bridge->lookAt(m_slider->at(value));
    if (const auto at = m_bridge->lookedAt()) {
        m_group->setMoment(at);
        showRange(*at);
    }
    showText();
}

/// Charts show a time with the moment in it, and stand still meanwhile.
void TimeScrubber::showRange(WallTime at)
{
    if (!m_rangeBefore) {
        m_rangeBefore = m_range->range();
        m_liveBefore = m_range->live();
    }
    const TimeRange shown = m_range->range();
    if (at < shown.from || at > shown.to) {
        const Duration half = (shown.to - shown.from) / 2;
        m_range->setAbsolute({at - half, at + half});
    } else if (m_range->live()) {
        m_range->freeze();
    }
}

void TimeScrubber::lookingBackChanged(bool on)
{
    m_slider->setLookingBack(on);
    if (!on) {
        m_group->setMoment({});
        m_slider->setValue(m_slider->maximum());
        m_failure.clear();
        if (m_rangeBefore && m_liveBefore) {
            m_range->goLive();
        } else if (m_rangeBefore) {
            m_range->setAbsolute(*m_rangeBefore);
        }
        m_rangeBefore.reset();
    }
    showText();
    update();
}

void TimeScrubber::showMoment(const PastMomentPtr&)
{
    m_failure.clear();
    showText();
}

void TimeScrubber::showText()
{
    const auto at = m_bridge->lookedAt();
    const auto& moment = m_bridge->moment();
    m_back->setVisible(at.has_value());
    m_back->setText(m_bridge->recorded() ? tr("Back to the end  Esc") : tr("Back to live  Esc"));
    QString note;
    QString tip;
    Role colour = Role::dim;
    if (!at) {
        m_title->setText(m_bridge->live() ? tr("Live") : tr("End of the run"));
        note = tr("Drag to look back");
        tip = tr("Puts every page at a moment of the run (T, B; then Left and Right)");
    } else {
        m_title->setText(
            tr("As of %1 (%2 s in)")
                .arg(timeText(*at, m_range->utc(), true), secondsText(*at - m_slider->start())));
        if (!m_failure.isEmpty()) {
            note = tr("✕ cannot be read");
            tip = m_failure;
            colour = Role::bad;
        } else if (!moment) {
            note = tr("Rebuilding…");
        } else if (moment->state.proof == PastState::Proof::differs) {
            note = tr("✕ not as it was recorded");
            tip = tr("At %1 the hash %2 was recorded, rebuilt it is %3: some of what was recorded "
                     "is gone or was changed.")
                      .arg(timeText(moment->state.provedAt, m_range->utc(), true),
                           QString::fromStdString(moment->state.recorded),
                           QString::fromStdString(moment->state.rebuilt));
            colour = Role::bad;
        } else {
            const bool proved = moment->state.proof == PastState::Proof::holds;
            note = moment->sampledAt ? tr("figures of %1 s before")
                                           .arg(secondsText(moment->state.at - *moment->sampledAt))
                                     : tr("no figures near it");
            note = proved ? tr("✓ %1").arg(note) : note;
            tip = proved ? tr("The state was rebuilt from %1 changes; as of %2 it has the hash "
                              "that was recorded. Rates, mailboxes and latencies are sampled.")
                               .arg(exactText(moment->state.changes),
                                    timeText(moment->state.provedAt, m_range->utc(), true))
                         : QString::fromStdString(moment->state.note);
        }
    }
    m_note->setText(QStringLiteral("<span style='color:%1'>%2</span>")
                        .arg(currentPalette()[colour].name(), note.toHtmlEscaped()));
    m_note->setAccessibleName(note);
    m_note->setToolTip(tip);
    setAccessibleDescription(text());
}

QString TimeScrubber::text() const
{
    return QStringLiteral("%1 · %2").arg(m_title->text(), m_note->accessibleName());
}

void TimeScrubber::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showText();  // its colour is that of the theme
    }
}

void TimeScrubber::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Palette& colours = currentPalette();
    painter.fillRect(rect(), m_bridge->lookingBack()
                                 ? colours.tint(Role::warn, Role::panel, space::kTintPill)
                                 : colours[Role::panel]);
    painter.setPen(colours[Role::line]);
    painter.drawLine(QPointF(0, height() - 0.5), QPointF(width(), height() - 0.5));
}

}  // namespace muster::ui
