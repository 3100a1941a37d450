// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/footer.h"

#include <QFileInfo>
#include <QPainter>

#include "models/format.h"
#include "shell/frame_meter.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kGapWide = 22;

int colour(Role role)
{
    return static_cast<int>(role);
}

FontRole fontOf(bool strong)
{
    return strong ? FontRole::smallStrong : FontRole::small;
}

}  // namespace

Footer::Footer(QWidget* parent) : QWidget(parent)
{
    setFixedHeight(kHeight);
    setAccessibleName(tr("Status"));
    clear();
}

void Footer::clear()
{
    m_session = {{tr("No session"), false, colour(Role::dim)}};
    m_events.clear();
    m_frames.clear();
    update();
}

void Footer::show(const Snapshot& snapshot, bool recorded)
{
    const auto& store = snapshot.store;
    if (store.file.empty()) {
        m_session = {{tr("Not recorded"), false, colour(Role::dim)}};
    } else {
        const auto name = QFileInfo(QString::fromStdString(store.file)).completeBaseName();
        const auto size = figureText(static_cast<double>(store.bytes), Unit::bytes);
        m_session = {{tr("Session"), false, colour(Role::dim)},
                     {name, true, colour(Role::text)},
                     {QStringLiteral("· ") + size, false, colour(Role::dim)}};
    }
    setToolTip(QString::fromStdString(store.file));
    const auto& events = snapshot.events;
    if (recorded) {
        m_events = {
            {tr("%1 events recorded").arg(exactText(events.stored)), false, colour(Role::dim)}};
    } else {
        m_events = {{tr("Stored %1 · counted only %2 ·")
                         .arg(figureText(events.storedPerSecond, Unit::perSecond),
                              figureText(events.countedOnlyPerSecond, Unit::perSecond)),
                     false, colour(Role::dim)},
                    {tr("dropped %1").arg(exactText(events.dropped)), events.dropped > 0,
                     colour(events.dropped > 0 ? Role::bad : Role::ok)}};
    }
    update();
}

void Footer::showFrames(const FrameMeter& meter)
{
    const auto frames = meter.figures();
    if (frames.frames == 0) {
        return;
    }
    const auto rate = meter.snapshotsPerSecond();
    m_frames = tr("Frame %1 ms, p99 %2, max %3 · snapshots %4")
                   .arg(frames.lastMs, 0, 'f', 1)
                   .arg(frames.p99Ms, 0, 'f', 1)
                   .arg(frames.maxMs, 0, 'f', 1)
                   .arg(rate ? tr("%1 Hz").arg(*rate, 0, 'f', 0) : notAvailable());
    update();
}

QString Footer::text() const
{
    QStringList all;
    for (const auto* parts : {&m_session, &m_events}) {
        for (const auto& part : *parts) {
            all << part.plain;
        }
    }
    return (all << m_frames).join(QLatin1Char(' '));
}

void Footer::paintParts(QPainter& painter, const std::vector<Part>& parts, int from) const
{
    for (const auto& part : parts) {
        painter.setFont(fontFor(fontOf(part.strong)));
        painter.setPen(currentPalette()[static_cast<Role>(part.colour)]);
        painter.drawText(QRect(from, 1, width() - from, height() - 1),
                         Qt::AlignLeft | Qt::AlignVCenter, part.plain);
        from += painter.fontMetrics().horizontalAdvance(part.plain + QLatin1Char(' '));
    }
}

void Footer::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto& palette = currentPalette();
    painter.fillRect(rect(), palette[Role::panel]);
    painter.setPen(palette[Role::line]);
    painter.drawLine(rect().topLeft(), rect().topRight());
    paintParts(painter, m_session, space::kPage);
    int wide = space::kPage;
    for (const auto& part : m_session) {
        wide += QFontMetrics(fontFor(fontOf(part.strong)))
                    .horizontalAdvance(part.plain + QLatin1Char(' '));
    }
    m_eventsFrom = std::max(m_eventsFrom, wide + kGapWide);
    paintParts(painter, m_events, m_eventsFrom);
    painter.setFont(fontFor(FontRole::small));
    painter.setPen(palette[Role::dim]);
    painter.drawText(rect().adjusted(0, 1, -space::kPage, 0), Qt::AlignRight | Qt::AlignVCenter,
                     m_frames);
}

}  // namespace muster::ui
