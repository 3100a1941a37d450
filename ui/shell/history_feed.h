// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "api/queries.h"
#include "models/latest_request.h"

namespace muster::ui {

class EngineBridge;
class TimeRangeModel;
class TimeSeriesModel;

/// Fills the charts with what was before: when the range reaches further back than the series
/// held, the recorded history is asked for; a recorded session begins with its whole span, and so
/// does a run that has ended. Thread safety: the GUI thread's.
class HistoryFeed : public QObject {
    Q_OBJECT

public:
    HistoryFeed(EngineBridge* bridge, TimeRangeModel* range, TimeSeriesModel* series,
                QObject* parent);

private:
    void modeChanged();
    void rangeChanged();
    void showWholeSession();
    void showWholeRun();

    EngineBridge* m_bridge;
    TimeRangeModel* m_range;
    TimeSeriesModel* m_series;
    LatestRequest<HistoryQuery, HistoryPage> m_request;

    static constexpr std::size_t kPoints = 2'000;
};

}  // namespace muster::ui
