// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/history_feed.h"

#include "bridge/engine_bridge.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"

namespace muster::ui {

namespace {

std::vector<Series> everySeries()
{
    std::vector<Series> all;
    for (std::size_t at = 0; at < static_cast<std::size_t>(Series::count); ++at) {
        all.push_back(static_cast<Series>(at));
    }
    return all;
}

}  // namespace

HistoryFeed::HistoryFeed(EngineBridge* bridge, TimeRangeModel* range, TimeSeriesModel* series,
                         QObject* parent)
    : QObject(parent),
      m_bridge(bridge),
      m_range(range),
      m_series(series),
      m_request([this](const HistoryQuery& query,
                       auto answer) { m_bridge->history(query, this, answer); },
                [this](const HistoryQuery&, const Result<HistoryPage>& page) {
                    if (page.ok()) {
                        m_series->addHistory(page.value());
                    }
                })
{
    connect(m_bridge, &EngineBridge::modeChanged, this, &HistoryFeed::modeChanged);
    connect(m_bridge, &EngineBridge::runEnded, this, &HistoryFeed::showWholeRun);
    connect(m_range, &TimeRangeModel::changed, this, &HistoryFeed::rangeChanged);
}

void HistoryFeed::modeChanged()
{
    if (m_bridge->mode() == EngineBridge::Mode::opening) {
        m_request.forget();
        m_series->clear();
        m_range->goLive();
    } else if (m_bridge->recorded()) {
        showWholeSession();
    }
}

void HistoryFeed::showWholeSession()
{
    const auto session = m_bridge->session();
    if (!session || session->runs.empty()) {
        return;
    }
    const auto from = session->runs.front().startedAt;
    auto to = session->runs.back().endedAt.value_or(session->runs.back().startedAt +
                                                    std::chrono::minutes(15));
    to = std::max(to, from + TimeRangeModel::kShortest);
    m_range->setNow(to);
    m_range->setAbsolute({from, to});
    rangeChanged();
}

void HistoryFeed::showWholeRun()
{
    const auto& snapshot = m_bridge->snapshot();
    // Who has chosen a range keeps it: only one that still follows time is left behind by it.
    if (m_bridge->live() && snapshot && m_range->live()) {
        const auto margin = snapshot->uptime / 40;
        m_range->setAbsolute({snapshot->at - snapshot->uptime - margin, snapshot->at + margin});
    }
}

void HistoryFeed::rangeChanged()
{
    const auto range = m_range->range();
    const auto oldest = m_series->oldest();
    // While another run is opened, who answers still has the one before it.
    if (!m_bridge->recorded() && (!m_bridge->live() || !oldest || range.from >= *oldest)) {
        return;
    }
    HistoryQuery query;
    query.series = everySeries();
    query.range = range;
    query.maxPoints = kPoints;
    m_request.ask(query);
}

}  // namespace muster::ui
