// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "charts/chart_group.h"
#include "charts/time_chart.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"

namespace muster::tests {

/// Charts over two minutes of made-up figures, one point a second, in UTC.
struct ChartStage {
    static constexpr WallTime kStart{1'795'183'200'000'000'000};  // 2026-11-20 14:00:00 UTC
    static constexpr int kSeconds = 120;

    ChartStage()
    {
        range.setUtc(true);
        range.setSpan(std::chrono::minutes(2));
        range.setNow(kStart);
    }

    /// p50 is the second's number in ms, p99 ten times that; p99.9 is never known.
    void feed(int seconds = kSeconds)
    {
        for (int i = 0; i <= seconds; ++i) {
            Snapshot snapshot;
            snapshot.at = snapshot.frame.at = kStart + std::chrono::seconds(i);
            auto& values = snapshot.frame.values;
            values.assign(static_cast<std::size_t>(Series::count),
                          std::numeric_limits<double>::quiet_NaN());
            values[static_cast<std::size_t>(Series::actionP50)] = i * 1e6;
            values[static_cast<std::size_t>(Series::actionP99)] = i * 10e6;
            if (i >= 60) {
                snapshot.marks = {{kStart + std::chrono::seconds(60), "load", "Stage 2 of 3", 1}};
            }
            range.setNow(snapshot.at);
            series.append(snapshot);
        }
    }

    [[nodiscard]] std::unique_ptr<ui::TimeChart> latency()
    {
        auto chart = std::make_unique<ui::TimeChart>(
            ui::ChartSpec{
                QStringLiteral("Action latency"),
                ui::Unit::nanoseconds,
                {{Series::actionP50, QStringLiteral("p50"), ui::Role::ok, false, false},
                 {Series::actionP99, QStringLiteral("p99"), ui::Role::warn, false, false}},
                {},
                QStringLiteral("Open a workload")},
            series, range, group);
        chart->resize(460, 220);
        return chart;
    }

    ui::TimeSeriesModel series;
    ui::TimeRangeModel range;
    ui::ChartGroup group;
};

}  // namespace muster::tests
