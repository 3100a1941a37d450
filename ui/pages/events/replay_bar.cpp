// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/replay_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

#include "bridge/replayer.h"
#include "models/format.h"
#include "style/fonts.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr double kSpeeds[] = {0.25, 1, 4, 10, 100, 1000, ReplayPace::kAtOnce};
constexpr int kOwnSpeed = 1;
constexpr int kSteps = 1000;

QString speedText(double speed)
{
    return speed == ReplayPace::kAtOnce ? QObject::tr("as fast as it goes")
                                        : QStringLiteral("×%1").arg(speed);
}

/// "12.345 s", since the beginning of what is played.
QString sinceText(const ReplayProgress& progress)
{
    const auto since = static_cast<double>((progress.position - progress.range.from).count());
    return QStringLiteral("%1 s").arg(since / 1e9, 0, 'f', 3);
}

QString stateText(ReplayState state)
{
    switch (state) {
        case ReplayState::playing:
            return QObject::tr("▶ Playing");
        case ReplayState::paused:
            return QObject::tr("‖ Paused");
        case ReplayState::done:
            return QObject::tr("✓ Played");
        case ReplayState::cancelled:
            return QObject::tr("■ Ended");
        case ReplayState::failed:
            return QObject::tr("✕ Failed");
    }
    return {};
}

}  // namespace

ReplayBar::ReplayBar(Replayer& replayer, QWidget* parent)
    : QWidget(parent),
      m_replayer(replayer),
      m_play(new QPushButton(this)),
      m_step(new QPushButton(tr("Step"), this)),
      m_speed(new QComboBox(this)),
      m_progress(new QProgressBar(this)),
      m_end(new QPushButton(this))
{
    m_play->setAccessibleName(tr("Play or pause the replay"));
    m_step->setToolTip(tr("Pauses, and lets one event come"));
    m_speed->setAccessibleName(tr("Speed of the replay"));
    for (const double speed : kSpeeds) {
        m_speed->addItem(speedText(speed), speed);
    }
    m_speed->setCurrentIndex(kOwnSpeed);
    m_progress->setRange(0, kSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("How far the replay came"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    row->addWidget(m_play);
    row->addWidget(m_step);
    row->addWidget(m_speed);
    row->addWidget(m_progress, 1);
    row->addWidget(m_end);
    connect(m_play, &QPushButton::clicked, this, &ReplayBar::togglePlay);
    connect(m_step, &QPushButton::clicked, this, [this] { m_replayer.step(); });
    connect(m_speed, &QComboBox::currentIndexChanged, this,
            [this] { m_replayer.setSpeed(speed()); });
    connect(m_end, &QPushButton::clicked, this, [this] {
        if (m_replayer.running()) {
            m_replayer.cancel();
        } else {
            emit closed();
        }
    });
    connect(&m_replayer, &Replayer::changed, this, &ReplayBar::refresh);
    refresh();
}

double ReplayBar::speed() const
{
    return m_speed->currentData().toDouble();
}

void ReplayBar::togglePlay()
{
    if (m_replayer.progress().state == ReplayState::playing) {
        m_replayer.pause();
    } else {
        m_replayer.resume();
    }
}

void ReplayBar::setSkipped(std::uint64_t skipped)
{
    m_skipped = skipped;
}

void ReplayBar::refresh()
{
    show(m_replayer.progress());
}

void ReplayBar::show(const ReplayProgress& progress)
{
    const bool goesOn = m_replayer.running() && !progress.over();
    m_play->setText(progress.state == ReplayState::playing ? tr("‖ Pause") : tr("▶ Play"));
    m_play->setToolTip(tr("Space"));
    m_play->setEnabled(goesOn);
    m_step->setEnabled(goesOn);
    m_end->setText(goesOn ? tr("■ End") : tr("Back to recorded"));
    m_progress->setValue(static_cast<int>(progress.share() * kSteps));
    QString text =
        tr("%1 · %2 · %3 events of run %4, in a sandbox")
            .arg(stateText(progress.state), sinceText(progress), exactText(progress.played))
            .arg(progress.run.value);
    if (m_skipped > 0) {
        text += tr(" · %1 not shown").arg(exactText(m_skipped));
    }
    QString tip;
    if (progress.over() && !progress.hash.empty()) {
        text += tr(" · hash %1").arg(QString::fromStdString(progress.hash).left(12));
        tip = tr("Of all that happened in the sandbox: the same events give the same hash\n%1")
                  .arg(QString::fromStdString(progress.hash));
    }
    m_text = text;
    emit textChanged(text, tip);
}

}  // namespace muster::ui
