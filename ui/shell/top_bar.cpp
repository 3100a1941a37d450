// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/top_bar.h"

#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

#include "models/format.h"
#include "shell/icons.h"
#include "shell/rail.h"
#include "style/palette.h"
#include "widgets/chip.h"
#include "widgets/time_range_bar.h"

namespace muster::ui {

namespace {

QString stateText(const Snapshot& snapshot)
{
    const auto state = toString(snapshot.state);
    return QString::fromUtf8(state.data(), static_cast<qsizetype>(state.size()));
}

bool isOver(const Snapshot& snapshot)
{
    return snapshot.state == RunState::finished || snapshot.state == RunState::failed;
}

QString nameOf(const Snapshot& snapshot)
{
    const auto file = QFileInfo(QString::fromStdString(snapshot.workloadFile)).fileName();
    return file.isEmpty() ? QString::fromStdString(snapshot.workload) : file;
}

}  // namespace

TopBar::TopBar(TimeRangeModel* range, QWidget* parent)
    : QWidget(parent),
      m_run(new Chip),
      m_engine(new Chip),
      m_palette(new QPushButton(tr("Commands   Ctrl K"))),
      m_range(new TimeRangeBar(*range)),
      m_export(new QToolButton),
      m_exportMenu(new QMenu(this)),
      m_lock(new QPushButton),
      m_stop(new QPushButton)
{
    setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Rail::kWidth + space::kPage, 0, space::kPage, 0);
    row->setSpacing(space::kSmall + 2);
    m_export->setText(tr("Export"));
    m_export->setMenu(m_exportMenu);
    m_export->setPopupMode(QToolButton::InstantPopup);
    m_stop->setProperty("primary", true);
    m_palette->setAccessibleName(tr("Command palette"));
    m_palette->setToolTip(tr("Search for a page or a setting, or run a command of the engine"));
    row->addWidget(m_run);
    row->addWidget(m_engine);
    row->addStretch(1);
    for (QWidget* each :
         std::initializer_list<QWidget*>{m_palette, m_range, m_export, m_lock, m_stop}) {
        row->addWidget(each);
    }
    connect(m_palette, &QPushButton::clicked, this, &TopBar::paletteRequested);
    connect(m_lock, &QPushButton::clicked, this, &TopBar::lockToggled);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_mode == EngineBridge::Mode::live &&
                (m_state == RunState::running || m_state == RunState::paused)
            ? emit
              stopRequested()
            : emit
              startPageRequested();
    });
    setReadOnly(false);
    setMode(EngineBridge::Mode::empty);
}

void TopBar::askAbsoluteRange()
{
    m_range->askAbsolute();
}

void TopBar::show(const Snapshot& snapshot, bool recorded)
{
    const auto name = nameOf(snapshot);
    m_run->show(name.isEmpty() ? tr("No workload") : name,
                recorded ? tr("· recorded")
                         : tr("· %1 %2").arg(stateText(snapshot),
                                             isOver(snapshot) ? tookText(snapshot.uptime)
                                                              : clockText(snapshot.uptime)));
    m_run->setToolTip(QString::fromStdString(
        snapshot.workloadFile.empty() ? snapshot.stateReason : snapshot.workloadFile));
    if (!recorded) {
        const auto workers =
            snapshot.workers == 1 ? tr("1 worker") : tr("%1 workers").arg(snapshot.workers);
        m_engine->show(QStringLiteral("●"), workers, Role::ok);
        m_engine->setToolTip(snapshot.simulated
                                 ? tr("A simulated engine, under virtual time, in this window")
                                 : tr("The engine runs in this window's process"));
    }
    if (m_state != snapshot.state) {
        m_state = snapshot.state;
        updateStop();
    }
}

void TopBar::setMode(EngineBridge::Mode mode)
{
    m_mode = mode;
    switch (mode) {
        case EngineBridge::Mode::empty:
            m_run->show(tr("No workload"), {});
            m_engine->show(QStringLiteral("○"), tr("no engine"));
            break;
        case EngineBridge::Mode::opening:
            m_engine->show(QStringLiteral("◌"), tr("opening…"));
            break;
        case EngineBridge::Mode::closing:
            m_engine->show(QStringLiteral("◌"), tr("ending…"));
            break;
        case EngineBridge::Mode::recorded:
            m_engine->show(QStringLiteral("▤"), tr("recorded"));
            break;
        case EngineBridge::Mode::live:
            break;
    }
    m_state = RunState::idle;
    updateStop();
}

void TopBar::updateStop()
{
    const bool running = m_mode == EngineBridge::Mode::live &&
                         (m_state == RunState::running || m_state == RunState::paused ||
                          m_state == RunState::starting);
    const bool draining = m_state == RunState::draining || m_mode == EngineBridge::Mode::closing;
    m_stop->setText(running ? tr("Stop") : draining ? tr("Stopping…") : tr("Run…"));
    m_stop->setEnabled(!draining && !(running && !m_lockReason.isEmpty()));
    m_stop->setToolTip(running && !m_lockReason.isEmpty() ? m_lockReason
                       : running ? tr("Ends the run: what is under way finishes, everything stays "
                                      "to be looked at")
                                 : tr("Choose what to run"));
}

void TopBar::setReadOnly(bool on)
{
    m_lock->setIcon(lockIcon(on));
    m_lock->setText(on ? tr("Read-only") : tr("Operate"));
    m_lock->setToolTip(on ? tr("Nothing can be changed. Press to unlock.")
                          : tr("Commands are carried out. Press to lock the console."));
    updateStop();
}

void TopBar::lock(const QString& reason)
{
    m_lockReason = reason;
    updateStop();
}

void TopBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& palette = currentPalette();
    painter.fillRect(rect(), palette[Role::panel]);
    painter.setPen(palette[Role::line]);
    painter.drawLine(QPointF(0, height() - 0.5), QPointF(width(), height() - 0.5));
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette[Role::accent]);
    painter.drawRoundedRect(QRectF(space::kPage, height() / 2.0 - 5, 9, 9), 3, 3);
    painter.setFont(fontFor(FontRole::strong));
    painter.setPen(palette[Role::text]);
    painter.drawText(rect().adjusted(space::kPage + 18, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("Muster"));
}

}  // namespace muster::ui
