// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <array>
#include <optional>
#include <vector>

#include "api/queries.h"
#include "api/series.h"
#include "api/snapshot.h"
#include "models/series_buffer.h"

namespace muster::ui {

/// What every chart draws from: each of the catalogue's series over time, and the marks.
/// Fed by snapshots as they come and by pages of history for what was before; bounded.
/// Thread safety: the GUI thread's.
class TimeSeriesModel : public QObject {
    Q_OBJECT

public:
    explicit TimeSeriesModel(QObject* parent = nullptr);

    /// Takes the frame and the new marks; a snapshot that is not newer than the last is ignored.
    void append(const Snapshot& snapshot);
    /// Points from before what is held, and the marks in their span.
    void addHistory(const HistoryPage& page);
    /// Another run or session.
    void clear();

    [[nodiscard]] const SeriesBuffer& series(Series series) const;
    [[nodiscard]] const std::vector<Mark>& marks() const { return m_marks; }  ///< oldest first
    [[nodiscard]] bool empty() const { return !m_newest; }
    [[nodiscard]] std::optional<WallTime> newest() const { return m_newest; }
    [[nodiscard]] std::optional<WallTime> oldest() const;

    static constexpr std::size_t kMarks = 1000;

signals:
    /// One snapshot was taken in.
    void appended();
    /// More than the end has changed.
    void rebuilt();

private:
    void addMark(const Mark& mark);

    std::array<SeriesBuffer, static_cast<std::size_t>(Series::count)> m_series;
    std::vector<Mark> m_marks;
    std::optional<WallTime> m_newest;
    std::uint64_t m_lastMark = 0;  ///< Mark::sequence of the newest taken from a snapshot
};

}  // namespace muster::ui
