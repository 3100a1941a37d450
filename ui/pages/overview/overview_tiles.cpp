// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/overview_tiles.h"

#include <QHBoxLayout>

#include "models/format.h"
#include "style/status_look.h"
#include "widgets/tile.h"

namespace muster::ui {

namespace {

constexpr std::uint64_t kExactBelow = 10'000'000;

}  // namespace

OverviewTiles::OverviewTiles(QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::kGap);
    m_agents = add(tr("Live agents"), QStringLiteral("agents"), QStringLiteral("agents"),
                   tr("Agents alive now, in every state. Opens Agents"));
    m_events = add(tr("Events"), QStringLiteral("events"), QStringLiteral("events"),
                   tr("Events published per second, over the last second. Opens Events"));
    m_actions = add(tr("Actions"), QStringLiteral("actions"), QStringLiteral("load"),
                    tr("Actions completed per second. Opens Load"));
    m_failures = add(tr("Failures"), QStringLiteral("failures"), QStringLiteral("events"),
                     tr("Actions that failed per second. Opens Events"));
    m_latency = add(tr("Latency p50 · p99"), QStringLiteral("latency"), {}, {});
    m_waiting = add(tr("Waiting"), QStringLiteral("waiting"), QStringLiteral("agents"),
                    tr("Messages in all mailboxes. Opens Agents"));
    m_pressure = add(tr("Pressure"), QStringLiteral("pressure"), QStringLiteral("resources"),
                     tr("How near the nearest limit is. Opens Resources"));
}

Tile* OverviewTiles::add(const QString& title, const QString& name, const QString& page,
                         const QString& tip)
{
    auto* tile = new Tile(title, this);
    tile->setObjectName(QStringLiteral("tile.") + name);
    layout()->addWidget(tile);
    if (!page.isEmpty()) {
        tile->setLeadsTo(tip);
        connect(tile, &Tile::clicked, this, [this, page] { emit pageRequested(page); });
    }
    return tile;
}

void OverviewTiles::setSnapshot(const Snapshot& snapshot)
{
    const AgentTotals& agents = snapshot.agents;
    if (agents.live < kExactBelow) {
        m_agents->setValue(exactText(agents.live));
    } else {
        const Figure live = figure(static_cast<double>(agents.live), Unit::count);
        m_agents->setValue(live.number, live.unit);
    }
    const bool over = snapshot.state == RunState::finished || snapshot.state == RunState::failed;
    m_agents->setDelta(over ? tr("%1 in the run").arg(exactText(agents.created))
                            : tr("%1 in 1 min").arg(changeText(agents.liveChangeOneMinute)));
    over ? showTotals(snapshot) : showRates(snapshot);
    showLatency(snapshot.actions.latency);
    showWaiting(snapshot.waiting);
    showPressure(snapshot);
}

void OverviewTiles::showRates(const Snapshot& snapshot)
{
    const Figure events = figure(snapshot.events.publishedPerSecond, Unit::perSecond);
    m_events->setValue(events.number, events.unit);
    if (snapshot.store.recording) {
        m_events->setDelta(
            tr("%1 stored").arg(figureText(snapshot.events.storedPerSecond, Unit::perSecond)));
    } else {
        m_events->setDelta(tr("not recorded"));
    }

    const ActionTotals& totals = snapshot.actions;
    const Figure actions = figure(totals.perSecond, Unit::perSecond);
    m_actions->setValue(actions.number, actions.unit);
    if (totals.okShare.known()) {
        const bool allWell = totals.okShare.value >= 1.0;
        m_actions->setDelta(tr("%1 ok").arg(shareText(totals.okShare.value)),
                            allWell || totals.okShare.value > 0.99 ? Role::ok : Role::warn);
    } else {
        m_actions->setDelta(QString::fromStdString(totals.okShare.missing));
    }

    const Figure failures = figure(totals.failuresPerSecond, Unit::perSecond);
    const bool failing = totals.failuresPerSecond > 0;
    m_failures->setValue(failures.number, failures.unit, failing ? Role::bad : Role::text);
    m_failures->setDelta(tr("%1 in all").arg(exactText(totals.failed)),
                         totals.failed > 0 ? Role::bad : Role::dim);
}

void OverviewTiles::showTotals(const Snapshot& snapshot)
{
    const ActionTotals& totals = snapshot.actions;
    const std::uint64_t ended = totals.ok + totals.failed;
    m_events->setValue(exactText(snapshot.events.published), tr("in all"));
    m_events->setDelta(tr("%1 stored").arg(exactText(snapshot.events.stored)));
    m_actions->setValue(exactText(ended), tr("in all"));
    m_actions->setDelta(ended == 0 ? tr("no action ended")
                                   : tr("%1 ok").arg(shareText(static_cast<double>(totals.ok) /
                                                               static_cast<double>(ended))),
                        totals.failed == 0 && ended > 0 ? Role::ok : Role::dim);
    m_failures->setValue(exactText(totals.failed), tr("in all"),
                         totals.failed > 0 ? Role::bad : Role::text);
    m_failures->setDelta(tr("the run has ended"));
}

void OverviewTiles::showLatency(const LatencySummary& latency)
{
    m_latency->setToolTip(tr("Half of the actions, and 99 of 100, took less; merged over the last "
                             "%1")
                              .arg(spanText(latency.window)));
    if (!latency.p50.known() || !latency.p99.known()) {
        m_latency->setMissing(QString::fromStdString(latency.p50.known() ? latency.p99.missing
                                                                         : latency.p50.missing));
        return;
    }
    // Both in one unit: that of the larger.
    const Scale scale = scaleFor(latency.p99.value, Unit::nanoseconds);
    m_latency->setValue(numberIn(latency.p50.value, scale) + QStringLiteral(" · ") +
                            numberIn(latency.p99.value, scale),
                        scale.unit);
    const QString most = figureText(latency.max.value, Unit::nanoseconds);
    m_latency->setDelta(latency.window < std::chrono::seconds(1)
                            ? tr("max %1").arg(most)
                            : tr("max %1 in %2").arg(most, spanText(latency.window)));
}

void OverviewTiles::showWaiting(const Waiting& waiting)
{
    if (waiting.messages < kExactBelow) {
        m_waiting->setValue(exactText(waiting.messages));
    } else {
        const Figure messages = figure(static_cast<double>(waiting.messages), Unit::count);
        m_waiting->setValue(messages.number, messages.unit);
    }
    if (waiting.messages == 0) {
        m_waiting->setDelta(tr("no message waits"));
        return;
    }
    m_waiting->setDelta(waiting.oldest.known()
                            ? tr("oldest %1").arg(figureText(waiting.oldest, Unit::nanoseconds))
                            : QString::fromStdString(waiting.oldest.missing));
}

void OverviewTiles::showPressure(const Snapshot& snapshot)
{
    const StatusLook look = lookOf(snapshot.pressure);
    const bool normal = snapshot.pressure == PressureLevel::normal;
    m_pressure->setValue(look.word, {}, normal ? Role::text : look.colour);
    m_pressure->setDelta(snapshot.pressureCause.empty()
                             ? tr("no limit is near")
                             : QString::fromStdString(snapshot.pressureCause));
}

}  // namespace muster::ui
