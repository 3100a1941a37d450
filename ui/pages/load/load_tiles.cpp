// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_tiles.h"

#include <QHBoxLayout>

#include "models/format.h"
#include "pages/load/load_draft.h"
#include "widgets/tile.h"

namespace muster::ui {

namespace {

constexpr double kLagWarns = 10e6;  ///< ns: arrivals are no longer where they were meant to be
constexpr double kBusyWarns = 0.8;  ///< share of its time: little room is left

}  // namespace

LoadTiles::LoadTiles(QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(space::kGap);
    m_target = add(tr("Target"), QStringLiteral("target"),
                   tr("What the profile, its steps and the operator ask for now"));
    m_offered = add(tr("Offered"), QStringLiteral("offered"),
                    tr("Arrivals per second that the generator made"));
    m_achieved = add(tr("Achieved"), QStringLiteral("achieved"),
                     tr("Arrivals per second that agents took and answered"));
    m_dropped = add(tr("Dropped"), QStringLiteral("dropped"),
                    tr("Arrivals per second that no agent could take"));
    m_latency = add(tr("Latency p50 · p99"), QStringLiteral("latency"),
                    tr("Half of the actions, and 99 of 100, took less, from their intended start "
                       "on: what waited for its turn is counted. Of a closed load nobody knows "
                       "what would have been asked meanwhile."));
    m_lag = add(tr("Generator lag"), QStringLiteral("lag"),
                tr("How far arrivals come behind their intended start, and the share of its time "
                   "that the generator works: near 100 % it is what limits the load"));
}

Tile* LoadTiles::add(const QString& title, const QString& name, const QString& tip)
{
    auto* tile = new Tile(title, this);
    tile->setObjectName(QStringLiteral("tile.") + name);
    tile->setToolTip(tip);
    layout()->addWidget(tile);
    return tile;
}

void LoadTiles::setSnapshot(const Snapshot& snapshot)
{
    const LoadStatus& load = snapshot.load;
    const auto rate = [](Tile* tile, double value, Role colour = Role::text) {
        const Figure text = figure(value, Unit::perSecond);
        tile->setValue(text.number, text.unit, colour);
    };
    if (load.model == LoadModel::closed) {
        m_target->setValue(figureText(std::round(load.target), Unit::count), tr("users"));
    } else {
        rate(m_target, load.target);
    }
    m_target->setDelta(load.paused           ? tr("paused")
                       : load.overridden     ? tr("held by hand")
                       : load.stages.empty() ? tr("no stages")
                                             : tr("from the profile"),
                       load.paused || load.overridden ? Role::warn : Role::dim);
    rate(m_offered, load.offeredPerSecond);
    m_offered->setDelta(tr("%1 in all").arg(exactText(load.offered)));
    rate(m_achieved, load.achievedPerSecond);
    const double share =
        load.offeredPerSecond > 0 ? load.achievedPerSecond / load.offeredPerSecond : 1.0;
    m_achieved->setDelta(load.offeredPerSecond > 0
                             ? tr("%1 of offered").arg(shareText(std::min(1.0, share)))
                             : tr("nothing offered"),
                         share < 0.9 ? Role::warn : Role::dim);
    showDropped(load);

    showLatency(snapshot);
    showGenerator(load);
}

void LoadTiles::showLatency(const Snapshot& snapshot)
{
    const LatencySummary& latency = snapshot.actions.latency;
    if (!latency.p50.known() || !latency.p99.known()) {
        m_latency->setMissing(QString::fromStdString(latency.p99.missing));
        return;
    }
    const Scale scale = scaleFor(latency.p99.value, Unit::nanoseconds);
    m_latency->setValue(numberIn(latency.p50.value, scale) + QStringLiteral(" · ") +
                            numberIn(latency.p99.value, scale),
                        scale.unit);
    if (snapshot.load.model == LoadModel::closed) {
        m_latency->setDelta(tr("closed: waiting left out"), Role::warn);
    } else {
        m_latency->setDelta(tr("from intended start, %1").arg(spanText(latency.window)));
    }
}

void LoadTiles::showGenerator(const LoadStatus& load)
{
    if (!load.generatorLag.known()) {
        m_lag->setMissing(QString::fromStdString(load.generatorLag.missing));
        return;
    }
    const Known& busy = load.generatorSaturation;
    const Figure lag = figure(load.generatorLag.value, Unit::nanoseconds);
    const bool behind = load.generatorLag.value > kLagWarns;
    m_lag->setValue(lag.number, lag.unit, behind ? Role::warn : Role::text);
    if (load.droppedLate > 0) {
        m_lag->setDelta(tr("too slow for %1").arg(exactText(load.droppedLate)), Role::bad);
    } else if (busy.known() && busy.value > kBusyWarns) {
        m_lag->setDelta(tr("%1 busy: at its limit").arg(shareText(busy.value)), Role::warn);
    } else if (busy.known()) {
        m_lag->setDelta(tr("%1 busy").arg(shareText(busy.value)));
    } else {
        m_lag->setDelta(behind ? tr("behind its own pace") : tr("keeps its pace"),
                        behind ? Role::warn : Role::dim);
    }
}

void LoadTiles::showDropped(const LoadStatus& load)
{
    if (load.model == LoadModel::closed) {
        m_dropped->setValue(tr("none"), {}, Role::dim);
        m_dropped->setDelta(tr("a closed load waits"));
        return;
    }
    const bool dropping = load.droppedPerSecond > 0;
    const Figure dropped = figure(load.droppedPerSecond, Unit::perSecond);
    m_dropped->setValue(dropped.number, dropped.unit, dropping ? Role::bad : Role::text);
    m_dropped->setDelta(tr("%1 in all").arg(exactText(load.dropped)),
                        load.dropped > 0 ? Role::bad : Role::dim);
}

}  // namespace muster::ui
