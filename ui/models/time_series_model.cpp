// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/time_series_model.h"

#include <algorithm>
#include <limits>

namespace muster::ui {

TimeSeriesModel::TimeSeriesModel(QObject* parent) : QObject(parent) {}

void TimeSeriesModel::append(const Snapshot& snapshot)
{
    const MetricFrame& frame = snapshot.frame;
    if (m_newest && frame.at <= *m_newest) {
        return;
    }
    m_newest = frame.at;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const bool has = i < frame.values.size();
        m_series[i].append(frame.at,
                           has ? frame.values[i] : std::numeric_limits<double>::quiet_NaN());
    }
    for (const Mark& mark : snapshot.marks) {
        if (mark.sequence > m_lastMark) {
            m_lastMark = mark.sequence;
            addMark(mark);
        }
    }
    emit appended();
}

void TimeSeriesModel::addHistory(const HistoryPage& page)
{
    for (const HistorySeries& one : page.series) {
        const auto index = static_cast<std::size_t>(one.series);
        if (index < m_series.size()) {
            m_series[index].addHistory(one.points, page.resolution);
        }
        if (!one.points.empty()) {
            m_newest = std::max(m_newest.value_or(one.points.back().at), one.points.back().at);
        }
    }
    for (const Mark& mark : page.marks) {
        addMark(mark);
    }
    emit rebuilt();
}

void TimeSeriesModel::clear()
{
    for (SeriesBuffer& buffer : m_series) {
        buffer.clear();
    }
    m_marks.clear();
    m_newest.reset();
    m_lastMark = 0;
    emit rebuilt();
}

const SeriesBuffer& TimeSeriesModel::series(Series series) const
{
    return m_series[static_cast<std::size_t>(series)];
}

std::optional<WallTime> TimeSeriesModel::oldest() const
{
    return m_series.front().firstTime();
}

void TimeSeriesModel::addMark(const Mark& mark)
{
    const auto place =
        std::upper_bound(m_marks.begin(), m_marks.end(), mark,
                         [](const Mark& one, const Mark& other) { return one.at < other.at; });
    const bool known = std::any_of(m_marks.begin(), place, [&mark](const Mark& one) {
        return one.at == mark.at && one.text == mark.text;
    });
    if (known) {
        return;
    }
    m_marks.insert(place, mark);
    if (m_marks.size() > kMarks) {
        m_marks.erase(m_marks.begin());
    }
}

}  // namespace muster::ui
