// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <optional>

#include "base/clock.h"

Q_MOC_INCLUDE("charts/time_chart.h")

namespace muster::ui {

class TimeChart;

/// How a chart is written to a file: as a drawing that scales, or as pixels.
enum class ChartFile { svg, png };

/// What the charts of one window share: the moment the reader points at. Tables and logs may
/// follow it too.
/// Thread safety: the GUI thread's.
class ChartGroup : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Where the reader points, else the moment that is looked back at.
    [[nodiscard]] std::optional<WallTime> crosshair() const
    {
        return m_crosshair ? m_crosshair : m_moment;
    }
    void setCrosshair(std::optional<WallTime> at);
    /// Stands there while nobody points elsewhere; empty: none does.
    void setMoment(std::optional<WallTime> at);

    /// The chart that last had the focus, or was asked for something; null: none did.
    [[nodiscard]] TimeChart* chosen() const;
    void setChosen(TimeChart* chart);
    /// The reader wants the chart in a file.
    void save(TimeChart* chart, ChartFile kind) { emit saveRequested(chart, kind); }

signals:
    void crosshairChanged();
    void saveRequested(muster::ui::TimeChart* chart, muster::ui::ChartFile kind);

private:
    QPointer<QObject> m_chosen;
    std::optional<WallTime> m_crosshair;
    std::optional<WallTime> m_moment;
};

}  // namespace muster::ui
